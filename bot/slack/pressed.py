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
