"""Who is primary, does everyone see the same one, and are there votes enough to elect one?

Without a primary nothing is written. With votes enough that lasts 12 seconds, as a rule (MongoDB manual, replica set
elections); without them it lasts until members come back. Two that call themselves primary are told as what they say,
not explained away: writes to the one of the lower term will be rolled back.
"""

from __future__ import annotations

from typing import Any

from bot.domain.finding import Finding, Verdict
from bot.domain.inventory import SystemKind
from bot.probes.mongodb.answers import brief, is_primary, kept, number
from bot.probes.mongodb.sets import Group, View, applied_at, groups
from bot.probes.mongodb.views import says_whether_primary, seen_primary, votes_heard
from bot.probes.mongodb.wording import sentence, span
from bot.probes.probe import Probe, named, why
from bot.probes.seen import Look, Seen

NAME = "mongodb.primary"
NONE, TWO, DISAGREE, VOTES = "no-primary", "two-primaries", "views-disagree", "votes-lost"
ELECTION_S = 15.0  # MongoDB manual, replica set elections: 12 s as the median, with some room
SILENT_SET_S = 60.0  # no operation for so long: a set that is well writes one every 10 s by itself (periodic no-op)


def judge(seen: Seen) -> list[Finding]:
    """Four findings for each set."""
    return [
        finding for group in groups(seen) for finding in (_led(seen, group), _two(group), _views(group), _votes(group))
    ]


def keep(seen: Seen) -> dict[str, Any]:
    """Since when each set has no primary, as seconds since 1970; None while it has one or cannot be asked."""
    return {group.part: {"without_since": _without_since(seen, group)} for group in groups(seen)}


def _led(seen: Seen, group: Group) -> Finding:
    primary = group.primary
    if primary and primary.look and is_primary(primary.look):
        term = f", term {group.term}" if group.term else ""
        says = f"{group.lead}{primary.brief} is primary{term}."
        return _finding(NONE, Verdict.OK, says, primary.brief, "1 primary", {"part": group.part})
    if primary:
        reason = why(primary.look["hello"]) if primary.look else "is not in the inventory"
        says = f"{group.lead}The others see {primary.brief} as primary; it {reason}."
        return PROBE.unknown(NONE, sentence(says))
    if not _can_say_none(group):
        silent = next(look for look in group.looks if not says_whether_primary(look))
        reason = why(silent["replSetGetStatus"] if silent["hello"].ok else silent["hello"])
        says = f"{group.lead}None is known to be primary, and {brief(silent.member.name)} {reason}."
        return PROBE.unknown(NONE, sentence(says))
    return _leaderless(seen, group)


def _leaderless(seen: Seen, group: Group) -> Finding:
    heard, majority, _ = votes_heard(group)
    without_s = seen.at.timestamp() - (_without_since(seen, group) or seen.at.timestamp())
    idle_s = _idle_s(group)
    data = {"part": group.part, "without_s": without_s, "idle_s": idle_s, "votes": heard, "majority": majority}
    lost = heard is not None and majority is not None and heard < majority
    long = without_s > ELECTION_S or (idle_s is not None and idle_s > SILENT_SET_S)
    votes = (
        f"{heard} votes are heard, {majority} are a majority" if heard is not None else "how many votes, is not told"
    )
    if lost:
        ending = "none can be elected"
    elif without_s > ELECTION_S:
        ending = f"none was elected in {span(without_s)}"
    elif long:
        ending = f"the newest write is {span(idle_s or 0.0)} old"
    else:
        ending = "an election is in progress"
    says = f"{group.lead}No member is primary; {votes}: {ending}."
    return _finding(NONE, Verdict.CRITICAL if lost or long else Verdict.WARNING, says, "no primary", "1 primary", data)


def _can_say_none(group: Group) -> bool:
    """Whether somebody who hears the others says that none leads, or everyone says so of itself."""
    return bool(group.views) or all(says_whether_primary(look) for look in group.looks)


def _without_since(seen: Seen, group: Group) -> float | None:
    if group.primary or not _can_say_none(group):
        return None
    since = number(kept(seen, NAME, group.part).get("without_since"))
    return min(since, seen.at.timestamp()) if since is not None else seen.at.timestamp()


