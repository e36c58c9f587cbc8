"""What must hold of every draft, whatever was recorded."""

import re
from collections import Counter, defaultdict
from datetime import timedelta

from hypothesis import HealthCheck, given, settings

from bot.domain.metrics import between, spelt_out
from bot.domain.postmortem import Part, Rule, draft
from bot.domain.postmortem.walked import steps_named
from bot.domain.postmortem.wording import one_line, plain, stamp, who
from tests.domain.postmortem_random import facts

CLOCK = re.compile(r"(?<!\d)\d{1,2}:\d{2}(?!\d)", re.ASCII)
NUMBER = re.compile(r"\d+", re.ASCII)

relaxed = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
thorough = settings(relaxed, max_examples=120)
quick = settings(relaxed, max_examples=50)


def statements(paper):
    told = [sentence for section in paper.sections for sentence in section.sentences]
    return told + [question for section in paper.sections for question in section.questions]


class Evidence:
    """All that may be said of each label: what the entries tell, and what the record of the incident holds."""

    def __init__(self, given, paper):
        self.given = given
        self.ats = defaultdict(list)  # the times behind a label: of its entry, of the moments that rest on it
        for entry in given.entries:
            self.ats[entry.label] += [entry.at, entry.recorded_at]
        for known in paper.moments.values():
            for ref in known.refs:
                self.ats[ref].append(known.at)
        self.words = {entry.label: self._entry(entry) for entry in given.entries}
        self.record = one_line(plain(" ".join(self._record()), given.people))

    def _entry(self, entry):
        said = (plain(entry.text, self.given.people), who(entry.author, self.given.people))
        return one_line(" ".join((*said, *(plain(text, self.given.people) for text in leaves(entry.data)))))

    def _record(self):
        given, incident = self.given, self.given.incident
        yield from (str(incident.number), incident.title, incident.severity)
        yield from (who(user, given.people) for user in ("U1", "U2", "U99", "", "terminal:<b>root</b>"))
        for task in given.tasks:
            yield f"{task.number} {task.text} {task.link} {task.due and f'{task.due.day} {task.due.year}'}"
        for walk in given.walks:
            yield from (walk.playbook.title, *(f"{step.number} {step.title}" for step in walk.playbook.steps))
            yield from (f"{mark.step} {mark.reason}" for mark in walk.marks)
        for book in given.proposals:
            yield from (book.title, *book.follow_ups)

    def times(self, statement):
        return [at for ref in statement.refs for at in self.ats[ref]]

    def said(self, statement):
        stamps = [stamp(at, True) for at in self.times(statement)]
        return " ".join((*stamps, *(self.words.get(ref, "") for ref in statement.refs), self.record))


def leaves(data):
    """Every text and number of some data, as it is: `str` of a list would write control characters as numbers."""
    if isinstance(data, dict):
        return [text for key, value in data.items() for text in (str(key), *leaves(value))]
    if isinstance(data, list | tuple):
        return [text for value in data for text in leaves(value)]
    return [str(data)]


def lengths(ats):
    return {spelt_out(between(a, b)) for a in ats for b in ats if between(a, b) >= timedelta(0)}


def steps(given):
    for walk in given.walks:
        done = Counter(mark.did for mark in walk.standing.values())
        yield from (f"{count} of {len(walk.playbook.steps)} steps" for count in done.values())


def left(given):
    for walk in given.walks:
        yield steps_named([step.number for step in walk.playbook.steps if step.number not in walk.standing])


def worked_out(shown, sentence):
    """What a sentence may say beyond its evidence, and must say at least one of: recomputed by the name of its rule."""
    found = lengths(shown.times(sentence))
    return {
        Rule.LENGTH: found,
        Rule.LIMIT: {f"{length} after impact began; the aim is 5 min." for length in found}
        | {f"{length} after the first signal; the aim is 5 min." for length in found}
        | {f"{length} after the declaration; the aim is 5 min." for length in found},
        Rule.COUNT: {f"{len(sentence.refs)} times", f"{len(sentence.refs)} entries"},
        Rule.STEPS: set(steps(shown.given)),
        Rule.LEFT: set(left(shown.given)),
    }[sentence.rule]


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
    shown = Evidence(given, paper)
    for statement in statements(paper):
        allowed = shown.said(statement)
        for clock in CLOCK.findall(statement.text):
            assert clock in allowed, statement
        at = getattr(statement, "at", None)
        assert at is None or at in shown.times(statement)


def test_two_numbers_with_a_hidden_character_between_stay_two():
    assert plain("5\x190 of 7\u200b\x001, a\x19b", {}) == "5 0 of 7 1, ab"


@thorough
@given(facts())
def test_no_number_is_invented(given):
    paper = draft(given)
    shown = Evidence(given, paper)
    for statement in statements(paper):
        rule = getattr(statement, "rule", Rule.SAID)
        derived = set() if rule is Rule.SAID else worked_out(shown, statement)
        assert rule is Rule.SAID or any(one in statement.text for one in derived), statement
        allowed = set(NUMBER.findall(" ".join((shown.said(statement), *derived))))
        assert set(NUMBER.findall(statement.text)) <= allowed, statement


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
