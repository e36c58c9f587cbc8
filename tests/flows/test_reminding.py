"""Reminders go out on their day, each once, whatever is killed in between, and none for what is done."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from bot.domain.incident import Incident
from bot.flows import reminding
from bot.rehearsal.knobs import Fault
from bot.rehearsal.server import Rehearsal
from bot.services import tasks
from bot.services.postmortem import reminders, reviews
from bot.store import work as stored
from bot.store.reminders import is_promised
from bot.wiring import Muster, wall
from tests.conftest import Stage, settings_for, soon
from tests.flows.scene import Scene, scene


class Clock:
    """The machine's time, moved by hand."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        return wall() + self.ahead


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """A clock for the machine and the story at once: reminders are days apart."""
    made = Clock()
    monkeypatch.setattr("bot.wiring.wall", made)
    monkeypatch.setattr(reminding, "PROMISE_EVERY_S", 0.05)
    return made


@pytest.fixture
async def stage(rehearsal: Rehearsal, tmp_path: Path, clock: Clock) -> AsyncIterator[Stage]:
    """The bot with that clock."""
    muster = Muster(settings_for(rehearsal, f"sqlite:///{tmp_path}/muster.db"), now=clock)
    await muster.start()
    await muster.ready()
    yield Stage(rehearsal, muster)
    await muster.stop()


async def closed(stage: Stage) -> Incident:
    incident = await stage.opened()
    await stage.say("ada", "/incident close now", incident.channel_id)
    await stage.settled()
    return await stage.incident()


async def at_desk(stage: Stage, job: Any) -> Any:
    incident = await stage.incident()
    return await stage.muster.deps.at_desk(incident.team_id, job)


def direct(rehearsal: Rehearsal, name: str) -> list[str]:
    """What the bot wrote to one person, oldest first."""
    workspace = rehearsal.workspace
    both = {workspace.bot.id, workspace.find_person(name).id}
    found = [c for c in workspace.channels.values() if c.kind == "im" and set(c.members) == both]
    return [m.text for c in found for m in c.messages.values()]


def waits(stage: Stage, channel: str) -> list[str]:
    return [m.text for m in stage.messages(channel) if "waits for its review" in m.text]


async def passes(stage: Stage, clock: Clock, **time: float) -> None:
    """Let time pass, and what falls due then be done."""
    clock.ahead += timedelta(**time)

    async def nothing_due() -> bool:
        def look(session: Any) -> bool:
            return not stored.anything_due(session, clock()) and not stored.lost(session, clock())

        return await stage.muster.deps.door.read(look)

    await soon(nothing_due)
    await stage.settled()


async def test_an_unreviewed_postmortem_is_brought_up_after_three_days_then_every_two_five_times(
    stage: Stage, clock: Clock
):
    incident = await closed(stage)
    await stage.say("ada", "/postmortem review @ben @chidi", incident.channel_id)
    await stage.settled()
    await passes(stage, clock, days=2, hours=23)
    assert waits(stage, incident.channel_id) == []
    await passes(stage, clock, hours=2)
    (first,) = waits(stage, incident.channel_id)
    assert "Asked and not yet signed:" in first and "Ben Haddad" in first and "Chidi Eze" in first
    assert sum("still waits for your review" in text for text in direct(stage.rehearsal, "ben")) == 1

    ben = stage.rehearsal.workspace.find_person("ben").id
    await at_desk(stage, lambda desk: reviews.sign(desk, incident, by=ben))
    await stage.settled()
    for _ in range(6):
        await passes(stage, clock, days=2, hours=1)
    texts = waits(stage, incident.channel_id)
    assert len(texts) == reminders.MOST_OF_REVIEW
    assert texts[-1].endswith("I do not remind again.") and "Ben" not in texts[-1]
    assert sum("still waits" in text for text in direct(stage.rehearsal, "ben")) == 1
    assert sum("still waits" in text for text in direct(stage.rehearsal, "chidi")) == 5


async def test_a_reviewed_one_is_left_in_peace(stage: Stage, clock: Clock):
    incident = await closed(stage)
    await stage.say("ada", "/postmortem sign", incident.channel_id)
    await stage.settled()
    await passes(stage, clock, days=4)
    assert waits(stage, incident.channel_id) == []
    assert not await stage.muster.deps.door.read(
        lambda session: is_promised(session, reminders.REVIEW_WORK, incident.id)
    )


