"""Which looks are promised, by whom, and what is written down of them."""

from __future__ import annotations

import pytest

from bot.domain.check import Check, Why
from bot.domain.finding import Finding, Verdict
from bot.domain.inventory import Inventory, Member, System, SystemKind
from bot.domain.timeline import Kind
from bot.errors import NotAllowed, NotFound
from bot.probes.looking import Result
from bot.services import incidents
from bot.services.playbooks import walking
from bot.services.systems import checks
from bot.services.systems.looker import Taken
from bot.slack.blocks.look import look
from bot.store import checks as stored
from tests.services.conftest import ADA, BEN, Office

ORDERS = System(name="orders-db", kind=SystemKind.MONGODB, members=(Member(host="db1", port=27017),))
SESSIONS = System(name="sessions", kind=SystemKind.REDIS, members=(Member(host="cache1", port=6379),), may_look=(ADA,))
DUMPS = System(name="dumps", kind=SystemKind.BACKUP, options={"url": "/var/backups"})
ZOMBIE = Finding(probe="mongodb.zombie", signal="zombie-primary", verdict=Verdict.CRITICAL, says="No read answers.")
FINE = Finding(probe="mongodb.lag", signal="replication-lag", verdict=Verdict.OK, says="0 s behind.")


@pytest.fixture
def stocked(office: Office) -> Office:
    """An office with an inventory."""
    office.inventory = Inventory((ORDERS, SESSIONS, DUMPS))
    return office


def looks(office: Office, incident: object) -> list[Check]:
    return list(office.do(lambda desk: stored.of_incident(desk.session, incident.id)))  # type: ignore[attr-defined]


def taken(*findings: Finding) -> Taken:
    return Taken(Result(findings=findings, kept={"mongodb.lag": {"n": 1}}, evidence={"db1": {}}, took_s=0.4), 0.0)


def test_opening_looks_at_the_system_that_the_title_names(stocked: Office):
    incident = stocked.opened("orders-db is slow")
    assert [(check.system, check.why) for check in looks(stocked, incident)] == [("orders-db", Why.OPENED)]
    assert "look" in stocked.promised()


def test_opening_looks_at_all_where_the_title_names_none(stocked: Office):
    assert [check.system for check in looks(stocked, stocked.opened())] == ["orders-db", "dumps"]


def test_what_only_some_may_see_is_not_told_to_a_channel_unasked(stocked: Office):
    stocked.inventory = Inventory((SESSIONS,))
    assert looks(stocked, stocked.opened("sessions are gone")) == []
    incident = stocked.opened("sessions came back old")
    walk = stocked.do(lambda desk: walking.begin(desk, incident, "stop-respawn", by=BEN))
    with pytest.raises(NotFound):
        stocked.do(lambda desk: walking.look_now(desk, walk.id, by=BEN))
    assert stocked.do(lambda desk: walking.look_now(desk, walk.id, by=ADA)) == ("sessions",)


def test_without_an_inventory_nothing_is_promised(office: Office):
    office.opened()
    assert "look" not in office.promised()


def test_who_may_not_look_is_told_so(stocked: Office):
    with pytest.raises(NotAllowed, match="may not look"):
        stocked.do(lambda desk: checks.ask(desk, "sessions", incident=None, by=BEN))
    stocked.do(lambda desk: checks.ask(desk, "sessions", incident=None, by=ADA))


def test_a_probe_of_another_kind_is_refused_with_the_nearest(stocked: Office):
    with pytest.raises(NotFound) as refused:
        stocked.do(lambda desk: checks.ask(desk, "sessions", ["zombie"], incident=None))
    assert "redis" in refused.value.hint


