"""How long may a member be away before it must be copied anew?

As long as the primary's oplog reaches back. A member that stayed away longer cannot catch up: it stops as recovering,
and only an initial sync brings it back. So the window is held against what a restore or an index build takes, and
against the lag that there is now. Counted up to the present moment: what was not written takes no room.
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.finding import Finding, Verdict
from bot.domain.inventory import SystemKind
from bot.probes.mongodb.answers import number
from bot.probes.mongodb.lag import behind_s
from bot.probes.mongodb.sets import Group, applied_at, groups
from bot.probes.mongodb.wording import sentence, span
from bot.probes.probe import Probe, why
from bot.probes.seen import Look, Seen

NAME = "mongodb.oplog"
SIGNAL = "oplog-window-short"
WINDOW_S = 24 * 3600.0  # MongoDB manual, troubleshoot replica sets: 24 hours at least, better 72 or a week
SHORT_WINDOW_S = 3600.0  # no restart with a rebuild fits; our own judgement
LAG_SHARE = 0.25  # of the window; our own judgement


@dataclass(frozen=True)
class Window:
    """How far back an oplog reaches. A young one was begun after the process and has lost nothing yet."""

    s: float
    young: bool


def judge(seen: Seen) -> list[Finding]:
    """One finding for each member that holds an oplog: any may be the one that another copies from."""
    return [
        _of(seen, group, seat.look) for group in groups(seen) for seat in group.seats if seat.look and not seat.arbiter
    ] + [_unseated(look) for group in groups(seen) for look in _without_seat(group)]


def _without_seat(group: Group) -> list[Look]:
    seated = [seat.look for seat in group.seats]
    return [look for look in group.looks if look not in seated]


def _unseated(look: Look) -> Finding:
    return PROBE.unknown(SIGNAL, sentence(f"{look.member.name} {why(look['serverStatus'])}."), member=look.member.name)


def _of(seen: Seen, group: Group, look: Look) -> Finding:
    member = look.member.name
    who = f"{group.lead}{member}"
    if not look["serverStatus"].ok:
        return PROBE.unknown(SIGNAL, sentence(f"{who} {why(look['serverStatus'])}."), member=member)
    window = _window(look)
    if window is None:
        return PROBE.unknown(SIGNAL, sentence(f"{who} does not tell where its oplog begins and ends."), member=member)
    slowest_s, slowest = _slowest(seen, group)
    numbers = {"window_s": window.s, "slowest_s": slowest_s}
    if slowest_s > window.s * LAG_SHARE and slowest_s > 0:
        says = f"{who} has an oplog of {span(window.s)}, and {slowest} is {span(slowest_s)} behind."
        return _finding(member, Verdict.CRITICAL, says, window, numbers)
    if window.young:
        says = f"{who} has an oplog of {span(window.s)}; it is young and has dropped nothing yet."
        return _finding(member, Verdict.OK, says, window, numbers)
    verdict = Verdict.OK
    if window.s < WINDOW_S:
        verdict = Verdict.CRITICAL if window.s < SHORT_WINDOW_S else Verdict.WARNING
    says = f"{who} has an oplog of {span(window.s)}: a member may be away that long."
    return _finding(member, verdict, says, window, numbers)


def _window(look: Look) -> Window | None:
    first = applied_at(look.get("serverStatus", "oplog", "earliestOptime"))
    last = applied_at(look.get("serverStatus", "oplog", "latestOptime"))
    if not first or not last or last < first:
        return None
    now = applied_at(look.get("serverStatus", "localTime"))
    reaches_s = ((now if now and now > last else last) - first).total_seconds()
    dropped = number(look.get("serverStatus", "oplogTruncation", "truncateCount"))  # since the start; from 4.2
    uptime_s = number(look.get("serverStatus", "uptime"))
    return Window(reaches_s, dropped == 0 and uptime_s is not None and uptime_s >= reaches_s)


def _slowest(seen: Seen, group: Group) -> tuple[float, str]:
    """The member that is furthest behind, its delay included: what it lacks must still be in the oplog."""
    behind = [
        (gap_s, seat.brief)
        for seat in group.seats
        if not seat.arbiter and seat is not group.primary and (gap_s := behind_s(seen, group, seat)) is not None
    ]
    return max(behind, default=(0.0, ""))


def _finding(member: str, verdict: Verdict, says: str, window: Window, data: dict[str, float]) -> Finding:
    return Finding(
        probe=NAME,
        signal=SIGNAL,
        verdict=verdict,
        says=sentence(says),
        member=member,
        value=span(window.s),
        limit=span(WINDOW_S),
        data=data,
    )


PROBE = Probe(
    name=NAME,
    kind=SystemKind.MONGODB,
    about="how long a member may be away before it must be copied anew",
    signals=(SIGNAL,),
    asks=("hello", "serverStatus", "replSetGetStatus", "replSetGetConfig"),
    judge=judge,
)
