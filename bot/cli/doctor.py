"""`muster doctor`: each thing that could be wrong, what was found, and what to do about it."""

from __future__ import annotations

import argparse
import asyncio
from dataclasses import asdict

import sqlalchemy as sa

from bot import settings
from bot.cli.doctor_inventory import inventory
from bot.cli.found import Found
from bot.cli.talk import as_json, wrapped
from bot.domain.access import VALID_DAYS, are_open
from bot.errors import ChatDown, ChatRefused, ChatUnknown, UserError
from bot.services.playbooks.flaws import STANDS, flaws
from bot.settings import Settings
from bot.store.door import Door, file_of
from bot.store.migrate import pending
from bot.store.playbooks import load

SIGN = {"green": "ok  ", "yellow": "look", "red": "FAIL"}


def add(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--json", action="store_true", help="print data")


def run(arguments: argparse.Namespace) -> int:
    """Look at everything. Exit status 1 if anything is red."""
    found = examine()
    if arguments.json:
        print(as_json([asdict(one) for one in found]))
    else:
        for one in found:
            print(wrapped(f"{SIGN[one.state]}  {one.what}: {one.says}", later="      "))
            if one.remedy:
                print(wrapped(one.remedy, indent="      "))
    return 1 if any(one.state == "red" for one in found) else 0


def examine() -> list[Found]:
    """All findings, in the order in which one would mend them."""
    try:
        read = settings.read(needs_slack=True)
    except UserError as error:
        wrong = [line.removeprefix("- ") for line in error.message.splitlines()[1:]]
        found = [Found(what="settings", state="red", says=line, remedy=error.hint) for line in wrong]
        try:
            read = settings.read()
        except UserError:
            return found
        return [*found, _database(read), *_playbooks(read), *inventory(read)]
    how = "Socket Mode" if read.socket_mode else "HTTP"
    return [
        Found(what="settings", state="green", says=f"complete; Slack's requests come by {how}"),
        *asyncio.run(_slack(read)),
        _database(read),
        *_playbooks(read),
        _pages(read),
        *inventory(read),
    ]


async def _slack(read: Settings) -> list[Found]:
    from slack_sdk.web.async_client import AsyncWebClient

    from bot.slack.caller import Caller
    from bot.slack.chat import SlackChat
    from bot.slack.manifest import SCOPES

    client = AsyncWebClient(token=read.slack_bot_token, base_url=read.slack_api_url, retry_handlers=[])
    caller = Caller(client)
    try:
        me = await SlackChat(caller).who_am_i()
    except ChatRefused as refused:
        remedy = "Copy the bot token again from the app's OAuth & Permissions page into SLACK_BOT_TOKEN."
        return [Found(what="token", state="red", says=f"Slack refuses it: {refused.code}", remedy=remedy)]
    except (ChatDown, ChatUnknown) as away:
        remedy = f"Is {read.slack_api_url} right, and can this machine reach it?"
        return [Found(what="token", state="red", says=str(away), remedy=remedy)]
    found = [Found(what="token", state="green", says=f"{me.team} ({me.team_id}) knows the bot as {me.bot_user_id}")]
    lacking = sorted(SCOPES.keys() - me.scopes) if me.scopes is not None else []
    if me.scopes is None:
        found.append(Found(what="scopes", state="yellow", says="the server did not say which are granted"))
    elif lacking:
        for scope in lacking:
            remedy = "Add it at OAuth & Permissions, reinstall the app. `muster manifest` lists all."
            found.append(Found(what="scopes", state="red", says=f"{scope} is missing: {SCOPES[scope]}", remedy=remedy))
    else:
        found.append(Found(what="scopes", state="green", says=f"all {len(SCOPES)} needed ones are granted"))
    return found + (await _app_token(read) if read.socket_mode else [])


async def _app_token(read: Settings) -> list[Found]:
    from slack_sdk.web.async_client import AsyncWebClient

    from bot.slack.caller import Caller

    client = AsyncWebClient(base_url=read.slack_api_url, retry_handlers=[])
    try:
        await Caller(client)("apps.connections.open", app_token=read.slack_app_token)
    except (ChatRefused, ChatDown, ChatUnknown) as error:
        remedy = "Make one with the scope connections:write at the app's Basic Information page; set SLACK_APP_TOKEN."
        return [Found(what="app token", state="red", says=f"Socket Mode does not open: {error}", remedy=remedy)]
    return [Found(what="app token", state="green", says="Socket Mode opens")]


def _database(read: Settings) -> Found:
    file = file_of(read.database_url)
    if file and file.parent.is_dir() and not file.exists():
        says = f"there is none at {file.absolute()} yet"
        remedy = "`muster serve` makes it. If there is one elsewhere, DATABASE_URL names it."
        return Found(what="database", state="yellow", says=says, remedy=remedy)
    try:
        door = Door(read.database_url)
        try:
            behind = pending(door)
        finally:
            door.close()
    except UserError as error:
        return Found(what="database", state="red", says=error.message, remedy=error.hint)
    except (sa.exc.SQLAlchemyError, OSError) as error:
        remedy = "Is DATABASE_URL right, is the server running, may this user write there?"
        return Found(what="database", state="red", says=f"{type(error).__name__}: it does not open", remedy=remedy)
    if behind:
        remedy = "`muster serve` does it at its start; a deployment runs `muster migrate` first."
        return Found(what="database", state="yellow", says="opens; its tables are not up to date", remedy=remedy)
    return Found(what="database", state="green", says="opens, tables up to date")


def _playbooks(read: Settings) -> list[Found]:
    loaded = load(*read.muster_playbooks)
    remedy = "The others are loaded; mend this file."
    found = [Found(what="playbooks", state="red", says=str(problem), remedy=remedy) for problem in loaded.problems]
    remedy = f"Mend this line. {STANDS}"
    found += [Found(what="playbooks", state="yellow", says=str(flaw), remedy=remedy) for flaw in flaws(loaded)]
    if not loaded.playbooks:
        where = " and ".join(map(str, read.muster_playbooks))
        remedy = "Put Markdown files there, or set MUSTER_PLAYBOOKS."
        return [*found, Found(what="playbooks", state="red", says=f"none in {where}", remedy=remedy)]
    of_all = f" from {len(read.muster_playbooks)} folders" if len(read.muster_playbooks) > 1 else ""
    return [*found, Found(what="playbooks", state="green", says=f"{len(loaded.playbooks)} loaded{of_all}")]


def _pages(read: Settings) -> Found:
    if are_open(read):
        return Found(what="pages", state="green", says=f"at {read.pages_url}, open to browsers on this machine only")
    if read.muster_url:
        says = f"at {read.pages_url}, open to who has a link from Slack of the last {VALID_DAYS} days"
        return Found(what="pages", state="green", says=says)
    remedy = "Set MUSTER_URL to the address at which people reach the pages."
    return Found(
        what="pages", state="yellow", says="links in Slack point to the address this process listens on", remedy=remedy
    )
