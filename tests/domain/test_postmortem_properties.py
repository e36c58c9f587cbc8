"""What must hold of every draft, whatever was recorded."""

import re

from hypothesis import HealthCheck, given, settings

from bot.domain.metrics import spelt_out
from bot.domain.postmortem import Part, draft
from bot.domain.postmortem.wording import one_line, plain, stamp, who
from bot.domain.timeline import Kind
from tests.domain.postmortem_random import facts

CLOCK = re.compile(r"(?<!\d)\d{1,2}:\d{2}(?!\d)", re.ASCII)
NUMBER = re.compile(r"\d+", re.ASCII)

relaxed = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
thorough = settings(relaxed, max_examples=200)
quick = settings(relaxed, max_examples=50)


def statements(paper):
    told = [sentence for section in paper.sections for sentence in section.sentences]
    return told + [question for section in paper.sections for question in section.questions]


def evidence(given, paper):
    """All that may be said of each label: what the entry tells, and what the record of the incident holds."""
    shown = {}
    for entry in given.entries:
        words = [
            plain(entry.text, given.people),
            who(entry.author, given.people),
            stamp(entry.at, True),
            *map(str, entry.data.values()),
        ]
        shown[entry.label] = one_line(" ".join(words))
    incident = given.incident
    record = [str(incident.number), incident.title, incident.severity, who(incident.declared_by, given.people)]
    record += [stamp(known.at, True) for known in paper.moments.values()]
    record += [who(user, given.people) for user in ("U1", "U2", "U99", "", "terminal:<b>root</b>")]
    record += [f"{task.number} {task.text}" for task in given.tasks]
    for walk in given.walks:
        record += [walk.playbook.title, *(f"{step.number} {step.title}" for step in walk.playbook.steps)]
        record += [f"{mark.step} {mark.reason}" for mark in walk.marks]
    shown[incident.label] = one_line(plain(" ".join(record), given.people))
    return shown


@thorough
@given(facts())
def test_every_statement_rests_on_something_that_exists(given):
    paper = draft(given)
    labels = {entry.label for entry in given.entries} | {given.incident.label}
    for sentence in (s for section in paper.sections for s in section.sentences):
        assert sentence.refs, sentence
    for statement in statements(paper):
        assert set(statement.refs) <= labels, statement
    for known in paper.moments.values():
        assert known.refs and set(known.refs) <= labels


@thorough
@given(facts())
def test_no_clock_time_is_invented(given):
    paper = draft(given)
    shown = evidence(given, paper)
    for statement in statements(paper):
        allowed = " ".join(shown[ref] for ref in (*statement.refs, given.incident.label))
        for clock in CLOCK.findall(statement.text):
            assert clock in allowed, statement
        at = getattr(statement, "at", None)
        assert at is None or stamp(at, True) in " ".join(shown[ref] for ref in statement.refs)


@thorough
@given(facts())
def test_no_number_is_invented(given):
    paper = draft(given)
    shown = evidence(given, paper)
    ats = [known.at for known in paper.moments.values()] + [
        entry.at for entry in given.entries if entry.kind is Kind.ROLE
    ]
    derived = {number for a in ats for b in ats if b >= a for number in NUMBER.findall(spelt_out(b - a))}
    counted = {str(len(walk.playbook.steps)) for walk in given.walks}
    for statement in statements(paper):
        allowed = " ".join(shown[ref] for ref in (*statement.refs, given.incident.label))
        counts = counted | {str(number) for number in range(1, 5)} if "steps of" in statement.text else set()
        for number in NUMBER.findall(statement.text):
            assert number in allowed or number in derived | counts, statement


@quick
@given(facts())
def test_every_entry_is_shown_once_and_in_order(given):
    paper = draft(given)
    labels = [line.label for line in (*paper.timeline, *paper.aside) if line.label]
    assert sorted(labels) == sorted(entry.label for entry in given.entries)
    assert [line.at for line in paper.timeline] == sorted(line.at for line in paper.timeline)


@quick
@given(facts())
def test_an_empty_section_asks(given):
    for section in draft(given).sections:
        asks = section.part in (Part.TIMELINE, Part.TIMES) or section.sentences or section.questions
        assert asks, section.part
