"""Finds the button that a person means: in the newest message that they can see and that has not been used yet."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from bot.rehearsal.replay.story import BUTTONS
from bot.rehearsal.things import Channel, Message

REASON = "reason"  # block id and action id of the input in the modal that a skip opens


@dataclass(frozen=True, kw_only=True)
class Button:
    """One button in one message. `look` changes with the message: a used message counts again once it was edited."""

    ts: str
    action_id: str
    block_id: str
    value: str
    look: str


def newest(channel: Channel, person_id: str, name: str, used: set[str]) -> Button | None:
    """Return the button called `name` (a key of BUTTONS) in the newest unused message of the channel, None if none."""
    for message in reversed(channel.messages.values()):
        look = f"{message.ts} {json.dumps(message.blocks, sort_keys=True)}"
        if look in used or message.only_for not in ("", person_id):
            continue
        for block_id, element in _elements(message):
            action_id = str(element.get("action_id", ""))
            if action_id.startswith(BUTTONS[name]):
                value = str(element.get("value", ""))
                return Button(ts=message.ts, action_id=action_id, block_id=block_id, value=value, look=look)
    return None


def _elements(message: Message) -> Iterator[tuple[str, dict[str, Any]]]:
    for block in message.blocks:
        for element in [*block.get("elements", []), block.get("accessory")]:
            if isinstance(element, dict):
                yield str(block.get("block_id", "")), element


def asks_for_reason(view: dict[str, Any]) -> bool:
    """Is this the modal of a skipped step?"""
    return any(block.get("block_id") == REASON for block in view.get("blocks", []))
