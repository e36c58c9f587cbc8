"""What of a Redis system is kept each night: keys, settings, roles, runs and versions. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from bot.probes.probe import why
from bot.probes.redis.answers import data_members, is_sentinel, keys, of, role, text
from bot.probes.seen import Look, Seen

ASKS = ("info", "role", "dbsize", "config")


def take(seen: Seen) -> dict[str, Any]:
    """Return the sections of a snapshot (`domain/snapshot.py`); what was not read is in none, and named in `gaps`."""
    counted, doubt = _keys(seen)
    told = [look for look in seen if look["info"].ok]
    return {
        "counts": counted,
        "settings": {
            look.member.name: dict(look["config"].value)
            for look in data_members(seen)
            if isinstance(look["config"].value, Mapping)
        },
        "roles": {look.member.name: said for look in data_members(seen) if (said := role(look))},
        "versions": {look.member.name: said for look in told if (said := _version(look))},
        "runs": {look.member.name: run for look in told if (run := _run(look))},
        "gaps": [*_gaps(seen), *doubt],
    }


def _keys(seen: Seen) -> tuple[dict[str, int], list[str]]:
    """The keys of the one master; of a cluster those of all its masters, once each of its members was reached."""
    masters = [look for look in data_members(seen) if role(look) == "master"]
    counts = [keys(look) for look in masters]
    if any(of(look, "cluster_enabled") for look in masters):
        whole = all(look.reached for look in data_members(seen)) and None not in counts
        total = sum(count for count in counts if count is not None)
        return ({"keys of all masters": total}, []) if whole else ({}, ["the keys: not all of the cluster told theirs"])
    if len(masters) != 1 or counts[0] is None:
        says = f"{len(masters)} members say that they are master" if len(masters) != 1 else "the master did not tell"
        return {}, [f"the keys: {says}"]
    return {"keys": counts[0]}, []


def _version(look: Look) -> str:
    """Valkey tells beside its own version the Redis that it is like."""
    valkey = text(look, "valkey_version")
    return f"Valkey {valkey}" if valkey else text(look, "redis_version")


def _run(look: Look) -> dict[str, Any]:
    run, up_s = text(look, "run_id"), of(look, "uptime_in_seconds")
    return {"id": run} | ({"up_s": up_s} if up_s is not None else {}) if run or up_s is not None else {}


def _gaps(seen: Seen) -> Iterator[str]:
    for look in seen:
        if not look.reached:
            yield f"{look.member.name} {why(next(iter(look.answers.values()), look['info']))}"
            continue
        for question in ("info",) if is_sentinel(look) else ("info", "config"):
            if not look[question].ok:
                yield f"the {question} of {look.member.name}: it {why(look[question])}"
