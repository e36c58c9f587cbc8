"""Havoc's question from Slack: what has changed since last night. Told in the channel, and in the timeline."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.domain.snapshot import Snapshot, Why
from bot.domain.timeline import Kind
from bot.rehearsal.patients.mongodb import ReplicaSet
from bot.rehearsal.server import Rehearsal
from bot.services.systems import nights
from bot.wiring import Muster
from tests.conftest import Stage, settings_for


@pytest.fixture
async def patient() -> AsyncIterator[ReplicaSet]:
    """A set of three members."""
    async with ReplicaSet(members=3) as made:
        yield made


@pytest.fixture
async def stage(rehearsal: Rehearsal, tmp_path: Path, patient: ReplicaSet) -> AsyncIterator[Stage]:
    """A bot that may look at it."""
    inventory = tmp_path / "inventory.yaml"
    members = ", ".join(f"'{address}'" for address in patient.addresses)
    inventory.write_text(
        "systems:\n"
        f"  orders-db: {{kind: mongodb, members: [{members}]}}\n"
        f"  stock-db: {{kind: mongodb, members: [{members}], may_look: [U0NOBODY01]}}\n"
        "  shop: {kind: http, url: 'https://shop.example/'}\n"
    )
    found = settings_for(rehearsal, f"sqlite:///{tmp_path}/muster.db", muster_inventory=inventory)
    muster = Muster(found, now=rehearsal.clock.now)
    await muster.start()
    await muster.ready()
    yield Stage(rehearsal, muster)
    await muster.stop()


async def night(stage: Stage) -> Snapshot:
    """What the night would keep of the patient as it is now."""
    deps = stage.muster.deps
    system = deps.inventory.current().inventory.get("orders-db")
    at, team = deps.now(), (await deps.chat.who_am_i()).team_id
    result = await deps.looker.snapshot(system, at=at)
    made = nights.made(system, result, Why.NIGHT, at=at, id=deps.new_id(), team_id=team)
    return await deps.at_desk(team, lambda desk: nights.keep(desk, made))


def told(stage: Stage, channel: str) -> list[str]:
    return [
        message.text + "\n" + "\n".join(_texts(message.blocks))
        for message in stage.messages(channel)
        if message.text.startswith("orders-db:")
    ]


def _texts(blocks: object) -> list[str]:
    if isinstance(blocks, list):
        return [text for block in blocks for text in _texts(block)]
    if isinstance(blocks, dict):
        own = [blocks["text"]] if isinstance(blocks.get("text"), str) else []
        return own + [text for value in blocks.values() if isinstance(value, dict | list) for text in _texts(value)]
    return []


async def test_a_migration_that_left_only_id_indexes_is_one_diff(stage: Stage, patient: ReplicaSet):
    await night(stage)
    await patient.fall_ill("indexes-lost", ago_s=1)
    answer = await stage.say("ada", "/incident diff orders-db", "#general")
    assert answer == ":mag: Comparing `orders-db` with snapshot 1."
    await stage.settled()
    (message,) = told(stage, stage.rehearsal.workspace.find_channel("#general").id)
    assert message.startswith("orders-db: 5 lost since ")
    assert "shop.orders lost the index status_1 {status: 1}" in message
    assert "shop.customers lost the index email_1 {email: 1} unique" in message
    assert ":question:" not in message


async def test_in_an_incident_it_is_an_entry_and_who_asks_again_is_told_the_same(stage: Stage, patient: ReplicaSet):
    await night(stage)
    await patient.fall_ill("indexes-lost", ago_s=1)
    incident = await stage.opened("/incident open sev1 checkout is slow")
    for _ in range(2):
        await stage.say("ada", "/incident diff orders-db", incident.channel_id)
        await stage.settled()
    entries = [one for one in await stage.entries() if one.kind is Kind.FINDING and "changes" in one.data]
    assert [entry.author for entry in entries] == [stage.person("ada").user_id] * 2
    for entry in entries:
        assert entry.text.startswith("orders-db: 5 lost since ")
        assert len(entry.data["changes"]) == 5
    assert len([text for text in told(stage, incident.channel_id) if " lost since " in text]) == 2


async def test_a_first_look_for_lost_indexes_is_held_against_the_night(stage: Stage, patient: ReplicaSet):
    await night(stage)
    await patient.fall_ill("indexes-lost", ago_s=1)
    incident = await stage.opened("/incident open sev1 checkout is slow")
    await stage.say("ada", "/incident check orders-db indexes", incident.channel_id)
    await stage.settled()
    entry = [one for one in await stage.entries() if one.kind is Kind.FINDING][-1]
    assert [one["data"]["lost"] for one in entry.data["findings"]] == [5, 5, 5]


async def test_nothing_has_changed_is_said_so(stage: Stage):
    await night(stage)
    await stage.say("ada", "/incident diff orders-db 1", "#general")
    await stage.settled()
    (message,) = told(stage, stage.rehearsal.workspace.find_channel("#general").id)
    assert "nothing has changed since" in message


async def test_a_member_that_is_away_is_never_nothing_has_changed(stage: Stage, patient: ReplicaSet):
    await night(stage)
    away = str(patient.addresses[-1])
    await patient.fall_ill("member-down", member=2)
    await stage.say("ada", "/incident diff orders-db", "#general")
    await stage.settled()
    (message,) = told(stage, stage.rehearsal.workspace.find_channel("#general").id)
    assert "nothing has changed" not in message
    assert f"not compared, now: {away}" in message


async def test_who_waits_does_not_wait_long_for_a_zombie_primary_and_reads_the_others(
    stage: Stage, patient: ReplicaSet
):
    await night(stage)
    await patient.fall_ill("zombie-primary", ago_s=5)
    deps = stage.muster.deps
    system = deps.inventory.current().inventory.get("orders-db")
    result = await deps.looker.snapshot(system, at=deps.now(), deadline_s=3.0)
    assert result.took_s < 6
    assert result.snapshot["indexes"][""]["shop.orders"]
    assert any(gap.startswith(f"the indexes of {patient.addresses[0]}: ") for gap in result.snapshot["gaps"])


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("/incident diff orders-db", "no snapshot of `orders-db` yet"),
        ("/incident diff order-db", "no system `order-db`"),
        ("/incident diff stock-db", "may not look at `stock-db`"),
        ("/incident diff shop", "nothing to keep of `shop`"),
        ("/incident diff orders-db yesterday", "no day and no snapshot"),
        ("/incident diff", "Which system?"),
    ],
)
async def test_what_cannot_be_compared_is_said_at_once(stage: Stage, line: str, says: str):
    answer = await stage.say("ada", line, "#general")
    assert says in answer
    assert line in answer
    await stage.settled()
