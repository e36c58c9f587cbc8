"""Speaking unasked: only for a known error line, once, and never about what people have in hand or refused."""

from __future__ import annotations

import pytest

from bot.domain.incident import Status
from bot.domain.lookup import Said
from bot.errors import NotFound
from bot.services import incidents
from bot.services.playbooks import runbooks, walking
from bot.store import lookups
from tests.services.conftest import ADA, BEN, Office

LINE = "MASTER aborted replication with an error: ERR Unknown master"
MISCONF = "MISCONF Redis is configured to save RDB snapshots, but it is currently not able to persist on disk"


def notice(office: Office, incident, text: str) -> list[str]:
    office.do(lambda desk: runbooks.notice(desk, incident, text, ts="1.2"))
    return [
        past.playbook for past in office.do(lambda desk: lookups.offered(desk.session, incident.id)) if past.unasked
    ]


def test_a_known_line_is_suggested_once_in_each_incident(office: Office):
    one, two = office.opened(), office.opened("another", force=True)
    office.all_done()
    (name,) = notice(office, one, f"alert: {MISCONF}")
    assert office.promised() == ["suggest"]
    assert notice(office, one, MISCONF) == [name]
    assert office.promised() == ["suggest"]
    assert notice(office, two, MISCONF) == [name]
    assert office.promised() == ["suggest", "suggest"]


@pytest.mark.parametrize("text", ["", "redis is slow", "the disk is full again", "no primary found yet, I look again"])
def test_mere_prose_suggests_nothing(office: Office, text: str):
    assert notice(office, office.opened(), text) == []


def test_what_is_walked_was_found_or_refused_is_not_suggested(office: Office):
    (name,) = notice(office, office.opened(), MISCONF)
    walked = office.opened("walked", force=True)
    office.do(lambda desk: walking.begin(desk, walked, name, by=ADA))
    assert notice(office, walked, MISCONF) == []
    found = office.opened("found", force=True)
    office.do(lambda desk: runbooks.look_up(desk, MISCONF, incident=found))
    assert notice(office, found, MISCONF) == []
    closed = office.opened("closed", force=True)
    closed = office.do(lambda desk: incidents.reach(desk, closed, Status.CLOSED, by=ADA))
    assert notice(office, closed, MISCONF) == []


def test_a_press_on_a_suggestion_is_kept_and_shown(office: Office):
    incident = office.opened()
    notice(office, incident, MISCONF)
    (lookup,) = office.do(lambda desk: lookups.offered(desk.session, incident.id))
    office.all_done()
    office.do(lambda desk: runbooks.refused(desk, lookup.id, lookup.playbook, by=BEN))
    assert office.promised() == ["suggest"]
    shown, _ = office.do(lambda desk: runbooks.suggestion(desk, lookup.id))
    assert (shown.lookup.said, shown.lookup.said_by) == (Said.NOT_THIS, BEN)
    with pytest.raises(NotFound, match="before my memory"):
        office.do(lambda desk: runbooks.refused(desk, lookup.id, lookup.playbook, by=BEN), team_id="T2")


def test_the_second_of_an_answer_that_was_opened_counts_for_itself(office: Office):
    words = "redis master came back with old data"
    found = office.do(lambda desk: runbooks.look_up(desk, words, incident=None))
    first, second = (match.name for match in found.matches[:2])
    for _ in range(2):
        office.do(lambda desk: runbooks.opened(desk, found.lookup_id, second, by=ADA))
    office.do(lambda desk: runbooks.opened(desk, "unknown", second, by=ADA))
    kept = office.do(lambda desk: lookups.verdicts(desk.session, "T1", [first, second]))
    assert [(past.playbook, past.said, past.words) for past in kept] == [(second, Said.OPENED, words)]


def test_words_that_nothing_fits_are_kept_without_their_secrets(office: Office):
    found = office.do(lambda desk: runbooks.look_up(desk, "zzz qqq password=hunter2hunter2", incident=None))
    assert found.matches == ()
    (kept,) = office.do(lambda desk: lookups.newest(desk.session, "T1", 10))
    assert kept.playbook == "" and "hunter2" not in kept.words and "zzz" in kept.words
