"""Drafting the postmortem from what was recorded, and keeping every draft."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from bot.domain.check import Why
from bot.domain.course import Course
from bot.domain.finding import Finding, Verdict
from bot.domain.incident import Incident
from bot.domain.postmortem import Facts, Sentence
from bot.domain.postmortem import draft as compose
from bot.domain.postmortem.reworded import evidence, reworded
from bot.domain.postmortem.written import same
from bot.domain.timeline import Kind
from bot.errors import NotFound
from bot.services.desk import Desk
from bot.services.postmortem import document
from bot.store import checks, incidents, people, postmortems, timeline, verdicts, walks
from bot.store.postmortems import Kept

AT_TERMINAL = "terminal:"  # how a draft is marked that the bot has still to hand over

_USER = re.compile(r"<@([UW][A-Z0-9]+)")


@dataclass(frozen=True, kw_only=True)
class Summary:
    """What the channel gets when a draft is made."""

    incident: Incident
    version: int
    lines: tuple[Sentence, ...]
    page_url: str
    filename: str
    markdown: str
    course: Course | None = None
    unwell: tuple[tuple[str, Finding], ...] = ()  # systems that the look at this close found in a critical state


def facts(desk: Desk, incident: Incident) -> Facts:
    """Everything that was recorded of an incident."""
    entries = timeline.entries(desk.session, incident.id)
    assignments = incidents.assignments(desk.session, incident.id)
    tasks = incidents.tasks(desk.session, incident.id)
    return Facts(
        incident=incident,
        entries=entries,
        assignments=assignments,
        tasks=tasks,
        people=people.known(desk.session, incident.team_id, _everyone(desk, incident)),
        walks=walks.of_incident(desk.session, incident.id),
        verdicts={key: said.helped for key, said in verdicts.of_incident(desk.session, incident.id).items()},
        proposals=tuple(book for book in desk.shelf.current().playbooks if book.follow_ups or book.called_by),
        drafted_at=desk.now,
        zone=desk.zone,
    )


def draft(
    desk: Desk,
    incident_id: str,
    *,
    made_for: str = "",
    unless_same: bool = False,
    worded: Mapping[str, str] | None = None,
    worded_by: str = "",
) -> int:
    """Draft from what is recorded now, keep it, and return its version. The same `made_for` twice is one draft.

    With `unless_same`, a draft that tells nothing else than the last one is not kept. `worded` holds sentences of the
    summary as a language model words them; without it, what was worded for the last draft stays where it still fits.
    A draft kept at a terminal that tells the same is taken over under its version: it is handed over once.
    """
    incident = incidents.load(desk.session, incident_id)
    if incident is None:
        raise NotFound("That incident is gone.")
    last = postmortems.newest(desk.session, incident_id)
    if last and made_for and _made_for(last) == made_for:
        return last.version
    before = last.draft if last else None
    texts, by = (worded, worded_by) if worded else (before.worded, before.worded_by) if before else ({}, "")
    composed = reworded(compose(facts(desk, incident)), texts, by=by)
    known = last is not None and last.draft is not None and same(last.draft, composed)
    if last and unless_same and known:
        return last.version
    taken_over = known and _made_for(last).startswith(AT_TERMINAL)
    kept = Kept(
        version=(last.version if last else 0) + (not taken_over),
        drafted_at=desk.now,
        draft=composed,
        document=document.as_json(composed) | {"made_for": made_for},
        markdown=document.markdown(composed),
        html=document.html(composed),
    )
    postmortems.keep(desk.session, incident, kept)
    return kept.version


def at_terminal(desk: Desk, incident_id: str) -> int:
    """Draft where there is no running bot to wait for, and return the version; the bot hands it over when it comes."""
    return draft(desk, incident_id, made_for=f"{AT_TERMINAL}{desk.new_id()}")


def to_word(desk: Desk, incident_id: str) -> dict[str, str]:
    """The plain sentences of the summary, each with what its evidence says."""
    incident = incidents.load(desk.session, incident_id)
    return evidence(compose(facts(desk, incident))) if incident else {}


def newest(desk: Desk, incident: Incident) -> Kept:
    """The draft made last. Raises NotFound saying how to get one."""
    kept = postmortems.newest(desk.session, incident.id)
    if kept is None:
        raise NotFound(
            f"{incident.label} has no draft yet.",
            hint=f"It is made at `/incident close`; for one now, type `/postmortem {incident.label}`.",
        )
    return kept


def drafted(desk: Desk, *, limit: int) -> tuple[Incident, ...]:
    """The newest incidents that have a draft."""
    found = (incidents.load(desk.session, key) for key in postmortems.drafted(desk.session, desk.team_id, limit))
    return tuple(incident for incident in found if incident)


def summary(desk: Desk, incident: Incident, version: int) -> Summary:
    """The few lines for the channel, and the document."""
    kept = newest(desk, incident)
    made = kept.draft or compose(facts(desk, incident))
    return Summary(
        incident=incident,
        version=version,
        lines=tuple(document.summary_lines(made)),
        page_url=f"{desk.pages_url}/incidents/{incident.number}/postmortem",
        filename=f"{incident.label.lower()}-postmortem-{version}.md",
        markdown=kept.markdown,
        course=made.course,
        unwell=_unwell(desk, incident),
    )


def _unwell(desk: Desk, incident: Incident) -> tuple[tuple[str, Finding], ...]:
    looks = checks.of_incident(desk.session, incident.id)
    return tuple(
        (look.system, finding)
        for look in looks
        if look.why is Why.CLOSED and look.asked_at == incident.closed_at
        for finding in look.of(Verdict.CRITICAL)[:1]
    )


def strangers(desk: Desk, incident_id: str) -> list[str]:
    """The people of an incident whom we have not looked up yet; a name heard in passing is not enough."""
    incident = incidents.load(desk.session, incident_id)
    if incident is None:
        return []
    everyone = _everyone(desk, incident)
    known = people.known(desk.session, incident.team_id, everyone)
    return sorted(user for user in everyone if user not in known or not known[user].timezone)


def _made_for(kept: Kept | None) -> str:
    return str(kept.document.get("made_for", "")) if kept else ""


def _everyone(desk: Desk, incident: Incident) -> set[str]:
    entries = timeline.entries(desk.session, incident.id)
    named = {incident.declared_by, *(entry.author for entry in entries)}
    named |= {held.user_id for held in incidents.assignments(desk.session, incident.id)}
    named |= {user for task in incidents.tasks(desk.session, incident.id) for user in (task.owner, task.made_by)}
    named |= {str(entry.data.get("user", "")) for entry in entries if entry.kind is Kind.ROLE}
    named |= {user for entry in entries for user in _USER.findall(entry.text)}
    return {user for user in named if re.fullmatch(r"[UW][A-Z0-9]+", user)}