def test_what_a_look_found_is_kept_once_and_becomes_one_entry(stocked: Office):
    incident = stocked.opened("orders-db is slow")
    (check,) = looks(stocked, incident)
    for found in (ZOMBIE, FINE):
        stocked.do(lambda desk, found=found: checks.settle(desk, check.id, taken(found)))
    (entry,) = [entry for entry in stocked.entries(incident) if entry.kind is Kind.FINDING]
    assert entry.text == "Looked at orders-db: 1 critical. No read answers."
    assert entry.data["findings"][0]["signal"] == "zombie-primary"
    assert looks(stocked, incident)[0].verdict is Verdict.CRITICAL
    kept, at = stocked.do(lambda desk: checks.before_of(desk, "orders-db"))
    assert kept == {"mongodb.lag": {"n": 1}}
    assert at == stocked.now


def test_a_look_shows_the_playbook_its_findings_call_for_and_what_forbids_it(stocked: Office):
    incident = stocked.opened("orders-db is slow")
    (check,) = looks(stocked, incident)
    rising = Finding(probe="mongodb.elections", signal="election-loop", verdict=Verdict.CRITICAL, says="Terms rise.")
    stocked.do(lambda desk: checks.settle(desk, check.id, taken(ZOMBIE, rising)))
    shown = stocked.do(lambda desk: checks.shown(desk, check.id))
    assert shown is not None
    choices = {choice.playbook: choice for choice in shown[0].choices}
    assert choices["force-failover-via-firewall"].because == (ZOMBIE,)
    assert choices["force-failover-via-firewall"].against == (rising,)
    assert choices["force-failover-via-firewall"].untold == ("no-primary", "votes-lost", "rollback")
    assert shown[0].choices[-1].forbidden


def test_the_close_looks_once_more_at_what_was_looked_at(stocked: Office):
    incident = stocked.opened("orders-db is slow")
    closed = stocked.do(lambda desk: incidents.reach(desk, incident, incidents.Status.CLOSED, by=ADA))
    first = stocked.do(lambda desk: checks.last_looks(desk, closed))
    again = stocked.do(lambda desk: checks.last_looks(desk, closed))
    assert [check.system for check in first] == ["orders-db"]
    assert [check.id for check in again] == [check.id for check in first]


def test_what_the_last_look_speaks_for_stands_beside_what_words_find(stocked: Office):
    incident = stocked.opened("orders-db is slow")
    (check,) = looks(stocked, incident)
    assert stocked.do(lambda desk: checks.called_for(desk, incident)) is None
    stocked.do(lambda desk: checks.settle(desk, check.id, taken(ZOMBIE)))
    found = stocked.do(lambda desk: checks.called_for(desk, incident))
    assert found is not None
    assert (found[0].system, found[1].playbook) == ("orders-db", "force-failover-via-firewall")
    stocked.later(16)
    assert stocked.do(lambda desk: checks.called_for(desk, incident)) is None


def test_a_playbook_in_hand_is_not_called_for_once_more(stocked: Office):
    incident = stocked.opened("orders-db is slow")
    (check,) = looks(stocked, incident)
    stocked.do(lambda desk: checks.settle(desk, check.id, taken(ZOMBIE)))
    stocked.do(lambda desk: walking.go_to(desk, incident, "force-failover-via-firewall", 2, by=ADA))
    assert stocked.do(lambda desk: checks.called_for(desk, incident)) is None
    shown, _ = stocked.do(lambda desk: checks.shown(desk, check.id))
    told = repr(look(shown))
    assert "  ·  is being walked here: step 2" in told and "Walk it here" not in told


def test_a_look_speaks_against_the_playbook_that_is_being_walked(stocked: Office):
    incident = stocked.opened("orders-db is slow")
    (check,) = looks(stocked, incident)
    stocked.do(lambda desk: walking.begin(desk, incident, "shed-load-at-edge", by=ADA))
    stocked.do(lambda desk: checks.settle(desk, check.id, taken(ZOMBIE)))
    shown = stocked.do(lambda desk: checks.shown(desk, check.id))
    assert shown is not None
    assert [(one.playbook, one.against) for one in shown[0].objections] == [("shed-load-at-edge", (ZOMBIE,))]
