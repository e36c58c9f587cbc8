"""Which members can be reached at all: said once, so that what is not known because of it needs no guessing."""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain.finding import Finding, Verdict
from bot.probes.probe import named, why
from bot.probes.seen import Look, Seen, Trouble

SIGNAL = "member-unreachable"
AWAY = (Trouble.UNREACHABLE, Trouble.SILENT)
TRY = "is the process running, the port right, a firewall between?"


def judge(probe: str, seen: Seen, question: str) -> list[Finding]:
    """One finding for each member that cannot be reached; one for the system when all can, or none can."""
    away = [look for look in seen if look[question].trouble in AWAY and not look.reached]
    odd = [look for look in seen if not look.reached and look not in away]
    if not away and odd:
        says = f"{odd[0].member.name} {why(odd[0][question])}."
        return [_finding(probe, Verdict.UNKNOWN, says, seen, odd)]
    if not away:
        says = f"{named(seen.looks)} can be reached." if seen.looks else "There is no member to reach."
        return [_finding(probe, Verdict.OK if seen.looks else Verdict.UNKNOWN, says, seen, away)]
    if len(away) == len(seen.looks):
        says = f"No member can be reached: {away[0].member.name} {why(away[0][question])}; {TRY}"
        return [_finding(probe, Verdict.CRITICAL, says, seen, away)]
    return [
        _finding(probe, Verdict.WARNING, f"{look.member.name} {why(look[question])}; {TRY}", seen, away, look)
        for look in away
    ]


def _finding(
    probe: str, verdict: Verdict, says: str, seen: Seen, away: Sequence[Look], look: Look | None = None
) -> Finding:
    there = len(seen.looks) - len(away)
    return Finding(
        probe=probe,
        signal=SIGNAL,
        verdict=verdict,
        says=says,
        member=look.member.name if look else "",
        value=f"{there} of {len(seen.looks)}",
        limit="all",
        data={"reached": there, "members": len(seen.looks)},
    )
