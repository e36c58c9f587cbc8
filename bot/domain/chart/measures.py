"""Which number of a finding is drawn, in which unit, and at what height its limit lies.

The limits stay with the probes: they are read from the finding, so that a chart cannot contradict its verdict.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.domain.finding import Finding

MOST = 1e18  # more than any server counts; what is near the end of a float overflows where it is drawn
_NUMBER = re.compile(r"([\d,]+(?:\.\d+)?) ?(%|ms\b|s\b|min\b|h\b|d\b)?")
_SECONDS = {"ms": 0.001, "s": 1.0, "min": 60.0, "h": 3600.0, "d": 86400.0}


@dataclass(frozen=True, kw_only=True)
class Measure:
    """A number in `Finding.data`: its name there, its unit for a reader, and what to multiply it with."""

    key: str
    unit: str
    times: float = 1.0
    of: tuple[str, ...] = ()  # a limit in percent is one of the sum of these


@dataclass(frozen=True, kw_only=True)
class Measured:
    """What is drawn of one finding; `limit` is None where its limit is no height."""

    key: str
    unit: str
    value: float
    limit: float | None


_READ = Measure(key="read_s", unit="ms for a read", times=1000)
MEASURES: Mapping[str, tuple[Measure, ...]] = {
    "tickets-gone": (
        Measure(key="queued", unit="queued"),
        Measure(key="read_left", unit="read tickets left", of=("read_left", "read_out")),
    ),
    "operations-queued": (Measure(key="waiting", unit="waiting"),),
    "connection-limit": (
        Measure(key="current", unit="connections", of=("most",)),
        Measure(key="clients", unit="clients", of=("maxclients",)),
    ),
    "connection-storm": (Measure(key="new_per_s", unit="new connections/s"),),
    "connections-refused": (Measure(key="refused", unit="refused"),),
    "replication-lag": (Measure(key="late_s", unit="s behind"),),
    "oplog-window-short": (Measure(key="window_s", unit="h of oplog", times=1 / 3600),),
    "majority-stalled": (Measure(key="in_time", unit="members in time"),),
    "votes-lost": (Measure(key="votes", unit="votes"),),
    "election-loop": (Measure(key="elections", unit="elections in 10 min"),),
    "slow-operations": (Measure(key="slow", unit="slow operations"),),
    "collection-scan-storm": (Measure(key="read_per_returned", unit="read for each returned"),),
    "cache-pressure": (Measure(key="used", unit="% used", times=100),),
    "disk-full": (Measure(key="used_share", unit="% used", times=100),),
    "flow-control": (Measure(key="lagged_share", unit="% of the time lagged", times=100),),
    "zombie-primary": (_READ,),
    "reads-hang": (_READ,),
    "reads-slow": (_READ,),
    "memory-full": (Measure(key="used_memory", unit="MB used", times=1e-6, of=("maxmemory",)),),
    "keys-evicted": (Measure(key="evicted", unit="keys dropped since its start"),),
    "commands-slow": (Measure(key="slow", unit="slow commands in 10 min"),),
    "answers-slow": (Measure(key="slowest_s", unit="s for an answer"),),
}


def measured(finding: Finding) -> Measured | None:
    """The number to draw of a finding; of a signal that the table does not know, the first plain one it has."""
    for measure in MEASURES.get(finding.signal) or _any(finding.data):
        value = number(finding.data.get(measure.key))
        if value is not None:
            return Measured(
                key=measure.key, unit=measure.unit, value=value * measure.times, limit=_limit(finding, measure)
            )
    return None


def number(value: Any) -> float | None:
    """A number of at most MOST, None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        plain = float(value)
    except OverflowError:
        return None
    return plain if abs(plain) <= MOST else None


def _any(data: Mapping[str, Any]) -> tuple[Measure, ...]:
    for key, value in data.items():
        if number(value) is None:
            continue
        words = key.replace("_", " ")
        if key.endswith("_share"):
            return (Measure(key=key, unit=f"% {words.removesuffix(' share')}", times=100),)
        if key.endswith("_s"):
            return (Measure(key=key, unit=f"s {words.removesuffix(' s')}"),)
        if key.endswith("_bytes"):
            return (Measure(key=key, unit=f"MB {words.removesuffix(' bytes')}", times=1e-6),)
        return (Measure(key=key, unit=words),)
    return ()


def _limit(finding: Finding, measure: Measure) -> float | None:
    found = _NUMBER.match(finding.limit)
    if not found:
        return None
    value, unit = float(found[1].replace(",", "")), found[2] or ""
    if unit == "%" and measure.of:
        whole = [number(finding.data.get(key)) for key in measure.of]
        return None if None in whole else value / 100 * sum(one or 0.0 for one in whole) * measure.times
    if unit in _SECONDS:
        return value * _SECONDS[unit] * measure.times if measure.key.endswith("_s") else None
    if unit == "%":
        return value if measure.times == 100 else None
    return value if measure.times == 1 else None
