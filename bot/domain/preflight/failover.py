"""Before a failover: who would take over, with what lag, and are there votes without the one that leads now?

Universe's primary hung while two secondaries were well: forcing it was right, and could have been said at once.
Havoc's cluster elected one overloaded member after the other: there another failover only moves the load.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from bot.domain.finding import Finding, Verdict
from bot.domain.preflight.values import Answer, Case, Line, Looked

LAG, BUILD, VOTES = "replication-lag", "index-building", "votes-lost"
ZOMBIE, TICKETS = "zombie-primary", "tickets-gone"
NO_SHARD = ("mongos", "config")  # parts of a cluster that hold no data of anybody
WANTED = 2  # secondaries that could take over: with one alone nobody is left to follow it
INCOMPLETE = "inventory-incomplete"
ADD = "Add what the inventory lacks, then ask again."
PLAYBOOK = "force-failover-via-firewall"


def listed(case: Case) -> Iterator[Line]:
    """Whether the inventory has every member: what nobody looked at may be the one that is not ready."""
    for finding in case.main.of(INCOMPLETE):
        if finding.speaks:
            yield Line(answer=Answer.WAIT, says=finding.says, then=ADD, finding=finding)


def candidates(case: Case) -> Iterator[Line]:
    """The secondaries that can be elected: those that follow closely, build nothing, and are no hidden ones."""
    for lead, look in _sets(case.main):
        for line in _candidates(look, lacking=bool([*listed(case)])):
            yield replace(line, says=lead + line.says)


def votes(case: Case) -> Iterator[Line]:
    """Are there votes enough without the member that leads now?"""
    for lead, look in _sets(case.main):
        for line in _votes(look):
            yield replace(line, says=lead + line.says)


def _sets(look: Looked) -> list[tuple[str, Looked]]:
    """The system as one set; of a sharded cluster each shard's own set, with how a sentence about it begins."""
    parts = dict.fromkeys(one.part for one in look.system.members if one.part not in ("", *NO_SHARD))
    return [(f"{part}: ", _part(look, part)) for part in parts] or [("", look)]


def _part(look: Looked, part: str) -> Looked:
    members = tuple(one for one in look.system.members if one.part == part)
    names = {one.name for one in members}
    return replace(
        look,
        system=replace(look.system, members=members),
        findings=tuple(one for one in look.findings if one.member in names or one.data.get("part") == part),
        evidence={name: told for name, told in look.evidence.items() if name in names},
    )


def _candidates(look: Looked, *, lacking: bool) -> Iterator[Line]:
    electable, leading = _electable(look)
    if electable is None:
        says = "Nobody told the set's configuration, so who can be elected is not known."
        yield Line(answer=Answer.UNKNOWN, says=says, then="Have one member answer replSetGetConfig, then ask again.")
        return
    unfit = {name: _unfit(look, name) for name in electable if name != leading}
    fit = [name for name, why in unfit.items() if not why]
    why_not = "; ".join(f"{name} {why}" for name, why in unfit.items() if why)
    if not unfit:
        says = "The set has no other member that can be elected."
        yield Line(answer=Answer.STOP, says=says, then="Add one, or give one a priority, then ask again.")
    elif len(fit) >= WANTED:
        behind = ", ".join(f"{name} is {_lag(look, name)} behind" for name in fit)
        yield Line(answer=Answer.GO, says=f"{len(fit)} can take over: {behind}.")
        if why_not:
            yield Line(answer=Answer.GO, says=f"Not fit to take over: {why_not}.", told=True)
    elif fit and not (lacking and why_not):
        says = f"{fit[0]} alone can take over: {why_not or 'there is no other'}."
        then = "Bring another back first, or have whoever answers for the data approve it."
        yield Line(answer=Answer.WAIT, says=says, then=then)
    elif all(_known(look, name) for name in unfit):
        then = "Let one catch up first: what it has not copied is lost."
        says = f"None can take over: {why_not}."
        yield Line(answer=Answer.STOP, says=says, then=then, playbook="write-concern-stall")
    else:
        then = "Have the secondaries answer, then ask again."
        says = f"{f'{fit[0]} alone' if fit else 'Nobody'} is known to be fit: {why_not}."
        yield Line(answer=Answer.UNKNOWN, says=says, then=then)


