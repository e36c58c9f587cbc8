"""Questions of a draft: what still stands is counted, and an answer is an entry of the record."""

from __future__ import annotations

from typing import Any

import pytest

from bot.domain.incident import Incident
from bot.domain.postmortem.values import Part
from bot.domain.postmortem.written import Open
from bot.domain.timeline import Kind, Tag
from bot.errors import NotFound, UserError
from bot.services import striking, timeline
from bot.services.postmortem import document as written_as
from bot.services.postmortem import living, questions, redrafting, reviews
from tests.services.conftest import ADA, BEN, Office
from tests.services.postmortem.test_living import drafted, note, offered, shop, standing, write

__all__ = ["shop"]


def asked(office: Office, incident: Incident, part: Part | None = None) -> list[questions.Asked]:
    found = office.do(lambda desk: questions.still_asked(desk, incident))
    return [one for one in found if part in (None, one.part)]


def answer(office: Office, incident: Incident, key: str, text: str, **how: Any) -> Any:
    return office.do(lambda desk: questions.answer(desk, incident, key, text, by=BEN, **how))


def test_a_section_written_over_asks_only_what_its_text_still_asks(shop: Office):
    incident = drafted(shop)
    before = len(asked(shop, incident))
    (question,) = asked(shop, incident, Part.IMPACT)
    assert question.question.text in standing(shop, incident)
    write(shop, incident, f"It was bad.\n\n- {question.question.text.upper()} Nobody\\_knows.")
    assert len(asked(shop, incident)) == before
    write(shop, incident, "Forty shops for an hour.", revision=1)
    assert len(asked(shop, incident)) == before - 1
    told = shop.do(lambda desk: written_as.summary_lines(living.document(desk, incident)))
    assert told[-1].text.startswith(f"{before - 1} questions are open")


def test_an_answer_is_an_entry_with_its_author_and_the_question_is_gone_at_once(office: Office):
    incident = drafted(office)
    (question,) = asked(office, incident, Part.IMPACT)
    entry = answer(office, incident, question.key, "forty shops, password=hunter2secret")
    assert "hunter2secret" not in entry.text and "hunter2secret" not in str(entry.data)
    assert entry.text.startswith(f"{question.question.text} forty shops") and entry.author == BEN
    document = office.do(lambda desk: living.document(desk, incident))
    told = document.draft.section(Part.IMPACT).sentences[-1]
    assert (told.mark, told.refs) == ("Answered", (entry.label,))
    assert told.text.startswith(f"{question.question.text} {BEN}: forty shops")
    assert question.key not in {one.key for one in asked(office, incident)}
    with pytest.raises(NotFound, match="not asked any more"):
        answer(office, incident, question.key, "again")


def test_an_answer_stays_though_its_question_is_asked_no_more_or_in_other_words(office: Office):
    incident = drafted(office)
    before = "What took longest and will never be asked again?"
    entry = office.do(
        lambda desk: timeline.record(
            desk, incident, Kind.NOTE, f"{before} The lookup", by=BEN, data={"question": before, "answer": "The lookup"}
        )
    )
    office.do(lambda desk: redrafting.redraft(desk, incident.id, made_for="w9"))
    told = office.do(lambda desk: living.document(desk, incident)).draft.section(Part.QUESTIONS).sentences
    assert [(one.mark, one.text, one.refs) for one in told] == [
        ("Answered", f"{before} {BEN}: The lookup", (entry.label,))
    ]


def test_one_put_aside_says_why_and_a_struck_answer_opens_it_again(office: Office):
    incident = drafted(office)
    (question,) = asked(office, incident, Part.IMPACT)
    with pytest.raises(UserError, match="no words"):
        answer(office, incident, question.key, " ", aside=True)
    entry = answer(office, incident, question.key, "nobody counted", aside=True)
    assert entry.text.endswith("Put aside: nobody counted")
    draft = office.do(lambda desk: living.document(desk, incident)).draft
    assert all(one.mark != "Answered" for one in draft.section(Part.IMPACT).sentences)
    assert question.key not in {one.key for one in asked(office, incident)}
    office.do(lambda desk: striking.strike(desk, office.as_it_is(incident), entry.seq, by=ADA))
    office.do(lambda desk: redrafting.redraft(desk, incident.id, made_for="w9"))
    assert [one.key for one in asked(office, incident, Part.IMPACT)] == [question.key]


def test_a_question_of_the_times_is_asked_there_alone_and_answered_beside_the_open_ones(office: Office):
    incident = drafted(office)
    draft = office.do(lambda desk: living.document(desk, incident)).draft
    every = [one.text for section in draft.sections for one in section.questions]
    assert len(every) == len(set(every))
    question, *_ = asked(office, incident, Part.TIMES)
    open_ones = asked(office, incident)
    answer(office, incident, question.key, "at about noon")
    assert len(asked(office, incident)) == len(open_ones) - 1
    draft = office.do(lambda desk: living.document(desk, incident)).draft
    told = [(s.part, one.text) for s in draft.sections for one in s.sentences if one.mark == "Answered"]
    assert told == [(Part.QUESTIONS, f"{question.question.text} {BEN}: at about noon")]


def test_an_answer_is_offered_to_a_section_that_people_wrote_over(office: Office):
    incident = drafted(office)
    (question,) = asked(office, incident, Part.IMPACT)
    write(office, incident, f"Bad. {question.question.text}")
    entry = answer(office, incident, question.key, "forty shops")
    (offer,) = [one for one in offered(office, incident) if not one.gone]
    assert offer.sentence.refs == (entry.label,)
    assert standing(office, incident).startswith("Bad.")


def test_what_is_open_is_counted_and_said(office: Office):
    incident = drafted(office)
    many = len(asked(office, incident))
    write(office, incident, "Forty shops.")
    note(office, incident, "also refunds", Tag.IMPACT)
    office.do(lambda desk: redrafting.redraft(desk, incident.id, made_for="w1"))
    made = office.do(lambda desk: reviews.comment(desk, incident, Part.CAUSES, "why?", by=ADA))
    found = office.do(lambda desk: reviews.still_open(desk, incident))
    assert found == Open(questions=many - 1, offers=1, comments=1)
    assert found.said == f"{many - 1} questions, 1 offer and 1 comment"
    office.do(lambda desk: reviews.settle(desk, incident, made.id, by=ADA))
    assert office.do(lambda desk: reviews.still_open(desk, incident)).comments == 0
    assert (Open().said, Open(questions=1).said) == ("", "1 question")
