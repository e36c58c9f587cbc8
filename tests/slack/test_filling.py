"""Filling in a step from what the incident looked at: the members of a real master and its replica are offered."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.domain.inventory import SystemKind
from bot.domain.offers import Offer, Offered
from bot.domain.playbook import Fill, Playbook, Step, Variable
from bot.domain.timeline import Kind
from bot.domain.walk import Walk
from bot.rehearsal.patients.redis_server import RedisServer
from bot.rehearsal.server import Rehearsal
from bot.services.playbooks.standing import Stand
from bot.slack.blocks.filling import asked_anew, fill_step
from bot.wiring import Muster
from tests.conftest import Stage, settings_for
from tests.rehearsal.patients.redis_here import every_redis, real
from tests.slack.rooms import STORY, Room, field, room
from tests.slack.test_buttons import press, told


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
    looked, *others, last = offered
    assert looked.startswith("sessions, warning, looked at ") and looked.endswith(" ago")
    assert others == ["spare, not looked at yet"]  # never one that ben may not look at, nor one of another kind
    assert [text.partition(" · ")[2] for text in offered[looked]] == ["replica", "master"]  # what is asked for first
    assert last == "Not in this list" and list(offered[last]) == ["none of these, I write it below"]
    assert field(view, "replicaport")["placeholder"]["text"] == "comes with the member that you choose"
    assert not any("placeholder" in field(view, host) for host in ("replica", "master"))
    (chosen,) = (value for text, value in offered[looked].items() if text.endswith("replica"))
    host, _, port = chosen.partition(" ")
    said = await inc.stage.person("ben").submits(view["id"], {"replica:chosen": {"replica:chosen": chosen}})
    assert said["ok"]
    await inc.stage.settled()
    shown = repr(inc.with_button("step_done").blocks)
    assert f"redis-cli -h {host} -p {port} REPLICAOF NO ONE" in shown
    (entry,) = [one for one in await inc.entries(Kind.STEP) if one.data["did"] == "filled"]
    assert f"replica = {host}" in entry.text and f"replicaport = {port}" in entry.text


async def fill(inc: Room, view: dict, **values: str) -> dict:
    """Submit a form with these values; `replica_chosen` is the menu above `replica`."""
    fields = {name.replace("_chosen", ":chosen"): value for name, value in values.items()}
    said = await inc.stage.person("ben").submits(view["id"], {name: {name: value} for name, value in fields.items()})
    await inc.stage.settled()
    return said


async def test_a_host_that_is_typed_beside_another_that_is_chosen_comes_back_to_its_field_until_one_is_left(inc: Room):
    await begin(inc)
    view = await form(inc)
    offered = options(view, "replica")
    chosen, none = (next(iter(offered[group].values())) for group in ("spare, not looked at yet", "Not in this list"))
    said = await fill(inc, view, replica_chosen=chosen, replica="db9.internal", replicaport="6390")
    error = said["errors"]["replica"]
    assert "you chose spare.internal in the menu, and typed db9.internal here. Clear this field" in error
    assert not [one for one in await inc.entries(Kind.STEP) if one.data["did"] == "filled"]
    assert (await fill(inc, view, replica_chosen=none))["ok"]  # the form is open still, with what was typed
    assert "-h db9.internal -p 6390 REPLICAOF NO ONE" in repr(inc.with_button("step_done").blocks)
    later = await form(inc)
    assert field(later, "replica")["initial_value"] == "db9.internal"
    assert (await fill(inc, later, replica_chosen=chosen))["ok"]  # what merely stood there was not typed
    assert "-h spare.internal -p 6379 REPLICAOF NO ONE" in repr(inc.with_button("step_done").blocks)


async def test_a_port_that_is_typed_never_leads_from_the_chosen_member_to_another_server(inc: Room):
    await begin(inc)
    view = await form(inc)
    chosen = next(iter(options(view, "replica")["spare, not looked at yet"].values()))
    said = await fill(inc, view, replica_chosen=chosen, replicaport="6390")
    assert "you chose spare.internal on port 6379 in the menu, and typed 6390 here" in said["errors"]["replicaport"]
    assert (await fill(inc, view, replicaport=""))["ok"]
    assert "-h spare.internal -p 6379 REPLICAOF NO ONE" in repr(inc.with_button("step_done").blocks)


async def test_a_host_that_is_typed_brings_its_own_port_or_asks_for_it_and_says_so(inc: Room):
    """Of two servers on one machine the line for the one must never reach the other."""
    await begin(inc)
    assert (await fill(inc, await form(inc), replica="db9.internal", replicaport="6390"))["ok"]
    assert "-h db9.internal -p 6390 REPLICAOF NO ONE" in repr(inc.with_button("step_done").blocks)
    later = await form(inc)
    port = field(later, "replicaport")
    assert port["placeholder"]["text"] == "Empty keeps 6390; any host but db9.internal needs its own"
    assert "initial_value" not in port
    assert (await fill(inc, later, replica="db8.internal"))["ok"]
    shown = repr(inc.with_button("step_done").blocks)
    assert "-h db8.internal -p {{replicaport}} REPLICAOF NO ONE" in shown
    assert "To fill in:* `{{replicaport}}` (a port)" in shown and "replicaport to be filled in anew" in shown
    assert await told(inc, "ben", "6390") == (
        ":warning: `replicaport` is to be filled in anew: 6390 went with the host before, and I do not know the port "
        "of `db8.internal`. Press *Fill in…* and write it, before you copy a command."
    )
    again = await form(inc)
    assert field(again, "replicaport")["placeholder"]["text"] == "the port of db8.internal"
    assert (await fill(inc, again, replica="spare.internal"))["ok"]
    assert "-h spare.internal -p 6379 REPLICAOF NO ONE" in repr(inc.with_button("step_done").blocks)


async def test_another_host_on_the_same_port_is_filled_in_in_one_go_and_without_a_word(inc: Room):
    await begin(inc)
    assert (await fill(inc, await form(inc), replica="db9.internal", replicaport="6390"))["ok"]
    assert (await fill(inc, await form(inc), replica="db8.internal", replicaport="6390"))["ok"]
    assert "-h db8.internal -p 6390 REPLICAOF NO ONE" in repr(inc.with_button("step_done").blocks)
    assert (await fill(inc, await form(inc)))["ok"]  # an empty port keeps the one that goes with its host
    assert "-h db8.internal -p 6390 REPLICAOF NO ONE" in repr(inc.with_button("step_done").blocks)
    assert not [m for m in await inc.stage.person("ben").sees(inc.channel) if m.get("ephemeral")]


def test_the_role_of_a_member_is_read_however_long_its_host_and_its_part_are():
    gap = Variable(name="primary", fill=Fill.HOST)
    step = Step(number=1, title="One", body="mongosh --host {{primary:host}}", variables=(gap,))
    book = Playbook(name="page", title="Page", systems=("mongodb",), steps=(step,), text="", digest="")
    one = Offered(value="h" * 60, port=27017, shown="h" * 60, part="shard-of-the-far-east-03", role="primary")
    offer = Offer(system="orders", kind=SystemKind.MONGODB, members=(one,))
    stand = Stand(walk=Walk(id="w", incident_id="i", playbook=book, begun_by="U1", begun_at=STORY))
    ((text, _),) = options(fill_step(stand, step, [offer], STORY), "primary")["orders, not looked at yet"].items()
    assert " · primary · shard-of" in text


async def test_a_port_that_another_step_asks_for_is_named_with_that_step(inc: Room):
    book = inc.stage.muster.deps.shelf.get("stop-respawn")
    before, now = {"replica": "db9", "replicaport": "6390"}, {"replica": "db8"}
    first = next(step.number for step in book.steps if any(gap.name == "replicaport" for gap in step.variables))
    assert f"Write it in *Fill in…* of step {first}, before" in asked_anew(book, 1, before, now)
    assert asked_anew(book, 1, before, before) == asked_anew(book, 1, {}, now) == ""


def test_one_port_of_two_hosts_is_told_as_that():
    lines = "mongosh --host {{old}} --port {{port}}\nmongosh --host {{new}} --port {{port}}"
    gaps = (*(Variable(name=name, fill=Fill.HOST) for name in ("old", "new")), Variable(name="port", fill=Fill.PORT))
    step = Step(number=1, title="Ask both", body=f"```sh run\n{lines}\n```", variables=gaps)
    book = Playbook(name="page", title="Page", systems=("mongodb",), steps=(step,), text="", digest="")
    before = {"old": "db1", "port": "27017"}
    assert asked_anew(book, 1, before, {"old": "db1", "new": "db3"}).startswith(
        ":warning: `port` is to be filled in anew: it stands for the ports of `db1` and `db3`, which I do not know"
    )


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
