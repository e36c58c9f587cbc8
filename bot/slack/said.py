"""Reading what Slack answered: what has to be there and is not means that nothing is known of the call."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.errors import ChatUnknown


def text_in(said: Mapping[str, Any], name: str) -> str:
    """A text that has to be there. Raises ChatUnknown."""
    value = said.get(name)
    if not isinstance(value, str) or not value:
        raise ChatUnknown(f"Slack's answer lacks `{name}`.")
    return value


def part_of(said: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """A part that has to be there. Raises ChatUnknown."""
    value = said.get(name)
    if not isinstance(value, Mapping):
        raise ChatUnknown(f"Slack's answer lacks `{name}`.")
    return value


def one_of(said: Mapping[str, Any], ts: str) -> Mapping[str, Any] | None:
    """The message with this ts among those found."""
    return next((message for message in said.get("messages") or [] if message.get("ts") == ts), None)
