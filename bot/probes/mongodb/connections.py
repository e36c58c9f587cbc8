"""Are the connections running out, are they opened in a storm, are any refused?

Each connection costs a thread; at the limit new ones are turned away, also those of a person who comes to help.
Havoc's cluster stood at its limit; a loop in one process did the same to Muut. Whoever opens them is found before the
limit is raised.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.domain.finding import Finding, Verdict
from bot.domain.inventory import SystemKind
from bot.probes.mongodb.answers import CLOSED, brief, in_parts, kept, number, rise, version
from bot.probes.mongodb.views import hears
from bot.probes.mongodb.wording import sentence, span, who
from bot.probes.probe import Probe, named, why
from bot.probes.seen import Look, Seen, Trouble

NAME = "mongodb.connections"
LIMIT, STORM, REFUSED = "connection-limit", "connection-storm", "connections-refused"
USED_SHARE = 0.8  # awesome-prometheus-alerts and Percona's alert rules: too many connections
ALMOST_ALL_SHARE = 0.95  # our own judgement
FEW_LEFT_CONNECTIONS = 50  # what a person with a shell and two restarting clients need; our own judgement
STORM_PER_S = 50.0  # a client with a pool opens a few and keeps them; our own judgement
GREAT_STORM_PER_S = 200.0  # our own judgement
FRESH_S = 600.0  # over a longer time a storm is smoothed away
SEE = "See playbook connection-limit."
APART_S = 0.5  # what two samples of one look are apart
COUNTS_REFUSALS_FROM = (7, 0)  # MongoDB manual 7.0, serverStatus; a recorded answer of 5.0.31 has no such counter


def judge(seen: Seen) -> list[Finding]:
    """Three findings for each member, routers and arbiters too, and none on refusals where the version counts none."""
    found = [finding for look in seen for finding in (_limit(seen, look), _storm(seen, look), _refused(seen, look))]
    return [finding for finding in found if finding]


def keep(seen: Seen) -> dict[str, Any]:
    """The counters of each member and when they were told; of one that does not answer, those of an earlier look."""
    counters: dict[str, Any] = {}
    for look in seen:
        told = {field: number(_told(look, field)) for field in ("totalCreated", "rejected")}
        if any(count is not None for count in told.values()):
            counters[look.member.name] = told | {"at": seen.at.timestamp()}
        elif earlier := _counters(seen, look):
            counters[look.member.name] = earlier
    return counters


def _limit(seen: Seen, look: Look) -> Finding:
    if look["serverStatus"].trouble is Trouble.UNREACHABLE:
        return _turned_away(seen, look)
    current, left = number(_told(look, "current")), number(_told(look, "available"))
    if current is None or left is None or current + left <= 0:
        return _untold(LIMIT, look, "does not tell how many connections it has")
    most = current + left
    share = current / most
    few = left < FEW_LEFT_CONNECTIONS and share > USED_SHARE
    verdict = Verdict.WARNING if share > USED_SHARE else Verdict.OK
    if share > ALMOST_ALL_SHARE or few:
        verdict = Verdict.CRITICAL
    active = number(_told(look, "active"))
    busy = f", {active:,.0f} of them active" if active is not None else ""
    says = f"{who(look)} has {current:,.0f} of {most:,.0f} connections open{busy}, {left:,.0f} left."
    numbers = {"current": current, "left": left, "most": most, "active": active}
    return _finding(LIMIT, look, verdict, says, f"{share * 100:.0f} %", f"{USED_SHARE * 100:.0f} %", numbers)


def _turned_away(seen: Seen, look: Look) -> Finding:
    """At the limit our own connection is closed too; heartbeats come over connections that were open before.

    Without an earlier look that was answered, it is believed where the socket is taken and closed again, and a member
    that answers us in the same way, with TLS or without, hears it. Else it is only named as what may be.
    """
    beside = [other for other in in_parts(seen).get(look.member.part, ()) if other is not look]
    hearing = [other for other in beside if hears(other, look)]
    closes = look["serverStatus"].says == CLOSED
    if hearing and (closes or _counters(seen, look)):
        does = "closes each connection of ours at once" if closes else "takes no connection of ours any more"
        says = f"{brief(look.member.name)} {does}, and is still heard by {named(hearing, 1)}: at its limit, it seems."
        return _finding(LIMIT, look, Verdict.WARNING, says, "none left for us", f"{USED_SHARE * 100:.0f} %", {})
    if closes:
        says = f"{brief(look.member.name)} closes each connection at once: its limit, or TLS that we lack. {SEE}"
        return PROBE.unknown(LIMIT, sentence(says), member=look.member.name)
    return _untold(LIMIT, look, "")


def _counters(seen: Seen, look: Look) -> dict[str, float | None]:
    """What was kept of the member, if its moment can be read."""
    told = {
        field: number(kept(seen, NAME, look.member.name).get(field)) for field in ("at", "totalCreated", "rejected")
    }
    return told if told["at"] is not None else {}


def _since_s(seen: Seen, look: Look) -> float | None:
    at = _counters(seen, look).get("at")
    return None if at is None or at >= seen.at.timestamp() else seen.at.timestamp() - at


def _storm(seen: Seen, look: Look) -> Finding:
    created = number(_told(look, "totalCreated"))
    if created is None:
        return _untold(STORM, look, "does not tell how many connections it has taken")
    since_s, before = _since_s(seen, look), _counters(seen, look)
    if since_s is None or since_s < APART_S or before.get("totalCreated") is None:
        return _untold(STORM, look, "has no earlier look to count new connections against")
    new = rise(created, before["totalCreated"])
    if new is None:
        return _untold(STORM, look, "was restarted since the earlier look, so its counter began anew")
    per_s = new / since_s
    says = f"{who(look)} took {new:,.0f} new connections in {span(since_s)}, {per_s:,.1f} a second."
    verdict = Verdict.OK
    if per_s >= STORM_PER_S:
        verdict = Verdict.CRITICAL if per_s >= GREAT_STORM_PER_S else Verdict.WARNING
    elif since_s > FRESH_S:
        return _untold(
            STORM, look, f"was looked at {span(since_s)} ago, too long to see a storm ({per_s:,.1f} a second)"
        )
    return _finding(
        STORM, look, verdict, says, f"{per_s:,.1f}/s", f"{STORM_PER_S:g}/s", {"new_per_s": per_s, "new": new}
    )


def _refused(seen: Seen, look: Look) -> Finding | None:
    refused, release = number(_told(look, "rejected")), version(look)
    if refused is None:
        counts_none = bool(release and release < COUNTS_REFUSALS_FROM and _told(look, "rejected") is None)
        return None if counts_none else _untold(REFUSED, look, "does not tell how many connections it refused")
    more, since_s = rise(refused, _counters(seen, look).get("rejected")), _since_s(seen, look)
    ago = f"in {span(since_s)}" if since_s and more is not None else "since its start"
    says = f"{who(look)} refused {refused if more is None else more:,.0f} connections {ago}."
    if more is None and refused > 0:
        return _untold(
            REFUSED, look, f"refused {refused:,.0f} since its start; whether it still does needs another look"
        )
    verdict = Verdict.CRITICAL if more else Verdict.OK
    numbers = {"refused": refused, "refused_since": more}
    return _finding(REFUSED, look, verdict, says, f"{more or 0:,.0f} refused", "0 refused", numbers)


def _told(look: Look, field: str) -> Any:
    return look.get("serverStatus", "connections", field)


def _untold(signal: str, look: Look, reason: str) -> Finding:
    answer = look["serverStatus"]
    says = f"{brief(look.member.name)} {reason if answer.ok else why(answer)}."
    return PROBE.unknown(signal, sentence(says), member=look.member.name)


def _finding(
    signal: str, look: Look, verdict: Verdict, says: str, value: str, limit: str, data: Mapping[str, Any]
) -> Finding:
    return Finding(
        probe=NAME,
        signal=signal,
        verdict=verdict,
        says=sentence(says),
        member=look.member.name,
        value=value,
        limit=limit,
        data=data,
    )


PROBE = Probe(
    name=NAME,
    kind=SystemKind.MONGODB,
    about="connections left, opened in a storm, refused",
    signals=(LIMIT, STORM, REFUSED),
    asks=("hello", "buildInfo", "serverStatus", "replSetGetStatus"),
    judge=judge,
    fresh_s=FRESH_S,
    keep=keep,
)
