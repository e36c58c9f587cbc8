"""Are the tickets of the storage engine gone, and who waits for one?

Every read and write needs a ticket; without one it queues, while `hello` goes on answering. Universe had 128 of 128
out and more than a thousand readers queued. What tells it depends on the version. Up to 6 the pool is fixed, so that
none left says it all. From 7 on the server resizes the pool, and none left is an ordinary moment: there the queue
speaks (MongoDB manual, serverStatus: wiredTiger.concurrentTransactions up to 7, queues.execution from 8).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.domain.finding import Finding, Verdict
from bot.domain.inventory import SystemKind
from bot.probes.mongodb.answers import brief, data_members, kept, number, rise, version
from bot.probes.mongodb.wording import ago, sentence, who
from bot.probes.probe import Probe, why
from bot.probes.seen import Look, Seen

NAME = "mongodb.tickets"
GONE, QUEUED = "tickets-gone", "operations-queued"
RESIZED_FROM = (7, 0)  # MongoDB 7.0 release notes: the pool grows and shrinks by itself
NONE_BEFORE = (3, 0)  # WiredTiger came with 3.0
FEW_LEFT_SHARE = 0.1  # of a fixed pool; our own judgement
MANY_WAIT_OPERATIONS = 100  # a book on MongoDB names it as what is not to be ignored (MongoDB 8.0 in Action)
VERY_MANY_WAIT_OPERATIONS = 1000  # what Universe had
ROW_LOOKS = 3  # so many looks in a row with a queue are no accident; our own judgement
ROW_S = 60.0  # looks further apart than this are no row; our own judgement


@dataclass(frozen=True)
class Pool:
    """Tickets of one sort. `queued` and `queued_us` are told from 7 on."""

    sort: str  # read, write
    out: float
    left: float
    total: float
    queued: float | None
    queued_us: float | None


def judge(seen: Seen) -> list[Finding]:
    """For each member that holds data: are its tickets gone, and is its queue long?"""
    return [finding for look in data_members(seen) for finding in (_tickets(seen, look), _queue(look))]


def keep(seen: Seen) -> dict[str, Any]:
    """For each member: whether the tickets were gone, for how many looks in a row somebody queued, and for how long."""
    return {
        look.member.name: {
            "gone": any(pool.left <= 0 for pool in pools),
            "row": _row(seen, look, pools),
            "queued_us": _sum(pool.queued_us for pool in pools),
        }
        for look in data_members(seen)
        if (pools := _pools(look))
    }


def _tickets(seen: Seen, look: Look) -> Finding:
    if not look["serverStatus"].ok:
        return _unknown(GONE, look, why(look["serverStatus"]))
    pools, release = _pools(look), version(look)
    if not pools and (
        (release and release < NONE_BEFORE) or look.get("serverStatus", "storageEngine", "name") == "mmapv1"
    ):
        return _finding(
            GONE, look, Verdict.OK, f"{who(look)} has a storage engine without tickets.", "no tickets", "", {}
        )
    if len(pools) < 2:
        return _unknown(GONE, look, "tells no tickets in serverStatus")
    if release is None:
        return _unknown(GONE, look, "tells no version, and the tickets mean something else from 7 on")
    return _resized(seen, look, pools) if release >= RESIZED_FROM else _fixed(seen, look, pools)


def _fixed(seen: Seen, look: Look, pools: tuple[Pool, ...]) -> Finding:
    least = min(pools, key=lambda pool: pool.left)
    waiting = _waiting(look)
    wait = "how many wait is not told" if waiting is None else f"{waiting:,.0f} operations wait"
    value = f"{least.out:,.0f} of {least.total:,.0f} out"
    says = f"{who(look)} has {least.out:,.0f} of {least.total:,.0f} {least.sort} tickets out, and {wait}."
    verdict = Verdict.OK
    if least.left <= 0:
        lasts = bool(kept(seen, NAME, look.member.name).get("gone")) and _close(seen)
        many = waiting is not None and waiting >= MANY_WAIT_OPERATIONS
        verdict = Verdict.CRITICAL if lasts or many else Verdict.WARNING
        if lasts:
            says = f"{says[:-1]}, as {ago(seen.since_s or 0.0)}."
    elif least.left <= least.total * FEW_LEFT_SHARE:
        verdict = Verdict.WARNING
    return _finding(GONE, look, verdict, says, value, f"{FEW_LEFT_SHARE * 100:.0f} % left", _numbers(pools))


def _resized(seen: Seen, look: Look, pools: tuple[Pool, ...]) -> Finding:
    queued = _sum(pool.queued for pool in pools)
    if queued is None:
        return _unknown(GONE, look, "tells no queue, and tickets alone prove nothing from 7 on")
    tickets = ", ".join(f"{pool.out:,.0f} of {pool.total:,.0f} {pool.sort}" for pool in pools)
    row = _row(seen, look, pools)
    queued_us = _sum(pool.queued_us for pool in pools)
    waited_us = rise(queued_us, kept(seen, NAME, look.member.name).get("queued_us"))
    on_average = waited_us / 1e6 / seen.since_s if waited_us is not None and seen.since_s else None
    says = f"{who(look)} has {queued:,.0f} operations queued for a ticket ({tickets} out)"
    verdict = Verdict.OK
    if queued >= MANY_WAIT_OPERATIONS:
        verdict = Verdict.CRITICAL
    elif row >= ROW_LOOKS and on_average:
        verdict = Verdict.WARNING
        says = f"{says}, in {row} looks in a row, {on_average:.1f} on average"
    elif queued and row < 2:
        says = f"{says}; whether that lasts needs another look"
    numbers = _numbers(pools) | {"queued": queued, "row": row, "queued_on_average": on_average}
    return _finding(GONE, look, verdict, f"{says}.", f"{queued:,.0f} queued", f"{MANY_WAIT_OPERATIONS} queued", numbers)


def _queue(look: Look) -> Finding:
    """What waits for a lock or a ticket, by the server's own count of readers and writers."""
    waiting = _waiting(look)
    if waiting is None:
        answer = look["serverStatus"]
        return _unknown(QUEUED, look, "tells no queue in globalLock" if answer.ok else why(answer))
    verdict = Verdict.OK
    if waiting >= MANY_WAIT_OPERATIONS:
        verdict = Verdict.CRITICAL if waiting >= VERY_MANY_WAIT_OPERATIONS else Verdict.WARNING
    says = f"{who(look)} has {waiting:,.0f} operations waiting for a lock or a ticket."
    numbers = {"waiting": waiting}
    return _finding(QUEUED, look, verdict, says, f"{waiting:,.0f} waiting", f"{MANY_WAIT_OPERATIONS} waiting", numbers)


