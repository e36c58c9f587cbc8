"""A draft made anew because the record changed after the close, and the one line the channel gets about it."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.incident import Incident, Moment
from bot.domain.postmortem.compared import differ
from bot.domain.postmortem.values import TITLES, Draft, Part
from bot.services.desk import Desk
from bot.services.postmortem import drafting, living
from bot.store import incidents
from bot.store import postmortems as drafts

FOR_LATE = "late:"  # how a draft is marked that nobody asked for


@dataclass(frozen=True, kw_only=True)
class Late:
    """What the record says otherwise than when the draft was last handed over."""

    incident: Incident
    version: int
    recorded: tuple[str, ...]  # labels of entries
    struck: tuple[str, ...]
    changed: tuple[str, ...]  # titles of sections
    offered: int  # sentences for sections that people wrote over
    page_url: str


def redraft(desk: Desk, incident_id: str, *, made_for: str) -> int:
    """Draft anew where the record tells something else by now, and return the newest version."""
    return drafting.draft(desk, incident_id, made_for=f"{FOR_LATE}{made_for}", unless_same=True)


def late(desk: Desk, incident_id: str) -> Late | None:
    """What changed since the draft that was handed over; None when nothing was drafted anew since."""
    incident = incidents.load(desk.session, incident_id)
    newest = drafts.newest(desk.session, incident_id)
    if incident is None or newest is None or newest.draft is None:
        return None
    handed = _handed_over(desk, incident_id, newest.version)
    if handed is None:
        return None
    had, has = (frozenset(line.label for line in draft.timeline if line.label) for draft in (handed, newest.draft))
    return Late(
        incident=incident,
        version=newest.version,
        recorded=_in_order(has - had),
        struck=_in_order(had - has),
        changed=tuple(TITLES[part] for part in Part if _differs(handed, newest.draft, part)),
        offered=sum(len(offers) for offers in living.offers(desk, incident).values()),
        page_url=f"{desk.pages_url}/incidents/{incident.number}/postmortem",
    )


def _handed_over(desk: Desk, incident_id: str, newest: int) -> Draft | None:
    for version in range(newest, 0, -1):
        kept = drafts.at(desk.session, incident_id, version)
        if kept and not str(kept.document.get("made_for", "")).startswith(FOR_LATE):
            return None if version == newest else kept.draft
    return None


def _differs(one: Draft, other: Draft, part: Part) -> bool:
    if part is Part.TIMELINE:
        return False  # the entries say it
    if part is Part.TIMES:
        return any(one.moments.get(moment) != other.moments.get(moment) for moment in Moment)
    return differ(one, other, part)


def _in_order(labels: frozenset[str]) -> tuple[str, ...]:
    return tuple(sorted(labels, key=lambda label: int(label[1:])))
