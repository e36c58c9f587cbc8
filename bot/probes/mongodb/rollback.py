"""Is a member rolling back, or has it since the earlier look?

A member that comes back with writes the others never had undoes them, and puts what it undid into files (MongoDB
manual, rollbacks). Those files are data: they are kept before anything restarts. Drops and deletes leave no file.
"""

from __future__ import annotations

from typing import Any

from bot.domain.finding import Finding, Verdict
from bot.domain.inventory import SystemKind
from bot.probes.mongodb.answers import ROLLBACK, STATES, kept, number, rise, version
from bot.probes.mongodb.sets import Group, Seat, groups
from bot.probes.mongodb.wording import sentence, span
from bot.probes.probe import Probe, why
from bot.probes.seen import Look, Seen

NAME = "mongodb.rollback"
SIGNAL = "rollback"
KEPT_FROM = (4, 0)  # before, the counter began at a random number with each start (seen: 1279865209 on 3.2.22)


def judge(seen: Seen) -> list[Finding]:
    """One finding for each member of a set that holds data."""
    return [_of(seen, group, seat) for group in groups(seen) for seat in group.seats if not seat.arbiter]


def keep(seen: Seen) -> dict[str, Any]:
    """Each member's count of rollbacks."""
    return {look.member.name: {"rbid": rbid} for look in seen if (rbid := _count(look)) is not None}


def _of(seen: Seen, group: Group, seat: Seat) -> Finding:
    who = f"{group.lead}{seat.brief}"
    if seat.state is None:
        reason = why(seat.look["replSetGetStatus"]) if seat.look else "tells nothing of itself"
        return PROBE.unknown(SIGNAL, sentence(f"{who} {reason}."), member=seat.shown)
    if seat.state == ROLLBACK:
        says = f"{who} is rolling back: it undoes writes that the others never had. Keep its rollback files."
        return _finding(seat, Verdict.CRITICAL, says, "rolling back", {"state": seat.state})
    state = STATES.get(seat.state, f"state {seat.state}")
    count = _count(seat.look) if seat.look else None
    more = rise(count, kept(seen, NAME, seat.shown).get("rbid")) if _comparable(seen, seat.look) else None
    since = span(seen.since_s or 0.0)
    numbers = {"state": seat.state, "rbid": count, "rolled_back": more}
    if more:
        says = f"{who}, {state}, rolled back {_times(more)} in the last {since}. Look for files in its rollback folder."
        return _finding(seat, Verdict.WARNING, says, f"{more:.0f} rollbacks", numbers)
    if not seat.told_itself:
        return PROBE.unknown(
            SIGNAL, sentence(f"{who} is {state} in another's view; it was not heard itself."), member=seat.shown
        )
    if more == 0:
        return _finding(seat, Verdict.OK, f"{who}, {state}, has not rolled back in the last {since}.", "none", numbers)
    says = f"{who} is {state}, not rolling back; whether it did before cannot be told from one look."
    return _finding(seat, Verdict.OK, says, "not now", numbers)


def _comparable(seen: Seen, look: Look | None) -> bool:
    """Whether the counter of two looks is the same counter."""
    if look is None or seen.since_s is None or seen.since_s <= 0:
        return False
    release, uptime_s = version(look), number(look.get("serverStatus", "uptime"))
    if release and release >= KEPT_FROM:
        return True
    return uptime_s is not None and uptime_s > seen.since_s


def _count(look: Look) -> float | None:
    return number(look.get("serverStatus", "repl", "rbid"))


def _times(count: float) -> str:
    return "once" if count == 1 else f"{count:.0f} times"


def _finding(seat: Seat, verdict: Verdict, says: str, value: str, data: dict[str, Any]) -> Finding:
    return Finding(
        probe=NAME,
        signal=SIGNAL,
        verdict=verdict,
        says=sentence(says),
        member=seat.shown,
        value=value,
        limit="no rollback",
        data=data,
    )


PROBE = Probe(
    name=NAME,
    kind=SystemKind.MONGODB,
    about="a member that undoes writes which the others never had",
    signals=(SIGNAL,),
    asks=("hello", "buildInfo", "serverStatus", "replSetGetStatus", "replSetGetConfig"),
    judge=judge,
    keep=keep,
)