async def test_an_archived_channel_and_a_reviewer_who_left_stop_nothing(stage: Stage, clock: Clock):
    incident = await closed(stage)
    await stage.say("ada", "/postmortem review @ben @chidi", incident.channel_id)
    await stage.settled()
    await stage.person("ada").archives(incident.channel_id)
    stage.rehearsal.workspace.find_person("ben").deleted = True  # the bot has not heard of it
    before = len(direct(stage.rehearsal, "ben"))
    await passes(stage, clock, days=3, hours=1)
    assert len(direct(stage.rehearsal, "ben")) == before
    assert sum("still waits" in text for text in direct(stage.rehearsal, "chidi")) == 1
    await passes(stage, clock, days=2, hours=1)
    assert sum("still waits" in text for text in direct(stage.rehearsal, "chidi")) == 2


async def test_while_slack_is_away_a_reminder_waits_and_is_sent_once(stage: Stage, clock: Clock):
    incident = await closed(stage)
    stage.rehearsal.knobs.faults.append(Fault("chat.postMessage", lose="answer"))
    await passes(stage, clock, days=3, hours=1)
    await soon(lambda: waits(stage, incident.channel_id))
    await passes(stage, clock, minutes=5)
    assert len(waits(stage, incident.channel_id)) == 1


async def add(stage: Stage, incident: Incident, text: str, days: int, clock: Clock) -> None:
    ben = stage.rehearsal.workspace.find_person("ben").id
    due = (clock() + timedelta(days=days)).date()
    await at_desk(stage, lambda desk: tasks.add(desk, incident, text, owner=ben, by="U0ADA", due=due))


async def test_owners_hear_of_their_follow_ups_in_the_morning_of_the_day_and_each_week_for_a_month(
    stage: Stage, clock: Clock
):
    incident = await closed(stage)
    await add(stage, incident, "fasten the <!channel> cable", 3, clock)
    await add(stage, incident, "buy a second one", 3, clock)
    await at_desk(stage, lambda desk: tasks.finish(desk, incident, 2, by="U0ADA"))
    await soon(lambda: stage.muster.deps.door.read(lambda session: is_promised(session, "morning", incident.team_id)))
    heard = []
    # It may be before nine or after it now, so the morning of a day has passed for sure on the next.
    for days in (2, 2, 5, 2, 5, 2, 5, 2, 5, 2, 5, 2):
        await passes(stage, clock, days=days)
        heard.append(len(direct(stage.rehearsal, "ben")))
    assert heard == [0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 5]
    texts = direct(stage.rehearsal, "ben")
    assert not any("buy a second one" in text for text in texts)
    assert "Your follow-up 1 of INC-1" in texts[0] and "fasten the &lt;!channel&gt; cable" in texts[0]
    assert re.search(r"was due (28|29) days ago", texts[-1])


async def test_a_day_that_was_moved_is_reminded_of_anew_and_a_morning_that_is_repeated_says_nothing_twice(
    stage: Stage, clock: Clock
):
    incident = await closed(stage)
    await add(stage, incident, "fasten the cable", 0, clock)

    async def morning() -> None:
        await at_desk(stage, lambda desk: desk.promise(reminders.MORNING_WORK, f"{desk.team_id}"))
        await passes(stage, clock)

    await morning()
    await morning()
    assert len(direct(stage.rehearsal, "ben")) == 1
    await at_desk(
        stage, lambda desk: tasks.change(desk, incident, 1, by="U0ADA", due=desk.now.date() - timedelta(days=1))
    )
    await morning()
    assert len(direct(stage.rehearsal, "ben")) == 2


async def test_killed_after_any_of_its_messages_a_reminder_reaches_everybody_once(rehearsal: Rehearsal, tmp_path: Path):
    async with scene(rehearsal, f"sqlite:///{tmp_path}/muster.db", tmp_path) as on:
        await on.types("ada", "/incident open sev1 outage")
        await on.settled()
        where = on.newest().channel_id
        await on.types("ada", "/incident close now", where)
        await on.settled()
        await on.types("ada", "/postmortem review @ben @chidi", where)
        await on.settled()
        for number in (1, 2):  # the message to the channel, the one to the first reviewer
            await on.dies_at(("chat.postMessage", number), "after the effect", partial(_falls_due, on, number))
            await soon(partial(_done, on, number), 30.0)
            channel = rehearsal.workspace.find_channel(where)
            assert sum("waits for its review" in m.text for m in channel.messages.values()) == number
            for name in ("ben", "chidi"):
                assert sum("still waits for your review" in text for text in direct(rehearsal, name)) == number, name


async def _falls_due(on: Scene, number: int) -> None:
    incident, kind = on.newest(), reminders.REVIEW_WORK
    with on.door.writes() as session:
        whose = {"id": f"due{number}", "team_id": incident.team_id, "kind": kind, "subject": incident.id}
        stored.promise(session, **whose, now=wall(), detail={"number": number})


def _done(on: Scene, number: int) -> bool:
    with on.door.reads() as session:
        return stored.load(session, f"due{number}") is None
