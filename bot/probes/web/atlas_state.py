"""Is Atlas changing the cluster, and for how long already?

A cluster that is being upgraded, moved or repaired shows it nowhere on the wire, only in the vendor's interface.
Havoc's banner promised 7 to 10 minutes; two hours later the upgrade had failed. Since when it is in its state is read
from the cluster's events, or else from the earlier looks.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from bot.domain.finding import Finding, Verdict
from bot.domain.inventory import SystemKind
from bot.domain.times import spell
from bot.probes.probe import Probe, why
from bot.probes.seen import Seen
from bot.probes.values import mapping, moment, rows, sentence, text

NAME = "atlas.state"
SIGNAL = "cluster-changing"
LONG_MIN = 30  # three times the 10 minutes that Atlas promised Havoc
RECENT_H = 24
# Atlas Administration API v2, stateName of a cluster
AT_REST, GOING = "IDLE", {"DELETING", "DELETED"}


def judge(seen: Seen) -> list[Finding]:
    """One finding: the state, since when, and what failed in it lately."""
    answer = seen.looks[0]["cluster"] if seen.looks else None
    state = _state(seen)
    if answer is None or not answer.ok or not state:
        says = f"Atlas {why(answer)}." if answer and not answer.ok else "Atlas tells no state of the cluster."
        return [PROBE.unknown(SIGNAL, sentence(says))]
    cluster = text(seen.system.options.get("cluster")) or "The cluster"
    failed = _failed(seen)
    if seen.looks[0].get("cluster", "paused") is True:
        return [_finding(Verdict.WARNING, f"{cluster} is paused.", "paused")]
    if state == AT_REST and failed:
        return [_finding(Verdict.WARNING, f"{cluster} is {state}, after {failed} in the last {RECENT_H} h.", failed)]
    if state == AT_REST:
        return [_finding(Verdict.OK, f"{cluster} is {state}: Atlas changes nothing.", state)]
    since = _since(seen, state)
    length = seen.at - since if since else timedelta()
    verdict = Verdict.CRITICAL if length > timedelta(minutes=LONG_MIN) or state in GOING else Verdict.WARNING
    told = f"for {spell(length)} at least" if since else "since when is not known yet"
    says = f"{cluster} is {state}, {told}{f', after {failed}' if failed else ''}."
    return [_finding(verdict, says, f"{state}, {told}", length.total_seconds())]


def keep(seen: Seen) -> Mapping[str, Any]:
    """The state and since when, so that the next look knows how long it lasts."""
    state = _state(seen)
    return {"state": state, "since": (_since(seen, state) or seen.at).isoformat()} if state else {}


def _state(seen: Seen) -> str:
    return text(seen.looks[0].get("cluster", "stateName")) if seen.looks else ""


def _since(seen: Seen, state: str) -> datetime | None:
    """The earliest moment from which it is known to be in this state without a break."""
    before = mapping(seen.before.get(NAME))
    kept = moment(before.get("since")) if before.get("state") == state else None
    begun = [at for name, at in _events(seen) if "UPDATE" in name and name.endswith(("STARTED", "SUBMITTED"))]
    ended = max((at for name, at in _events(seen) if name.endswith("COMPLETED")), default=None)
    open_since = [at for at in begun if ended is None or at > ended] if state == "UPDATING" else []
    return min([one for one in (kept, *open_since) if one and one <= seen.at], default=None)


def _failed(seen: Seen) -> str:
    """The newest event of the last day that says that a change of the cluster failed; "" for none."""
    recent = seen.at - timedelta(hours=RECENT_H)
    subjects = ("CLUSTER", "UPDATE", "UPGRADE", "MIGRATION", "RESTORE")
    failed = [
        (at, name)
        for name, at in _events(seen)
        if "FAIL" in name and "FAILOVER" not in name and at >= recent and any(one in name for one in subjects)
    ]
    return max(failed, default=(None, ""))[1]


def _events(seen: Seen) -> list[tuple[str, datetime]]:
    found = rows(seen.looks[0].get("events", "results")) if seen.looks else []
    told = [(text(one.get("eventTypeName")), moment(one.get("created"))) for one in found]
    return [(name, at) for name, at in told if name and at]


def _finding(verdict: Verdict, says: str, value: str, length_s: float = 0.0) -> Finding:
    return Finding(
        probe=NAME,
        signal=SIGNAL,
        verdict=verdict,
        says=sentence(says),
        value=value,
        limit=AT_REST,
        data={"length_s": length_s},
    )


PROBE = Probe(
    name=NAME,
    kind=SystemKind.ATLAS,
    about="whether Atlas is changing the cluster, and since when",
    signals=(SIGNAL,),
    asks=("cluster", "events"),
    judge=judge,
    keep=keep,
)
