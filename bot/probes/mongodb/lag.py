"""How far is each secondary behind the primary?

Lag is the primary's newest operation minus the member's (MongoDB manual, troubleshoot replica sets). It is 0 in a set
where nothing is written, and a delayed member is behind on purpose. A member that lags is no candidate for a
failover, and does not acknowledge majority writes in time.

One write after a long silence looks like a lag as long as the silence. Where an earlier look knows that the member had
all that the primary had then, it cannot be behind for longer than since then.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from bot.domain.finding import Finding, Verdict
from bot.domain.inventory import SystemKind
from bot.probes.mongodb.answers import PRIMARY, SECONDARY, STATES, kept, number
from bot.probes.mongodb.sets import Group, Seat, groups
from bot.probes.mongodb.wording import sentence, span
from bot.probes.probe import Probe, why
from bot.probes.seen import Seen

NAME = "mongodb.lag"
SIGNAL = "replication-lag"
WARN_S = 10.0  # awesome-prometheus-alerts and Percona's alert rules: replication lag
CRITICAL_S = 60.0  # our own judgement


def judge(seen: Seen) -> list[Finding]:
    """One finding for each member that copies from a primary; one for a set of which nothing is known."""
    found: list[Finding] = []
    for group in groups(seen):
        copying = [seat for seat in group.seats if not seat.arbiter and seat is not group.primary]
        if not group.views and not any(seat.applied for seat in copying):
            found.append(_untold_set(group))
        else:
            found.extend(_of(seen, group, seat) for seat in copying if seat.state != PRIMARY or not group.primary)
    return found


def keep(seen: Seen) -> dict[str, Any]:
    """The newest operation of each set's primary, as seconds since 1970."""
    leading = [(group.part, group.primary.applied) for group in groups(seen) if group.primary]
    return {part: {"primary": applied.timestamp()} for part, applied in leading if applied}


def behind_s(seen: Seen, group: Group, seat: Seat) -> float | None:
    """Seconds that a member is behind the primary, its own delay included. None where that cannot be told."""
    if not group.primary or not group.primary.applied or not seat.applied:
        return None
    return no_longer_than_since(seen, group, group.primary.applied, seat.applied)


def no_longer_than_since(seen: Seen, group: Group, ahead: datetime, after: datetime) -> float:
    """The distance of two operations in seconds; at most the time since an earlier look whose newest one is `after`."""
    gap_s = max(0.0, (ahead - after).total_seconds())
    then = number(kept(seen, NAME, group.part).get("primary"))
    if then is not None and seen.since_s is not None and seen.since_s > 0 and after.timestamp() >= then:
        return min(gap_s, seen.since_s)
    return gap_s


def _of(seen: Seen, group: Group, seat: Seat) -> Finding:
    who = f"{group.lead}{seat.brief}"
    if not group.primary:
        return PROBE.unknown(SIGNAL, sentence(f"{who} has no primary to be measured against."), member=seat.shown)
    if seat.state not in (SECONDARY, PRIMARY) or not seat.applied:
        state = "not known to the others" if seat.state is None else STATES.get(seat.state, f"in state {seat.state}")
        return PROBE.unknown(SIGNAL, sentence(f"{who} is {state}, so its lag is not known."), member=seat.shown)
    gap_s = behind_s(seen, group, seat)
    if gap_s is None:
        says = f"The newest operation of the primary {group.primary.brief} is not known."
        return PROBE.unknown(SIGNAL, sentence(group.lead + says), member=seat.shown)
    if not seat.heard and not _answers(seat):
        says = f"{who} is not heard by the primary; it was {span(gap_s)} behind when last heard."
        return PROBE.unknown(SIGNAL, sentence(says), member=seat.shown)
    return _judged(group, seat, gap_s)


def _answers(seat: Seat) -> bool:
    """Whether the member itself told what it has, so that the primary's memory of it is not needed."""
    return bool(seat.look and (seat.look["replSetGetStatus"].ok or seat.look["hello"].ok))


def _judged(group: Group, seat: Seat, gap_s: float) -> Finding:
    who = f"{group.lead}{seat.brief}"
    if seat.delay_s is None and gap_s > WARN_S:
        says = f"{who} is {span(gap_s)} behind; whether it is delayed on purpose is not told."
        return PROBE.unknown(SIGNAL, sentence(says), member=seat.shown, value=span(gap_s))
    delay_s = seat.delay_s or 0.0
    late_s = max(0.0, gap_s - delay_s)
    verdict = Verdict.OK
    if late_s > WARN_S:
        verdict = Verdict.CRITICAL if late_s > CRITICAL_S else Verdict.WARNING
    on_purpose = f", of which {span(delay_s)} are its own delay" if delay_s else ""
    primary = group.primary.brief if group.primary else "the primary"
    return Finding(
        probe=NAME,
        signal=SIGNAL,
        verdict=verdict,
        says=sentence(f"{who} is {span(gap_s)} behind {primary}{on_purpose}."),
        member=seat.shown,
        value=span(late_s),
        limit=span(WARN_S),
        data={"lag_s": gap_s, "late_s": late_s, "delay_s": delay_s},
    )


def _untold_set(group: Group) -> Finding:
    answer = group.looks[0]["replSetGetStatus"]
    reason = "tells no member's newest operation" if answer.ok else why(answer)
    return PROBE.unknown(SIGNAL, sentence(f"{group.lead}{group.looks[0].member.name} {reason}."))


PROBE = Probe(
    name=NAME,
    kind=SystemKind.MONGODB,
    about="how far each secondary is behind",
    signals=(SIGNAL,),
    asks=("hello", "replSetGetStatus", "replSetGetConfig"),
    judge=judge,
    keep=keep,
)
