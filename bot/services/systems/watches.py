"""Watching a system: the same look every ten seconds for ten minutes, and a word when a verdict changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from bot.domain.check import Check, Why, written
from bot.domain.finding import Finding
from bot.domain.incident import Incident, Status
from bot.domain.timeline import Kind
from bot.domain.watch import THIN_AFTER, kept, sentence, worth_saying
from bot.errors import NotAllowed, NotFound
from bot.probes import catalog
from bot.services import timeline
from bot.services.desk import Desk
from bot.services.systems import checks
from bot.services.systems.looker import Taken
from bot.store import checks as stored
from bot.store import incidents, watches

EVERY_S = 10.0
FOR_S = 600.0


@dataclass(frozen=True, kw_only=True)
class Next:
    """The look of a watch that is to be taken, and what it is compared with."""

    check: Check
    before: Mapping[str, Any]
    before_at: datetime | None


def begin(
    desk: Desk,
    system_name: str,
    probes: Sequence[str] = (),
    *,
    incident: Incident | None,
    channel_id: str = "",
    by: str = "",
) -> str:
    """Promise a watch and return its id. Raises NotFound and NotAllowed as a look does, and where there is one."""
    system = desk.inventory.get(system_name)
    checks.refuse_strangers(system, by)
    chosen = tuple(probe.name for probe in catalog.choose(system.kind, probes)) if probes else ()
    if incident and incident.status is Status.CLOSED:
        raise NotAllowed(
            f"{incident.label} is closed.",
            hint=f"Watch it in another channel, or look: `/incident check {system.name}`.",
        )
    place = incident.channel_id if incident else channel_id
    if here(desk, place, system.name):
        raise NotAllowed(
            f"`{system.name}` is being watched here.", hint=f"`/incident check {system.name} stop` ends that."
        )
    watch_id = desk.new_id()
    first = Check(
        id=watches.sample_id(watch_id, 0),
        team_id=desk.team_id,
        system=system.name,
        why=Why.WATCHED,
        asked_at=desk.now,
        incident_id=incident.id if incident else "",
        channel_id="" if incident else channel_id,
        probes=chosen,
        asked_by=by,
    )
    stored.add(desk.session, first)
    desk.promise("watch", watch_id, system=system.name, place=place, begun=desk.wall.isoformat())
    return watch_id


def here(desk: Desk, channel_id: str, system: str = "") -> tuple[tuple[str, str], ...]:
    """The watches that go on in a channel, of one system or of all: id and system."""
    going = watches.running(desk.session, desk.team_id)
    return tuple(
        (watch_id, str(known.get("system")))
        for watch_id, known in going.items()
        if known.get("place") == channel_id and system in ("", known.get("system"))
    )


def stop(desk: Desk, watch_id: str, *, by: str) -> str:
    """End a watch before its time, and return its system. Raises NotFound when it is over."""
    known = watches.running(desk.session, desk.team_id).get(watch_id)
    if known is None:
        raise NotFound("That watch is over.", hint="A new one: `/incident check orders-db watch`.")
    watches.mark(desk.session, watch_id, desk.wall, stopped_by=by)
    return str(known["system"])


def ended(desk: Desk, watch_id: str) -> str:
    """Why a watch is to end now, "" while it goes on."""
    known = watches.detail(desk.session, watch_id)
    first = stored.load(desk.session, watches.sample_id(watch_id, 0))
    if not known or first is None:
        return "gone"
    if "ended" in known:
        return str(known["ended"])
    if "stopped_by" in known:
        return "stopped"
    incident = incidents.load(desk.session, first.incident_id) if first.incident_id else None
    if incident and incident.status is Status.CLOSED:
        return "closed"
    return "time" if next_in_s(known, desk.wall) is None else ""


def next_in_s(known: Mapping[str, Any], wall: datetime) -> float | None:
    """Seconds to the next look, by the machine's clock; None when the time is over."""
    gone_s = (wall - datetime.fromisoformat(known["begun"])).total_seconds()
    due_s = (gone_s // EVERY_S + 1) * EVERY_S
    return due_s - gone_s if due_s < FOR_S else None


def due(desk: Desk, watch_id: str) -> Next:
    """The next look of a watch. One that was begun before a crash is taken anew."""
    taken = len(watches.samples(desk.session, watch_id))
    first = stored.load(desk.session, watches.sample_id(watch_id, 0))
    assert first is not None
    last = stored.load(desk.session, watches.sample_id(watch_id, taken - 1)) if taken else None
    before, at = (last.kept, last.taken_at) if last and last.kept else checks.before_of(desk, first.system)
    check = replace(
        first, id=watches.sample_id(watch_id, taken), asked_at=desk.now, taken_at=None, findings=(), kept={}
    )
    return Next(check=check, before=before, before_at=at)


def keep(desk: Desk, watch_id: str, check: Check, taken: Taken) -> str:
    """Write one look down, and a change of verdicts into the timeline; return why the watch is to end, or ""."""
    if stored.load(desk.session, check.id) is None:
        stored.add(desk.session, check)
    before = watches.samples(desk.session, watch_id)
    fresh = stored.settle(
        desk.session,
        check.id,
        taken_at=desk.now,
        took_s=taken.result.took_s,
        age_s=taken.age_s,
        findings=tuple(_plain(finding) for finding in taken.result.findings),
        kept=taken.result.kept,
        evidence={},
    )
    if fresh and before:
        _record(desk, replace(check, taken_at=desk.now, findings=taken.result.findings), before)
    why = ended(desk, watch_id)
    show(desk, watch_id, why)
    return why


def show(desk: Desk, watch_id: str, why: str = "") -> None:
    """Have the channel see the newest; with `why` as the last word."""
    if why:
        watches.mark(desk.session, watch_id, desk.wall, ended=why)
    desk.promise("watch-show", watch_id, once=True, at_once=bool(why))


def thin(desk: Desk) -> None:
    """Of watches that are long over, keep what changed and a look now and then; of an incident's all until then."""
    for watch_id in watches.whole(desk.session, desk.team_id, desk.now - THIN_AFTER):
        samples = watches.samples(desk.session, watch_id)
        stay = kept(samples)
        watches.drop(desk.session, (one.id for one in samples if one.id not in stay))


def _record(desk: Desk, check: Check, before: Sequence[Check]) -> None:
    changed = worth_saying([one.findings for one in (*before, check)])
    incident = incidents.load(desk.session, check.incident_id) if check.incident_id else None
    if not changed or incident is None:
        return
    keys = {(one.signal, one.member) for one in changed}
    timeline.record(
        desk,
        incident,
        Kind.FINDING,
        sentence(check.system, changed, check.taken_at or desk.now),
        data={
            "check": check.id,
            "system": check.system,
            "why": check.why.value,
            "findings": written(tuple(one for one in check.findings if (one.signal, one.member) in keys)),
        },
        origin=f"check:{check.id}",
    )


def _plain(finding: Finding) -> Finding:
    """Without lists: sixty times the shapes of slow queries are not wanted."""
    data = {name: value for name, value in finding.data.items() if not isinstance(value, list | dict)}
    return replace(finding, data=data)
