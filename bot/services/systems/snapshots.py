"""What has changed in a system since a snapshot: asked for, taken, written into the timeline, told."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from bot.domain.clocks import describe_day
from bot.domain.incident import Incident
from bot.domain.inventory import System
from bot.domain.snapshot import NIGHT, Snapshot
from bot.domain.snapshot_bases import bases
from bot.domain.snapshot_diff import ORDER, Change, Weight, changes, worst
from bot.domain.timeline import Kind
from bot.domain.times import spell
from bot.errors import NotFound, UserError
from bot.services import timeline
from bot.services.desk import Desk
from bot.services.systems import nights
from bot.services.systems.checks import refuse_strangers
from bot.store import incidents, snapshots

DIFF_WORK = "diff"
MOST_SAID = 3  # lines in a timeline entry


@dataclass(frozen=True, kw_only=True)
class Compared:
    """What has changed between two snapshots of a system, as it is told. `earlier` hold what `old` could not read."""

    old: Snapshot
    earlier: tuple[Snapshot, ...] = ()
    new: Snapshot
    changes: tuple[Change, ...]
    since: str  # `21 Nov 03:04 UTC (snapshot 12), 9 h 5 min earlier`

    @property
    def worst(self) -> Weight:
        """LOST, CHANGED, UNKNOWN, or NOTHING when all was compared and is the same."""
        return worst(self.changes)

    @property
    def headline(self) -> str:
        """`5 lost, 1 changed since …`, `nothing has changed since …`."""
        counted = [
            f"{many} {'not known' if weight is Weight.UNKNOWN else weight.name.lower()}"
            for weight in ORDER
            if (many := sum(change.weight is weight for change in self.changes))
        ]
        return f"{', '.join(counted) or 'nothing has changed'} since {self.since}"


def base(desk: Desk, system_name: str, since: str = "") -> tuple[System, tuple[Snapshot, ...]]:
    """The system, and the snapshots of it that are meant: one by its number, that of a day, or the newest with older
    ones for what it could not read.

    Of a day it is the first; of a day without one, the newest before it. Raises NotFound where there is none.
    """
    system = desk.inventory.get(system_name)
    if not nights.has_snapshots(system):
        raise NotFound(f"There is nothing to keep of `{system.name}`: it is a {system.kind} system.", typed=system_name)
    found = _meant(desk, system.name, since.strip().lstrip("#"))
    if not found:
        held = snapshots.of_system(desk.session, desk.team_id, system.name)
        has = f"The oldest is of {held[-1].taken_at:%Y-%m-%d}. " if held else ""
        night = f"One is taken each night at {NIGHT:%H:%M}"
        raise NotFound(
            f"There is no snapshot of `{system.name}`{f' as of `{since[:40]}`' if held else ' yet'}.",
            hint=f"{has}{night}; `muster snapshot {system.name}` takes one now.",
            typed=system_name,
        )
    return system, found


def ask(
    desk: Desk, system_name: str, since: str, *, incident: Incident | None, channel_id: str, by: str
) -> tuple[System, Snapshot]:
    """Promise a comparison with now. Raises NotFound where nothing can be compared, NotAllowed for who may not look."""
    refuse_strangers(desk.inventory.get(system_name), by)
    system, old = base(desk, system_name, since)
    desk.promise(
        DIFF_WORK,
        desk.new_id(),
        system=system.name,
        bases=[one.id for one in old],
        incident=incident.id if incident else "",
        channel="" if incident else channel_id,
        by=by,
    )
    return system, old[0]


def settle(desk: Desk, new: Snapshot, base_ids: Sequence[str], incident_id: str) -> None:
    """Keep what a comparison looked at, and put what has changed into the timeline of its incident; once."""
    kept = nights.keep(desk, new)
    old = _loaded(desk, base_ids)
    incident = incidents.load(desk.session, incident_id) if incident_id else None
    if not old or incident is None:
        return
    told = compared(desk, old, kept)
    said = "".join(f" {change.says}." for change in told.changes[:MOST_SAID])
    timeline.record(
        desk,
        incident,
        Kind.FINDING,
        f"{new.system}: {told.headline}.{said}",
        by=new.asked_by,
        data={
            "system": new.system,
            "since": old[0].id,
            "snapshot": new.id,
            "changes": [{"weight": one.weight.name, "about": one.about, "says": one.says} for one in told.changes],
        },
        origin=f"diff:{new.id}",
    )


def shown(desk: Desk, new_id: str, base_ids: Sequence[str]) -> Compared | None:
    """A comparison that was taken; None when one of its snapshots is gone."""
    old, new = _loaded(desk, base_ids), snapshots.load(desk.session, new_id)
    return compared(desk, old, new) if old and new else None


def compared(desk: Desk, old: Sequence[Snapshot], new: Snapshot) -> Compared:
    """A snapshot beside the one it is compared with, and beside older ones for what that could not read."""
    base, *earlier = old
    apart = spell(new.taken_at - base.taken_at)
    since = f"{describe_day(base.taken_at, desk.zone, desk.now)} (snapshot {base.number}), {apart} earlier"
    if earlier:
        since += f"; what that lacks, since {' and '.join(f'snapshot {one.number}' for one in earlier[:MOST_SAID])}"
    return Compared(old=base, earlier=tuple(earlier), new=new, changes=changes(base, new, earlier), since=since)


def _loaded(desk: Desk, ids: Sequence[str]) -> tuple[Snapshot, ...]:
    """The snapshots of a comparison; () when one of them is gone."""
    found = [one for id_ in ids if (one := snapshots.load(desk.session, id_))]
    return tuple(found) if len(found) == len(ids) else ()


def _meant(desk: Desk, system: str, since: str) -> tuple[Snapshot, ...]:
    if not since:
        return bases(snapshots.of_system(desk.session, desk.team_id, system))
    found = _since(desk, system, since)
    return (found,) if found else ()


def _since(desk: Desk, system: str, since: str) -> Snapshot | None:
    if re.fullmatch(r"[0-9]{1,9}", since):
        return snapshots.numbered(desk.session, desk.team_id, system, int(since))
    try:
        day = date.fromisoformat(since)
    except ValueError:
        raise UserError(
            f"`{since[:40]}` is no day and no snapshot's number.",
            hint=f"As in `2026-11-20` or `12`; `muster diff {system} --list` lists them.",
            typed=since,
        ) from None
    today = desk.now.astimezone(desk.zone).date()
    if day > today:
        raise UserError(
            f"`{since}` is still to come: today is {today}.",
            hint=f"A day until today, as in `{today - timedelta(days=1)}`; `muster diff {system} --list` lists them.",
            typed=since,
        )
    held = snapshots.of_system(desk.session, desk.team_id, system)
    that_day = [one for one in held if one.taken_at.astimezone(desk.zone).date() == day]
    start = datetime.combine(day, time(), desk.zone).astimezone(desk.now.tzinfo)
    return that_day[-1] if that_day else snapshots.at(desk.session, desk.team_id, system, start)
