"""Is what is in the newest backup as young as the file?

At Muut the file was two minutes old and the data in it 26 days: the job copied a dump that Redis had long stopped
writing. Told by an RDB header, a dump's oplog, or a date in the name. A young header is no proof: a server that loaded
old data writes them with a new date, which the sizes and the probes of Redis tell.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from bot.domain.finding import Finding, Verdict
from bot.domain.inventory import SystemKind
from bot.domain.times import spell
from bot.probes.backup.sets import every, sets
from bot.probes.probe import Probe, why
from bot.probes.seen import Seen
from bot.probes.values import mapping, moment, sentence, text

NAME = "backup.content"
SIGNAL = "backup-stale-content"
OLD = 2.0  # intervals between the data and the file
CLOCKS_APART = timedelta(minutes=5)
ZONES = timedelta(hours=12)  # a time in a name may be local, and zones west of UTC are up to 12 h behind
NAMES = {"rdb": "RDB file", "mongodump": "mongodump"}


def judge(seen: Seen) -> list[Finding]:
    """One finding for the newest backup."""
    answer = seen.looks[0]["content"] if seen.looks else None
    if answer is None or not answer.ok:
        says = (
            f"What is in the newest backup is not known: the place {why(answer)}." if answer else "No look was taken."
        )
        return [PROBE.unknown(SIGNAL, sentence(says))]
    content = mapping(answer.value)
    if content.get("kind") == "none":
        return [PROBE.unknown(SIGNAL, "There is no backup to look into.")]
    wrong = _wrong(content, seen.system.options.get("content"))
    if wrong:
        return [
            _finding(Verdict.WARNING, f"The newest backup, {text(content.get('name'))}, {wrong}.", wrong, timedelta())
        ]
    taken, newest = moment(content.get("taken_at")), sets(seen)
    if taken is None or not newest:
        return [PROBE.unknown(SIGNAL, "Nothing in the newest backup tells when its data were taken.")]
    return [_of(seen, content, taken, newest[0].at)]


def _wrong(content: Mapping[str, Any], wanted: Any) -> str:
    """What is wrong with it whatever its age; "" for nothing."""
    kind = content.get("kind")
    if kind == "damaged":
        return text(content.get("says"), 100).rstrip(".") or "is damaged"
    if kind == "empty":
        return "is empty"
    if isinstance(wanted, str) and wanted in NAMES and kind in ("unknown", *NAMES) and kind != wanted:
        return f"is no {NAMES[wanted]}"
    return ""


def _of(seen: Seen, content: Mapping[str, Any], taken: datetime, written: datetime) -> Finding:
    told_by, limit = text(content.get("told_by")) or "its data", every(seen.system) * OLD
    by_name = told_by == "its name"
    behind, file_age = written - taken - (ZONES if by_name else timedelta()), seen.at - written
    if taken > seen.at + CLOCKS_APART and not by_name:
        return PROBE.unknown(SIGNAL, f"The data lie {spell(taken - seen.at)} ahead of this machine's clock.")
    if behind > limit:
        says = f"The newest file is {spell(file_age)} old, the data in it {spell(seen.at - taken)}, as {told_by} tells."
        bad = Verdict.WARNING if by_name else Verdict.CRITICAL
        return _finding(bad, says, spell(behind), limit, behind)
    says = f"The data in the newest file are of {taken:%Y-%m-%d %H:%M} UTC, as {told_by} tells: as young as the file."
    return _finding(Verdict.OK, says, spell(behind), limit, behind)


def _finding(verdict: Verdict, says: str, value: str, limit: timedelta, behind: timedelta | None = None) -> Finding:
    return Finding(
        probe=NAME,
        signal=SIGNAL,
        verdict=verdict,
        says=sentence(says),
        value=value,
        limit=spell(limit) if limit else "",
        data={} if behind is None else {"behind_s": behind.total_seconds()},
    )


PROBE = Probe(
    name=NAME,
    kind=SystemKind.BACKUP,
    about="whether the data in the newest backup are as young as the file",
    signals=(SIGNAL,),
    asks=("files", "content"),
    judge=judge,
)
