"""Remarks and sign-off: a signature is of one text, and everybody asked has to give theirs."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.domain.incident import Incident
from bot.domain.postmortem.values import Part
from bot.domain.postmortem.written import Said, State
from bot.domain.roles import Person
from bot.errors import NotAllowed, NotFound, UserError
from bot.services import tasks
from bot.services.postmortem import drafting, living, redrafting, reminders, reviews, sharing
from bot.services.postmortem.reminders import MOST_OF_REVIEW, MOST_OVERDUE
from bot.services.postmortem.sharing import Hitch, Place
from bot.store import people, work
from tests.services.conftest import ADA, BEN, NOON, Office
from tests.services.postmortem.test_living import TEXT, all_at_once, drafted, note, shop, write

__all__ = ["shop"]

CHIDI = "U0CHIDI"


def ask(office: Office, incident: Incident, *users: str) -> tuple[str, ...]:
    return office.do(lambda desk: reviews.ask(desk, incident, users, by=ADA))


def sign(office: Office, incident: Incident, by: str = BEN, note: str = "") -> None:
    office.do(lambda desk: reviews.sign(desk, incident, by=by, note=note))


def state(office: Office, incident: Incident) -> State:
    return office.do(lambda desk: living.document(desk, incident)).state


def details(office: Office, kind: str) -> list[dict[str, Any]]:
    found = office.do(lambda desk: work.unfinished(desk.session))
    return [one.detail for one in found if one.kind == kind]


def test_it_is_reviewed_once_all_who_were_asked_have_signed(office: Office):
    incident = drafted(office)
    assert state(office, incident) is State.DRAFT
    assert ask(office, incident, BEN, CHIDI, BEN) == (BEN, CHIDI)
    assert [one["user"] for one in details(office, reviews.ASK_WORK)] == [BEN, CHIDI]
    assert state(office, incident) is State.IN_REVIEW
    sign(office, incident, BEN)
    assert state(office, incident) is State.IN_REVIEW
    sign(office, incident, CHIDI)
    assert state(office, incident) is State.REVIEWED
    assert [one["user"] for one in details(office, reviews.SAID_WORK)] == [BEN, CHIDI]


def test_a_signature_names_the_text_and_a_later_change_shows(office: Office):
    incident = drafted(office)
    sign(office, incident)
    with pytest.raises(NotAllowed, match="signed this text already"):
        sign(office, incident)
    write(office, incident)
    (signature,) = office.do(lambda desk: living.document(desk, incident)).signed
    (review,) = office.do(lambda desk: reviews.reviews(desk, incident))
    assert signature.changed and review.changed
    assert state(office, incident) is State.IN_REVIEW
    sign(office, incident)
    assert state(office, incident) is State.REVIEWED


def test_a_late_entry_shows_at_the_signatures_and_a_new_draft_of_the_same_does_not(office: Office):
    incident = drafted(office)
    office.later(30)
    office.do(lambda desk: drafting.draft(desk, incident.id, made_for="asked for"))
    sign(office, incident)
    office.later(90)
    office.do(lambda desk: drafting.draft(desk, incident.id, made_for="asked again"))
    assert state(office, incident) is State.REVIEWED
    note(office, incident, "the cable was loose")
    office.do(lambda desk: redrafting.redraft(desk, incident.id, made_for="w1"))
    assert state(office, incident) is State.IN_REVIEW


def test_whoever_wants_changes_says_which_and_is_waited_for(office: Office):
    incident = drafted(office)
    ask(office, incident, BEN)
    with pytest.raises(UserError, match="no words"):
        office.do(lambda desk: reviews.want_changes(desk, incident, by=BEN, note=" \n"))
    office.do(lambda desk: reviews.want_changes(desk, incident, by=BEN, note="password=hunter2secret is in E4"))
    (review,) = office.do(lambda desk: reviews.reviews(desk, incident))
    assert review.said is Said.CHANGES and "hunter2secret" not in review.note
    sign(office, incident, ADA)
    assert state(office, incident) is State.IN_REVIEW
    sign(office, incident, BEN)
    assert state(office, incident) is State.REVIEWED


def test_the_same_person_is_asked_again_only_for_another_text(office: Office):
    incident = drafted(office)
    ask(office, incident, BEN)
    with pytest.raises(NotAllowed, match="was asked before"):
        ask(office, incident, BEN)
    sign(office, incident)
    with pytest.raises(NotAllowed):
        ask(office, incident, BEN)
    write(office, incident)
    assert ask(office, incident, BEN, CHIDI) == (BEN, CHIDI)


def test_nobody_is_asked_who_has_left(office: Office):
    incident = drafted(office)
    gone = Person(user_id=BEN, name="Ben", gone=True)
    office.do(lambda desk: people.remember(desk.session, "T1", gone, desk.now))
    with pytest.raises(NotAllowed, match="Ben has left"):
        ask(office, incident, CHIDI, BEN)
    assert office.do(lambda desk: reviews.reviews(desk, incident)) == ()  # nothing of it happened


def test_a_signature_given_twice_at_the_same_moment_is_one(shop: Office):
    incident = drafted(shop)
    told = all_at_once(shop, [lambda desk: reviews.sign(desk, incident, by=BEN)] * 4)
    assert sum(one is None for one in told) == 1
    assert all(isinstance(one, NotAllowed) for one in told if one is not None)


def test_remarks_stand_at_their_section_until_somebody_settles_them(shop: Office):
    incident = drafted(shop)
    made = shop.do(lambda desk: reviews.comment(desk, incident, Part.TIMES, "began <b>earlier</b>, see E2", by=BEN))
    shop.later(1)
    shop.do(lambda desk: reviews.comment(desk, incident, Part.IMPACT, "how many people?", by=ADA))
    assert [one.by for one in shop.do(lambda desk: reviews.comments(desk, incident))] == [BEN, ADA]
    shop.do(lambda desk: reviews.settle(desk, incident, made.id, by=ADA))
    shop.do(lambda desk: reviews.settle(desk, incident, made.id, by=BEN))  # nothing more to settle
    first = shop.do(lambda desk: reviews.comments(desk, incident))[0]
    assert (first.text, first.settled_by) == ("began <b>earlier</b>, see E2", ADA)
    with pytest.raises(NotFound):
        shop.do(lambda desk: reviews.settle(desk, incident, "nonsense", by=ADA))
    with pytest.raises(UserError, match="2,001 characters"):
        shop.do(lambda desk: reviews.comment(desk, incident, Part.IMPACT, "x" * 2001, by=ADA))


def test_whoever_answers_before_the_question_reaches_them_is_not_asked(office: Office):
    incident = drafted(office)
    ask(office, incident, BEN)
    asking = office.do(lambda desk: reviews.asking(desk, incident.id, BEN))
    assert asking is not None and asking.page_url.endswith("/incidents/1/postmortem")
    office.do(lambda desk: reviews.want_changes(desk, incident, by=BEN, note="too short"))
    assert office.do(lambda desk: reviews.asking(desk, incident.id, BEN)) is None
    assert office.do(lambda desk: reviews.asking(desk, incident.id, BEN, again=True)) is not None
    sign(office, incident)
    assert office.do(lambda desk: reviews.asking(desk, incident.id, BEN, again=True)) is None


def test_a_close_promises_the_first_reminder_in_three_days_and_each_the_next_until_the_fifth(office: Office):
    incident = drafted(office)
    due = promised(office, reminders.REVIEW_WORK)
    assert [(row.due_at - NOON, row.detail["number"]) for row in due] == [(timedelta(days=3), 1)]
    office.do(lambda desk: work.finish(desk.session, due[0].id, desk.wall))
    office.do(lambda desk: reminders.promise_review(desk, incident.id, 2))
    office.do(lambda desk: reminders.promise_review(desk, incident.id, 2))
    due = promised(office, reminders.REVIEW_WORK)
    assert [(row.due_at - NOON, row.detail["number"]) for row in due] == [(timedelta(days=2), 2)]
    office.do(lambda desk: work.finish(desk.session, due[0].id, desk.wall))
    office.do(lambda desk: reminders.promise_review(desk, incident.id, MOST_OF_REVIEW + 1))
    assert promised(office, reminders.REVIEW_WORK) == []


def test_the_next_reminder_is_told_in_the_story_s_time(office: Office):
    incident = drafted(office)
    told = office.do(lambda desk: reminders.next_review(desk, incident.id))
    assert told == NOON + timedelta(days=3)
    ahead = timedelta(days=2000, hours=3, seconds=7)  # of the machine, while an outage of years ago is rehearsed
    told = office.do(lambda desk: reminders.next_review(replace(desk, wall=desk.wall + ahead), incident.id))
    assert told == (NOON + timedelta(days=3) - ahead).replace(second=0)
    assert office.do(lambda desk: reminders.next_review(desk, "nonsense")) is None


def promised(office: Office, kind: str) -> list[Any]:
    from sqlmodel import col, select

    from bot.store.tables import WorkRow

    query = select(WorkRow).where(col(WorkRow.kind) == kind, col(WorkRow.done_at).is_(None))
    return office.do(lambda desk: list(desk.session.exec(query)))


def test_a_reminder_tells_who_is_waited_for_and_ends_with_the_review(office: Office):
    incident = drafted(office)
    gone = Person(user_id=CHIDI, name="Chidi", gone=True)
    ask(office, incident, BEN, CHIDI)
    office.do(lambda desk: people.remember(desk.session, "T1", gone, desk.now))
    sign(office, incident, "terminal:eve")
    due = office.do(lambda desk: reminders.review_due(desk, incident.id, 5))
    assert due is not None
    assert (due.awaited, due.last) == ((BEN,), True)
    sign(office, incident, BEN)
    sign(office, incident, CHIDI)
    assert office.do(lambda desk: reminders.review_due(desk, incident.id, 5)) is None
    assert office.do(lambda desk: reminders.review_due(desk, "nonsense", 1)) is None


def follow_up(office: Office, incident: Incident, text: str, owner: str, due: date | None) -> None:
    office.do(lambda desk: tasks.add(desk, office.as_it_is(incident), text, owner=owner, by=ADA, due=due))


def test_follow_ups_are_due_on_their_day_and_each_week_past_it_for_a_month(office: Office):
    incident = drafted(office)
    today = NOON.date()
    follow_up(office, incident, "fasten the cable", BEN, today)
    follow_up(office, incident, "nobody's", "", today)
    follow_up(office, incident, "no day", BEN, None)
    follow_up(office, incident, "done", BEN, today)
    follow_up(office, incident, "later", BEN, today + timedelta(days=1))
    office.do(lambda desk: tasks.finish(desk, office.as_it_is(incident), 4, by=BEN))

    def due(days: int) -> list[tuple[str, int]]:
        office.now = NOON + timedelta(days=days)
        found = office.do(reminders.follow_ups_due)
        return [(one.task.text, one.weeks) for one in found if one.task.text != "later"]

    assert due(-1) == []
    cable = "fasten the cable"
    assert [due(days) for days in (0, 6, 7, 13, 14, 28, 34)] == [
        [(cable, weeks)] for weeks in (0, 0, 1, 1, 2, MOST_OVERDUE, MOST_OVERDUE)
    ]
    assert due(35) == []


def test_the_morning_is_nine_oclock_in_the_teams_zone_also_when_the_clocks_change(office: Office):
    zone = ZoneInfo("Europe/Berlin")

    def after(at: datetime) -> datetime:
        office.now = at
        return office.do(lambda desk: reminders.next_morning(replace(desk, zone=zone))).astimezone(UTC)

    assert after(datetime(2026, 3, 27, 7, 59, tzinfo=UTC)) == datetime(2026, 3, 27, 8, 0, tzinfo=UTC)
    assert after(datetime(2026, 3, 27, 8, 0, tzinfo=UTC)) == datetime(2026, 3, 28, 8, 0, tzinfo=UTC)
    assert after(datetime(2026, 3, 28, 22, 0, tzinfo=UTC)) == datetime(2026, 3, 29, 7, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("place", "sure", "hitch"),
    [
        ({}, False, None),
        ({"member": False}, False, Hitch.NO_MEMBER),
        ({"archived": True}, True, Hitch.ARCHIVED),
        ({"shared": True}, False, Hitch.ASK_FIRST),
        ({"shared": True}, True, None),
        ({"shared": True, "member": False}, True, Hitch.NO_MEMBER),
        (None, True, Hitch.UNSEEN),
    ],
)
def test_what_is_in_the_way_of_sharing(place: dict[str, bool] | None, sure: bool, hitch: Hitch | None):
    fine = {"id": "C1", "name": "all", "member": True, "shared": False, "archived": False}
    assert sharing.hitch(None if place is None else Place(**fine | place), sure=sure) is hitch


def test_where_others_read_the_link_stays_out_and_what_people_wrote_goes_in(office: Office):
    incident = drafted(office)
    write(office, incident, part=Part.SUMMARY)
    write(office, incident, "Worse than we thought.", part=Part.IMPACT)
    ours = Place(id="C1", name="all", member=True, shared=False, archived=False)
    theirs = Place(id="C2", name="partners", member=True, shared=True, archived=False)
    told = office.do(lambda desk: sharing.shared(desk, incident.id, ours, by=ADA))
    assert told.page_url.endswith("/incidents/1/postmortem")
    assert told.summary == TEXT
    assert TEXT in told.markdown and "Worse than we thought." in told.markdown
    outside = office.do(lambda desk: sharing.shared(desk, incident.id, theirs, by=ADA))
    assert outside.page_url == ""
    assert outside.filename == told.filename
    write(office, incident, "Not so bad.", revision=1)
    assert office.do(lambda desk: sharing.shared(desk, incident.id, ours, by=ADA)).filename != told.filename
