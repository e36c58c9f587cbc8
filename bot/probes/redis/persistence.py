"""Can it write its data to the disk, and does a master that others copy write any at all?

A server that could not save refuses writes with MISCONF, and PING with them (Redis server.c, processCommand), so that
it looks dead while only its disk is full or its folder gone. A master that saves nothing and is started again by a
supervisor comes back empty, and its replicas copy the emptiness (Redis documentation, replication).
"""

from __future__ import annotations

from bot.domain.finding import Finding, Verdict
from bot.domain.inventory import SystemKind
from bot.probes.probe import Probe, why
from bot.probes.redis.answers import data_members, in_parts, number, of, role, text, told, who
from bot.probes.seen import Look, Seen

NAME = "redis.persistence"
FAILING, WITHOUT = "persistence-failing", "master-without-persistence"


def judge(seen: Seen) -> list[Finding]:
    """For each member whether it can save; for each master whether it does."""
    found = [_failing(seen, look) for look in data_members(seen)]
    for looks in in_parts(seen).values():
        found += [_without(look, len(looks) - 1) for look in looks if role(look) == "master"]
    return told(found)


def _failing(seen: Seen, look: Look) -> Finding:
    if not look["info"].ok:
        return PROBE.unknown(FAILING, f"{look.member.name} {why(look['info'])}.", member=look.member.name)
    dump, append = text(look, "rdb_last_bgsave_status"), of(look, "aof_enabled")
    written, rewritten = text(look, "aof_last_write_status"), text(look, "aof_last_bgrewrite_status")
    refuses = "writes may get MISCONF. Look at its disk" if role(look) == "master" else "look at its disk"
    if dump == "err":
        return _finding(
            seen,
            look,
            Verdict.CRITICAL,
            f"{who(look)} could not save its dump: {refuses}, it is not dead.",
            "dump: err",
        )
    if append == 1 and written == "err":
        says = f"{who(look)} cannot write its append-only file: {refuses}, it is not dead."
        return _finding(seen, look, Verdict.CRITICAL, says, "append-only file: err")
    if append == 1 and rewritten == "err":
        says = f"{who(look)} could not rewrite its append-only file, which goes on growing."
        return _finding(seen, look, Verdict.WARNING, says, "rewrite: err")
    if dump != "ok" or append not in (0, 1) or (append == 1 and (written, rewritten) != ("ok", "ok")):
        return PROBE.unknown(FAILING, f"{who(look)} does not tell whether it could save.", member=look.member.name)
    return _finding(seen, look, Verdict.OK, f"{who(look)} could save whenever it tried.", "ok")


def _without(look: Look, others: int) -> Finding:
    append, saves, member = of(look, "aof_enabled"), look.get("config", "save"), look.member.name
    attached = number(look.get("info", "connected_slaves"))
    replicas = max(int(attached or 0), others)
    if append == 1:
        return _config(look, Verdict.OK, f"{who(look)} keeps an append-only file.", "append-only file", replicas)
    if not isinstance(saves, str):
        reason = why(look["config"]) if not look["config"].ok else "does not tell its save points"
        return PROBE.unknown(WITHOUT, f"{who(look)} {reason}; whether it saves is unknown.", member=member)
    if saves.strip():
        points = f"save {saves[:40]}"
        return _config(look, Verdict.OK, f"{who(look)} saves its dump ({points}).", points, replicas)
    if append != 0 or attached is None:
        return PROBE.unknown(WITHOUT, f"{who(look)} does not tell whether it saves.", member=member)
    if not replicas:
        return _config(look, Verdict.OK, f"{who(look)} saves nothing, and nobody copies it.", "nothing", replicas)
    by = text(look, "process_supervised")
    again = f"{by} starts it again" if by in ("systemd", "upstart") else "if it is started again"
    copies = "1 replica copies" if replicas == 1 else f"{replicas} replicas copy"
    says = f"{who(look)} saves nothing: {again} after its end, it is empty, and {copies} that."
    return _config(look, Verdict.WARNING, says, "nothing", replicas)


def _config(look: Look, verdict: Verdict, says: str, value: str, replicas: int) -> Finding:
    return Finding(
        probe=NAME,
        signal=WITHOUT,
        verdict=verdict,
        says=says,
        member=look.member.name,
        value=value,
        limit="a dump or an append-only file",
        data={"replicas": replicas, "supervised_by": text(look, "process_supervised")},
    )


def _finding(seen: Seen, look: Look, verdict: Verdict, says: str, value: str) -> Finding:
    changes, saved = of(look, "rdb_changes_since_last_save"), of(look, "rdb_last_save_time")
    data = {"changes_since_save": changes, "saved_s_ago": seen.at.timestamp() - saved if saved else None}
    if verdict is not Verdict.OK and changes is not None:
        value = f"{value}, {changes:,.0f} changes unsaved"
    return Finding(
        probe=NAME,
        signal=FAILING,
        verdict=verdict,
        says=says,
        member=look.member.name,
        value=value,
        limit="ok",
        data=data,
    )


PROBE = Probe(
    name=NAME,
    kind=SystemKind.REDIS,
    about="whether it can write to its disk, and whether a master that others copy does",
    signals=(FAILING, WITHOUT),
    asks=("info", "role", "config"),
    judge=judge,
)
