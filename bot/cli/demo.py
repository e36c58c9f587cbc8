"""`muster demo`: a real outage replayed on the real bot, over real HTTP and WebSocket, with no account.

The workspace and the bot share this process and the rehearsal's clock, so that messages, presses and entries carry
the outage's own times; nothing else of the bot is different.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from sqlmodel import Session

from bot.cli import demo_files
from bot.cli.bedside import StoryLooker, at_a_terminal, inventory
from bot.cli.talk import number, quiet_logging
from bot.errors import UserError
from bot.rehearsal import replay
from bot.rehearsal.app import AppConfig
from bot.rehearsal.clock import Clock
from bot.rehearsal.people import DEFAULT_PEOPLE, PersonSpec
from bot.rehearsal.server import Rehearsal
from bot.services.systems.looker import Looker
from bot.settings import PLAYBOOKS, Settings
from bot.slack.manifest import manifest
from bot.store import incidents, postmortems, work
from bot.wiring import Muster, wall

BOT_TOKEN, APP_TOKEN, SECRET = "xoxb-rehearsal-bot", "xapp-rehearsal-app", "rehearsal-signing-secret"
WORKSPACE_PORT, PAGES_PORT = 8801, 8802
SETTLES_WITHIN_S = 30.0
LOOKS_WITHIN_S = 15.0
DEFAULT_SECONDS = 60.0
OPENS_WITHIN_S = 30.0  # the replay waits so long for somebody to open the page


def add(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "--incident", choices=replay.names(), default="universe", help="which outage (default: universe)"
    )
    parser.add_argument("--once", action="store_true", help="play as fast as the bot answers, write the draft, end")
    parser.add_argument(
        "--seconds", type=float, help=f"real time for the replay (default {DEFAULT_SECONDS:g}; --once 0)"
    )
    parser.add_argument(
        "--port", type=number(0, 65535), help=f"of the workspace's page (default {WORKSPACE_PORT}; --once any)"
    )
    parser.add_argument(
        "--pages-port", type=number(0, 65535), help=f"of the bot's pages (default {PAGES_PORT}; --once any)"
    )
    parser.add_argument("--out", type=Path, default=Path("out"), help="where the draft goes (default: out/)")


def run(arguments: argparse.Namespace) -> int:
    """Play it. Exit status 0 when the draft is written."""
    if arguments.seconds is not None and not 0 <= arguments.seconds <= 86_400:
        raise UserError("--seconds takes a number from 0 to 86400.", hint="For a slow one: --seconds 300.")
    quiet_logging()
    try:
        arguments.out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(f"{arguments.out} cannot be made: {error.strerror}.", hint="Choose with --out.") from None
    try:
        asyncio.run(_demo(arguments))
    except OSError as error:
        raise UserError(
            f"The demo cannot start: {error.strerror or error}.",
            hint="Choose other ports, for example: make demo ARGS='--port 8901 --pages-port 8902'.",
        ) from None
    except replay.ReplayError as error:
        raise UserError(f"The replay stopped: {error}") from None
    return 0


async def _demo(arguments: argparse.Namespace) -> None:
    story = replay.load(arguments.incident)
    once = arguments.once
    seconds = arguments.seconds if arguments.seconds is not None else 0.0 if once else DEFAULT_SECONDS
    ports = (0, 0) if once else (WORKSPACE_PORT, PAGES_PORT)
    # With --once the database is of no use afterwards; where it stays, it is named after the port that nobody shares.
    keep = contextlib.nullcontext(arguments.out) if not once else tempfile.TemporaryDirectory(prefix="muster-demo-")
    with keep as folder:
        await _play(arguments, story, Path(folder), seconds, ports)


async def _play(
    arguments: argparse.Namespace, story: replay.Story, folder: Path, seconds: float, ports: tuple[int, int]
) -> None:
    async with (
        replay.Ward(story) as ward,
        stage(
            database=lambda port: _anew(folder / f"demo-{story.id}-{port}.db"),
            port=ports[0] if arguments.port is None else arguments.port,
            pages_port=ports[1] if arguments.pages_port is None else arguments.pages_port,
            people=replay.people(story),
            clock=Clock(replay.starts_at(story, now=wall())),
            systems=_inventory(story, ward),
            looker=lambda credential: StoryLooker(credential, lambda: ward.changes),
        ) as (rehearsal, muster),
    ):
        print(f"{story.title}\n{story.source_name}: {story.source_kind}. In our own words, with its own times.")
        for remark in story.remarks:
            print(f"  {remark}")
        for name, reason in ward.missing.items():
            print(f"  {name} does not run, and the story goes on without it: {reason}.")
        print(f"\nMuster's pages {muster.url}\nThe workspace  {rehearsal.url}", end="")
        waits = sys.stdout.isatty() and not arguments.once
        latest = f": it begins when the page is open, at the latest in {OPENS_WITHIN_S:g} s" * waits
        print("\n" if arguments.once else f"  open it and watch{latest}\n", flush=True)
        await rehearsal.watched(within_s=OPENS_WITHIN_S * waits)
        line = _Line()
        played = await replay.play(
            story,
            rehearsal,
            seconds=seconds,
            on_progress=lambda p: line.show(p.line),
            settle=lambda: _looked(muster),
            ward=ward,
        )
        line.end()
        draft = await _drafted(muster)
        files = demo_files.write(draft, arguments.out, story.id)
        rehearsal.progress(f"The replay is over: {played.acts} acts. Go on from here: /incident help")
        print("The incident is closed. The postmortem draft:\n" + "\n".join(f"  {file}" for file in files))
        if arguments.once:
            print("Its links to messages lead to the rehearsal, which has ended.", flush=True)
            return
        print(f"  {muster.url}/incidents/1/postmortem, to read; to write, each person types /postmortem edit INC-1")
        print(f"\nIn another terminal:\n  {at_a_terminal(muster.settings, 'incident list')}")
        for name in ward.addresses():
            print(f"  {at_a_terminal(muster.settings, f'probe {name}')}")
        print("What is typed there carries this machine's time, not the story's.")
        print("\nGo on in the browser as anyone, and type /incident help. Ctrl-C ends it.")
        print(f"  {rehearsal.url}", flush=True)
        await asyncio.Event().wait()


@contextlib.asynccontextmanager
async def stage(
    *,
    database: Callable[[int], Path],
    port: int,
    pages_port: int,
    people: Sequence[PersonSpec] = DEFAULT_PEOPLE,
    clock: Clock,
    systems: str = "",
    looker: Callable[[Callable[[str], str]], Looker] = Looker,
) -> AsyncIterator[tuple[Rehearsal, Muster]]:
    """A workspace and the bot in it, on 127.0.0.1.

    `database` names a new file by the workspace's port. While that port is ours, no other stage has a file of its name.
    `systems` is the text of the inventory that goes beside it, `looker` who looks at them.
    """
    app = AppConfig.from_manifest(manifest(), bot_token=BOT_TOKEN, app_token=APP_TOKEN, signing_secret=SECRET)
    rehearsal = Rehearsal(app, port=port, clock=clock, people=people)
    await rehearsal.start()
    file = demo_files.clear(database(urlsplit(rehearsal.url).port or 0))
    listed = file.with_suffix(".yaml")
    if systems:
        listed.write_text(systems, encoding="utf-8")
    settings = Settings(
        slack_bot_token=BOT_TOKEN,
        slack_app_token=APP_TOKEN,
        slack_signing_secret=SECRET,
        slack_api_url=rehearsal.api_url,
        database_url=f"sqlite:///{file}",
        muster_inventory=listed if systems else None,
        port=pages_port,
        muster_playbooks=(PLAYBOOKS,),
        muster_executor_id="demo",
    )
    muster = Muster(settings, now=clock.now, looker=looker)
    try:
        await muster.start()
        await muster.ready()
        yield rehearsal, muster
    finally:
        await muster.stop()
        await rehearsal.stop()


@dataclass
class _Line:
    """The progress line: one that is written over at a terminal, one for each act elsewhere."""

    width: int = 0

    def show(self, text: str) -> None:
        if sys.stdout.isatty():
            print("\r" + text.ljust(self.width), end="", flush=True)
            self.width = max(self.width, len(text))
        else:
            print(text, flush=True)

    def end(self) -> None:
        if sys.stdout.isatty():
            print()


def _anew(database: Path) -> Path:
    """The demo's database, with what was done in the demo before kept beside it, and said."""
    if kept := demo_files.put_aside(database):
        print(f"This begins anew. What was done in the demo before, and that one alone, is kept: {kept}\n")
    return database


