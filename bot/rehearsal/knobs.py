"""What can be made to go wrong: slowness, errors, lost requests and answers, and Slack being down."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from bot.rehearsal.refusals import RehearsalError


@dataclass
class Fault:
    """One thing that goes wrong with a method (`*` for any), `times` times, after `skip` calls went well.

    `lose="request"`: the connection closes before anything happens. `lose="answer"`: it closes after the effect.
    `error` or `status` are answered instead; with `effect` the thing was done all the same. `body` is sent as it is.
    """

    method: str
    error: str = ""
    times: int = 1
    skip: int = 0
    lose: Literal["request", "answer"] | None = None
    status: int | None = None
    retry_after: float | str | None = None
    effect: bool = False
    body: str | None = None


@dataclass
class Knobs:
    """Everything that can be turned while the rehearsal runs. The limits are Slack's; a person may tighten them."""

    latency_ms: float = 0
    enforce_rates: bool = False
    ack_limit_s: float = 3.0
    trigger_life_s: float = 3.0
    event_retry_delays_s: tuple[float, ...] = (0.0, 60.0, 300.0)
    faults: list[Fault] = field(default_factory=list)
    on_down: list[Callable[[], None]] = field(default_factory=list)
    _down: bool = False

    @property
    def down(self) -> bool:
        """Whether Slack is down: no call is answered, nothing is brought to the app, open sockets are cut."""
        return self._down

    @down.setter
    def down(self, value: bool) -> None:
        self._down = value
        for listener in self.on_down if value else []:
            listener()

    def fault_for(self, method: str) -> Fault | None:
        """Take the next fault that applies to this call, if any."""
        for fault in self.faults:
            if fault.method not in (method, "*"):
                continue
            if fault.skip > 0:
                fault.skip -= 1
                continue
            fault.times -= 1
            if fault.times <= 0:
                self.faults.remove(fault)
            return fault
        return None

    def as_json(self) -> dict[str, Any]:
        """Return the knobs as the page shows them."""
        return {
            "latency_ms": self.latency_ms,
            "down": self.down,
            "enforce_rates": self.enforce_rates,
            "faults": [vars(fault) for fault in self.faults],
        }

    def turn(self, wanted: dict[str, Any]) -> None:
        """Set what `wanted` names. Raises RehearsalError when it names something else, or a wrong kind of value."""
        kinds: dict[str, tuple[type, ...]] = {
            "latency_ms": (int, float),
            "down": (bool,),
            "enforce_rates": (bool,),
            "faults": (list,),
        }
        for name, value in wanted.items():
            if name not in kinds or not isinstance(value, kinds[name]):
                raise RehearsalError(f"`{name}` is not a knob that takes {value!r}; knobs: {', '.join(kinds)}")
        faults = wanted.get("faults")
        try:
            parsed = None if faults is None else [Fault(**fault) for fault in faults]
        except TypeError as exc:
            raise RehearsalError(f"that is not a fault: {exc}") from None
        for name in ("latency_ms", "down", "enforce_rates"):
            if name in wanted:
                setattr(self, name, wanted[name])
        if parsed is not None:
            self.faults[:] = parsed
