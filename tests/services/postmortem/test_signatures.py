"""A text that changes under a signature, and remarks: who is told, and what they can see of it."""

from __future__ import annotations

import pytest

from bot.domain.incident import Incident
from bot.domain.postmortem.values import Part
from bot.domain.postmortem.written import Comment
from bot.domain.roles import Assignment, Person, Role
from bot.domain.timeline import Tag
from bot.errors import NotFound
from bot.services.postmortem import late, questions, redrafting, remarks, reviews, signatures
from bot.store import incidents, people
from tests.services.conftest import ADA, BEN, Office
from tests.services.postmortem.test_living import drafted, note, shop, write
from tests.services.postmortem.test_reviews import CHIDI, details, sign

__all__ = ["shop"]


def remark(office: Office, incident: Incident, text: str, by: str, part: Part = Part.IMPACT) -> Comment:
    office.later(1)
    return office.do(lambda desk: reviews.comment(desk, incident, part, text, by=by))


def told(office: Office, incident: Incident, comment: Comment) -> list[str]:
    return [one.user for one in office.do(lambda desk: remarks.remarked(desk, incident.id, comment.id))]


def test_whoever_signed_sees_what_changed_since_in_every_section(shop: Office):
    incident = drafted(shop)
    write(shop, incident, "Nobody could pay.")
    sign(shop, incident, BEN)
    assert shop.do(lambda desk: signatures.outdated(desk, incident.id)) == ()
    shop.later(5)
    write(shop, incident, "Nobody could pay for an hour.", revision=1)
    note(shop, incident, "the cable was loose", Tag.CAUSE)
    shop.do(lambda desk: redrafting.redraft(desk, incident.id, made_for="w1"))
    (one,) = shop.do(lambda desk: signatures.outdated(desk, incident.id))
    assert one.page_url.endswith(f"/incidents/1/postmortem/since/{BEN}")
    review, found = shop.do(lambda desk: signatures.since(desk, incident, BEN))
    assert review.user_id == BEN
    by_part = {each.part: each for each in found}
    assert by_part[Part.IMPACT].before == "Nobody could pay."
    assert by_part[Part.IMPACT].after == "Nobody could pay for an hour."
    assert {Part.IMPACT, Part.CAUSES, Part.TIMELINE} <= set(by_part)
    assert "the cable was loose" not in by_part[Part.CAUSES].before
    sign(shop, incident, BEN)
    assert shop.do(lambda desk: signatures.outdated(desk, incident.id)) == ()
    with pytest.raises(NotFound, match="has not signed"):
        shop.do(lambda desk: signatures.since(desk, incident, ADA))


def test_what_was_signed_is_found_though_the_clock_stood_still(office: Office):
    incident = drafted(office)
    office.later(1)
    sign(office, incident, BEN)
    write(office, incident, "Worse.")
    _, found = office.do(lambda desk: signatures.since(desk, incident, BEN))
    assert [one.part for one in found] == [Part.IMPACT]


def test_the_news_is_promised_once_for_a_handful_of_changes_and_only_under_a_signature(office: Office):
    incident = drafted(office)
    write(office, incident, "One.")
    assert details(office, late.SIGNED_WORK) == []
    sign(office, incident, BEN)
    office.later(1)
    write(office, incident, "Two.", revision=1)
    write(office, incident, "Three.", revision=2)
    asked = office.do(lambda desk: questions.still_asked(desk, incident))
    office.do(lambda desk: questions.answer(desk, incident, asked[0].key, "yes", by=ADA))
    assert len(details(office, late.SIGNED_WORK)) == 1


def test_nobody_is_told_who_has_left_or_has_no_slack(office: Office):
    incident = drafted(office)
    for user in (BEN, CHIDI, "terminal:eve"):
        sign(office, incident, user)
    gone = Person(user_id=CHIDI, name="Chidi", gone=True)
    office.do(lambda desk: people.remember(desk.session, "T1", gone, desk.now))
    office.later(1)
    write(office, incident)
    found = office.do(lambda desk: signatures.outdated(desk, incident.id))
    assert [one.review.user_id for one in found] == [BEN]


def test_a_remark_reaches_the_writer_those_before_and_those_named(office: Office):
    incident = drafted(office)
    folk = (("U0DANA", "Dana Petrov"), ("U0BEN", "Ben Okri"), ("U0BEN2", "Ben Haddad"), (ADA, "Ada"))
    for user, name in folk:
        known = Person(user_id=user, name=name)
        office.do(lambda desk, known=known: people.remember(desk.session, "T1", known, desk.now))
    first = remark(office, incident, "how many shops?", CHIDI)
    assert details(office, reviews.REMARK_WORK) == [{"comment": first.id}]
    assert told(office, incident, first) == [ADA]  # she declared it, and nobody leads
    leads = Assignment(role=Role.COMMANDER, user_id="U0DANA", since=office.now)
    office.do(lambda desk: incidents.assign(desk.session, incident, leads))
    assert told(office, incident, first) == ["U0DANA"]
    write(office, incident, "Bad.", by=BEN)
    second = remark(office, incident, "ask @dana or @ben haddad, not @ben nor ada@ada.test", ADA)
    assert told(office, incident, second) == [BEN, CHIDI, "U0BEN2", "U0DANA"]
    (mine, *_) = office.do(lambda desk: remarks.remarked(desk, incident.id, second.id))
    assert (mine.title, mine.author) == ("Impact", "Ada") and mine.page_url.endswith("/postmortem#impact")
    office.do(lambda desk: reviews.settle(desk, incident, second.id, by=ADA))
    assert told(office, incident, second) == []
