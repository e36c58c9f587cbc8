"""Sections that people write over: one at a time, nothing lost, and what the record says anew is offered."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from bot.domain.incident import Incident, Moment, Status
from bot.domain.postmortem import draft as compose
from bot.domain.postmortem.values import TITLES, Draft, Part
from bot.domain.postmortem.written import MAX_SECTION_CHARS, RECORD, WRITABLE, State
from bot.domain.timeline import Tag
from bot.errors import NotAllowed, NotFound, UserError
from bot.services import incidents, striking, tasks, timeline
from bot.services.postmortem import drafting, late, living, redrafting
from bot.services.postmortem.living import LOCK_MINUTES
from bot.services.postmortem.sections import Clash
from bot.settings import HERE
from bot.store import frozen
from bot.store.door import Door
from bot.store.migrate import migrate
from bot.store.playbooks import Shelf
from tests.domain.postmortem_random import facts
from tests.services.conftest import ADA, BEN, Office

NAUGHTY = [text for text in json.loads((Path(__file__).parents[2] / "naughty.json").read_text()) if text.strip()]
TEXT = "Nobody could pay for an hour. We are sorry."


@pytest.fixture
def shop(database_url: str) -> Iterator[Office]:
    """An office, once on SQLite and once on PostgreSQL."""
    door = Door(database_url)
    migrate(door)
    yield Office(door, Shelf(HERE / "playbooks"))
    door.close()


def drafted(office: Office) -> Incident:
    """A closed incident with its first draft."""
    incident = office.opened()
    note(office, incident, "customers cannot pay", Tag.IMPACT)
    closed = office.do(lambda desk: incidents.reach(desk, office.as_it_is(incident), Status.CLOSED, by=ADA))
    office.do(lambda desk: drafting.draft(desk, incident.id, made_for="close"))
    office.all_done()
    return closed


def note(office: Office, incident: Incident, text: str, *tags: Tag) -> Any:
    incident = office.as_it_is(incident)
    return office.do(lambda desk: timeline.note(desk, incident, text, by=BEN, tags=tags))


def write(
    office: Office, incident: Incident, text: str = TEXT, by: str = ADA, *, revision: int = 0, part: Part = Part.IMPACT
):
    return office.do(lambda desk: living.write(desk, incident, part, text, by=by, revision=revision))


def standing(office: Office, incident: Incident, part: Part = Part.IMPACT) -> str:
    return office.do(lambda desk: living.text_of(desk, incident, part))


def redraft(office: Office, incident: Incident, work: str = "w1") -> int:
    return office.do(lambda desk: redrafting.redraft(desk, incident.id, made_for=work))


def offered(office: Office, incident: Incident, part: Part = Part.IMPACT):
    return office.do(lambda desk: living.offers(desk, incident)).get(part, ())


def all_at_once(office: Office, jobs: list[Callable[[Any], Any]]) -> list[Any]:
    """What each job returned or raised, all begun together."""

    def run(job: Callable[[Any], Any]) -> Any:
        try:
            return office.do(job)
        except UserError as error:
            return error

    with ThreadPoolExecutor(len(jobs)) as pool:
        return list(pool.map(run, jobs))


def test_what_is_written_stands_and_says_what_it_grew_from(office: Office):
    incident = drafted(office)
    kept = write(office, incident)
    document = office.do(lambda desk: living.document(desk, incident))
    assert document.written == {Part.IMPACT: kept}
    assert (kept.revision, kept.text, kept.by, kept.base) == (1, TEXT, ADA, 1)
    assert (document.version, document.state) == (1, State.DRAFT)
    assert document.draft.section(Part.IMPACT).sentences  # the draft is still there


def test_writing_begins_from_the_drafted_section_with_its_references(office: Office):
    incident = drafted(office)
    assert "customers cannot pay [E2](#e2)" in standing(office, incident)
    write(office, incident)
    assert standing(office, incident) == TEXT


def test_the_second_of_two_gets_every_word_back_and_what_stands_now(office: Office):
    incident = drafted(office)
    first = write(office, incident)
    with pytest.raises(Clash) as clash:
        write(office, incident, "  All of it, *word* by word.\r\n", BEN)
    assert clash.value.typed == "  All of it, *word* by word.\r\n"
    assert clash.value.standing == first
    assert "changed “Impact” while you wrote" in clash.value.message
    assert standing(office, incident) == TEXT
    assert write(office, incident, "Both.", BEN, revision=1).revision == 2


def test_of_many_who_save_at_the_same_moment_one_wins_and_none_loses_a_word(shop: Office):
    incident = drafted(shop)
    texts = [f"Text number {number}." for number in range(6)]
    told = all_at_once(
        shop,
        [
            lambda desk, text=text: living.write(desk, incident, Part.IMPACT, text, by=f"U0{text[12]}", revision=0)
            for text in texts
        ],
    )
    clashes = [one for one in told if isinstance(one, Clash)]
    (won,) = [one for one in told if not isinstance(one, Exception)]
    assert sorted([won.text, *(clash.typed for clash in clashes)]) == texts
    assert all(clash.standing == won for clash in clashes)
    assert standing(shop, incident) == won.text


def test_of_many_who_begin_at_the_same_moment_one_holds_the_section(shop: Office):
    incident = drafted(shop)
    told = all_at_once(
        shop, [lambda desk, by=by: living.take(desk, incident, Part.IMPACT, by=by) for by in ("U1", "U2", "U3", "U4")]
    )
    (lock,) = [one for one in told if not isinstance(one, Exception)]
    assert all(isinstance(one, NotAllowed) and lock.by in one.message for one in told if one is not lock)
    assert shop.do(lambda desk: living.locks(desk, incident)) == {Part.IMPACT: lock}


def test_a_form_sent_twice_is_one_revision(office: Office):
    incident = drafted(office)
    assert write(office, incident) == write(office, incident)
    assert len(office.do(lambda desk: living.history(desk, incident, Part.IMPACT))) == 1


def test_a_lock_names_its_holder_and_ends_by_itself(office: Office):
    incident = drafted(office)
    office.do(lambda desk: living.take(desk, incident, Part.IMPACT, by=ADA))
    with pytest.raises(NotAllowed, match=f"{ADA} is writing “Impact”, until 12:10 UTC"):
        office.do(lambda desk: living.take(desk, incident, Part.IMPACT, by=BEN))
    office.later(6)
    renewed = office.do(lambda desk: living.take(desk, incident, Part.IMPACT, by=ADA))
    assert f"{renewed.until:%H:%M}" == "12:16"
    office.later(LOCK_MINUTES)
    assert office.do(lambda desk: living.locks(desk, incident)) == {}
    office.do(lambda desk: living.take(desk, incident, Part.IMPACT, by=BEN))


def test_a_lock_is_left_by_its_holder_alone_and_by_saving(office: Office):
    incident = drafted(office)
    office.do(lambda desk: living.take(desk, incident, Part.IMPACT, by=ADA))
    office.do(lambda desk: living.leave(desk, incident, Part.IMPACT, by=BEN))
    assert Part.IMPACT in office.do(lambda desk: living.locks(desk, incident))
    write(office, incident)
    assert office.do(lambda desk: living.locks(desk, incident)) == {}


def test_whoever_saves_after_the_lock_went_to_another_keeps_the_words(office: Office):
    incident = drafted(office)
    office.do(lambda desk: living.take(desk, incident, Part.IMPACT, by=ADA))
    office.later(LOCK_MINUTES + 1)
    lock = office.do(lambda desk: living.take(desk, incident, Part.IMPACT, by=BEN))
    with pytest.raises(Clash) as clash:
        write(office, incident)
    assert (clash.value.typed, clash.value.held, clash.value.standing) == (TEXT, lock, None)
    write(office, incident, by=BEN)


@pytest.mark.parametrize("part", sorted(RECORD))
def test_the_record_is_not_written_over(office: Office, part: Part):
    incident = drafted(office)
    with pytest.raises(NotAllowed, match="is the record") as refused:
        write(office, incident, part=part)
    assert "/incident strike" in refused.value.hint


@pytest.mark.parametrize("part", WRITABLE)
def test_every_other_section_can_be_written_over(office: Office, part: Part):
    incident = drafted(office)
    write(office, incident, part=part)
    assert standing(office, incident, part) == TEXT


def test_an_untouched_text_is_not_kept_so_that_the_section_follows_the_record(office: Office):
    incident = drafted(office)
    kept = write(office, incident, f"\n{standing(office, incident)}\r\n")
    assert kept.revision == 0
    assert office.do(lambda desk: living.document(desk, incident)).written == {}


def test_any_revision_comes_back_as_a_new_one_and_so_does_the_draft(office: Office):
    incident = drafted(office)
    as_drafted = standing(office, incident)
    write(office, incident)
    write(office, incident, "Shorter.", BEN, revision=1)
    office.do(lambda desk: living.restore(desk, incident, Part.IMPACT, 1, by=BEN))
    assert standing(office, incident) == TEXT
    office.do(lambda desk: living.restore(desk, incident, Part.IMPACT, 0, by=ADA))
    assert standing(office, incident) == as_drafted
    past = office.do(lambda desk: living.history(desk, incident, Part.IMPACT))
    assert [(one.revision, one.by, one.restores, one.text) for one in past] == [
        (4, ADA, 0, None),
        (3, BEN, 1, TEXT),
        (2, BEN, None, "Shorter."),
        (1, ADA, None, TEXT),
    ]


@pytest.mark.parametrize(("revision", "error"), [(0, NotAllowed), (1, NotFound), (-3, NotFound)])
def test_there_has_to_be_something_to_bring_back(office: Office, revision: int, error: type[UserError]):
    incident = drafted(office)
    with pytest.raises(error):
        office.do(lambda desk: living.restore(desk, incident, Part.IMPACT, revision, by=ADA))


def test_nothing_is_brought_back_while_somebody_else_writes(office: Office):
    incident = drafted(office)
    write(office, incident)
    office.do(lambda desk: living.take(desk, incident, Part.IMPACT, by=BEN))
    with pytest.raises(NotAllowed, match="is writing"):
        office.do(lambda desk: living.restore(desk, incident, Part.IMPACT, 0, by=ADA))


def test_secrets_are_cut_out_of_what_is_typed(office: Office):
    incident = drafted(office)
    kept = write(office, incident, "We used mongodb://app:hunter2secret@db1/shop to look.")
    assert "hunter2secret" not in kept.text and "[redacted:" in kept.text
    assert "hunter2secret" not in standing(office, incident)


@pytest.mark.parametrize("text", ["", "  \n\t", "\u202e\ufeff", "\x00"])
def test_no_words_are_refused(office: Office, text: str):
    incident = drafted(office)
    with pytest.raises(UserError, match="There are no words"):
        write(office, incident, text)


def test_too_many_characters_come_back_whole(office: Office):
    incident = drafted(office)
    text = "word " * (MAX_SECTION_CHARS // 5) + "one"
    with pytest.raises(UserError, match="20,003 characters; 20,000 is the most") as refused:
        write(office, incident, text)
    assert refused.value.typed == text


def test_hostile_texts_are_kept_as_text(shop: Office):
    incident = drafted(shop)
    revision = 0
    for text in [*NAUGHTY[::3], "<script>alert(1)</script>", "a\x00b\ud800c", "[x](javascript:alert(1))"]:
        try:
            revision = write(shop, incident, text, revision=revision).revision
        except UserError:
            assert not any(character.isalnum() for character in text), text
            continue
        held = standing(shop, incident)
        assert held.encode() and "\x00" not in held
    assert revision > 25


def test_without_a_draft_there_is_nothing_to_write(office: Office):
    incident = office.opened()
    for wish in (
        lambda desk: living.document(desk, incident),
        lambda desk: living.take(desk, incident, Part.IMPACT, by=ADA),
        lambda desk: living.write(desk, incident, Part.IMPACT, TEXT, by=ADA, revision=0),
    ):
        with pytest.raises(NotFound, match="no draft yet"):
            office.do(wish)


@given(facts())
def test_a_kept_draft_comes_back_as_it_was(known: Any):
    draft = compose(known)
    assert frozen.load(Draft, json.loads(json.dumps(frozen.dump(draft)))) == draft


def test_late_changes_promise_one_new_draft_and_ordinary_ones_none(office: Office):
    incident = office.opened("search is slow")
    note(office, incident, "db2 does not answer")
    office.do(lambda desk: drafting.draft(desk, incident.id, made_for="asked for"))
    note(office, incident, "db2 answers")
    assert late.WORK not in office.promised()  # before the close, the draft made there holds it all
    closed = drafted(office)
    wrong = note(office, closed, "the cable was loose")
    note(office, closed, "and the lamp was out")
    assert office.promised().count(late.WORK) == 1
    office.all_done()
    office.do(lambda desk: striking.strike(desk, office.as_it_is(closed), wrong.seq, by=ADA))
    assert late.WORK in office.promised()
    office.all_done()
    office.do(lambda desk: tasks.add(desk, office.as_it_is(closed), "fasten the cable", owner=BEN, by=ADA))
    assert late.WORK in office.promised()
    office.all_done()
    office.do(lambda desk: timeline.joined(desk, office.as_it_is(closed), "U0DANA"))
    assert late.WORK not in office.promised()


def test_a_new_draft_leaves_what_people_wrote_and_offers_what_is_new(office: Office):
    incident = drafted(office)
    write(office, incident)
    assert offered(office, incident) == ()
    note(office, incident, "refunds failed too", Tag.IMPACT)
    assert redraft(office, incident) == 2
    assert standing(office, incident) == TEXT
    (new,) = [one for one in offered(office, incident) if "refunds failed too" in one.sentence.text]
    assert not new.gone
    office.do(lambda desk: living.settle(desk, incident, Part.IMPACT, new.digest, taken=True, by=BEN))
    assert standing(office, incident) == f"{TEXT}\n\n- **12:00 UTC** refunds failed too [E4](#e4)"
    assert new.digest not in {one.digest for one in offered(office, incident)}
    with pytest.raises(NotFound, match="not offered any more"):
        office.do(lambda desk: living.settle(desk, incident, Part.IMPACT, new.digest, taken=True, by=ADA))


def test_a_sentence_that_was_taken_and_is_struck_later_is_offered_as_gone_and_can_be_taken_out(office: Office):
    incident = drafted(office)
    write(office, incident)
    struck = note(office, incident, "refunds failed too", Tag.IMPACT)
    redraft(office, incident)
    (new,) = [one for one in offered(office, incident) if "refunds" in one.sentence.text]
    office.do(lambda desk: living.settle(desk, incident, Part.IMPACT, new.digest, taken=True, by=BEN))
    office.do(lambda desk: striking.strike(desk, office.as_it_is(incident), struck.seq, by=ADA))
    redraft(office, incident, "w2")
    (gone,) = [one for one in offered(office, incident) if "refunds" in one.sentence.text]
    assert gone.gone
    office.do(lambda desk: living.settle(desk, incident, Part.IMPACT, gone.digest, taken=True, by=BEN))
    assert standing(office, incident) == TEXT


def test_a_sentence_in_other_words_is_not_taken_out_by_machine(office: Office):
    incident = drafted(office)
    write(office, incident, "People could not pay.")
    office.do(lambda desk: striking.strike(desk, office.as_it_is(incident), 2, by=ADA))
    redraft(office, incident)
    gone = next(one for one in offered(office, incident) if "customers cannot pay" in one.sentence.text)
    with pytest.raises(UserError, match="in other words"):
        office.do(lambda desk: living.settle(desk, incident, Part.IMPACT, gone.digest, taken=True, by=BEN))
    office.do(lambda desk: living.settle(desk, incident, Part.IMPACT, gone.digest, taken=False, by=BEN))
    assert gone.digest not in {one.digest for one in offered(office, incident)}
    assert standing(office, incident) == "People could not pay."


def test_an_offer_outlives_other_changes_of_the_section(office: Office):
    incident = drafted(office)
    write(office, incident)
    note(office, incident, "refunds failed too", Tag.IMPACT)
    redraft(office, incident)
    write(office, incident, "Shorter.", revision=1)
    assert any("refunds" in one.sentence.text for one in offered(office, incident))


def test_nothing_is_taken_over_while_somebody_else_writes(office: Office):
    incident = drafted(office)
    write(office, incident)
    note(office, incident, "refunds failed too", Tag.IMPACT)
    redraft(office, incident)
    office.do(lambda desk: living.take(desk, incident, Part.IMPACT, by=ADA))
    one = offered(office, incident)[0]
    with pytest.raises(NotAllowed, match="is writing"):
        office.do(lambda desk: living.settle(desk, incident, Part.IMPACT, one.digest, taken=True, by=BEN))


def test_a_late_note_of_another_day_dates_itself_and_offers_nothing_else(office: Office):
    incident = drafted(office)
    write(office, incident)
    before = office.do(lambda desk: living.document(desk, incident)).draft
    assert not before.dated
    other_day = before.moments[Moment.STARTED].at - timedelta(days=7)
    office.later(10)
    office.do(
        lambda desk: timeline.note(
            desk, office.as_it_is(incident), "the index was dropped", by=BEN, tags=[Tag.CAUSE], at=other_day
        )
    )
    redraft(office, incident)
    after = office.do(lambda desk: living.document(desk, incident)).draft
    assert after.section(Part.IMPACT) == before.section(Part.IMPACT)
    assert offered(office, incident) == ()
    told = office.do(lambda desk: redrafting.late(desk, incident.id))
    assert told is not None and told.changed == (TITLES[Part.CAUSES],)
    assert after.dates(other_day) and not after.dates(before.moments[Moment.STARTED].at)


def test_a_sentence_shown_with_dates_since_is_neither_new_nor_gone_and_can_still_be_taken_out(office: Office):
    incident = drafted(office)
    write(office, incident, f"We looked.\n\n{standing(office, incident)}")
    night = office.now + timedelta(days=1)
    office.do(
        lambda desk: timeline.note(
            desk, office.as_it_is(incident), "it is over", by=BEN, tags=[Tag.MITIGATED], at=night
        )
    )
    redraft(office, incident)
    assert office.do(lambda desk: living.document(desk, incident)).draft.dates(office.now)
    assert not any("customers cannot pay" in one.sentence.text for one in offered(office, incident))
    office.do(lambda desk: striking.strike(desk, office.as_it_is(incident), 2, by=ADA))
    redraft(office, incident, "w2")
    gone = next(one for one in offered(office, incident) if "customers cannot pay" in one.sentence.text)
    office.do(lambda desk: living.settle(desk, incident, Part.IMPACT, gone.digest, taken=True, by=BEN))
    assert "customers cannot pay" not in standing(office, incident)


def test_the_line_about_late_changes_counts_from_what_was_handed_over(office: Office):
    incident = drafted(office)
    assert office.do(lambda desk: redrafting.late(desk, incident.id)) is None
    write(office, incident)
    for number, text in enumerate(("refunds failed too", "so did vouchers"), start=2):
        note(office, incident, text, Tag.IMPACT)
        assert redraft(office, incident, f"w{number}") == number
    told = office.do(lambda desk: redrafting.late(desk, incident.id))
    assert told is not None
    assert (told.version, told.recorded, told.struck) == (3, ("E4", "E5"), ())
    assert "Impact" in told.changed and "Timeline" not in told.changed
    assert told.offered == len(offered(office, incident)) > 0


def test_nothing_new_is_no_new_draft(office: Office):
    incident = drafted(office)
    assert redraft(office, incident) == 1
    assert office.do(lambda desk: redrafting.late(desk, incident.id)) is None


def test_a_section_taken_over_is_the_other_s_and_whoever_held_it_keeps_their_words(shop: Office):
    incident = drafted(shop)
    shop.do(lambda desk: living.take(desk, incident, Part.IMPACT, by=ADA))
    with pytest.raises(NotAllowed, match="is writing “Impact”"):
        shop.do(lambda desk: living.take(desk, incident, Part.IMPACT, by=BEN))
    shop.do(lambda desk: living.take(desk, incident, Part.IMPACT, by=BEN, over=True))
    assert shop.do(lambda desk: living.locks(desk, incident))[Part.IMPACT].by == BEN
    with pytest.raises(Clash) as clash:
        write(shop, incident, "Ada's words")
    assert clash.value.typed == "Ada's words" and clash.value.held and clash.value.held.by == BEN
    shop.do(lambda desk: living.leave(desk, incident, Part.IMPACT, by=ADA))  # her tab closes: nothing of his
    assert shop.do(lambda desk: living.locks(desk, incident))[Part.IMPACT].by == BEN
