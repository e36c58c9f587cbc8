"""Putting the record right: a wrong entry is struck, and moments that contradict each other are pointed out."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime

from bot.domain import metrics
from bot.domain.incident import Incident, Moment, Status
from bot.domain.redaction import redact
from bot.domain.timeline import Entry, Kind, Source, Tag
from bot.domain.times import describe_day
from bot.errors import NotAllowed, NotFound
from bot.services import timeline
from bot.services.desk import Desk
from bot.store import incidents as stored_incidents
from bot.store import timeline as stored

MAX_REASON_CHARS = 500
CAN_BE_STRUCK = (Kind.NOTE, Kind.MESSAGE, Kind.IMPORTED)

_LABELS = re.compile(
    r"\s*((?:#?E-?[0-9]{1,6}(?!\w|\.\w|:[0-9])[\s,;]*(?:and\s+)?)+|[0-9]{1,6}(?!\w|\.\w|:[0-9]))", re.I | re.A
)
_RIGHT_END = "Note when it really stopped: `/incident note 13:50 #mitigated customers can pay`"
_WHAT = {
    Kind.DECLARED: "the declaration",
    Kind.STATUS: "a change of status",
    Kind.SEVERITY: "a change of severity",
    Kind.ROLE: "a role that was given",
    Kind.TASK: "a task",
    Kind.PLAYBOOK: "a playbook that was taken up",
    Kind.STEP: "a step of a playbook",
    Kind.JOINED: "someone coming in",
    Kind.ROOM: "what I did in Slack",
}


def read(text: str) -> tuple[tuple[int, ...], str]:
    """The numbers of the entries named first, as in `E7 E8 wrong day`, and the reason after them."""
    found = _LABELS.match(text)
    if not found:
        return (), text.strip()
    numbers = tuple(dict.fromkeys(int(digits) for digits in re.findall(r"[0-9]+", found[1])))
    return numbers, text[found.end() :].strip(" \t–—-:,.")


def strike(
    desk: Desk, incident: Incident, number: int, *, by: str, why: str = "", source: Source = Source.SLACK
) -> Entry:
    """Take a wrong entry out of timeline and draft, and return it; who did so, when and why is an entry of its own.

    A moment of the incident that came from it is forgotten. Raises NotFound, or NotAllowed for what the bot saw itself.
    """
    stored_incidents.hold(desk.session, incident.id)
    found = stored.by_number(desk.session, incident.id, number)
    if found is None:
        raise NotFound(f"{incident.label} has no entry E{number}.", hint="See the newest with `/incident note`.")
    entry, gone_at = found
    if gone_at:
        raise NotAllowed(f"{entry.label} is out of the timeline already.", hint="See the rest with `/incident note`.")
    if entry.kind not in CAN_BE_STRUCK or "struck" in entry.data:
        what = _WHAT.get(entry.kind, "what was struck")
        ended = entry.kind is Kind.STATUS and entry.data.get("to") == Status.MITIGATED
        hint = f"{_RIGHT_END}." if ended else f"Say what is wrong with it: `/incident note {entry.label} …`."
        raise NotAllowed(f"{entry.label} records {what}, which did happen, so it stays.", hint=hint)
    stored.strike(desk.session, entry, desk.now)
    _forget(desk, incident, entry)
    reason = redact(" ".join(why.split()))[:MAX_REASON_CHARS]
    text = f"Struck {entry.label}" + (f": {reason}" if reason else "")
    timeline.record(desk, incident, Kind.NOTE, text, by=by, source=source, data={"struck": entry.seq})
    return entry


def contradiction(desk: Desk, incident: Incident, command: str = "/incident strike") -> str:
    """A line for each moment that lies before the impact began, and what to type; "" when none does."""
    incident = stored_incidents.load(desk.session, incident.id) or incident
    entries = timeline.entries(desk, incident)
    known = metrics.moments(incident, entries)
    wrong = {e.label for e in entries if e.kind in CAN_BE_STRUCK}
    said: list[str] = []
    for end, start in metrics.clashes(known):
        what = "The first signal" if end == known.get(Moment.DETECTED) else "The end of the impact"
        began = f"impact began at {describe_day(start.at, desk.zone, desk.now)} ({', '.join(start.refs)})"
        told = f"{what}, {describe_day(end.at, desk.zone, desk.now)} ({', '.join(end.refs)}), is before {began}."
        labels = [f"`{command} {label}`" for label in (*start.refs, *end.refs) if label in wrong]
        said.append(f"{told} Strike the wrong one: {' or '.join(labels)}." if labels else told)
    return "\n".join(said)


def _forget(desk: Desk, incident: Incident, entry: Entry) -> None:
    """Clear the moments that the struck entry gave; what other entries tell of them counts from now on."""
    cleared = incident
    if Tag.IMPACT in entry.tags and incident.started_at == entry.at:
        cleared = replace(cleared, started_at=None)
    if Tag.DETECTED in entry.tags and incident.detected_at == entry.at:
        cleared = replace(cleared, detected_at=None)
    if Tag.MITIGATED in entry.tags and incident.mitigated_at == entry.at:
        cleared = replace(cleared, mitigated_at=_status_changed_at(desk, incident))
    if cleared != incident:
        stored_incidents.save(desk.session, cleared)


def _status_changed_at(desk: Desk, incident: Incident) -> datetime | None:
    changes = [
        e for e in timeline.entries(desk, incident) if e.kind is Kind.STATUS and e.data.get("to") == Status.MITIGATED
    ]
    return changes[-1].at if changes else None
