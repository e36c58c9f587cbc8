"""The rehearsal's time of day: real, replayed, or faster than life."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta


class Clock:
    """A clock that runs in a straight line between changes.

    It starts at the real time and runs at `factor` 1.0. Only `set` may move it backwards.
    """

    def __init__(self, at: datetime | None = None, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._at = at if at is not None else datetime.now(UTC)
        self._since_s = monotonic()
        self.factor = 1.0
        self.on_change: list[Callable[[], None]] = []

    def now(self) -> datetime:
        """Return the rehearsal's time, aware and in UTC."""
        return self._at + timedelta(seconds=(self._monotonic() - self._since_s) * self.factor)

    def set(self, at: datetime) -> None:
        """Jump to `at`, which must carry a zone. The speed stays."""
        if at.tzinfo is None:
            raise ValueError("the rehearsal clock needs a time with a zone")
        self._restart(at.astimezone(UTC), self.factor)

    def speed(self, factor: float) -> None:
        """Run `factor` times as fast as life from now on; 0 stops the clock, negative raises ValueError."""
        if factor < 0:
            raise ValueError("the rehearsal clock does not run backwards")
        self._restart(self.now(), factor)

    def _restart(self, at: datetime, factor: float) -> None:
        self._at, self.factor = at, factor
        self._since_s = self._monotonic()
        for listener in self.on_change:
            listener()
