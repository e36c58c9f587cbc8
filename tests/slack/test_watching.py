"""Watching a real sick system from Slack: one message, each change said once, over a restart, until the close."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from bot.domain.incident import Incident
from bot.domain.timeline import Kind
from bot.rehearsal.patients.mongodb import ReplicaSet
from bot.rehearsal.server import Rehearsal
from bot.services.systems import watches
from bot.store import watches as stored
from bot.wiring import Muster
from tests.conftest import Stage, settings_for, soon

PATIENT_S = 40.0  # a look is a process of its own, and the machine may be busy


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watches, "EVERY_S", 0.5)
    monkeypatch.setattr("bot.services.systems.looker.SHARED_S", 0.0)


@pytest.fixture
async def patient() -> AsyncIterator[ReplicaSet]:
    async with ReplicaSet(members=3, version="8.0") as patient:
        yield patient


@asynccontextmanager
async def running(rehearsal: Rehearsal, folder: Path, patient: ReplicaSet) -> AsyncIterator[Stage]:
    """The bot with the patient in its inventory; the same folder again is the same bot, started anew."""
    inventory = folder / "inventory.yaml"
    members = ", ".join(f"'{address}'" for address in patient.addresses)
    inventory.write_text(f"systems:\n  orders-db: {{kind: mongodb, about: orders, members: [{members}]}}\n")
    found = settings_for(rehearsal, f"sqlite:///{folder}/muster.db", muster_inventory=inventory)
    muster = Muster(found, now=rehearsal.clock.now)
    await muster.start()
    await muster.ready()
    try:
        yield Stage(rehearsal, muster)
    finally:
        await muster.stop()


async def taken(stage: Stage, incident_id: str) -> int:
    """How many looks of the (only) watch were taken."""
    found = await stage.muster.deps.door.read(lambda session: stored.of_incident(session, incident_id))
    return sum(len(looks) for looks in found.values())


async def looked(stage: Stage, incident: Incident, more: int) -> None:
    """Return after so many more looks."""
    until = await taken(stage, incident.id) + more

    async def enough() -> bool:
        return await taken(stage, incident.id) >= until

    await soon(enough, PATIENT_S)


def said(stage: Stage, channel: str) -> list[str]:
    return [message.text for message in stage.messages(channel) if " went from " in message.text]


def shown(stage: Stage, channel: str):
    return [m for m in stage.messages(channel) if m.text.startswith(("orders-db is watched", "orders-db was watched"))]


def pictures(stage: Stage, channel: str) -> list[dict]:
    return [file for m in stage.messages(channel) for file in m.files or [] if file["name"].endswith(".png")]


async def changes(stage: Stage) -> list[str]:
    return [e.text for e in await stage.entries() if e.kind is Kind.FINDING and e.data["why"] == "watched"]


async def watching(stage: Stage, line: str = "/incident check orders-db tickets watch") -> Incident:
    incident = await stage.opened("/incident open sev2 orders-db is slow")
    answer = await stage.say("ada", line, incident.channel_id)
    assert answer.startswith(":mag: Watching `orders-db`"), answer
    await looked(stage, incident, 2)
    return incident


async def test_it_falls_ill_in_the_middle_and_that_is_told_once(
    rehearsal: Rehearsal, tmp_path: Path, patient: ReplicaSet
):
    async with running(rehearsal, tmp_path, patient) as stage:
        incident = await watching(stage, "/incident check orders-db tickets --watch")
        channel = incident.channel_id
        assert said(stage, channel) == [] and await changes(stage) == []
        await patient.fall_ill("tickets-gone")
        await soon(lambda: len(said(stage, channel)) == 1, PATIENT_S)
        await soon(lambda: len(pictures(stage, channel)) == 1, PATIENT_S)
        await looked(stage, incident, 3)
        assert len(said(stage, channel)) == 1
        assert "tickets-gone" in said(stage, channel)[0] and " from ok to critical" in said(stage, channel)[0]
        assert await changes(stage) == said(stage, channel)
        (message,) = shown(stage, channel)
        assert message.text == "orders-db is watched: critical" and "Stop watching" in repr(message.blocks)
        (picture,) = pictures(stage, channel)
        assert stage.rehearsal._stage.uploads[picture["id"]][:8] == b"\x89PNG\r\n\x1a\n"
        ada = stage.person("ada")
        assert (await ada.clicks(channel, message.ts, "watch_stop"))["ok"]
        await stage.settled()
        (message,) = shown(stage, channel)
        assert message.text.startswith("orders-db was watched")
        assert f"stopped by <@{ada.user_id}>" in repr(message.blocks) and "Stop watching" not in repr(message.blocks)
        assert len(pictures(stage, channel)) == 2
        async with httpx.AsyncClient() as http:
            page = (await http.get(f"{stage.muster.url}/incidents/1")).text
        assert page.count('<svg class="chart"') == 1 and ">tickets-gone</text>" in page and ">critical " in page


async def test_it_goes_on_after_a_restart_and_says_nothing_twice(
    rehearsal: Rehearsal, tmp_path: Path, patient: ReplicaSet
):
    async with running(rehearsal, tmp_path, patient) as stage:
        incident = await watching(stage, "/incident check orders-db tickets -w")
        channel = incident.channel_id
        await patient.fall_ill("tickets-gone")
        await soon(lambda: said(stage, channel), PATIENT_S)
        before = await taken(stage, incident.id)
    async with running(rehearsal, tmp_path, patient) as stage:
        await looked(stage, incident, 3)
        assert await taken(stage, incident.id) >= before + 3
        assert len(said(stage, channel)) == 1 and len(shown(stage, channel)) == 1
        await patient.recover()
        await soon(lambda: len(said(stage, channel)) == 2, PATIENT_S)
        assert " from critical to ok" in said(stage, channel)[1]
        assert await changes(stage) == said(stage, channel)
        answer = await stage.say("ada", "/incident check orders-db stop", channel)
        assert answer == "No longer watching `orders-db`."
        await stage.settled()


async def test_it_ends_when_the_incident_is_closed(rehearsal: Rehearsal, tmp_path: Path, patient: ReplicaSet):
    async with running(rehearsal, tmp_path, patient) as stage:
        incident = await watching(stage)
        await stage.say("ada", "/incident close now", incident.channel_id)
        await stage.settled()
        (message,) = shown(stage, incident.channel_id)
        assert "the incident is closed" in repr(message.blocks)
        count = await taken(stage, incident.id)
        assert "is closed" in await stage.say("ada", "/incident check orders-db watch", incident.channel_id)
        assert await taken(stage, incident.id) == count


async def test_it_ends_by_itself_when_its_time_is_over(
    rehearsal: Rehearsal, tmp_path: Path, patient: ReplicaSet, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(watches, "FOR_S", 2.0)
    async with running(rehearsal, tmp_path, patient) as stage:
        await stage.say("ada", "/incident check orders-db tickets watch", "#general")
        await stage.settled()
        general = stage.rehearsal.workspace.find_channel("#general").id
        (message,) = shown(stage, general)
        assert "its time is over" in repr(message.blocks)
        assert pictures(stage, general) == []  # nothing spoke and nothing moved


async def test_looks_go_on_while_slack_is_away_and_the_change_is_told_after(
    rehearsal: Rehearsal, tmp_path: Path, patient: ReplicaSet
):
    async with running(rehearsal, tmp_path, patient) as stage:
        incident = await watching(stage, "/incident check orders-db tickets watch")
        channel = incident.channel_id
        for method in ("chat.postMessage", "chat.update"):
            rehearsal.knobs.turn({"faults": [{"method": method, "error": "service_unavailable", "times": 8}]})
        await patient.fall_ill("tickets-gone")
        await looked(stage, incident, 4)
        await soon(lambda: said(stage, channel), PATIENT_S)
        assert len(said(stage, channel)) == 1
        await stage.say("ada", "/incident check stop", channel)
        await stage.settled()


async def test_the_button_under_a_look_watches_and_a_second_watch_is_refused(
    rehearsal: Rehearsal, tmp_path: Path, patient: ReplicaSet
):
    async with running(rehearsal, tmp_path, patient) as stage:
        incident = await stage.opened("/incident open sev2 orders-db is slow")
        (look,) = [m for m in stage.messages(incident.channel_id) if "look_watch" in repr(m.blocks)]
        assert (await stage.person("ada").clicks(incident.channel_id, look.ts, "look_watch"))["ok"]
        await looked(stage, incident, 1)
        answer = await stage.say("ada", "/incident check orders-db watch", incident.channel_id)
        assert "being watched here" in answer and "stop" in answer
        await stage.say("ada", "/incident check stop", incident.channel_id)
        await stage.settled()
        assert "Nobody watches" in await stage.say("ada", "/incident check stop", incident.channel_id)


async def test_outside_incidents_the_picture_comes_to_a_channel_that_the_bot_was_not_in(
    rehearsal: Rehearsal, tmp_path: Path, patient: ReplicaSet
):
    async with running(rehearsal, tmp_path, patient) as stage:
        await stage.say("ada", "/incident check orders-db tickets watch", "#general")
        general = stage.rehearsal.workspace.find_channel("#general").id
        await soon(lambda: shown(stage, general), PATIENT_S)
        await patient.fall_ill("tickets-gone")
        await soon(lambda: pictures(stage, general), PATIENT_S)
        assert len(said(stage, general)) == 1
        await stage.say("ada", "/incident check stop", "#general")
        await stage.settled()
