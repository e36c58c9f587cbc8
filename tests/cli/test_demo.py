"""`muster demo` and `muster rehearse`: what a newcomer types first."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import aiohttp
import httpx
import pytest
import yaml

from bot.cli import demo
from bot.domain.incident import Status
from bot.rehearsal import replay
from bot.rehearsal.clock import Clock
from bot.rehearsal.server import Actor
from bot.services import incidents
from bot.settings import HERE
from tests.conftest import soon


def bot(*words: str, timeout_s: float = 300, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run a command from the environment of nobody: no settings are needed."""
    environ = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ} | settings
    return subprocess.run(
        [sys.executable, "-m", "bot", *words],
        cwd=HERE, env=environ, capture_output=True, text=True, timeout=timeout_s, check=False,
    )  # fmt: skip


@contextlib.contextmanager
def taken_port() -> Iterator[str]:
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        yield str(busy.getsockname()[1])


@pytest.mark.parametrize("outage", replay.names())
def test_each_outage_is_played_to_its_draft(outage, tmp_path):
    done = bot("demo", "--once", "--incident", outage, "--out", str(tmp_path))
    assert (done.returncode, done.stderr) == (0, "")
    story = replay.load(outage)
    draft = (tmp_path / f"{outage}-postmortem.md").read_text(encoding="utf-8")
    page = (tmp_path / f"{outage}-postmortem.html").read_text(encoding="utf-8")
    assert draft.startswith('# <a id="inc-1"></a>INC-1: ')
    assert all(f"## {heading}" in draft for heading in ("Summary", "Impact", "Timeline"))
    assert page.lower().startswith("<!doctype html>")
    assert not re.search(r"<(?:script|link|img|iframe)\b|@import", page)
    assert f"{len(story.acts)} of {len(story.acts)}" in done.stdout
    assert str(tmp_path / f"{outage}-postmortem.html") in done.stdout
    assert "/incidents/1/postmortem" not in done.stdout
    assert "lead to the rehearsal, which has ended." in done.stdout
    assert list(tmp_path.glob("*.db*")) == []
    assert all(remark in done.stdout for remark in story.remarks)


@pytest.mark.parametrize("option", ["--port", "--pages-port"])
def test_a_busy_port_is_one_sentence_that_says_what_to_do(option, tmp_path):
    with taken_port() as port:
        done = bot("demo", "--once", option, port, "--out", str(tmp_path))
    assert done.returncode == 1
    assert done.stderr.startswith("The demo cannot start: ")
    assert "make demo ARGS='--port 8901 --pages-port 8902'" in done.stderr
    assert len(done.stderr.splitlines()) == 2


def test_a_busy_port_is_one_sentence_for_the_workspace_alone_too():
    with taken_port() as port:
        done = bot("rehearse", "--port", port)
    assert done.returncode == 1
    assert done.stderr.startswith("The workspace cannot start: ")
    assert done.stderr.endswith("Choose another port with --port.\n")


def test_an_unknown_outage_is_answered_with_the_known_ones():
    done = bot("demo", "--incident", "titanic")
    assert done.returncode == 2
    assert all(name in done.stderr for name in replay.names())


@pytest.mark.parametrize("words", [("--seconds", "-1"), ("--seconds", "nan"), ("--out", "/proc/self/nowhere")])
def test_an_impossible_wish_is_explained(words):
    done = bot("demo", "--once", *words)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert len(done.stderr.splitlines()) == 2


@pytest.mark.parametrize("port", ["99999", "-1", "http"])
def test_a_port_that_does_not_exist_is_refused(port):
    done = bot("rehearse", f"--port={port}")
    assert done.returncode == 2
    assert f"`{port}` is not a number from 0 to 65535" in done.stderr


