"""/incident close"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime

from bot.domain import metrics
from bot.domain.arguments import unescape
from bot.domain.incident import Incident, Moment, Status
from bot.domain.times import find_time
from bot.services import incidents, timeline
from bot.services.desk import Desk
from bot.slack.asked import Answer, Asked
from bot.slack.blocks import forms
from bot.slack.blocks.pieces import STATUS_SIGN, words
from bot.slack.commands.reading import at_words, incident_of, time_of
from bot.slack.text import mention

NAMES = ("close", "closed", "end", "finish")
USAGE = "close"
ABOUT = "nothing more happens here; the postmortem is drafted. `close now` asks nothing"

ASKED_FOR = (Moment.STARTED, Moment.DETECTED, Moment.MITIGATED)
_NOW = re.compile(r"(?:^|\s)(?:now|anyway|--?force)\s*$", re.IGNORECASE)
_MOMENT = re.compile(r"\b(started|began|impact|detected|seen|mitigated)\s+(?=\d|at\b|since\b)", re.IGNORECASE)
_MEANS = {"began": "started", "impact": "started", "seen": "detected"}


def run(desk: Desk, asked: Asked) -> Answer:
    """Close; when a moment is missing that nobody typed, ask for it first in a form that may stay empty."""
    incident, text = incident_of(desk, asked)
    given, text = _moments(desk, text, incident)
    text, at_once = _NOW.subn("", text)
    at, text, note = time_of(desk, text, incident)
    missing = () if at_once or incident.status is Status.CLOSED else missing_moments(desk, incident, given)
    if missing:
        return Answer(text="", view=forms.close_incident(incident, missing))
    why = unescape(text).strip(" \t–—-:")
    close_one(desk, incident, by=asked.user_id, at=at, why=why, given=given)
    return closed(incident, asked.user_id, why, at_words(desk, at, note))


def missing_moments(desk: Desk, incident: Incident, given: dict[str, datetime]) -> tuple[str, ...]:
    """The moments that neither the incident nor a tagged entry tells."""
    known = metrics.moments(incident, timeline.entries(desk, incident))
    return tuple(moment.value for moment in ASKED_FOR if moment not in known and moment.value not in given)


def close_one(
    desk: Desk,
    incident: Incident,
    *,
    by: str,
    at: datetime | None = None,
    why: str = "",
    given: Mapping[str, datetime] | None = None,
) -> None:
    """Record the moments given (started, detected, mitigated), then close."""
    given = given or {}
    if "mitigated" in given and incident.status is Status.OPEN:
        incident = incidents.reach(desk, incident, Status.MITIGATED, by=by, at=given["mitigated"])
    incident = incidents.set_moments(
        desk, incident, by=by, started_at=given.get("started"), detected_at=given.get("detected")
    )
    incidents.reach(desk, incident, Status.CLOSED, by=by, at=at, why=why)


def closed(incident: Incident, by: str, why: str = "", when: str = "") -> Answer:
    """What the channel reads."""
    because = f": {words(why, {}, 500)}" if why else ""
    says = f"{STATUS_SIGN[Status.CLOSED]} {incident.label} is closed{because}, says {mention(by)}{when}"
    return Answer(text=f"{says}\nI draft the postmortem now and post it here.", in_channel=True)


def _moments(desk: Desk, text: str, incident: Incident) -> tuple[dict[str, datetime], str]:
    """`started 12:02 GMT detected 12:04 GMT` anywhere in the text."""
    parts = _MOMENT.split(text)
    given: dict[str, datetime] = {}
    rest = [parts[0]]
    after = incident.started_at or incident.declared_at
    for word, said in zip(parts[1::2], parts[2::2], strict=True):
        read = find_time(said, now=desk.now, zone=desk.zone, after=after)
        if read is None:
            rest.append(f"{word} {said}")
            continue
        given[_MEANS.get(word.lower(), word.lower())] = read.at
        rest.append(read.rest)
    return given, " ".join(part.strip() for part in rest if part.strip())
