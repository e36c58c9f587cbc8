"""What was done at a terminal reaches Slack when Slack is back."""

from __future__ import annotations

import asyncio
import contextlib
import io

from bot.cli import main
from bot.store import postmortems
from bot.wiring import Muster
from tests.conftest import Stage, settings_for, soon


async def at_the_terminal(*words: str) -> str:
    """Run one command beside the running bot and return what it printed."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        assert await asyncio.to_thread(main, words) == 0
    return printed.getvalue()


async def test_an_incident_from_the_terminal_gets_its_channel_once_the_bot_runs(database, rehearsal):
    await at_the_terminal("incident", "open", "sev1 checkout is failing")
    await at_the_terminal("incident", "note", "1", "fail over to db2 #decision")
    bot = Muster(settings_for(rehearsal, database), now=rehearsal.clock.now)
    await bot.start()
    stage = Stage(rehearsal, bot)
    await bot.ready()
    await stage.settled()
    incident = await stage.incident()
    assert incident.team_id == rehearsal.workspace.team_id
    assert incident.channel_name == "inc-1-checkout-is-failing"
    said = "\n".join(message.text for message in stage.messages(incident.channel_name))
    assert "at the terminal: fail over to db2" in said
    await bot.stop()


async def test_a_draft_kept_at_the_terminal_is_handed_over_once_and_not_drafted_twice(database, rehearsal):
    await at_the_terminal("incident", "open", "sev1 checkout is failing")
    await at_the_terminal("incident", "close", "1", "all is back")
    bot = Muster(settings_for(rehearsal, database), now=rehearsal.clock.now)
    await bot.start()
    stage = Stage(rehearsal, bot)
    await bot.ready()
    await stage.settled()
    incident = await stage.incident()
    drafts = await bot.deps.door.read(lambda session: postmortems.since(session, incident.id, 1))
    assert [kept.version for kept in drafts] == [1]
    files = [file["name"] for message in stage.messages(incident.channel_name) for file in message.files]
    assert files.count("inc-1-postmortem-1.md") == 1
    await bot.stop()


async def test_a_note_from_the_terminal_is_told_in_the_channel_of_the_running_bot(stage, monkeypatch):
    incident = await stage.opened()
    monkeypatch.setenv("DATABASE_URL", stage.muster.settings.database_url)
    await at_the_terminal("incident", "note", "1", "the calendar is empty")
    await soon(lambda: any("calendar is empty" in m.text for m in stage.messages(incident.channel_name)))
    assert [entry.text for entry in await stage.entries()].count("the calendar is empty") == 1


async def test_a_playbook_that_a_close_at_the_terminal_puts_away_is_told_in_the_channel(stage, monkeypatch):
    incident = await stage.opened()
    await stage.say("ada", "/runbook walk stop-respawn", incident.channel_name)
    await stage.settled()
    monkeypatch.setenv("DATABASE_URL", stage.muster.settings.database_url)
    said = await at_the_terminal("incident", "close", "1", "all is back")
    assert "Put away: stop-respawn at step 1 of 9." in said

    def told() -> list[str]:
        texts = [m.text for m in stage.messages(incident.channel_name)]
        return [text for text in texts if "at the terminal: Put away the playbook" in text]

    assert "at step 1 of 9" in (await soon(told))[0]


async def test_closing_at_the_terminal_while_slack_is_down_is_told_and_drafted_later(stage, monkeypatch):
    incident = await stage.opened()
    stage.rehearsal.knobs.down = True
    monkeypatch.setenv("DATABASE_URL", stage.muster.settings.database_url)
    said = await at_the_terminal("incident", "close", "1", "all is back")
    assert said.startswith("INC-1 is closed.")
    stage.rehearsal.knobs.down = False

    def told() -> bool:
        texts = [m.text for m in stage.messages(incident.channel_name)]
        return any("all is back" in text for text in texts) and any("Postmortem draft" in text for text in texts)

    await soon(told, within_s=60)
