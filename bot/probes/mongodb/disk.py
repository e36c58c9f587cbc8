"""How full is the disk that the data lie on?

A full disk stops writes at once, and a server that cannot write its journal ends. The server tells the numbers of the
file system with `dbStats` since 3.6 (MongoDB manual, dbStats). Open Food Facts had an alarm at 98 % and was full the
same day, so it is said earlier.
"""

from __future__ import annotations

from bot.domain.finding import Finding, Verdict
from bot.domain.inventory import SystemKind
from bot.probes.mongodb.answers import data_members, number
from bot.probes.mongodb.wording import sentence, share, size, who
from bot.probes.probe import Probe, why
from bot.probes.seen import Look, Seen

NAME = "mongodb.disk"
SIGNAL = "disk-full"
WARNING_SHARE = 0.85  # our own judgement: days, not hours, are left at a usual growth
CRITICAL_SHARE = 0.95  # our own judgement: an index build or a compaction may need what is left


def judge(seen: Seen) -> list[Finding]:
    """One finding for each member that holds data: the used share of its file system."""
    return [_of(look) for look in data_members(seen)]


def _of(look: Look) -> Finding:
    if not (answer := look["dbStats"]).ok:
        return PROBE.unknown(SIGNAL, sentence(f"{who(look)} {why(answer)}."), member=look.member.name)
    used, total = number(look.get("dbStats", "fsUsedSize")), number(look.get("dbStats", "fsTotalSize"))
    if used is None or total is None or not 0 < used <= total:
        says = f"{who(look)} does not tell how large its disk is."
        return PROBE.unknown(SIGNAL, sentence(says), member=look.member.name)
    part = used / total
    free = f"{size(total - used)} free of {size(total)}"
    return Finding(
        probe=NAME,
        signal=SIGNAL,
        verdict=_verdict(part),
        says=sentence(f"{who(look)} has its disk {share(used, total)} full, {free}."),
        member=look.member.name,
        value=f"{share(used, total)}, {free}",
        limit=share(CRITICAL_SHARE, 1),
        data={"used_share": round(part, 4), "free_bytes": total - used, "total_bytes": total},
    )


def _verdict(part: float) -> Verdict:
    if part >= CRITICAL_SHARE:
        return Verdict.CRITICAL
    return Verdict.WARNING if part >= WARNING_SHARE else Verdict.OK


PROBE = Probe(
    name=NAME,
    kind=SystemKind.MONGODB,
    about="how full the disk of each member is",
    signals=(SIGNAL,),
    asks=("hello", "dbStats"),
    judge=judge,
)
