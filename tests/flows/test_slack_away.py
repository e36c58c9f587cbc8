"""Slack is down: the terminal goes on, and when Slack is back it hears of everything once and in order."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot import wiring
from bot.domain.incident import Severity
from bot.domain.timeline import Source
from bot.flows import engine, hands
from bot.rehearsal.knobs import Fault
from bot.rehearsal.server import Rehearsal
from bot.services import closing, incidents, timeline
from bot.services.closing import Closing
from bot.store import postmortems
from bot.wiring import Muster
from tests.conftest import Stage, settings_for, soon

ME = "terminal:ada"


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hands, "FIRST_WAIT_S", 0.05)
    monkeypatch.setattr(hands, "LONGEST_WAIT_S", 0.5)
    monkeypatch.setattr(wiring, "INTRODUCE_EVERY_S", 0.2)


async def test_what_was_done_at_the_terminal_while_slack_was_down_is_told_once_and_in_order(stage: Stage):
    stage.rehearsal.knobs.down = True
    opened = [at_terminal(stage, _open(n)) for n in (1, 2, 3)]
    for number in range(30):
        at_terminal(stage, _note(1, f"reading {number}"))
    at_terminal(stage, lambda desk: closing.close(desk, _find(desk, 1), Closing(why="all is back"), by=ME, source=TERM))
    await soon(lambda: _tried(stage))
    stage.rehearsal.knobs.down = False
    await stage.settled()
    assert [one.number for one in opened] == [1, 2, 3]
    for number in (1, 2, 3):
        incident = await stage.incident(number)
        assert incident.channel_name == f"inc-{number}-outage-{number}"
    incident = await stage.incident(1)
    told = [m.text for m in stage.messages(incident.channel_name) if "at the terminal" in m.text]
    lines = "\n".join(told).splitlines()
    assert lines == [f"ada at the terminal: reading {n}" for n in range(30)] + [
        "ada at the terminal: Closed: all is back",
        "Not recorded: when the impact began, when it was first seen, when the impact stopped. The draft is made anew "
        "from what you add: `/incident note 12:02 GMT #impact …`, `/incident note 12:02 GMT #detected …`, "
        "`/incident note 12:02 GMT #mitigated …`",
    ]
    assert len(told) <= 3
    drafts = [m for m in stage.messages(incident.channel_name) if "Postmortem draft" in m.text]
    assert len(drafts) == 1
    kept = await stage.muster.deps.door.read(lambda session: postmortems.newest(session, incident.id))
    assert kept is not None


async def test_a_moment_from_the_terminal_is_told_with_its_time_and_what_is_unknown_with_what_to_type(stage: Stage):
    incident = await stage.opened()
    began = incident.declared_at - timedelta(minutes=20)
    before = incident.declared_at - timedelta(days=2)
    asked = Closing(given={"started": began, "detected": before}, how={"detected": "a customer rang"})
    at_terminal(stage, lambda desk: closing.close(desk, _find(desk, 1), asked, by=ME, source=TERM))
    await stage.settled()
    told = [m.text for m in stage.messages(incident.channel_name) if "at the terminal" in m.text]
    assert "\n".join(told).splitlines() == [
        f"ada at the terminal: Impact began (at <!date^{int(began.timestamp())}^{{time}}|{began:%H:%M} UTC>)",
        "ada at the terminal: First signal seen: a customer rang "
        f"(at <!date^{int(before.timestamp())}^{{date_short_pretty}} {{time}}|{before:%Y-%m-%d %H:%M} UTC>)",
        "ada at the terminal: Closed",
        "Not recorded: when the impact stopped. The draft is made anew from what you add: "
        "`/incident note 12:02 GMT #mitigated …`",
    ]


async def test_the_card_tells_of_no_trouble_once_slack_is_back_and_all_is_done(stage: Stage):
    incident = await stage.opened()
    stage.rehearsal.knobs.down = True
    at_terminal(stage, _note(1, "the fan is loud"))
    await soon(lambda: _waits(stage, "card-edit"))
    await soon(lambda: _waits(stage, "say:"))
    stage.rehearsal.knobs.down = False
    await stage.settled()
    card = next(repr(m.blocks) for m in stage.messages(incident.channel_name) if "Timeline page" in repr(m.blocks))
    assert "the fan is loud" in card
    assert "I could not" not in card
    edits = _edits(stage)
    at_terminal(stage, _note(1, "quiet again"))
    await stage.settled()
    assert _edits(stage) == edits + 1


async def test_the_card_forgets_the_trouble_of_a_step_that_worked_at_last(stage: Stage):
    stage.rehearsal.knobs.faults.append(Fault("conversations.setTopic", status=500, times=3))
    incident = await stage.opened()
    card = next(repr(m.blocks) for m in stage.messages(incident.channel_name) if "Timeline page" in repr(m.blocks))
    assert not stage.rehearsal.knobs.faults
    assert "I could not" not in card


async def test_what_one_message_cannot_hold_is_told_in_several(stage: Stage):
    await stage.opened()
    stage.rehearsal.knobs.down = True
    for number in range(6):
        at_terminal(stage, _note(1, f"{number} " + "x" * 2000))
    stage.rehearsal.knobs.down = False
    await stage.settled()
    incident = await stage.incident()
    text = "\n".join(m.text for m in stage.messages(incident.channel_name))
    assert [text.count(f"terminal: {n} ") for n in range(6)] == [1] * 6


async def test_a_note_made_while_an_earlier_one_is_in_doubt_is_told_once_too(stage: Stage):
    await stage.opened()
    stage.rehearsal.knobs.faults.append(Fault("chat.postMessage", lose="answer"))
    at_terminal(stage, _note(1, "first"))
    await soon(lambda: not stage.rehearsal.knobs.faults)
    at_terminal(stage, _note(1, "second"))
    await stage.settled()
    incident = await stage.incident()
    text = "\n".join(m.text for m in stage.messages(incident.channel_name))
    assert text.count("at the terminal: first") == 1
    assert text.count("at the terminal: second") == 1
    assert text.index("first") < text.index("second")


async def test_a_bot_started_while_slack_is_down_is_ready_and_connects_later(rehearsal: Rehearsal, tmp_path: Path):
    rehearsal.knobs.down = True
    bot = Muster(settings_for(rehearsal, f"sqlite:///{tmp_path}/muster.db"), now=rehearsal.clock.now)
    await bot.start()
    try:
        stage = Stage(rehearsal, bot)
        assert at_terminal(stage, _open(1), team_id="").number == 1
        assert (await bot.report()).status == "degraded"
        rehearsal.knobs.down = False
        await bot.ready(30)
        await stage.settled()
        incident = await stage.incident()
        assert incident.team_id == rehearsal.workspace.team_id
        assert incident.channel_name == "inc-1-outage-1"
        assert "INC-1" in await stage.say("ada", "/incident list")
        assert (await bot.report()).status == "ok"
    finally:
        await bot.stop()


async def test_slack_going_away_and_coming_back_makes_nothing_twice(stage: Stage):
    for number in range(1, 6):
        at_terminal(stage, _open(number))
        stage.rehearsal.knobs.latency_ms = 5
        stage.rehearsal.knobs.down = True
        await soon(lambda n=number: _started(stage, n))  # type: ignore[misc]
        stage.rehearsal.knobs.down = False
    await stage.settled()
    names = sorted(c.name for c in stage.rehearsal.workspace.channels.values() if c.name.startswith("inc-"))
    assert names == [f"inc-{n}-outage-{n}" for n in range(1, 6)]
    announced = [m.text for m in stage.messages("#incidents") if not m.subtype]
    assert sorted(announced) == [f"INC-{n} sev2 open: outage {n}" for n in range(1, 6)]


TERM = Source.TERMINAL


def at_terminal(stage: Stage, job: Any, team_id: str | None = None) -> Any:
    """Do what the terminal does: one transaction, and nobody is told."""
    deps = stage.muster.deps
    team = stage.rehearsal.workspace.team_id if team_id is None else team_id
    with deps.door.writes() as session:
        return job(replace(deps.desk(session, team)))


def _open(number: int) -> Any:
    return lambda desk: incidents.open(desk, title=f"outage {number}", severity=Severity.SEV2, by=ME, source=TERM)


def _note(number: int, text: str) -> Any:
    return lambda desk: timeline.note(desk, _find(desk, number), text, by=ME, source=TERM)


def _find(desk: Any, number: int) -> Any:
    return incidents.find(desk, number=number)


async def _tried(stage: Stage) -> bool:
    """The bot met Slack's silence at least twice."""
    tries = await stage.muster.deps.door.read(lambda session: [w.tries for w in engine.stored.unfinished(session)])
    return bool(tries) and max(tries) >= 2


async def _waits(stage: Stage, step: str) -> bool:
    """A step of the incident waits for Slack, whose name begins like this."""
    incident = await stage.incident()
    sent = await stage.muster.deps.door.read(lambda session: engine.stored.outbounds(session, incident.id))
    return any(one.step.startswith(step) and one.state == "waiting" for one in sent)


def _edits(stage: Stage) -> int:
    return sum(call.name == "chat.update" and call.ok for call in stage.rehearsal.ledger.entries)


async def _started(stage: Stage, number: int) -> bool:
    incident = await stage.incident(number)
    return bool(await stage.muster.deps.door.read(lambda session: engine.stored.outbounds(session, incident.id)))
