"""/incident open <sev1|sev2|sev3> <title>"""

from __future__ import annotations

import re
from datetime import datetime

from bot.domain import opening
from bot.domain.arguments import find_person, find_severity
from bot.domain.incident import Incident, Severity
from bot.domain.naming import clean_title
from bot.domain.roles import Role
from bot.domain.times import describe_day
from bot.errors import NotAllowed, UserError
from bot.services import incidents
from bot.services.desk import Desk
from bot.slack.asked import Answer, Asked, as_typed
from bot.slack.blocks import forms
from bot.slack.commands.reading import at_words
from bot.slack.text import mention, plain

NAMES = ("open", "new", "declare", "create", "start")
USAGE = "open sev2 checkout is failing"
ABOUT = "start an incident; a severity, a commander (`@name`) and `started 12:02` may stand anywhere"
DEFAULT_SEVERITY = Severity.SEV2

_FORCE = re.compile(r"(?:^|\s)--?force\b", re.IGNORECASE)


def run(desk: Desk, asked: Asked) -> Answer:
    """Open at once when there is a title; a form, filled with what was typed, when there is none."""
    text, forced = _FORCE.subn("", asked.text)
    severity, text = find_severity(text)
    lead, text = find_person(text)
    said = opening.read(text, now=desk.now, zone=desk.zone)
    title = clean_title(as_typed(said.title)).strip(" ,:;–—-")
    if not title:
        return Answer(text="", view=forms.open_incident(severity=severity, lead=lead))
    incident, missing = open_one(
        desk,
        title=title,
        severity=severity,
        by=asked.user_id,
        lead=lead,
        started=said.started,
        detected=said.detected,
        force=bool(forced),
    )
    chosen = "" if severity else f" I took {incident.severity}; change it with `/incident sev sev1`."
    began = f" Impact since {describe_day(said.started, desk.zone, desk.now)}." if said.started else ""
    seen = f" First seen at {describe_day(said.detected, desk.zone, desk.now)}." if said.detected else ""
    return Answer(text=opened(incident) + chosen + began + seen + at_words(desk, None, said.note) + missing)


def open_one(
    desk: Desk,
    *,
    title: str,
    severity: Severity | None,
    by: str,
    lead: str = "",
    started: datetime | None = None,
    detected: datetime | None = None,
    force: bool = False,
) -> tuple[Incident, str]:
    """Open, with a commander and the moments that were given; and a remark if nobody could lead."""
    incident = incidents.open(desk, title=title, severity=severity or DEFAULT_SEVERITY, by=by, force=force)
    if started and started > desk.now:
        raise UserError("The impact cannot begin in the future.", hint="Give a time that has been.", typed=title)
    incident = incidents.set_moments(desk, incident, by=by, started_at=started, detected_at=detected)
    try:
        if lead:
            incidents.assign(desk, incident, Role.COMMANDER, lead, by=by)
    except NotAllowed as gone:  # an outage does not wait until somebody else is found
        return incident, f"\n:warning: {plain(gone.message)} Name a commander with `/incident lead @ada`."
    return incident, ""


def opened(incident: Incident) -> str:
    """What the declarer reads at once."""
    who = "" if ":" in incident.declared_by else f", {mention(incident.declared_by)}"
    return (
        f":rotating_light: *{incident.label}* {incident.severity} is open: {plain(incident.title)}\n"
        f"Its channel is being made and you will be invited{who}."
    )