async def test_the_demo_stays_up_after_the_replay_until_it_is_interrupted(tmp_path):
    running = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "demo", "--incident", "small-giant", "--seconds", "0",
        "--port", "0", "--pages-port", "0", "--out", str(tmp_path),
        cwd=HERE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    lines: list[str] = []
    try:
        assert running.stdout
        async with asyncio.timeout(120):
            while not lines or "Ctrl-C ends it" not in lines[-1]:
                lines.append((await running.stdout.readline()).decode())
            lines.append((await running.stdout.readline()).decode())
        text = "".join(lines)
        pages = re.search(r"Muster's pages (\S+)", text)
        workspace = re.search(r"The workspace +(\S+)", text)
        assert pages
        assert workspace
        assert lines[-1].split() == [workspace[1]]
        async with httpx.AsyncClient(trust_env=False) as client:
            assert "INC-1" in (await client.get(f"{pages[1]}/incidents/1/postmortem")).text
            state = (await client.get(f"{workspace[1]}/page/state")).json()
        assert state["progress"].endswith("/incident help")
        assert "/incidents/1/postmortem, to read; to write, each person types /postmortem edit INC-1" in text
        told = re.search(r"DATABASE_URL=(\S+) MUSTER_INVENTORY=(\S+) \S+ incident list\n", text)
        assert told
        listed = await asyncio.to_thread(bot, "incident", "list", "--all", DATABASE_URL=told[1])
        assert "INC-1" in listed.stdout
        assert f"MUSTER_INVENTORY={told[2]} " in text.partition(" probe player-db\n")[0].splitlines()[-1]
        looked = await asyncio.to_thread(bot, "probe", "player-db", MUSTER_INVENTORY=told[2])
        assert looked.stdout.startswith("player-db (mongodb): ")
        assert "no-primary" in looked.stdout.partition("Looked for and not there")[2]
        (database,) = tmp_path.glob("demo-*.db")
        before = database.stat().st_ino
        ports = (workspace[1].rpartition(":")[2], pages[1].rpartition(":")[2])
        for again in (("--port", ports[0]), ("--port", "0", "--pages-port", ports[1])):
            words = ("demo", "--incident", "small-giant", *again, "--out", str(tmp_path))
            assert "The demo cannot start" in (await asyncio.to_thread(bot, *words)).stderr
        assert database.stat().st_ino == before
        running.send_signal(signal.SIGINT)
        async with asyncio.timeout(60):
            _, err = await running.communicate()
        assert (running.returncode, err.decode()) == (130, "Stopped.\n")
    finally:
        if running.returncode is None:
            running.kill()
            await running.communicate()


async def test_at_a_terminal_the_replay_begins_when_its_page_is_open(tmp_path):
    ours, theirs = os.openpty()
    running = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "demo", "--incident", "small-giant", "--seconds", "0",
        "--port", "0", "--pages-port", "0", "--out", str(tmp_path),
        cwd=HERE, stdout=theirs, stderr=theirs,
    )  # fmt: skip
    os.close(theirs)
    text = ""
    try:
        while "in 30 s" not in text:
            text += (await asyncio.to_thread(os.read, ours, 4096)).decode()
        workspace = re.search(r"The workspace +(\S+)  open it and watch: it begins when the page is open", text)
        assert workspace
        async with aiohttp.ClientSession() as session:
            state = await (await session.get(f"{workspace[1]}/page/state")).json()
            assert state["progress"] == ""
            async with session.ws_connect(f"{workspace[1]}/page/live?as={state['me']['name']}"):
                while "Ctrl-C ends it" not in text:
                    text += (await asyncio.to_thread(os.read, ours, 4096)).decode()
        running.send_signal(signal.SIGINT)
        async with asyncio.timeout(60):
            assert await running.wait() == 130
    finally:
        os.close(ours)
        if running.returncode is None:
            running.kill()
            await running.wait()


def test_a_demo_begins_anew_and_says_where_what_was_done_in_the_one_before_is_kept(tmp_path, capsys):
    database, kept = tmp_path / "demo-universe-8801.db", tmp_path / "demo-universe-8801.before.db"
    assert demo._anew(database) == database
    assert capsys.readouterr().out == ""
    for said in ("first", "second"):
        writer = sqlite3.connect(database, isolation_level=None)
        writer.execute("PRAGMA journal_mode=WAL")
        writer.execute("CREATE TABLE note AS SELECT ? AS said", (said,))
        assert database.with_name(f"{database.name}-wal").stat().st_size  # what was said last lies there
        demo._anew(database)
        assert str(kept) in capsys.readouterr().out
        assert not list(tmp_path.glob(f"{database.name}*"))
        with contextlib.closing(sqlite3.connect(kept)) as reader:
            assert reader.execute("SELECT said FROM note").fetchall() == [(said,)]
        writer.close()


