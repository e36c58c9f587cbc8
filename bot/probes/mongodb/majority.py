"""Can a majority of the members acknowledge a write?

When it cannot, every write with `w: "majority"` waits, without `wtimeout` for ever (MongoDB manual, write concern),
while the primary looks healthy. Small Giant met it when indexes were dropped while others were built. A write that ran
into `wtimeout` has not failed: it is on the primary, and lost if that primary is.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.domain.finding import Finding, Verdict
from bot.domain.inventory import SystemKind
from bot.probes.mongodb.answers import PRIMARY, SECONDARY, kept, number, rise, version
from bot.probes.mongodb.lag import behind_s, no_longer_than_since
from bot.probes.mongodb.sets import Group, Seat, View, applied_at, groups
from bot.probes.mongodb.wording import sentence, span
from bot.probes.probe import Probe, why
from bot.probes.seen import Seen

NAME = "mongodb.majority"
SIGNAL = "majority-stalled"
IN_TIME_S = 10.0  # a member further behind acknowledges too late for a user who waits; our own judgement
TELLS_COMMITTED_FROM = (3, 4)  # `optimes` in replSetGetStatus
STALLED_S = 60.0  # between the newest write and the newest one of a majority; our own judgement


@dataclass(frozen=True)
class Count:
    """Members whose acknowledgement counts, of a set that needs `needed` of them."""

    needed: int
    holding: int  # those that hold data and vote
    heard: int  # of them, heard by the primary
    in_time: int | None  # of them, not further behind than IN_TIME_S; None where a lag is not known


def judge(seen: Seen) -> list[Finding]:
    """One finding for each set."""
    return [_of(seen, group) for group in groups(seen)]


def keep(seen: Seen) -> dict[str, Any]:
    """For each set how many writes ran out of time, by whose count, and its newest write and a majority's newest."""
    found: dict[str, Any] = {}
    for group in groups(seen):
        count, of = _timeouts(group)
        times = dict(zip(("newest", "committed"), _writes(group), strict=True))
        found[group.part] = {"timeouts": count, "of": of} | {key: at.timestamp() for key, at in times.items() if at}
    return found


def _of(seen: Seen, group: Group) -> Finding:
    if not group.primary:
        return PROBE.unknown(SIGNAL, sentence(f"{group.lead}No primary, so no write can be acknowledged now."))
    if group.own_view is None:
        look = group.primary.look
        reason = why(look["replSetGetStatus"]) if look else "is not in the inventory"
        says = f"{group.lead}Who acknowledges is known by the primary alone: {group.primary.brief} {reason}."
        return PROBE.unknown(SIGNAL, sentence(says))
    count = _count(seen, group)
    if count is None:
        return PROBE.unknown(SIGNAL, sentence(f"{group.lead}Neither votes nor majority are told by {_asked(group)}."))
    gap_s = _uncommitted_s(seen, group)
    many, before = _timeouts(group)[0], kept(seen, NAME, group.part)
    timeouts = rise(many, before.get("timeouts")) if before.get("of") == group.primary.shown else None
    return _judged(seen, group, count, gap_s, timeouts)


def _judged(seen: Seen, group: Group, count: Count, gap_s: float | None, timeouts: float | None) -> Finding:
    verdict = Verdict.OK
    if timeouts or (gap_s is not None and gap_s > IN_TIME_S):
        verdict = Verdict.WARNING
    if count.in_time is not None and count.in_time < count.needed:
        verdict = Verdict.WARNING
    if count.heard < count.needed or (gap_s is not None and gap_s > STALLED_S):
        verdict = Verdict.CRITICAL
    can = count.heard if count.in_time is None else count.in_time
    near = "hear the primary" if count.in_time is None else f"follow within {span(IN_TIME_S)}"
    says = [f"{can} of {count.holding} members {near}, {count.needed} are needed"]
    if gap_s is not None:
        says.append(f"the majority is {span(gap_s)} behind the newest write")
    if timeouts:
        says.append(f"{timeouts:,.0f} writes timed out in {span(seen.since_s or 0.0)}")
    if verdict is Verdict.OK and (count.in_time is None or (gap_s is None and not _old(group))):
        missing = "a member's lag" if count.in_time is None else "what a majority has"
        return PROBE.unknown(SIGNAL, sentence(f"{group.lead}{'; '.join(says)}; {missing} is not told."))
    return Finding(
        probe=NAME,
        signal=SIGNAL,
        verdict=verdict,
        says=sentence(f"{group.lead}{'; '.join(says)}."),
        value=f"{can} of {count.holding}",
        limit=f"{count.needed} needed",
        data={
            "part": group.part,
            "needed": count.needed,
            "heard": count.heard,
            "in_time": count.in_time,
            "uncommitted_s": gap_s,
            "timeouts": timeouts,
        },
    )


