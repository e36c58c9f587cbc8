"""The room of an incident, made in the rehearsal workspace."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from bot.domain.incident import Incident
from bot.flows import hands
from bot.rehearsal.knobs import Fault
from bot.services import rooms
from bot.store import work
from tests.conftest import Stage, soon


async def test_opening_makes_the_channel_and_everything_in_it(stage: Stage):
    answer = await stage.say("ada", "/incident open sev1 checkout is failing @ben")
    assert "INC-1" in answer
    await stage.settled()
    incident = await stage.incident()
    assert incident.channel_name == "inc-1-checkout-is-failing"
    channel = stage.rehearsal.workspace.find_channel("inc-1-checkout-is-failing")
    inside = {stage.rehearsal.workspace.people[user].name for user in channel.members}
    assert {"ada", "ben"} <= inside
    assert channel.topic["value"].startswith("SEV1 · open")
    assert [mark["title"] for mark in channel.bookmarks.values()] == ["INC-1 timeline"]
    assert len(channel.pins) == 1
    announced = stage.messages("#incidents")
    assert len(announced) == 1
    assert "INC-1" in announced[0].text


async def test_the_declarer_is_invited_right_after_the_channel_is_made(stage: Stage):
    await stage.opened()
    methods = [call.name for call in stage.rehearsal.ledger.calls() if call.name != "auth.test"]
    made = methods.index("conversations.create")
    assert methods[made + 1] == "conversations.invite"


async def test_a_name_taken_by_somebody_else_gets_a_suffix(stage: Stage):
    await stage.person("ben").creates_channel("inc-1-checkout-is-failing")
    incident = await stage.opened()
    assert incident.channel_name == "inc-1-checkout-is-failing-2"


async def test_a_name_that_an_archived_channel_keeps_gets_a_suffix(stage: Stage):
    await stage.person("ben").creates_channel("inc-1-checkout-is-failing")
    await stage.person("ben").archives("#inc-1-checkout-is-failing")
    assert (await stage.opened()).channel_name == "inc-1-checkout-is-failing-2"


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Zahlung läuft nicht", "inc-1-zahlung-lauft-nicht"),
        ("決済が止まった", "inc-1"),
        ("🔥 db 🔥", "inc-1-db"),
        ("الدفع متوقف", "inc-1"),
        ("x" * 200, "inc-1-" + "x" * 74),
    ],
)
async def test_a_title_of_any_script_gets_a_channel(stage: Stage, title: str, name: str):
    incident = await stage.opened(f"/incident open sev2 {title}")
    assert incident.channel_name == name
    assert incident.title == title


async def test_when_all_names_are_taken_the_incident_goes_on_without_a_channel_and_says_so(stage: Stage):
    for suffix in ("", "-2", "-3", "-4", "-5", "-6"):
        await stage.person("ben").creates_channel(f"inc-1-checkout-is-failing{suffix}")
    incident = await stage.opened()
    assert incident.channel_id == ""
    assert "the queue is growing" in await stage.say("ada", "/incident note INC-1 the queue is growing")
    status = await answer_of(stage, "ada", "/incident status INC-1")
    assert "I could not make the channel: The channel's name and its next five variants are taken." in str(status)
    assert "it has no channel yet" in str(stage.messages("#incidents")[0].blocks)
    await stage.person("ben").renames("#inc-1-checkout-is-failing", "not-an-incident")
    await press_again(stage, incident)
    incident = await stage.incident()
    assert incident.channel_name == "inc-1-checkout-is-failing"
    assert f"<#{incident.channel_id}>" in str(stage.messages("#incidents")[0].blocks)


@pytest.mark.parametrize(
    ("method", "error", "step", "why"),
    [
        ("conversations.setTopic", "restricted_action", "set the topic", "A workspace setting forbids this to apps."),
        ("bookmarks.add", "missing_scope", "add the bookmark", "The app lacks the scope"),
        ("pins.add", "too_many_pins", "pin this card", "as many pins as Slack allows"),
        ("conversations.invite", "restricted_action", "invite", "A workspace setting forbids this to apps."),
    ],
)
async def test_a_refused_step_shows_on_the_card_and_try_again_finishes_it(
    stage: Stage, method: str, error: str, step: str, why: str
):
    stage.rehearsal.knobs.faults.append(Fault(method, error=error, times=1000))
    incident = await stage.opened()
    card = stage.messages("#incidents")  # nothing else is held up
    assert len(card) == 1
    [card] = [m for m in stage.messages(incident.channel_name) if m.blocks]
    assert f"I could not {step}" in str(card.blocks)
    assert why in str(card.blocks)
    stage.rehearsal.knobs.faults.clear()
    if method == "conversations.invite":
        await stage.person("ada").joins(incident.channel_name)
    await stage.person("ada").clicks(incident.channel_name, card.ts, "retry_room")
    await stage.settled()
    [card] = [m for m in stage.messages(incident.channel_name) if m.blocks and not m.only_for]
    assert "I could not" not in str(card.blocks)
    assert await trouble(stage, incident) == []


UNSURE = {
    "request lost": {"lose": "request"},
    "answer lost": {"lose": "answer"},
    "fatal_error, nothing done": {"error": "fatal_error"},
    "fatal_error, done": {"error": "fatal_error", "effect": True},
    "503 without a word": {"status": 503, "body": "<html>"},
}
WRITES = (
    "conversations.create",
    "conversations.invite",
    "conversations.setTopic",
    "chat.postMessage",
    "pins.add",
    "bookmarks.add",
    "chat.update",
)


@pytest.mark.parametrize("fault", UNSURE.values(), ids=UNSURE)
async def test_an_answer_that_says_nothing_makes_nothing_twice(
    stage: Stage, fault: dict[str, Any], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(hands, "FIRST_WAIT_S", 0.02)
    stage.rehearsal.knobs.faults += [Fault(method, times=2, **fault) for method in WRITES]
    incident = await stage.opened("/incident open sev1 checkout is failing @ben")
    assert all(left.times == 1 for left in stage.rehearsal.knobs.faults)  # each method failed at least once
    made = [c.name for c in stage.rehearsal.workspace.channels.values() if c.name.startswith("inc-")]
    assert made == ["inc-1-checkout-is-failing"]
    channel = stage.rehearsal.workspace.find_channel(incident.channel_name)
    assert len([m for m in channel.messages.values() if m.bot_id and not m.subtype]) == 1
    assert len([m for m in stage.messages("#incidents") if not m.subtype]) == 1
    assert len(channel.pins) == len(channel.bookmarks) == 1
    joins = [m.user for m in channel.messages.values() if m.subtype == "channel_join"]
    assert len(joins) == len(set(joins)) == 3
    assert await trouble(stage, incident) == []


async def test_an_announcement_that_was_cut_off_is_found_and_kept_up_to_date(stage: Stage):
    stage.rehearsal.knobs.faults.append(Fault("chat.postMessage", lose="answer", skip=1))
    await stage.opened()
    assert stage.rehearsal.knobs.faults == []
    await stage.say("ada", "/incident mitigate INC-1")
    await stage.settled()
    [announced] = [m for m in stage.messages("#incidents") if not m.subtype]
    assert announced.text == "INC-1 sev2 mitigated: checkout is failing"
    assert "mitigated" in str(announced.blocks)


async def test_a_limited_step_waits_as_long_as_slack_says_and_the_others_go_on(stage: Stage):
    stage.rehearsal.knobs.faults.append(Fault("conversations.invite", status=429, retry_after=2))
    await stage.say("ada", "/incident open sev1 checkout is failing")
    await soon(lambda: stage.rehearsal.ledger.done("bookmarks.add"))
    assert len(stage.rehearsal.ledger.calls("conversations.invite")) == 1
    await stage.settled()
    first, second = stage.rehearsal.ledger.calls("conversations.invite")
    assert second.at_s - first.at_s >= 2
    assert second.ok


async def test_many_notes_in_a_row_edit_the_card_a_few_times(stage: Stage):
    incident = await stage.opened()
    before = len(stage.rehearsal.ledger.calls("chat.update"))
    stage.rehearsal.knobs.latency_ms = 50
    for number in range(40):
        await stage.say("ada", f"/incident note INC-1 reading {number}")
    await stage.settled()
    edits = len(stage.rehearsal.ledger.calls("chat.update")) - before
    assert 1 <= edits <= 20
    [card] = [m for m in stage.messages(incident.channel_name) if m.blocks]
    assert "reading 39" in str(card.blocks)


async def test_a_card_that_was_deleted_is_posted_anew(stage: Stage):
    incident = await stage.opened()
    channel = stage.rehearsal.workspace.find_channel(incident.channel_name)
    [card] = [m for m in channel.messages.values() if m.blocks]
    del channel.messages[card.ts]
    channel.pins.clear()
    await stage.say("ada", "/incident note INC-1 the card is gone")
    await stage.settled()
    await stage.say("ada", "/incident note INC-1 and this shows on the new one")
    await stage.settled()
    [anew] = [m for m in channel.messages.values() if m.blocks]
    assert "and this shows on the new one" in str(anew.blocks)


async def test_two_who_resolve_at_once_get_one_entry_and_one_explanation(stage: Stage):
    await stage.opened()
    answers = await asyncio.gather(
        stage.say("ada", "/incident resolve INC-1"), stage.say("ben", "/incident resolve INC-1")
    )
    assert sum("is already resolved" in answer for answer in answers) == 1
    assert [entry.data.get("to") for entry in await stage.entries()].count("resolved") == 1


async def test_who_joins_twice_is_one_entry(stage: Stage):
    incident = await stage.opened()
    ben = stage.person("ben")
    await ben.joins(incident.channel_name)
    await ben.leaves(incident.channel_name)
    await ben.joins(incident.channel_name)
    await stage.settled()
    assert [entry.author for entry in await stage.entries() if entry.kind == "joined"].count(ben.user_id) == 1


async def answer_of(stage: Stage, who: str, line: str) -> Any:
    """Everything a command answered at once."""
    return (await stage.person(who).types("#general", line))["answer"]


async def press_again(stage: Stage, incident: Incident) -> None:
    """Press "Try again" where the status shows it."""
    await stage.muster.deps.at_desk(incident.team_id, lambda desk: rooms.try_again(desk, incident))
    await stage.settled()


async def trouble(stage: Stage, incident: Incident) -> list[str]:
    """The steps that are not done."""
    steps = await stage.muster.deps.door.read(lambda session: work.outbounds(session, incident.id))
    return [step.step for step in steps if step.state != "done"]
