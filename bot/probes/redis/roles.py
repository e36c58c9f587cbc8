"""Who is master, and does every replica hear from a master that we know?

INFO tells `role`, `master_host`, `master_link_status`. While a link is down the replica still holds its data: that is
the moment to save it. Two masters take writes that are lost when one of them is turned into a replica again. A master
that the inventory does not have may be a stranger's: somebody who reaches the port can point a replica at his own.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from typing import Any

from bot.domain.finding import Finding, Verdict
from bot.domain.inventory import SystemKind
from bot.probes.probe import Probe, named, why
from bot.probes.redis.answers import (
    ago,
    carried,
    followed,
    histories,
    in_parts,
    kept,
    lasting,
    of,
    role,
    text,
    told,
    who,
)
from bot.probes.seen import Look, Seen

NAME = "redis.roles"
LINK, TWO, NONE, UNKNOWN = "replica-link-down", "two-masters", "no-master", "unknown-master"


def judge(seen: Seen) -> list[Finding]:
    """The masters of each part, then the link and the master of each replica."""
    found: list[Finding] = []
    for part, looks in in_parts(seen).items():
        found += _masters(part, looks)
        for look in looks:
            found += _of(seen, look, looks)
    return told(found)


def _masters(part: str, looks: tuple[Look, ...]) -> list[Finding]:
    masters = [look for look in looks if role(look) == "master"]
    untold = [look for look in looks if not role(look)]
    where = f" of {part}" if part else ""
    value = f"{len(masters)} of {len(looks)}"
    data = {"masters": len(masters), "members": len(looks), "untold": len(untold)}

    def finding(signal: str, verdict: Verdict, says: str) -> Finding:
        return Finding(probe=NAME, signal=signal, verdict=verdict, says=says, value=value, limit="1 master", data=data)

    if len(masters) > 1:
        if all(of(look, "cluster_enabled") == 1 for look in masters):
            return [finding(TWO, Verdict.OK, f"{len(masters)} masters share the slots of a cluster.")]
        return [finding(TWO, Verdict.CRITICAL, f"{len(masters)} members{where} take writes: {named(masters)}.")]
    if untold:
        reason = f"{named(untold)} {why(untold[0]['info'])}"
        if masters:
            return [PROBE.unknown(TWO, f"{named(masters)} is master; {reason}.", value=value)]
        return [PROBE.unknown(NONE, f"No member{where} that answers is master; {reason}.", value=value)]
    if master := _lacking(looks):
        says = f"The inventory lists no master{where}: {named(looks)} and no other; add {master}, which they follow."
        return [PROBE.unknown(NONE, says, value=value)]
    if not masters:
        return [finding(NONE, Verdict.CRITICAL, f"All {len(looks)} members{where} are replicas, none takes writes.")]
    one = f"{named(masters)} is the one master{where}."
    return [finding(TWO, Verdict.OK, one), finding(NONE, Verdict.OK, one)]


def _lacking(looks: tuple[Look, ...]) -> str:
    """The one master that all members are linked with and the inventory lacks; "" where it is not as clear as that."""
    followed_by = {followed(look) for look in looks if role(look) == "replica"}
    linked = all(role(look) == "replica" and text(look, "master_link_status") == "up" for look in looks)
    ours = {look.member.name for look in looks}
    return followed_by.pop() if looks and linked and len(followed_by) == 1 and not followed_by & ours else ""


def _of(seen: Seen, look: Look, looks: tuple[Look, ...]) -> list[Finding]:
    if not look["info"].ok:
        return [PROBE.unknown(LINK, f"{look.member.name} {why(look['info'])}.", member=look.member.name)]
    return [_link(look), _known(seen, look, looks)] if role(look) == "replica" else []


def _link(look: Look) -> Finding:
    status, master = text(look, "master_link_status"), followed(look) or "its master"
    if status not in ("up", "down"):
        return PROBE.unknown(LINK, f"{who(look)} does not tell whether it hears its master.", member=look.member.name)
    down_s, heard_s = of(look, "master_link_down_since_seconds"), of(look, "master_last_io_seconds_ago")
    if status == "up":
        heard = f", heard {ago(heard_s)}" if heard_s is not None and heard_s >= 0 else ""
        return _finding(look, LINK, Verdict.OK, f"{who(look)} follows {master}{heard}.", "up")
    if of(look, "master_sync_in_progress") == 1:
        says = f"{who(look)} is taking a full copy of {master}, and has no link until it is done."
        return _finding(look, LINK, Verdict.WARNING, says, "full copy running")
    if down_s is not None and down_s >= 0:
        says = f"{who(look)} has not heard {master} for {lasting(down_s)}; it still holds its data."
        return _finding(look, LINK, Verdict.CRITICAL, says, f"down for {lasting(down_s)}")
    return _finding(look, LINK, Verdict.CRITICAL, f"{who(look)} has never been linked to {master}.", "never up")


def keep(seen: Seen) -> Mapping[str, Any]:
    """The address of the master that each replica followed when it was certain that it is one of ours."""
    sure = (finding for finding in judge(seen) if finding.signal == UNKNOWN and finding.verdict is Verdict.OK)
    return carried(seen, NAME, {finding.member: {"follows": finding.value} for finding in sure})


def _known(seen: Seen, look: Look, looks: tuple[Look, ...]) -> Finding:
    """By its address, by the replication id that only a master of ours can have given, or because it was so before."""
    master, member = followed(look), look.member.name
    if not master:
        return PROBE.unknown(UNKNOWN, f"{who(look)} does not tell whom it follows.", member=member)
    others = [other for other in looks if other is not look]
    linked = text(look, "master_link_status") == "up"
    if any(other.member.name == master for other in others) or kept(seen, NAME, look).get("follows") == master:
        return _finding(look, UNKNOWN, Verdict.OK, f"{who(look)} follows {master}.", master)
    if linked and any(histories(look) & histories(other) for other in others):
        says = f"{who(look)} follows {master}, by its replication id a master of ours under another name."
        return _finding(look, UNKNOWN, Verdict.OK, says, master)
    silent = [other for other in others if not other["info"].ok and not _differs(master, other)]
    if silent:
        says = f"{who(look)} follows {master}; that may be {named(silent)}, which {why(silent[0]['info'])}."
        return PROBE.unknown(UNKNOWN, says, member=member, value=master)
    if not linked and any(not _differs(master, other) for other in others):
        says = f"{who(look)} looks for {master}; whether that is one of ours under another name cannot be told."
        return PROBE.unknown(UNKNOWN, says, member=member, value=master)
    if _lacking(looks) == master and not kept(seen, NAME, look).get("follows"):
        says = f"{who(look)} follows {master}, which the inventory lacks: add it, if it is yours."
        return _finding(look, UNKNOWN, Verdict.WARNING, says, master)
    says = f"{who(look)} follows {master}, which is not in the inventory."
    return _finding(look, UNKNOWN, Verdict.CRITICAL, says, master)


def _differs(master: str, other: Look) -> bool:
    """Whether two addresses cannot be the same: other ports, or two numbers or two names that are not alike."""
    host, _, port = master.rpartition(":")
    return int(port) != other.member.port or _is_number(host.strip("[]")) == _is_number(other.member.host)


def _is_number(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _finding(look: Look, signal: str, verdict: Verdict, says: str, value: str) -> Finding:
    limit = "up" if signal == LINK else "a member of the inventory"
    data = {"down_s": of(look, "master_link_down_since_seconds"), "heard_s": of(look, "master_last_io_seconds_ago")}
    return Finding(
        probe=NAME,
        signal=signal,
        verdict=verdict,
        says=says,
        member=look.member.name,
        value=value,
        limit=limit,
        data=data if signal == LINK else {"master": value},
    )


PROBE = Probe(
    name=NAME,
    kind=SystemKind.REDIS,
    about="who is master, and whether every replica hears one that we know",
    signals=(LINK, TWO, NONE, UNKNOWN),
    asks=("info", "role"),
    judge=judge,
    keep=keep,
)