def _idle_s(group: Group) -> float | None:
    now = applied_at(group.status.get("date"))
    newest = max((seat.applied for seat in group.seats if seat.applied), default=None)
    return (now - newest).total_seconds() if now and newest else None


def _two(group: Group) -> Finding:
    leading = [look for look in group.looks if is_primary(look)]
    if len(leading) > 1:
        told = " and ".join(f"{brief(look.member.name)}{_term_of(look)}" for look in leading[:3])
        says = f"{group.lead}{told} each say that they take writes."
        return _finding(TWO, Verdict.CRITICAL, says, f"{len(leading)} primaries", "1 primary")
    arbiters = {seat.look.member for seat in group.seats if seat.look and seat.arbiter}
    silent = [look for look in group.looks if not says_whether_primary(look) and look.member not in arbiters]
    if silent:
        says = f"Whether only one calls itself primary is not known: {named(silent)} {why(silent[0]['hello'])}."
        return PROBE.unknown(TWO, sentence(group.lead + says))
    says = f"{group.lead}{len(leading) or 'None'} of {len(group.looks)} members calls itself primary."
    return _finding(TWO, Verdict.OK, says, f"{len(leading)} primaries", "1 primary")


def _term_of(look: Look) -> str:
    term = number(look.get("replSetGetStatus", "term"))
    return f" (term {term:.0f})" if term is not None and term > 0 else ""


def _views(group: Group) -> Finding:
    names = {str(name) for look in group.looks if (name := look.get("hello", "setName"))}
    if len(names) > 1:
        says = f"{group.lead}Members call their set {' and '.join(sorted(names))[:60]}; it should be one name."
        return _finding(DISAGREE, Verdict.WARNING, says, f"{len(names)} names", "1 set")
    told = [(look, seen_primary(look)) for look in group.looks if look["hello"].ok or look["replSetGetStatus"].ok]
    if len({whom for _, whom in told}) > 1:
        says = ", ".join(f"{brief(look.member.name)} sees {brief(whom) if whom else 'none'}" for look, whom in told[:4])
        return _finding(DISAGREE, Verdict.WARNING, f"{group.lead}As primary, {says}.", "several views", "one view")
    silent = [look for look in group.looks if not look["hello"].ok and not look["replSetGetStatus"].ok]
    if silent or not told:
        says = f"{group.lead}Whether all see the same primary is not known: {named(silent)} {why(silent[0]['hello'])}."
        return PROBE.unknown(DISAGREE, sentence(says))
    whom = told[0][1]
    says = f"{group.lead}All {len(told)} members see {brief(whom) if whom else 'no member'} as primary."
    return _finding(DISAGREE, Verdict.OK, says, "one view", "one view")


def _votes(group: Group) -> Finding:
    heard, majority, most = votes_heard(group)
    if heard is None or majority is None or most is None:
        look = group.looks[0]
        reason = "tells neither votes nor majority" if group.views else why(look["replSetGetStatus"])
        return PROBE.unknown(VOTES, sentence(f"{group.lead}{brief(look.member.name)} {reason}."))
    verdict = Verdict.WARNING if heard <= majority and heard < most else Verdict.OK
    ending = "none to spare" if verdict is Verdict.WARNING else f"{heard - majority} to spare"
    if heard < majority:
        verdict, ending = Verdict.CRITICAL, "no primary can be elected or kept"
    says = f"{group.lead}{heard} of {most} votes are heard, {majority} are a majority: {ending}."
    data = {"part": group.part, "votes": heard, "majority": majority, "most": most}
    return _finding(VOTES, verdict, says, f"{heard} of {most}", f"{majority} votes", data)


def _finding(signal: str, verdict: Verdict, says: str, value: str, limit: str, data: View | None = None) -> Finding:
    return Finding(
        probe=NAME, signal=signal, verdict=verdict, says=sentence(says), value=value, limit=limit, data=data or {}
    )


PROBE = Probe(
    name=NAME,
    kind=SystemKind.MONGODB,
    about="who is primary, and whether the members agree",
    signals=(NONE, TWO, DISAGREE, VOTES),
    asks=("hello", "replSetGetStatus", "replSetGetConfig"),
    judge=judge,
    keep=keep,
)
