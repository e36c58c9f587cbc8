"""What people opened in the end, typed or pressed, belongs to what they had looked up; and which steps helped."""

from __future__ import annotations

import pytest

from bot.domain.lookup import PER_VERDICT, Said
from bot.domain.walk import Did
from bot.services.playbooks import reviewing, runbooks, usage, walking
from bot.store import lookups
from tests.services.conftest import ADA, BEN, Office

EMPTY = "redis came back empty after a restart"  # stop-respawn first
MISCONF = "MISCONF Redis is configured to save RDB snapshots, but it is currently not able to persist on disk"
OTHER = "restore-from-backup"


def used(office: Office) -> dict[str, usage.Use]:
    return {use.playbook: use for use in office.do(usage.usage).playbooks}


def looked_up(office: Office, incident, words: str = EMPTY) -> runbooks.Found:
    return office.do(lambda desk: runbooks.look_up(desk, words, incident=incident))


def typed(office: Office, incident, playbook: str, by: str = BEN) -> None:
    office.do(lambda desk: runbooks.typed(desk, incident, playbook, by=by))


def test_a_page_that_was_typed_after_another_was_refused_is_what_people_opened(office: Office):
    incident = office.opened()
    found = looked_up(office, incident)
    office.do(lambda desk: runbooks.refused(desk, found.lookup_id, "stop-respawn", by=ADA))
    office.later(29)
    typed(office, incident, OTHER)
    kept = office.do(lambda desk: lookups.offered(desk.session, incident.id))
    assert [(one.playbook, one.said, one.said_by, one.words) for one in kept] == [
        ("stop-respawn", Said.NOT_THIS, ADA, EMPTY),
        (OTHER, Said.OPENED, BEN, EMPTY),
    ]
    assert (used(office)[OTHER].offered, used(office)[OTHER].opened) == (0, 1)
    assert (used(office)["stop-respawn"].opened, used(office)["stop-respawn"].refused) == (0, 1)


def test_the_page_that_was_offered_first_counts_for_the_same_look_up(office: Office):
    incident = office.opened()
    looked_up(office, incident)
    typed(office, incident, "stop-respawn")
    typed(office, incident, "stop-respawn", by=ADA)
    assert (used(office)["stop-respawn"].offered, used(office)["stop-respawn"].opened) == (1, 1)


def test_what_was_sought_in_vain_is_taught_by_the_page_that_was_typed_then(office: Office):
    incident = office.opened()
    looked_up(office, incident, "the coffee machine is out of beans")
    typed(office, incident, OTHER)
    found = office.do(usage.usage)
    assert [(use.playbook, use.opened) for use in found.playbooks] == [(OTHER, 1)]
    assert found.in_vain == ("the coffee machine is out of beans",)


def test_it_counts_where_the_words_come_again(office: Office):
    incident, words = office.opened(), "the database is slow"
    before = {match.name: match.score for match in looked_up(office, incident, words).matches}
    second = list(before)[1]
    typed(office, incident, second)
    after = {match.name: match.score for match in looked_up(office, None, words).matches}
    assert after == before | {second: pytest.approx(before[second] * (1 + PER_VERDICT))}


def nothing(office: Office, incident) -> None:
    """Nobody looked anything up."""


def long_ago(office: Office, incident) -> None:
    """The look-up is older than half an hour."""
    looked_up(office, incident)
    office.later(31)


def elsewhere(office: Office, incident) -> None:
    """Somebody looked something up outside the incident, or in another one."""
    looked_up(office, None)
    looked_up(office, office.opened("the till jams"))


def in_hand(office: Office, incident) -> None:
    """The page is being walked already, and somebody looked something else up meanwhile."""
    office.do(lambda desk: walking.begin(desk, incident, OTHER, by=ADA))
    looked_up(office, incident)


def unasked(office: Office, incident) -> None:
    """A line got its page unasked, and nobody said anything about it."""
    office.do(lambda desk: runbooks.notice(desk, incident, MISCONF))


@pytest.mark.parametrize("before", [nothing, long_ago, elsewhere, in_hand, unasked])
def test_a_page_that_no_look_up_led_to_is_tied_to_none(office: Office, before):
    incident = office.opened()
    before(office, incident)
    typed(office, incident, OTHER)
    kept = office.do(lambda desk: lookups.newest(desk.session, "T1", 100))
    assert not any(one.said is Said.OPENED for one in kept)


def test_a_suggestion_counts_where_it_named_the_page_or_was_refused(office: Office):
    incident = office.opened()
    office.do(lambda desk: runbooks.notice(desk, incident, MISCONF))
    (made,) = office.do(lambda desk: lookups.offered(desk.session, incident.id))
    office.do(lambda desk: runbooks.refused(desk, made.id, made.playbook, by=ADA))
    typed(office, incident, OTHER)
    assert used(office)[OTHER].opened == 1
    typed(office, incident, made.playbook)
    assert (used(office)[made.playbook].opened, used(office)[made.playbook].refused) == (1, 0)


def test_each_step_that_was_judged_is_counted_by_itself_in_the_order_of_the_page(office: Office):
    for helped in (False, True):
        incident = office.opened(f"redis, {helped}")
        walk = office.do(lambda desk, one=incident: walking.begin(desk, one, OTHER, by=ADA))
        for step in (1, 2):
            office.do(lambda desk, w=walk, s=step: walking.mark(desk, w.id, Did.DONE, step=s, by=ADA))
        for step in (2, 1):
            office.do(lambda desk, w=walk, s=step, h=helped: reviewing.judge(desk, w.id, s, helped=h or s == 1, by=ADA))
    use, titles = used(office)[OTHER], [step.title for step in walk.playbook.steps[:2]]
    assert [(step.title, step.helped.times, step.helped.of) for step in use.steps] == [
        (titles[0], 2, 2),
        (titles[1], 1, 2),
    ]
    assert (use.helped, use.judged) == (3, 4)
