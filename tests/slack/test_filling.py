"""Filling in a step from what the incident looked at: the members of a real master and its replica are offered."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.domain.timeline import Kind
from bot.rehearsal.patients.redis_server import RedisServer
from bot.rehearsal.server import Rehearsal
from bot.wiring import Muster
from tests.conftest import Stage, settings_for
from tests.rehearsal.patients.redis_here import every_redis, real
from tests.slack.rooms import Room, field, room
from tests.slack.test_buttons import press


@pytest.fixture(params=every_redis()[:1])
def binary(request: pytest.FixtureRequest) -> Path:
    return real(request.param)


@pytest.fixture
async def inc(rehearsal: Rehearsal, tmp_path: Path, binary: Path) -> AsyncIterator[Room]:
    """An incident about a cache with a master and a replica, which were looked at when it was opened."""
    master = RedisServer(tmp_path / "master", binary=binary)
    replica = RedisServer(tmp_path / "replica", binary=binary, follows=master)
    inventory = tmp_path / "inventory.yaml"
    members = f"['127.0.0.1:{master.port}', 'localhost:{replica.port}']"
    inventory.write_text(
        "systems:\n"
        "  spare: {kind: redis, members: ['spare.internal']}\n"
        f"  sessions: {{kind: redis, members: {members}}}\n"
        "  vault: {kind: redis, members: ['vault.internal'], may_look: [U0NOBODY01]}\n"
        "  orders-db: {kind: mongodb, members: ['db1.internal']}\n"
    )
    found = settings_for(rehearsal, f"sqlite:///{tmp_path}/muster.db", muster_inventory=inventory)
    muster = Muster(found, now=rehearsal.clock.now)
    async with master, replica:
        await replica.linked()
        await muster.start()
        await muster.ready()
        try:
            yield await room(Stage(rehearsal, muster), "sessions are lost")
        finally:
            await muster.stop()


async def begin(inc: Room) -> None:
    await inc.stage.say("ada", "/runbook walk stop-respawn 2", inc.channel)
    await inc.stage.settled()


async def form(inc: Room) -> dict:
    await press(inc, inc.with_button("step_fill"), "step_fill", "ben")
    return await inc.form("ben")


def options(view: dict, name: str) -> dict[str, dict[str, str]]:
    """What is offered for a gap: by system, each option's text and value."""
    groups = field(view, f"{name}:chosen")["option_groups"]
    return {g["label"]["text"]: {o["text"]["text"]: o["value"] for o in g["options"]} for g in groups}


async def test_the_members_that_were_looked_at_are_offered_with_what_they_are(inc: Room):
    await begin(inc)
    view = await form(inc)
    offered = options(view, "replica")
    looked, *others = offered
    assert looked.startswith("sessions, looked at ") and looked.endswith(" ago")
    assert others == ["spare, not looked at yet"]  # never one that ben may not look at, nor one of another kind
    assert [text.partition(" · ")[2] for text in offered[looked]] == ["replica", "master"]  # what is asked for first
    assert field(view, "replicaport")["placeholder"]["text"] == "comes with the member that you choose"
    (chosen,) = (value for text, value in offered[looked].items() if text.endswith("replica"))
    host, _, port = chosen.partition(" ")
    said = await inc.stage.person("ben").submits(view["id"], {"replica:chosen": {"replica:chosen": chosen}})
    assert said["ok"]
    await inc.stage.settled()
    shown = repr(inc.with_button("step_done").blocks)
    assert f"redis-cli -h {host} -p {port} REPLICAOF NO ONE" in shown
    (entry,) = [one for one in await inc.entries(Kind.STEP) if one.data["did"] == "filled"]
    assert f"replica = {host}" in entry.text and f"replicaport = {port}" in entry.text


async def test_a_host_that_is_written_counts_more_than_the_menu_and_gives_way_to_a_later_choice(inc: Room):
    await begin(inc)
    view = await form(inc)
    chosen = next(iter(options(view, "replica")["spare, not looked at yet"].values()))
    both = {"replica:chosen": {"replica:chosen": chosen}, "replica": {"replica": "db9.internal"}}
    assert (await inc.stage.person("ben").submits(view["id"], both))["ok"]
    await inc.stage.settled()
    assert "-h db9.internal -p {{replicaport}} REPLICAOF NO ONE" in repr(inc.with_button("step_done").blocks)
    later = await form(inc)
    assert field(later, "replica")["initial_value"] == "db9.internal"
    said = await inc.stage.person("ben").submits(later["id"], {"replica:chosen": {"replica:chosen": chosen}})
    assert said["ok"]
    await inc.stage.settled()
    assert "-h spare.internal -p 6379 REPLICAOF NO ONE" in repr(inc.with_button("step_done").blocks)


async def test_a_host_that_is_typed_brings_its_own_port_or_asks_for_it(inc: Room):
    """Of two servers on one machine the line for the one must never reach the other."""
    await begin(inc)
    view = await form(inc)
    first = {"replica": {"replica": "db9.internal"}, "replicaport": {"replicaport": "6390"}}
    assert (await inc.stage.person("ben").submits(view["id"], first))["ok"]
    await inc.stage.settled()
    assert "-h db9.internal -p 6390 REPLICAOF NO ONE" in repr(inc.with_button("step_done").blocks)
    later = await form(inc)
    assert (await inc.stage.person("ben").submits(later["id"], {"replica": {"replica": "db8.internal"}}))["ok"]
    await inc.stage.settled()
    shown = repr(inc.with_button("step_done").blocks)
    assert "-h db8.internal -p {{replicaport}} REPLICAOF NO ONE" in shown
    assert "To fill in:* `{{replicaport}}` (a port)" in shown and "replicaport to be filled in anew" in shown
    again = await form(inc)
    assert field(again, "replicaport").get("initial_value", "") == ""
    assert (await inc.stage.person("ben").submits(again["id"], {"replica": {"replica": "spare.internal"}}))["ok"]
    await inc.stage.settled()
    assert "-h spare.internal -p 6379 REPLICAOF NO ONE" in repr(inc.with_button("step_done").blocks)


async def test_a_form_that_was_opened_before_somebody_filled_in_leaves_what_it_did_not_write(inc: Room):
    await begin(inc)
    first = {"replica": {"replica": "db1.internal"}, "replicaport": {"replicaport": "6390"}}
    assert (await inc.stage.person("ben").submits((await form(inc))["id"], first))["ok"]
    await inc.stage.settled()
    await press(inc, inc.with_button("step_fill"), "step_fill", "ada")
    hers = await inc.form("ada")
    his = {"replica": {"replica": "db2.internal"}, "replicaport": {"replicaport": "6391"}}
    assert (await inc.stage.person("ben").submits((await form(inc))["id"], his))["ok"]
    await inc.stage.settled()
    assert (await inc.stage.person("ada").submits(hers["id"], {}))["ok"]
    await inc.stage.settled()
    assert "-h db2.internal -p 6391 REPLICAOF NO ONE" in repr(inc.with_button("step_done").blocks)
