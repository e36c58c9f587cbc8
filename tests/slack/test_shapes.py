"""Payloads as Slack never sent them: every field missing, null or of another type. An answer, and never a crash."""

import copy
import random
from typing import Any

import pytest

from bot.slack.doors import answered, asked_of
from bot.slack.shape import checked
from tests.slack.rooms import Room

pytestmark = pytest.mark.asyncio(loop_scope="module")

JUNK: list[Any] = [None, "", "x", 0, -1, 1.5, True, [], [None], ["x"], {}, {"x": None}, "\ud800", "9" * 400]
TRIES = 1500


async def recorded(inc: Room) -> list[dict[str, Any]]:
    """One payload of each kind, as the workspace really brought them."""
    await inc.say("note a first note")
    await inc.say("runbook walk stop-respawn")
    await inc.stage.settled()
    message = inc.with_button("step_done")
    await inc.stage.person("ben").clicks(inc.channel, message.ts, "step_done")
    await inc.stage.person("ben").reacts(inc.channel, message.ts, "pushpin")
    await inc.say("close")
    view = await inc.form()
    await inc.stage.person("ada").submits(view["id"], {"started": {"started": "nonsense"}})
    await inc.stage.settled()
    ledger = inc.stage.rehearsal.ledger
    kinds = ("slash_commands", "interactive", "events_api")
    found = {
        (e.name, e.args.get("type"), (e.args.get("event") or {}).get("type")): e.args
        for kind in kinds
        for e in ledger.deliveries(kind)
    }
    assert len(found) >= 5, found.keys()
    return list(found.values())


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Where something stands in a payload."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path] * bool(path) + [place for key, each in inner for place in places(each, (*path, key))]


def spoilt(payload: dict[str, Any], chance: random.Random) -> dict[str, Any]:
    """The payload with one to three of its fields taken out or replaced."""
    made = copy.deepcopy(payload)
    for _ in range(chance.choice((1, 1, 2, 3))):
        if not (found := places(made)):
            break
        *way, last = chance.choice(found)
        holder: Any = made
        for key in way:
            holder = holder[key]
        if chance.random() < 0.3:
            del holder[last]
        else:
            holder[last] = copy.deepcopy(chance.choice(JUNK))
    return made


async def test_a_payload_of_another_shape_is_answered_and_does_no_harm(inc: Room):
    chance, app = random.Random(20261120), inc.stage.muster.app
    payloads = await recorded(inc)
    refused = 0
    bad: list[tuple[int, dict[str, Any]]] = []
    for n in range(TRIES):
        payload = spoilt(payloads[n % len(payloads)], chance)
        try:
            asked = asked_of(checked(payload), {}, [])
        except ValueError:
            refused += 1
            continue
        answer = await answered(app, asked)
        if answer.status >= 500:
            bad.append((answer.status, payload))
    assert 0 < refused < TRIES / 2
    assert bad == []
