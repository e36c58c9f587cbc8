"""Did it stand still lately for something that is no command: a fork, its disk, keys that expired together?

None of these is in the slow log. A fork for a save takes 10 to 20 ms for each GB and stops everybody; a write to the
append-only file waits for a disk that has not synced for two seconds (Redis aof.c, `aof_delayed_fsync`); what else took
long the latency monitor keeps, where it is on (Redis documentation, latency and its monitor). All of them keep what
was last for ever, so that only what was lately counts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from bot.domain.finding import Finding, Verdict
from bot.domain.inventory import SystemKind
from bot.probes.probe import Probe, why
from bot.probes.redis.answers import (
    ago,
    carried,
    clock,
    compared,
    data_members,
    kept,
    lasting,
    marks,
    number,
    of,
    text,
    told,
    who,
)
from bot.probes.seen import Look, Seen, Trouble
from bot.probes.values import rows
from bot.probes.values import text as line

NAME = "redis.stalls"
SIGNAL = "server-stalls"
STALL_S = 0.2  # for a fork Netdata's guide has the same (redis-latest-fork-usec-high); for the others our own judgement
RECENT_S = 600.0  # what is older is over; our own judgement
LEAST_S = RECENT_S / 2  # counters are compared with those of a look at least as long ago
ROUNDING_S = 2.0  # it tells the time of a dump, and how long that took, in whole seconds
COMMANDS = ("command", "fast-command")  # the slow log names those, with who sent them


def judge(seen: Seen) -> list[Finding]:
    """One finding for each member: what held it in the last minutes."""
    return told(_of(seen, look) for look in data_members(seen))


def _of(seen: Seen, look: Look) -> Finding:
    info, latency, now = look["info"], look["latency"], clock(seen, look)
    if not info.ok:
        return PROBE.unknown(SIGNAL, f"{look.member.name} {why(info)}.", member=look.member.name)
    fork_us = of(look, "latest_fork_usec")
    held = [one for one in (_fork(seen, look), _disk(seen, look)) if one] if now else []
    held += _events(look, now) if now else []
    if held:
        names = list(dict.fromkeys(name for name, _ in held))
        says = f"{who(look)} stood still: {'; '.join(says for _, says in held)}."
        return _finding(look, Verdict.WARNING, says, ", ".join(names))
    if fork_us is None or now is None or of(look, "aof_enabled") not in (0, 1):
        says = f"{who(look)} does not tell what its forks and its disk took."
        return PROBE.unknown(SIGNAL, says, member=look.member.name)
    if of(look, "aof_enabled") == 1 and not _quick_disk(seen, look):
        says = f"{who(look)} writes an append-only file; whether its disk delays that, another look tells."
        return PROBE.unknown(SIGNAL, says, member=look.member.name)
    if not latency.ok and latency.trouble is not Trouble.UNSUPPORTED:
        return PROBE.unknown(SIGNAL, f"{look.member.name} {why(latency)}.", member=look.member.name)
    says = f"{who(look)} was held by no fork and no disk in the last {lasting(RECENT_S)}, as far as it keeps record."
    return _finding(look, Verdict.OK, says, "none")


def _fork(seen: Seen, look: Look) -> tuple[str, str] | None:
    """A fork that took long, if it was lately. It keeps how long its last one took, and not when that was."""
    took_us, ago_s = of(look, "latest_fork_usec"), min(_forked_s_ago(seen, look), default=None)
    if took_us is None or took_us < STALL_S * 1e6 or ago_s is None or ago_s > RECENT_S:
        return None
    return "fork", f"{took_us / 1e6:.1f} s for a fork in the last {lasting(max(ago_s, 1.0))}"


def _forked_s_ago(seen: Seen, look: Look) -> Iterator[float]:
    """Within how many seconds it forked, by each thing that tells it: a fork more than we kept, a copy that is being
    written, the last dump."""
    before, since_s = _before(seen, look), _since_s(seen, look)
    if since_s is not None and _forks(look) is not None and number(before.get("forks")) != _forks(look):
        yield since_s
    for running, for_s in (
        ("rdb_bgsave_in_progress", "rdb_current_bgsave_time_sec"),
        ("aof_rewrite_in_progress", "aof_current_rewrite_time_sec"),
    ):
        if of(look, running) == 1 and (ago_s := of(look, for_s)) is not None and ago_s >= 0:
            yield ago_s
    saved, took_s, now = of(look, "rdb_last_save_time"), of(look, "rdb_last_bgsave_time_sec"), clock(seen, look)
    if saved and took_s is not None and took_s >= 0 and now and now >= saved:  # -1: nothing saved since its start
        ago_s = now - saved + took_s
        if ago_s + ROUNDING_S > _unforked_s(seen, look):  # else it was a SAVE or a FLUSHALL, which do not fork
            yield ago_s


def _unforked_s(seen: Seen, look: Look) -> float:
    """For how many seconds its count of forks has not moved, as looks have seen; 0 before 6.2, which has none."""
    before, count = kept(seen, NAME, look), of(look, "total_forks")
    at, run_id = number(before.get("forks_at")), text(look, "run_id")
    still = run_id and before.get("run_id") == run_id and count is not None and number(before.get("forks")) == count
    return seen.at.timestamp() - at if still and at is not None else 0.0


def _forks(look: Look) -> float | None:
    """A number that is another after each fork: their count from 6.2 on, before that how long the last one took."""
    count = of(look, "total_forks")
    return count if count is not None else of(look, "latest_fork_usec")


def _disk(seen: Seen, look: Look) -> tuple[str, str] | None:
    since_s, more = _since_s(seen, look), _delays(seen, look)
    if since_s is None or since_s > RECENT_S or not more:
        return None
    times = "once" if more == 1 else f"{more:,.0f} times"
    return "disk", f"its disk kept the append-only file waiting for 2 s, {times} in {lasting(since_s)}"


def _quick_disk(seen: Seen, look: Look) -> bool:
    """Whether it is known that the disk delayed nothing lately: the count has not moved since an earlier look."""
    return _since_s(seen, look) is not None and _delays(seen, look) == 0


def _delays(seen: Seen, look: Look) -> float | None:
    """How often the disk delayed the append-only file since the numbers that were kept; None where either lacks.

    CONFIG RESETSTAT sets the count to zero.
    """
    delayed, had = of(look, "aof_delayed_fsync"), number(_before(seen, look).get("delayed"))
    if delayed is None or had is None:
        return None
    return delayed - had if delayed >= had else delayed


def _events(look: Look, now: float) -> list[tuple[str, str]]:
    found = []
    for one in rows(look["latency"].value):
        at, took_ms, event = number(one.get("at")), number(one.get("took_ms")), line(one.get("event"))
        if at is None or took_ms is None or event in ("", *COMMANDS):
            continue
        if at > now - RECENT_S and took_ms >= STALL_S * 1000:
            found.append((took_ms, event, f"{took_ms / 1000:.1f} s for {event}, {ago(now - at)}"))
    return [(event, says) for _, event, says in sorted(found, reverse=True)]


def _before(seen: Seen, look: Look) -> Mapping[str, Any]:
    return compared(seen, NAME, look, LEAST_S, RECENT_S)


def _since_s(seen: Seen, look: Look) -> float | None:
    """Seconds since the numbers of the same process were kept; None where there are none."""
    before = _before(seen, look)
    at = number(before.get("at"))
    same = bool(text(look, "run_id")) and before.get("run_id") == text(look, "run_id")
    return seen.at.timestamp() - at if same and at is not None and at < seen.at.timestamp() else None


def _finding(look: Look, verdict: Verdict, says: str, value: str) -> Finding:
    names = ("latest_fork_usec", "aof_delayed_fsync", "rdb_last_bgsave_time_sec")
    return Finding(
        probe=NAME,
        signal=SIGNAL,
        verdict=verdict,
        says=says,
        member=look.member.name,
        value=value,
        limit=f"{STALL_S:g} s",
        data={name: number for name in names if (number := of(look, name)) is not None},
    )


def keep(seen: Seen) -> Mapping[str, Any]:
    """The counters of forks and of delayed syncs of every member, their moment, since when that of forks has not
    moved, the process that counts, and the numbers of some minutes before."""
    now = {
        look.member.name: {
            "run_id": text(look, "run_id"),
            "at": seen.at.timestamp(),
            "forks": _forks(look),
            "forks_at": seen.at.timestamp() - _unforked_s(seen, look),
            "delayed": of(look, "aof_delayed_fsync"),
            "marks": marks(seen, NAME, look, LEAST_S, RECENT_S),
        }
        for look in data_members(seen)
        if text(look, "run_id")
    }
    return carried(seen, NAME, now)


PROBE = Probe(
    name=NAME,
    kind=SystemKind.REDIS,
    about="what held it lately that is no command: forks, its disk, keys that expire together",
    signals=(SIGNAL,),
    asks=("info", "role", "latency"),
    judge=judge,
    keep=keep,
    fresh_s=RECENT_S,
)