async def test_each_person_of_the_rehearsal_writes_with_a_link_of_their_own(tmp_path):
    async with demo.stage(database=lambda port: tmp_path / f"{port}.db", port=0, pages_port=0, clock=Clock()) as (
        rehearsal,
        muster,
    ):
        page, here = "/incidents/1/postmortem", {"Sec-Fetch-Site": "same-origin"}
        ada, ben = rehearsal.person("ada"), rehearsal.person("ben")
        await ada.types("#incidents", "/incident open sev2 checkout is failing")
        await muster.deps.at_desk(
            rehearsal.workspace.team_id,
            lambda desk: incidents.reach(desk, incidents.find(desk, number=1), Status.CLOSED, by=ada.user_id),
        )
        await demo._drafted(muster)

        async def enter(person: Actor, browser: httpx.AsyncClient) -> httpx.Response:
            await person.types("#incidents", "/postmortem edit INC-1")
            said = (await person.sees("#incidents"))[-1]["text"]
            assert "The link is yours" in said
            way = re.search(r"<https?://[^/]+([^|>]+)", said)
            assert way
            return await browser.get(way[1], follow_redirects=True)

        windows = [httpx.AsyncClient(base_url=muster.url, trust_env=False) for _ in range(3)]
        async with windows[0] as alone, windows[1] as adas, windows[2] as bens:
            assert "You read." in (await alone.get(page)).text
            assert (await alone.post(f"{page}/impact/edit", headers=here)).status_code == 403
            for person, browser, name in ((ada, adas, "Ada"), (ben, bens, "Ben")):
                entered = await enter(person, browser)
                whose = re.search(r'You write as <strong dir="auto">([^<]+)', entered.text)
                assert whose
                assert (entered.url.path, whose[1].title().startswith(name)) == (page, True)
            assert (await adas.post(f"{page}/impact/edit", headers=here)).status_code == 303
            assert "Ada Okafor</span> is writing" in (await bens.get(page)).text
            assert (await bens.post(f"{page}/impact/edit", headers=here)).status_code == 409


async def test_the_workspace_alone_says_how_to_point_an_app_at_it(tmp_path):
    manifest = tmp_path / "manifest.yaml"
    manifest.write_text(
        yaml.safe_dump(
            {
                "display_information": {"name": "Pager"},
                "features": {"slash_commands": [{"command": "/page", "description": "page somebody"}]},
                "oauth_config": {"scopes": {"bot": ["commands", "chat:write"]}},
            }
        )
    )
    running = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "rehearse", "--port", "0", "--manifest", str(manifest),
        cwd=HERE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        assert running.stdout
        text = ""
        async with asyncio.timeout(60):
            while "Ctrl-C" not in text:
                text += (await running.stdout.readline()).decode()
        told = dict(re.findall(r"export (\w+)=(\S+)", text))
        assert set(told) == {"SLACK_API_URL", "SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET"}
        async with httpx.AsyncClient(trust_env=False) as client:

            async def answers() -> dict | None:
                said = await client.post(
                    told["SLACK_API_URL"] + "auth.test",
                    headers={"authorization": f"Bearer {told['SLACK_BOT_TOKEN']}"},
                )
                return said.json()

            assert (await soon(answers))["ok"] is True
            state = (await client.get(told["SLACK_API_URL"].removesuffix("api/") + "page/state")).json()
        assert state["app"]["name"] == "Pager"
        assert [row["command"] for row in state["app"]["commands"]] == ["/page"]
    finally:
        running.send_signal(signal.SIGINT)
        await running.communicate()


@pytest.mark.parametrize("text", ["", "- a list", "a: [", "\tfoo", "features: {slash_commands: [{command: page}]}"])
def test_a_manifest_that_is_none_is_explained(tmp_path, text):
    Path(tmp_path / "m.yaml").write_text(text)
    done = bot("rehearse", "--manifest", str(tmp_path / "m.yaml"), "--port", "0", timeout_s=30)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert 1 <= len(done.stderr.splitlines()) <= 2