def _pools(look: Look) -> tuple[Pool, ...]:
    for path in (("queues", "execution"), ("wiredTiger", "concurrentTransactions")):
        pools = tuple(pool for sort in ("read", "write") if (pool := _pool(look, sort, *path)))
        if pools:
            return pools
    return ()


def _pool(look: Look, sort: str, *path: str) -> Pool | None:
    told = look.get("serverStatus", *path, sort)
    if not isinstance(told, Mapping):
        return None
    out, left = number(told.get("out")), number(told.get("available"))
    if out is None or left is None:
        return None
    total = number(told.get("totalTickets"))
    queues = [told, *(one for key in ("normalPriority", "lowPriority") if isinstance(one := told.get(key), Mapping))]
    queued = _sum(number(one.get("queueLength")) for one in queues if "queueLength" in one)
    queued_us = _sum(number(one.get("totalTimeQueuedMicros")) for one in queues if "totalTimeQueuedMicros" in one)
    return Pool(sort, out, left, out + left if total is None else total, queued, queued_us)


def _sum(values: Any) -> float | None:
    """The sum; None when there is nothing to add up, or one of them is not told."""
    told = list(values)
    return None if not told or None in told else float(sum(told))


def _row(seen: Seen, look: Look, pools: tuple[Pool, ...]) -> int:
    if not _sum(pool.queued for pool in pools):
        return 0
    before = number(kept(seen, NAME, look.member.name).get("row")) or 0.0
    return int(before) + 1 if _close(seen) else 1


def _close(seen: Seen) -> bool:
    return seen.since_s is not None and 0 < seen.since_s <= ROW_S


def _waiting(look: Look) -> float | None:
    return number(look.get("serverStatus", "globalLock", "currentQueue", "total"))


def _numbers(pools: tuple[Pool, ...]) -> dict[str, Any]:
    return {f"{pool.sort}_out": pool.out for pool in pools} | {f"{pool.sort}_left": pool.left for pool in pools}


def _unknown(signal: str, look: Look, reason: str) -> Finding:
    return PROBE.unknown(signal, sentence(f"{brief(look.member.name)} {reason}."), member=look.member.name)


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
    about="tickets of the storage engine, and the operations that wait for one",
    signals=(GONE, QUEUED),
    asks=("hello", "buildInfo", "serverStatus"),
    judge=judge,
    keep=keep,
)