def _count(seen: Seen, group: Group) -> Count | None:
    """Who counts, by the primary's own hearing. None when votes are not told, so that the count would be a guess."""
    if not group.seats or any(seat.votes is None for seat in group.seats):
        return None
    holding = [seat for seat in group.seats if seat.votes and not seat.arbiter]
    majority = sum(seat.votes or 0 for seat in group.seats) // 2 + 1
    told = number(group.status.get("writeMajorityCount"))  # from 4.2.1
    needed = int(told) if told is not None and 0 < told <= len(group.seats) else min(majority, len(holding))
    heard = [seat for seat in holding if seat is group.primary or (seat.heard and seat.state in (PRIMARY, SECONDARY))]
    return Count(needed, len(holding), len(heard), _in_time(seen, group, heard))


def _in_time(seen: Seen, group: Group, heard: list[Seat]) -> int | None:
    lags = [0.0 if seat is group.primary else behind_s(seen, group, seat) for seat in heard]
    return None if None in lags else sum(1 for lag in lags if lag is not None and lag <= IN_TIME_S)


def _uncommitted_s(seen: Seen, group: Group) -> float | None:
    """Seconds between the primary's newest write and the newest that a majority has.

    Where all writers wait, the newest write grows no older; then it counts for how long the majority stands still.
    """
    newest, committed = _writes(group)
    if not newest or not committed:
        return None
    gap_s, before = no_longer_than_since(seen, group, newest, committed), kept(seen, NAME, group.part)
    newest_then, committed_then = number(before.get("newest")), number(before.get("committed"))
    if newest_then is None or committed_then is None or newest_then <= committed_then:
        return gap_s
    return max(gap_s, seen.since_s or 0.0) if committed.timestamp() == committed_then else gap_s


def _writes(group: Group) -> tuple[datetime | None, datetime | None]:
    """The primary's newest write, and the newest that a majority has."""
    optimes = group.own_view.get("optimes") if group.own_view else None
    if not isinstance(optimes, dict):
        return None, None
    newest = _first(optimes, "lastAppliedWallTime", "appliedOpTime")
    return newest, _first(optimes, "lastCommittedWallTime", "lastCommittedOpTime")


def _first(optimes: View, *fields: str) -> datetime | None:
    return next((time for field in fields if (time := applied_at(optimes.get(field)))), None)


def _old(group: Group) -> bool:
    """Whether the version does not tell what a majority has."""
    release = version(group.primary.look) if group.primary and group.primary.look else None
    return release is not None and release < TELLS_COMMITTED_FROM


def _timeouts(group: Group) -> tuple[float | None, str]:
    """The counter of the primary, and whose it is: another primary has another counter."""
    look = group.primary.look if group.primary else None
    if look is None or not group.primary:
        return None, ""
    return number(look.get("serverStatus", "metrics", "getLastError", "wtimeouts")), group.primary.shown


def _asked(group: Group) -> str:
    return ", ".join(look.member.name for look in group.looks[:2])


PROBE = Probe(
    name=NAME,
    kind=SystemKind.MONGODB,
    about="whether a majority of the members acknowledges writes",
    signals=(SIGNAL,),
    asks=("hello", "buildInfo", "serverStatus", "replSetGetStatus", "replSetGetConfig"),
    judge=judge,
    keep=keep,
)
