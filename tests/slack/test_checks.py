"""Looking at systems from Slack: asked for, unasked at open, again at close; what is not known is said as unknown."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.domain.timeline import Kind
from bot.rehearsal.server import Rehearsal
from bot.wiring import Muster
from tests.conftest import Stage, settings_for


@pytest.fixture
def closed_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


@pytest.fixture
async def stage(rehearsal: Rehearsal, tmp_path: Path, closed_port: int) -> AsyncIterator[Stage]:
    """A bot with two systems in its inventory, neither of which answers."""
    inventory = tmp_path / "inventory.yaml"
    member = f"localhost:{closed_port}"
    inventory.write_text(
        "systems:\n"
        f"  orders-db: {{kind: mongodb, about: orders, members: ['{member}']}}\n"
        f"  dumps: {{kind: host, members: [localhost], ports: [{closed_port}]}}\n"
        f"  stock-db: {{kind: mongodb, members: ['{member}'], may_look: [U0NOBODY01]}}\n"
    )
    found = settings_for(rehearsal, f"sqlite:///{tmp_path}/muster.db", muster_inventory=inventory)
    muster = Muster(found, now=rehearsal.clock.now)
    await muster.start()
    await muster.ready()
    yield Stage(rehearsal, muster)
    await muster.stop()


def told(stage: Stage, channel: str) -> list[str]:
    return [
        message.text
        for message in stage.messages(channel)
        if message.text.startswith(("orders-db:", "stock-db:", "dumps:"))
    ]


async def test_a_first_look_is_told_and_what_cannot_be_reached_is_unknown(stage: Stage):
    incident = await stage.opened("/incident open sev2 orders-db is slow")
    (says,) = told(stage, incident.channel_id)
    assert says.startswith("orders-db: critical, No member can be reached")
    (entry,) = [entry for entry in await stage.entries() if entry.kind is Kind.FINDING]
    assert entry.text.startswith("Looked at orders-db:") and "unknown" in entry.text and " ok" not in entry.text
    assert entry.author == ""
    (message,) = [m for m in stage.messages(incident.channel_id) if m.text.startswith("orders-db:")]
    assert "cannot be reached (connection refused)" in repr(message.blocks)


async def test_a_title_that_names_no_system_has_all_of_them_looked_at(stage: Stage):
    incident = await stage.opened("/incident open sev2 checkout is failing")
    dumps, orders = sorted(told(stage, incident.channel_id))
    assert dumps.startswith("dumps: critical") and orders.startswith("orders-db: critical")


async def test_a_look_that_was_asked_for_is_an_entry_of_the_one_who_asked(stage: Stage):
    incident = await stage.opened("/incident open sev2 orders-db is slow")
    answer = await stage.say("ada", "/incident check orders-db zombie", incident.channel_id)
    assert answer == ":mag: Looking at `orders-db`."
    await stage.settled()
    entry = [entry for entry in await stage.entries() if entry.kind is Kind.FINDING][-1]
    assert entry.author == stage.person("ada").user_id
    assert [finding["probe"] for finding in entry.data["findings"]] == ["mongodb.zombie"]


async def test_outside_incidents_it_is_told_where_it_was_asked(stage: Stage):
    await stage.say("ada", "/incident check orders-db", "#general")
    await stage.settled()
    general = stage.rehearsal.workspace.find_channel("#general")
    (says,) = told(stage, general.id)
    assert says.startswith("orders-db: critical, No member can be reached")


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("/incident check order-db", "no system `order-db`"),
        ("/incident check orders-db lagg", "no probe `lagg`"),
        ("/incident check stock-db", "may not look at `stock-db`"),
    ],
)
async def test_what_cannot_be_looked_at_comes_back_with_what_can(stage: Stage, line: str, says: str):
    answer = await stage.say("ada", line, "#general")
    assert says in answer
    assert line in answer
    await stage.settled()


async def test_a_close_looks_again_so_that_the_draft_has_before_and_after(stage: Stage):
    incident = await stage.opened("/incident open sev2 orders-db is slow")
    await stage.say("ada", "/incident close now", incident.channel_id)
    await stage.settled()
    whys = [entry.data["why"] for entry in await stage.entries() if entry.kind is Kind.FINDING]
    assert whys == ["opened", "closed"]
    (draft,) = [m for m in stage.messages(incident.channel_id) if "Postmortem draft of" in repr(m.blocks)]
    first = draft.blocks[0]["text"]["text"]
    assert first.startswith(
        "*INC-1 is closed, and the look at its close found this:*\n:red_circle: *orders-db*: No member"
    )


async def test_a_look_before_a_step_stands_in_the_step_and_is_posted_only_when_it_says_something_new(stage: Stage):
    incident = await stage.opened("/incident open sev2 orders-db is slow")
    await stage.say("ada", "/runbook walk force-failover-via-firewall 4", incident.channel_id)
    await stage.settled()
    whys = [entry.data["why"] for entry in await stage.entries() if entry.kind is Kind.FINDING]
    assert whys == ["opened", "step"]
    assert len(told(stage, incident.channel_id)) == 1
    (step,) = [m for m in stage.messages(incident.channel_id) if "'step_done'" in repr(m.blocks)]
    assert ":question: Looked at *orders-db* at <!date^" in repr(
        step.blocks
    ) and "before this step: localhost:" in repr(step.blocks)
    await stage.say("ada", "/runbook walk force-failover-via-firewall 1", incident.channel_id)
    await stage.settled()
    (step,) = [m for m in stage.messages(incident.channel_id) if "'step_done'" in repr(m.blocks)]
    assert "*orders-db* at" not in repr(step.blocks)
    (says,) = [m.text for m in stage.messages(incident.channel_id) if "goes to" in m.text and "step 1" in m.text]
    assert f"/p{step.ts.replace('.', '')}|step 1>" in says


async def test_without_an_inventory_it_says_how_to_write_one(shared_less: Stage):
    answer = await shared_less.say("ada", "/incident check", "#general")
    assert "no inventory" in answer and "docs/inventory.md" in answer


@pytest.fixture
async def shared_less(rehearsal: Rehearsal, tmp_path: Path) -> AsyncIterator[Stage]:
    """A bot without an inventory."""
    muster = Muster(settings_for(rehearsal, f"sqlite:///{tmp_path}/muster.db"), now=rehearsal.clock.now)
    await muster.start()
    await muster.ready()
    yield Stage(rehearsal, muster)
    await muster.stop()
