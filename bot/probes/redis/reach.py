"""Can every member be reached?"""

from __future__ import annotations

from bot.domain.finding import Finding
from bot.domain.inventory import SystemKind
from bot.probes import reaching
from bot.probes.probe import Probe
from bot.probes.seen import Seen

NAME = "redis.reach"


def judge(seen: Seen) -> list[Finding]:
    """One finding for each member that cannot be reached, else one for the system."""
    return reaching.judge(NAME, seen, "info")


PROBE = Probe(
    name=NAME,
    kind=SystemKind.REDIS,
    about="members that cannot be reached",
    signals=(reaching.SIGNAL,),
    asks=("info",),
    judge=judge,
)