def _votes(look: Looked) -> Iterator[Line]:
    found = look.of(VOTES)
    finding = found[0] if found else None
    heard, majority = (finding.data.get(name) if finding else None for name in ("votes", "majority"))
    if not isinstance(heard, int) or not isinstance(majority, int):
        says = finding.says if finding else "How many votes are heard was not told."
        yield Line(answer=Answer.UNKNOWN, says=says, then="Have the members answer, then ask again.", finding=finding)
        return
    left = heard - 1  # whoever can lead has one vote (MongoDB manual, replica set configuration)
    says = f"Without the primary {left} votes are left, {majority} are a majority."
    if left < majority:
        then = "Bring a member back first: without a majority none is elected and all writes end."
        yield Line(answer=Answer.STOP, says=says, then=then, finding=finding, playbook="no-primary-or-election-loop")
    else:
        yield Line(answer=Answer.GO, says=says, finding=finding)


def reason(case: Case) -> Iterator[Line]:
    """Whether the primary hangs, so that it cannot step down by itself, or is only overloaded."""
    hanging = [finding for finding in case.main.of(ZOMBIE) if finding.speaks]
    overloaded = [finding for finding in case.main.of(TICKETS) if finding.speaks]
    if hanging:
        then = "Say who approves, then cut it off from members and clients; do not wait for it to step down."
        yield Line(answer=Answer.GO, says=hanging[0].says, then=then, finding=hanging[0], told=True)
    elif overloaded:
        says = f"{overloaded[0].says} Whoever leads next gets the same load."
        then = "Take load off first (playbook shed-load-at-edge): a failover moves the load, it does not end it."
        yield Line(answer=Answer.WAIT, says=says, then=then, finding=overloaded[0])


def writes_at_risk(case: Case) -> Iterator[Line]:
    """What the application is told was written may be lost, by its write concern; nobody can see that from here."""
    says = "Writes acknowledged by the primary alone (w:1) that no secondary has yet are rolled back."
    yield Line(answer=Answer.GO, says=says, told=True)


def _electable(look: Looked) -> tuple[list[str] | None, str]:
    """The members with a priority that are not hidden, by the inventory's names, and the one that leads."""
    configs = [one["config"] for one in look.answers("replSetGetConfig").values() if _is_config(one)]
    if not configs:
        return None, ""
    newest = max(configs, key=lambda one: one["version"] if isinstance(one.get("version"), int) else 0)
    names = {str(told.get("me")): name for name, told in look.answers("hello").items() if isinstance(told, Mapping)}
    found = [names.get(str(one.get("host")), str(one.get("host"))) for one in newest["members"] if _can_lead(one)]
    leads = [name for name, told in look.answers("hello").items() if _says_it_leads(told)]
    seen = [f.value for f in look.of("no-primary") if f.verdict is Verdict.OK]
    return found, leads[0] if leads else (seen[0] if seen else "")


def _is_config(told: Any) -> bool:
    config = told.get("config") if isinstance(told, Mapping) else None
    return isinstance(config, Mapping) and isinstance(config.get("members"), list)


def _can_lead(one: Any) -> bool:
    if not isinstance(one, Mapping) or one.get("arbiterOnly") or one.get("hidden"):
        return False
    priority = one.get("priority", 1)
    return isinstance(priority, int | float) and priority > 0


def _says_it_leads(told: Any) -> bool:
    return isinstance(told, Mapping) and bool(told.get("isWritablePrimary") or told.get("ismaster"))


def _of(look: Looked, signal: str, member: str) -> Finding | None:
    return next((one for one in look.of(signal) if one.member == member), None)


def _unfit(look: Looked, member: str) -> str:
    """Why it is no candidate; "" when it is one."""
    lag, build = _of(look, LAG, member), _of(look, BUILD, member)
    if lag is None or lag.verdict is Verdict.UNKNOWN:
        return "is not heard, starts, or copies all data: its lag is not known"
    if lag.speaks:
        return f"is {_lag(look, member)} behind, so {_lag(look, member)} of writes are at risk"
    if build is None or build.verdict is Verdict.UNKNOWN:
        return "does not tell whether it builds an index"
    return "builds an index" if build.speaks else ""


def _known(look: Looked, member: str) -> bool:
    told = (_of(look, signal, member) for signal in (LAG, BUILD))
    return all(one is not None and one.verdict is not Verdict.UNKNOWN for one in told)


def _lag(look: Looked, member: str) -> str:
    finding = _of(look, LAG, member)
    return finding.value if finding else ""
