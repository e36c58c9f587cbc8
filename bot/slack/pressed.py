"""One press on a button, as plain values."""

from __future__ import annotations

from dataclasses import dataclass

OLD = "That button is from an older version of me. Nothing was done."


@dataclass(frozen=True, kw_only=True)
class Pressed:
    """One press: who, where, and the button's own value."""

    team_id: str
    user_id: str
    channel_id: str
    value: str
    key: str


def offered(pressed: Pressed) -> tuple[str, str]:
    """The playbook's name and the look-up that offered it, "" where none did."""
    name, _, lookup_id = pressed.value.partition(" ")
    return name, lookup_id
