"""Speaking unasked: of a known error line or a telling title, once, and never of what is in hand or was refused."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.check import Why
from bot.domain.finding import Finding, Verdict
from bot.domain.incident import Status
from bot.domain.inventory import Inventory, Member, System, SystemKind
from bot.domain.lookup import Said
from bot.errors import NotFound
from bot.probes.looking import Result
from bot.services import incidents
from bot.services.playbooks import runbooks, walking
from bot.services.systems import checks
from bot.services.systems.looker import Taken
from bot.slack.blocks.drawn import drawn
from bot.store import lookups
from tests.services.conftest import ADA, BEN, Office

LINE = "MASTER aborted replication with an error: ERR Unknown master"
MISCONF = "MISCONF Redis is configured to save RDB snapshots, but it is currently not able to persist on disk"


@pytest.fixture
def stocked(office: Office) -> Office:
    """An office with a system to look at."""
    member = Member(host="db1", port=27017)
    office.inventory = Inventory((System(name="orders-db", kind=SystemKind.MONGODB, members=(member,)),))
    return office


def notice(office: Office, incident, text: str) -> list[str]:
    office.do(lambda desk: runbooks.notice(desk, incident, text, ts="1.2"))
    return suggested(office, incident)


def titled(office: Office, incident) -> list[str]:
    made = office.do(lambda desk: runbooks.for_title(desk, incident))
    if made:
        office.do(lambda desk: runbooks.suggest(desk, made))
    return suggested(office, incident)


def suggested(office: Office, incident) -> list[str]:
    return [
        past.playbook for past in office.do(lambda desk: lookups.offered(desk.session, incident.id)) if past.unasked
    ]


def looked(office: Office, incident, signal: str) -> str:
    """A first look at a system that found something; what is promised with it."""
    made = office.do(lambda desk: checks.ask(desk, "orders-db", incident=incident, why=Why.OPENED))
    found = Finding(probe="a.probe", signal=signal, verdict=Verdict.CRITICAL, says="It is so.")
    result = Taken(Result(findings=(found,), kept={}, evidence={}, took_s=0.1), 0.0)
    office.do(lambda desk: checks.settle(desk, made.id, result))
    return made.id


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


EMPTY = "redis is empty since 5 min"
FULL = "disk is full on db3"


@pytest.mark.parametrize(
    ("title", "name", "sure"),
    [
        (EMPTY, "stop-respawn", False),
        ("shop down, mongo primary hangs", "force-failover-via-firewall", True),
        ("Database refuses connections after a release", "connection-limit", True),
    ],
)
def test_a_telling_title_is_suggested_what_a_look_up_finds(office: Office, title: str, name: str, sure: bool):
    incident = office.opened(title)
    assert titled(office, incident) == [name]
    (lookup,) = office.do(lambda desk: lookups.offered(desk.session, incident.id))
    shown, _ = office.do(lambda desk: runbooks.suggestion(desk, lookup.id))
    assert shown.line == "" and shown.match.why and shown.match.sure is sure
    asked = office.do(lambda desk: runbooks.look_up(desk, title, incident=None))
    assert asked.matches[0] == shown.match


@pytest.mark.parametrize(
    "title", ["checkout is failing", "orders-db is slow", "site is down", "login broken after deploy"]
)
def test_an_ordinary_title_suggests_nothing(office: Office, title: str):
    assert titled(office, office.opened(title)) == []


def test_a_title_is_taken_up_once_whatever_became_of_it(office: Office):
    incident = office.opened(EMPTY)
    office.all_done()
    for _ in range(2):
        assert titled(office, incident) == ["stop-respawn"]
    assert office.promised() == ["suggest"]
    (lookup,) = office.do(lambda desk: lookups.offered(desk.session, incident.id))
    other = replace(lookup, id="another", playbook="backup-verify")
    office.do(lambda desk: runbooks.suggest(desk, other))  # as when the pages change between two tries
    assert suggested(office, incident) == ["stop-respawn"]
    closed = office.opened(EMPTY, force=True)
    office.do(lambda desk: incidents.reach(desk, closed, Status.CLOSED, by=ADA))
    assert titled(office, closed) == []


def test_a_known_line_in_a_title_is_told_as_one_and_not_said_again(office: Office):
    incident = office.opened(MISCONF)
    (name,) = titled(office, incident)
    (lookup,) = office.do(lambda desk: lookups.offered(desk.session, incident.id))
    shown, _ = office.do(lambda desk: runbooks.suggestion(desk, lookup.id))
    assert shown.line in MISCONF and shown.line and shown.match is None
    assert notice(office, incident, MISCONF) == [name]


def test_title_and_message_never_suggest_the_same_page(office: Office):
    incident, other = office.opened(FULL), office.opened(FULL, force=True)
    assert titled(office, incident) == notice(office, incident, "No space left on device") == ["disk-full"]
    assert notice(office, other, "No space left on device") == titled(office, other) == ["disk-full"]


def test_not_this_counts_against_the_page_for_the_next_such_title(office: Office):
    incident = office.opened(EMPTY)
    titled(office, incident)
    (lookup,) = office.do(lambda desk: lookups.offered(desk.session, incident.id))
    before = office.do(lambda desk: runbooks.look_up(desk, EMPTY, incident=None)).matches[0]
    office.do(lambda desk: runbooks.refused(desk, lookup.id, lookup.playbook, by=BEN))
    after = office.do(lambda desk: runbooks.look_up(desk, EMPTY, incident=None)).matches[0]
    assert after.name == before.name == lookup.playbook
    assert after.score < before.score


@pytest.mark.parametrize("signal", ["disk-full", "zombie-primary"])
def test_what_a_look_spoke_of_is_not_suggested(stocked: Office, signal: str):
    title = {"disk-full": FULL, "zombie-primary": "Database refuses connections after a release"}[signal]
    incident = stocked.opened(title)
    assert stocked.do(lambda desk: runbooks.for_title(desk, incident))
    looked(stocked, incident, signal)
    assert titled(stocked, incident) == []


def test_a_first_look_names_what_was_suggested_and_does_not_offer_it_again(stocked: Office):
    incident = stocked.opened(FULL)
    titled(stocked, incident)
    look = looked(stocked, incident, "disk-full")
    shown, _ = stocked.do(lambda desk: checks.shown(desk, look))
    assert "disk-full" in shown.said & {choice.playbook for choice in shown.choices}
    assert "suggested here already" in repr(drawn(shown)) and "'disk-full'" not in repr(drawn(shown))


def test_a_first_look_says_what_speaks_against_the_page_that_was_suggested(stocked: Office):
    incident = stocked.opened("Database refuses connections after a release")
    assert titled(stocked, incident) == ["connection-limit"]
    look = looked(stocked, incident, "zombie-primary")
    shown, _ = stocked.do(lambda desk: checks.shown(desk, look))
    assert [against.playbook for against in shown.objections] == ["connection-limit"]
    assert "* was suggested here. Against it: It is so" in repr(drawn(shown))
    stocked.do(lambda desk: walking.begin(desk, incident, "connection-limit", by=ADA))
    shown, _ = stocked.do(lambda desk: checks.shown(desk, look))
    assert "* is being walked here. Against it: It is so" in repr(drawn(shown))
