"""Does the set elect one primary after the other?

Each election raises the term. Havoc's cluster did this because whoever became primary was overloaded in its turn:
another failover only moves the load, so this finding speaks against forcing one. How often is known from the terms of
earlier looks; from one look only how long ago the last election was.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.domain.finding import Finding, Verdict
from bot.domain.inventory import SystemKind
from bot.probes.mongodb.answers import kept, number
from bot.probes.mongodb.sets import Group, applied_at, entries, groups
from bot.probes.mongodb.wording import ago, sentence, span
from bot.probes.probe import Probe, why
from bot.probes.seen import Seen

NAME = "mongodb.elections"
SIGNAL = "election-loop"
STORM_ELECTIONS = 2  # within STORM_S; Netdata's guide to MongoDB
STORM_S = 600.0
OFTEN_PER_HOUR = 1.0  # outside of maintenance; Netdata's guide to MongoDB
HOUR_S = 3600.0
SAMPLE_S = 60.0  # terms are remembered this far apart, and whenever they change
MOST_SAMPLES = 120
WANTED = (
    "priorityTakeover",
    "stepUpRequest",
    "stepUpRequestSkipDryRun",
)  # an election that somebody or a setting asked for

Sample = tuple[float, float]  # seconds since 1970, term


def judge(seen: Seen) -> list[Finding]:
    """One finding for each set."""
    return [_of(seen, group) for group in groups(seen)]


def keep(seen: Seen) -> dict[str, Any]:
    """For each set the terms of the last hour, and the newest one before it."""
    return {group.part: {"terms": [list(sample) for sample in _with_now(seen, group)]} for group in groups(seen)}


def _of(seen: Seen, group: Group) -> Finding:
    if not group.views:
        answer = group.looks[0]["replSetGetStatus"]
        return PROBE.unknown(SIGNAL, sentence(f"{group.lead}{group.looks[0].member.name} {why(answer)}."))
    ago_s, reason = _last(group)
    samples = _earlier(seen, group)
    now_s, term = seen.at.timestamp(), float(group.term or 0)
    rose = _rise([sample for sample in samples if now_s - sample[0] <= STORM_S], term)
    per_hour = _per_hour(samples, now_s, term)
    when = f"the last {ago(ago_s)}{f' ({reason})' if reason else ''}" if ago_s is not None else "the last not told"
    data = {"term": group.term, "elections": rose, "per_hour": per_hour, "last_s_ago": ago_s}
    if rose is not None and rose >= STORM_ELECTIONS:
        returned = rose == STORM_ELECTIONS and reason in WANTED
        says = f"{group.lead}{rose:.0f} elections in the last {span(STORM_S)}, {when}, term {term:.0f}."
        return _finding(Verdict.WARNING if returned else Verdict.CRITICAL, says, f"{rose:.0f} in 10 min", data)
    if per_hour is not None and per_hour > OFTEN_PER_HOUR:
        says = f"{group.lead}{per_hour:.1f} elections an hour since an earlier look, {when}, term {term:.0f}."
        return _finding(Verdict.WARNING, says, f"{per_hour:.1f}/h", data)
    if not group.primary:
        return PROBE.unknown(
            SIGNAL, sentence(f"{group.lead}No primary now; whether elections repeat needs another look.")
        )
    if ago_s is not None and ago_s >= STORM_S:
        return _finding(Verdict.OK, f"{group.lead}No election in 10 min, {when}, term {term:.0f}.", "0 in 10 min", data)
    if rose is not None and group.term:
        says = f"{group.lead}{rose:.0f} elections seen in the last 10 min, {when}, term {term:.0f}."
        return _finding(Verdict.OK, says, f"{rose:.0f} in 10 min", data)
    says = f"{group.lead}Elections: {when}; whether they repeat needs another look."
    return PROBE.unknown(SIGNAL, sentence(says))


def _last(group: Group) -> tuple[float | None, str]:
    """Seconds since the primary was elected, by the clock of the member that tells, and why an election was held."""
    view = group.status
    now = applied_at(view.get("date"))
    told = entries(view).get(group.primary.name, {}) if group.primary else {}
    elected = applied_at(told.get("electionDate", told.get("electionTime")))
    metrics = view.get("electionCandidateMetrics")
    reason = metrics.get("lastElectionReason") if isinstance(metrics, dict) and group.own_view is not None else None
    ago_s = max(0.0, (now - elected).total_seconds()) if now and elected else None
    return ago_s, reason[:40] if isinstance(reason, str) else ""


def _earlier(seen: Seen, group: Group) -> list[Sample]:
    """The terms of earlier looks, oldest first. What cannot be read, or lies in the future, is left out."""
    told = kept(seen, NAME, group.part).get("terms")
    samples = [
        (at, term)
        for one in (told if isinstance(told, list) else [])[-MOST_SAMPLES:]
        if isinstance(one, list) and len(one) == 2
        if (at := number(one[0])) is not None and (term := number(one[1])) is not None and at < seen.at.timestamp()
    ]
    return sorted(samples)


def _rise(samples: Sequence[Sample], term: float) -> float | None:
    """By how much the term rose since the oldest of `samples`; None without one, or when the set began anew."""
    return None if not samples or not term or term < samples[0][1] else term - samples[0][1]


def _per_hour(samples: Sequence[Sample], now_s: float, term: float) -> float | None:
    """Elections an hour since the oldest earlier look, if that is long enough to speak of an hour."""
    rose = _rise(samples, term)
    hours = (now_s - samples[0][0]) / HOUR_S if samples else 0.0
    return rose / hours if rose is not None and hours >= STORM_S / HOUR_S and rose >= STORM_ELECTIONS else None


def _with_now(seen: Seen, group: Group) -> list[Sample]:
    now_s, samples = seen.at.timestamp(), _earlier(seen, group)
    if group.term and (not samples or samples[-1][1] != group.term or now_s - samples[-1][0] >= SAMPLE_S):
        samples.append((now_s, float(group.term)))
    older = [sample for sample in samples if now_s - sample[0] > HOUR_S]
    return [*older[-1:], *(sample for sample in samples if now_s - sample[0] <= HOUR_S)][-MOST_SAMPLES:]


def _finding(verdict: Verdict, says: str, value: str, data: dict[str, Any]) -> Finding:
    return Finding(
        probe=NAME,
        signal=SIGNAL,
        verdict=verdict,
        says=sentence(says),
        value=value,
        limit=f"{STORM_ELECTIONS} in 10 min",
        data=data,
    )


PROBE = Probe(
    name=NAME,
    kind=SystemKind.MONGODB,
    about="elections that follow one another",
    signals=(SIGNAL,),
    asks=("hello", "replSetGetStatus", "replSetGetConfig"),
    judge=judge,
    keep=keep,
)
