"""The record of every call in both directions: what the app asked of Slack, and what Slack brought to the app."""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

from bot.rehearsal.mrkdwn import Mentions

SECRET_ARGS = ("token", "client_secret")


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One call. `at_s` is monotonic seconds, `at` the real time; `ms` how long it took."""

    n: int
    direction: Literal["to_slack", "to_app"]
    name: str  # the Web API method, or the type of the delivery
    at_s: float
    at: str
    ok: bool
    error: str
    ms: float
    status: int
    args: dict[str, Any] = field(default_factory=dict)
    answer: Any = None  # of what took effect
    refusal: Any = None  # what the one who asked was told when it did not go well
    retry: int = 0


@dataclass(frozen=True, kw_only=True)
class Posted:
    """Something the app showed somebody, and what it would have pinged and linked."""

    surface: str  # message, ephemeral, update, view
    channel: str
    ts: str
    text: str
    mentions: Mentions


class Ledger:
    """Keeps entries in order, for tests to ask and for the page to show."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.posts: list[Posted] = []

    def note(
        self,
        direction: Literal["to_slack", "to_app"],
        name: str,
        *,
        started_s: float,
        ok: bool,
        error: str = "",
        status: int = 200,
        args: dict[str, Any] | None = None,
        answer: Any = None,
        refusal: Any = None,
        retry: int = 0,
    ) -> Entry:
        """Write one call down, secrets left out."""
        entry = Entry(
            n=len(self.entries) + 1,
            direction=direction,
            name=name,
            at_s=started_s,
            at=datetime.now(UTC).isoformat(timespec="milliseconds"),
            ok=ok,
            error=error,
            ms=round((time.monotonic() - started_s) * 1000, 3),
            status=status,
            args={key: value for key, value in (args or {}).items() if key not in SECRET_ARGS},
            answer=answer,
            refusal=None if ok else refusal,
            retry=retry,
        )
        self.entries.append(entry)
        return entry

    def calls(self, method: str | None = None) -> list[Entry]:
        """Return the app's Web API calls, of one method or all, refused ones included."""
        return [e for e in self.entries if e.direction == "to_slack" and method in (None, e.name)]

    def deliveries(self, kind: str | None = None) -> list[Entry]:
        """Return what was brought to the app, of one type or all."""
        return [e for e in self.entries if e.direction == "to_app" and kind in (None, e.name)]

    def done(self, method: str) -> list[Entry]:
        """Return the calls of a method that took effect, even if the answer was lost or spoilt."""
        return [e for e in self.calls(method) if e.ok or e.answer is not None]

    def pings(self) -> list[Posted]:
        """Return every post of the app that would notify somebody."""
        return [post for post in self.posts if post.mentions.pings]

    def since(self, n: int) -> list[dict[str, Any]]:
        """Return the entries after number `n`, as plain values, without the answers' bodies."""
        return [{k: v for k, v in asdict(entry).items() if k != "answer"} for entry in self.entries[max(n, 0) :]]