def _inventory(story: replay.Story, ward: replay.Ward) -> str:
    """The inventory of the systems that run, "" when none does."""
    members = ward.addresses()
    here = [(one.name, one.kind, one.about, members[one.name]) for one in story.systems if one.name in members]
    return inventory(here) if here else ""


async def _looked(muster: Muster) -> None:
    """Wait until every promised look is taken and told, and the steps that show one are written anew: the next act may
    change what there is to see, or press a button of the step."""
    until = time.monotonic() + LOOKS_WITHIN_S
    while time.monotonic() < until:
        if not await muster.deps.door.read(_looks):
            return
        await asyncio.sleep(0.02)


def _looks(session: Session) -> bool:
    return any(one.kind in ("look", "walk") for one in work.unfinished(session))


async def _drafted(muster: Muster) -> postmortems.Kept:
    """Wait until all promised work is done and the draft is kept."""
    until = time.monotonic() + SETTLES_WITHIN_S
    while time.monotonic() < until:
        kept = await muster.deps.door.read(_kept)
        if kept:
            return kept
        await asyncio.sleep(0.05)
    raise UserError(f"No draft came within {SETTLES_WITHIN_S:g} s.", hint="See what went wrong above.")


def _kept(session: Session) -> postmortems.Kept | None:
    found = incidents.newest(session, None, limit=1)
    return postmortems.newest(session, found[0].id) if found and not work.unfinished(session) else None
