"""Before more application servers: does the database bear the connections that they will open?

Universe added servers while its primary had no ticket left: the new connections were the last thing it took.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from bot.domain.finding import Finding
from bot.domain.preflight.reading import servers
from bot.domain.preflight.values import Answer, Case, Line

LIMIT = "connection-limit"
USED_SHARE = 0.80  # awesome-prometheus-alerts and Percona's alert rules: too many connections
PLAYBOOK = "connection-limit"


def pools(case: Case) -> Iterator[Line]:
    """Connections now and those of the new servers, against each member's limit; a pool is opened to every member."""
    asked = servers(case.details.get("servers", ""))
    if asked is None:
        says = "How many servers with how many connections each is not known."
        then = "Say it, as in `+4x100`: 4 servers with 100 connections each (maxPoolSize)."
        yield Line(answer=Answer.UNKNOWN, says=says, then=then)
        return
    new = asked[0] * asked[1]
    fullest: tuple[float, Line] | None = None
    for finding in case.main.of(LIMIT):
        line = _of(finding, new)
        if line and (fullest is None or line[0] > fullest[0]):
            fullest = line
    if fullest:
        yield fullest[1]
    else:
        says = "How many connections are open, and how many there may be, is not known."
        yield Line(answer=Answer.UNKNOWN, says=says, then="Have the members answer, then ask again.")


def _of(finding: Finding, new: int) -> tuple[float, Line] | None:
    """The share that a member would have, and what that comes to."""
    used = _number(finding.data, "current", "clients")
    most = _number(finding.data, "most", "maxclients")
    if used is None or not most:
        return None
    share = (used + new) / most
    says = f"{finding.member} has {used:,.0f} of {most:,.0f} connections; {new:,} more make {share:.0%}."
    if share > 1:
        then = "Fewer servers, smaller pools, or a higher limit first."
        return share, Line(answer=Answer.STOP, says=says, then=then, finding=finding, playbook=PLAYBOOK)
    if share > USED_SHARE:
        then = f"Stay below {USED_SHARE:.0%}: fewer servers or smaller pools, then ask again."
        return share, Line(answer=Answer.WAIT, says=says, then=then, finding=finding, playbook=PLAYBOOK)
    return share, Line(answer=Answer.GO, says=says, finding=finding)


def _number(told: Mapping[str, Any], *names: str) -> float | None:
    for name in names:
        value = told.get(name)
        if isinstance(value, int | float) and not isinstance(value, bool):
            return float(value)
    return None
