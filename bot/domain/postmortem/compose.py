"""Putting the draft together."""

from __future__ import annotations

from bot.domain.metrics import Measure, spelt_out
from bot.domain.postmortem import (
    answers,
    causes,
    follow_ups,
    lessons,
    looks,
    people,
    questions,
    response,
    story,
    timeline,
    tried,
    turning,
    waits,
)
from bot.domain.postmortem.course import course
from bot.domain.postmortem.evidence import Evidence
from bot.domain.postmortem.values import Draft, Fact, Facts, Part, Section
from bot.domain.postmortem.wording import one_line, plain, stamp
from bot.domain.roles import Role
from bot.domain.timeline import Kind


def draft(facts: Facts) -> Draft:
    """Write the postmortem draft of an incident from what was recorded, and from nothing else. Pure; never fails."""
    ev = Evidence(facts)
    return Draft(
        label=ev.incident.label,
        title=ev.title,
        severity=ev.incident.severity,
        status=ev.incident.status,
        drafted_at=facts.drafted_at,
        dated=ev.dated,
        header=_header(ev),
        moments=ev.moments,
        times=tuple(ev.spans.values()),
        timeline=timeline.lines(ev),
        aside=timeline.aside(ev),
        sections=answers.heeded(ev, _sections(ev)),
        zone=ev.zone,
        course=course(ev),
        day=ev.day,
    )


def _sections(ev: Evidence) -> tuple[Section, ...]:
    return (
        story.summary(ev),
        story.impact(ev),
        Section(part=Part.TIMES, questions=tuple(questions.missing(ev))),
        story.detection(ev),
        causes.causes(ev),
        tried.tried(ev),
        turning.resolution(ev),
        Section(part=Part.TIMELINE),
        looks.findings(ev),
        response.playbooks(ev),
        turning.decisions(ev),
        waits.waits(ev),
        lessons.went_well(ev),
        lessons.went_badly(ev),
        lessons.lucky(ev),
        lessons.surprises(ev),
        follow_ups.follow_ups(ev),
        story.updates(ev),
        people.participants(ev),
        questions.open_questions(ev),
    )


def _header(ev: Evidence) -> tuple[Fact, ...]:
    incident, own = ev.incident, (ev.incident.label,)
    opened = ev.opened
    leads = [ev.name(a.user_id) for a in ev.facts.assignments if a.role is Role.COMMANDER]
    length = ev.spans[Measure.MITIGATE].length
    channel = one_line(plain(incident.channel_name, {})).removeprefix("#")
    return (
        _severity(ev),
        Fact(name="Status", value=incident.status, refs=own),
        Fact(name="Date", value=f"{opened.at.day} {opened.at:%B %Y}", refs=opened.refs),
        Fact(name="Impact lasted", value="not recorded" if length is None else spelt_out(length), refs=own),
        Fact(
            name="Imported by" if ev.read_in else "Declared by", value=ev.name(incident.declared_by), refs=opened.refs
        ),
        Fact(name="Commander", value=leads[-1] if leads else "not recorded", refs=own),
        Fact(name="Channel", value=f"#{channel}" if channel else "not recorded", refs=own),
        Fact(name="Drafted", value=f"{ev.facts.drafted_at.date()} {stamp(ev.facts.drafted_at, False)}", refs=own),
    )


def _severity(ev: Evidence) -> Fact:
    """All that it was, in turn: an incident that ends as sev2 may have been a sev1 for most of its time."""
    changes = [e for e in ev.of(Kind.SEVERITY) if e.data.get("from") and e.data.get("to")]
    had = [str(e.data["from"]) for e in changes[:1]] + [str(e.data["to"]) for e in changes]
    value = ", then ".join(had) if had else str(ev.incident.severity)
    return Fact(name="Severity", value=value, refs=ev.refs(*changes))
