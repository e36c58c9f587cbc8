"""Looks that go with a walk: at which systems, with which probes, and when what they found is worth a message."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bot.domain.check import Check, Why
from bot.domain.finding import Finding, Verdict
from bot.domain.inventory import Inventory, Member, System, SystemKind
from bot.domain.walk import Walk
from bot.errors import NotFound
from bot.probes import catalog
from bot.services.playbooks import standing, walking
from bot.services.playbooks.flaws import looks_with
from bot.services.systems import checks, step_looks
from bot.settings import PLAYBOOKS
from bot.slack.blocks.step import shown
from bot.store import checks as stored
from bot.store import walks
from bot.store.playbooks import Shelf, load
from tests.services.conftest import ADA, Office
from tests.services.systems.test_checks import FINE, ORDERS, ZOMBIE, looks, stocked, taken

__all__ = ["stocked"]
SHIPPED = load(PLAYBOOKS).playbooks
USERS = System(name="users-db", kind=SystemKind.MONGODB, members=(Member(host="db7", port=27017),))
TICKETS = Finding(probe="mongodb.tickets", signal="tickets-gone", verdict=Verdict.CRITICAL, says="128 of 128.")
DARK = Finding(probe="mongodb.zombie", signal="zombie-primary", verdict=Verdict.UNKNOWN, says="No answer.")
RISING = Finding(probe="mongodb.elections", signal="election-loop", verdict=Verdict.CRITICAL, says="Terms rise.")
FAILOVER = "force-failover-via-firewall"


def danger_in_hand(office: Office, incident: object, name: str = FAILOVER):
    """A walk whose first dangerous step was taken up just now, and the looks before it."""
    walk = office.do(lambda desk: walking.begin(desk, incident, name, by=ADA))
    first = next(step.number for step in walk.playbook.steps if step.danger)
    office.later(1)
    walk = office.do(lambda desk: walking.go(desk, walk.id, first, by=ADA))
    return walk, [check for check in looks(office, incident) if check.asked_at == office.now]


def quiet(office: Office, check: Check, *findings: Finding) -> bool:
    """Whether a look that found this says nothing new."""
    office.do(lambda desk: checks.settle(desk, check.id, taken(*findings)))
    shown = office.do(lambda desk: checks.shown(desk, check.id))
    assert shown is not None
    return office.do(lambda desk: step_looks.says_nothing_new(desk, shown[0]))


def test_a_dangerous_step_is_preceded_by_a_look_with_the_probes_of_its_playbook(stocked: Office):
    incident = stocked.opened("orders-db is slow")
    walk = stocked.do(lambda desk: walking.begin(desk, incident, "force-failover-via-firewall", by=ADA))
    steps = walk.playbook.steps
    before = len(looks(stocked, incident))
    for number in range(1, next(step.number for step in steps if step.danger)):
        stocked.do(lambda desk, number=number: walking.mark(desk, walk.id, walking.Did.DONE, step=number, by=ADA))
    last = looks(stocked, incident)[-1]
    assert len(looks(stocked, incident)) == before + 1
    assert (last.system, last.why) == ("orders-db", Why.STEP)
    assert "mongodb.zombie" in last.probes


PAGE = """---
title: Lag
systems: [{systems}]
probes: [{probes}]
---
## 1. Look

## 2. Cut it off

**Danger:** Much.
"""
LIGHT = tuple(probe.name for probe in catalog.choose(SystemKind.MONGODB))


@pytest.mark.parametrize(
    ("probes", "systems", "asked"),
    [
        ("mongodb.lag", "mongodb", ("mongodb.lag",)),
        ("mongodb.lagg", "mongodb", LIGHT),
        ("mongodb.lagg", "redis", LIGHT),
        ("typo-probe", "mongodb", LIGHT),
        ("typo-probe", "aws", LIGHT),
        ("mongdb.lag", "mongodb, redis", LIGHT),
        ("mongodb.rights, mongodb.lagg", "mongodb", (*LIGHT, "mongodb.rights")),
        ("mongodb.lag, redis.rolls", "mongodb, redis", ("mongodb.lag",)),
        ("redis.rolls", "mongodb", None),
        ("typo-probe", "redis", None),
    ],
)
def test_where_a_name_is_no_probe_the_look_before_a_danger_asks_the_light_ones(
    office: Office, tmp_path: Path, probes: str, systems: str, asked: tuple[str, ...] | None
):
    (tmp_path / "lag.md").write_text(PAGE.format(probes=probes, systems=systems))
    office.shelf, office.inventory = Shelf(tmp_path), Inventory((ORDERS,))
    incident = office.opened("it is slow")
    walk = office.do(lambda desk: walking.begin(desk, incident, "lag", by=ADA))
    office.do(lambda desk: walking.mark(desk, walk.id, walking.Did.DONE, step=1, by=ADA))
    posted = [check for check in looks(office, incident) if check.why is Why.STEP]
    assert [(check.system, check.probes) for check in posted] == ([("orders-db", asked)] if asked else [])


def test_look_now_asks_the_systems_of_the_playbook_and_says_so_where_there_are_none(stocked: Office):
    incident = stocked.opened("the dumps look odd")
    walk = stocked.do(lambda desk: walking.begin(desk, incident, "backup-verify", by=ADA))
    assert stocked.do(lambda desk: walking.look_now(desk, walk.id, by=ADA)) == ("dumps",)
    stocked.inventory = Inventory((ORDERS,))
    with pytest.raises(NotFound, match="no system that `backup-verify` is about"):
        stocked.do(lambda desk: walking.look_now(desk, walk.id, by=ADA))


def test_only_the_system_whose_member_was_filled_in_is_looked_at(stocked: Office):
    stocked.inventory = Inventory((ORDERS, USERS))
    incident = stocked.opened("it is slow")
    walk = stocked.do(lambda desk: walking.begin(desk, incident, FAILOVER, by=ADA))
    assert stocked.do(lambda desk: walking.look_now(desk, walk.id, by=ADA)) == ("orders-db", "users-db")
    stocked.do(lambda desk: walking.fill_in(desk, walk.id, {"primary": "db7"}, step=1, by=ADA))
    assert stocked.do(lambda desk: walking.look_now(desk, walk.id, by=ADA)) == ("users-db",)


def test_of_two_servers_on_one_machine_the_one_whose_port_was_filled_in_is_looked_at(stocked: Office):
    one, other = (
        replace(USERS, name=name, members=(Member(host="DB7.internal", port=port),))
        for name, port in (("one", 27017), ("other", 27018))
    )
    stocked.inventory = Inventory((one, other))
    incident = stocked.opened("it is slow")
    walk = stocked.do(lambda desk: walking.begin(desk, incident, FAILOVER, by=ADA))
    given = {"primary": "db7.internal", "primaryport": "27018"}
    stocked.do(lambda desk: walking.fill_in(desk, walk.id, {"primary": "db7.internal"}, step=1, by=ADA))
    assert stocked.do(lambda desk: walking.look_now(desk, walk.id, by=ADA)) == ("one", "other")
    stocked.do(lambda desk: walking.fill_in(desk, walk.id, given, step=1, by=ADA))
    assert stocked.do(lambda desk: walking.look_now(desk, walk.id, by=ADA)) == ("other",)
    assert stocked.do(lambda desk: walking.unlisted(desk, walk.id, by=ADA)) == ()


def test_a_host_that_no_system_has_is_told(stocked: Office):
    stocked.inventory = Inventory((USERS,))
    incident = stocked.opened("it is slow")
    walk = stocked.do(lambda desk: walking.begin(desk, incident, FAILOVER, by=ADA))
    for given, told in (
        ({"primary": "db9"}, ("db9",)),
        ({"primary": "db7", "primaryport": "27099"}, ("db7:27099",)),
    ):
        stocked.do(lambda desk, given=given: walking.fill_in(desk, walk.id, given, step=1, by=ADA))
        assert stocked.do(lambda desk: walking.look_now(desk, walk.id, by=ADA)) == ("users-db",)
        assert stocked.do(lambda desk: walking.unlisted(desk, walk.id, by=ADA)) == told


def test_a_step_shows_the_looks_that_were_taken_before_it_and_no_others(stocked: Office):
    incident = stocked.opened("orders-db is slow")
    walk, (check,) = danger_in_hand(stocked, incident)
    stocked.do(lambda desk: walking.look_now(desk, walk.id, by=ADA))
    stand = stocked.do(lambda desk: standing.stand(desk, walk.id))
    assert stand is not None and [one.id for one in stand.looks] == [check.id]
    stocked.later(1)
    stocked.do(lambda desk: walking.mark(desk, walk.id, walking.Did.NOTED, step=walk.position, by=ADA, reason="seen"))
    assert [one.id for one in stocked.do(lambda desk: standing.stand(desk, walk.id)).looks] == [check.id]
    stocked.do(lambda desk: walking.mark(desk, walk.id, walking.Did.BACK, step=walk.position, by=ADA))
    assert check.id not in [one.id for one in stocked.do(lambda desk: standing.stand(desk, walk.id)).looks]


def look_now(office: Office, walk: Walk, *findings: Finding) -> Check:
    """A look by the step's button half an hour later, taken a minute after that."""
    office.later(30)
    office.do(lambda desk: walking.look_now(desk, walk.id, by=ADA))
    made = looks_of(office, walk)[-1]
    office.later(1)
    return settled(office, made, *findings)


def settled(office: Office, check: Check, *findings: Finding) -> Check:
    """The look, taken now, with this found."""
    return office.do(lambda desk: checks.settle(desk, check.id, taken(*findings)))


def looks_of(office: Office, walk: Walk) -> tuple[Check, ...]:
    return office.do(lambda desk: stored.of_incident(desk.session, walk.incident_id))


def beside(office: Office, walk: Walk) -> list[str]:
    return [one.id for one in office.do(lambda desk: standing.stand(desk, walk.id)).looks]


def test_a_step_shows_the_newest_look_that_answers_what_the_one_before_it_did(stocked: Office):
    incident = stocked.opened("orders-db is slow")
    walk, (before,) = danger_in_hand(stocked, incident)
    settled(stocked, before, FINE, ZOMBIE)
    fewer = look_now(stocked, walk, replace(ZOMBIE, verdict=Verdict.OK))
    assert fewer.taken_at and beside(stocked, walk) == [before.id]
    now = look_now(stocked, walk, FINE, replace(ZOMBIE, verdict=Verdict.OK), TICKETS)
    assert beside(stocked, walk) == [now.id]
    assert "before this step" not in repr(shown(stocked.do(lambda desk: standing.stand(desk, walk.id))))
    other = stocked.do(lambda desk: checks.ask(desk, "dumps", incident=incident))
    settled(stocked, other, FINE, ZOMBIE, TICKETS)
    assert beside(stocked, walk) == [now.id]


def test_a_look_taken_before_the_one_before_the_step_is_not_shown_in_its_place(stocked: Office):
    incident = stocked.opened("orders-db is slow")
    walk, (before,) = danger_in_hand(stocked, incident)
    settled(stocked, looks(stocked, incident)[0], FINE, ZOMBIE)
    stocked.later(1)
    assert beside(stocked, walk) == [before.id]
    settled(stocked, before, FINE)
    assert beside(stocked, walk) == [before.id]


def test_the_step_is_told_anew_when_a_look_that_it_shows_was_taken(office: Office, tmp_path: Path):
    (tmp_path / "lag.md").write_text(PAGE.format(probes="mongodb.lag", systems="mongodb"))
    office.shelf, office.inventory = Shelf(tmp_path), Inventory((ORDERS,))
    walk, (before,) = danger_in_hand(office, office.opened("it is slow"), "lag")
    told = []
    for check, findings in ((before, (FINE,)), (None, (ZOMBIE,)), (None, (FINE,))):
        office.all_done()
        check = settled(office, check, *findings) if check else look_now(office, walk, *findings)
        office.do(lambda desk, check=check: step_looks.told(desk, check))
        told.append("walk" in office.promised())
    assert told == [True, False, True]


def test_a_first_look_before_a_step_is_told_where_something_is_wrong_or_not_known(office: Office):
    for findings, silent in (((FINE,), True), ((ZOMBIE,), False), ((DARK,), False)):
        office.inventory = Inventory(())
        incident = office.opened("it is slow", force=True)
        office.inventory = Inventory((ORDERS,))
        _, (check,) = danger_in_hand(office, incident)
        assert quiet(office, check, *findings) is silent


def test_what_the_looks_before_it_found_is_not_told_again(stocked: Office):
    incident = stocked.opened("orders-db is slow")
    (first,) = looks(stocked, incident)
    stocked.do(lambda desk: checks.settle(desk, first.id, taken(ZOMBIE, FINE, TICKETS)))
    _, (check,) = danger_in_hand(stocked, incident)
    assert quiet(stocked, check, ZOMBIE)  # fewer probes than before: what they did not ask is no change
    stocked.later(1)
    _, (second,) = danger_in_hand(stocked, incident, "no-primary-or-election-loop")
    assert quiet(stocked, second, TICKETS)  # found by the look before the last one


@pytest.mark.parametrize("verdict", [Verdict.OK, Verdict.UNKNOWN])
def test_what_became_better_or_unknown_is_told(stocked: Office, verdict: Verdict):
    incident = stocked.opened("orders-db is slow")
    (first,) = looks(stocked, incident)
    stocked.do(lambda desk: checks.settle(desk, first.id, taken(ZOMBIE)))
    _, (check,) = danger_in_hand(stocked, incident)
    assert not quiet(stocked, check, replace(ZOMBIE, verdict=verdict, says="Reads answer."))


def test_a_look_that_speaks_against_what_is_walked_is_always_told(stocked: Office):
    incident = stocked.opened("orders-db is slow")
    (first,) = looks(stocked, incident)
    stocked.do(lambda desk: checks.settle(desk, first.id, taken(RISING)))
    _, (check,) = danger_in_hand(stocked, incident)
    assert not quiet(stocked, check, RISING)


def test_a_look_that_somebody_asked_for_is_always_told(stocked: Office):
    incident = stocked.opened("orders-db is slow")
    (first,) = looks(stocked, incident)
    stocked.do(lambda desk: checks.settle(desk, first.id, taken(FINE)))
    walk = stocked.do(lambda desk: walking.begin(desk, incident, FAILOVER, by=ADA))
    stocked.later(1)
    stocked.do(lambda desk: walking.look_now(desk, walk.id, by=ADA))
    assert not quiet(stocked, looks(stocked, incident)[-1], FINE)


def test_to_a_step_from_the_beginning_one_look_is_taken(stocked: Office):
    """Of the two dangerous steps only the one that was asked for is ever in hand."""
    incident, page = stocked.opened("orders-db is gone"), "restore-from-backup"
    stocked.later(1)
    assert [bool(step.danger) for step in stocked.shelf.get(page).steps[:2]] == [True, True]
    stocked.do(lambda desk: walking.go_to(desk, incident, page, 2, by=ADA))
    assert [one.system for one in looks(stocked, incident) if one.asked_at == stocked.now] == ["dumps"]


def test_two_looks_of_one_moment_do_not_each_take_the_other_for_the_one_before(stocked: Office):
    stocked.inventory = Inventory(())
    incident = stocked.opened("it is slow")
    stocked.inventory = Inventory((ORDERS,))
    _, (one,) = danger_in_hand(stocked, incident)
    (other,) = stocked.do(
        lambda desk: step_looks.begin(desk, incident, walks.load(desk.session, _walk_of(desk, incident)), {})
    )
    assert sorted(quiet(stocked, check, ZOMBIE) for check in (one, other)) == [False, True]


def test_a_look_at_a_system_that_is_gone_from_the_inventory_is_not_waited_for(stocked: Office):
    incident = stocked.opened("orders-db is slow")
    walk, (check,) = danger_in_hand(stocked, incident)
    assert [one.id for one in stocked.do(lambda desk: standing.stand(desk, walk.id)).looks] == [check.id]
    stocked.inventory = Inventory((USERS,))
    assert stocked.do(lambda desk: standing.stand(desk, walk.id)).looks == ()


@pytest.mark.parametrize("book", SHIPPED, ids=lambda book: book.name)
def test_the_look_before_a_step_asks_for_what_forbids_its_page(book):
    light = {
        signal: probe.name
        for probe in catalog.probes()
        if probe.light
        for signal in probe.signals
        if probe.kind.value in book.systems
    }
    asked = {name for kind in SystemKind for name in looks_with(book, kind) or ()}
    assert {light[signal] for signal in book.forbidden_by if signal in light} <= asked


def against(office: Office, walk: Walk) -> list[Finding]:
    return [one.finding for one in office.do(lambda desk: standing.stand(desk, walk.id)).against]


def test_what_speaks_against_the_page_stands_in_its_step_until_a_look_clears_it(stocked: Office):
    incident = stocked.opened("orders-db is slow")
    walk, (check,) = danger_in_hand(stocked, incident)
    stocked.do(lambda desk: checks.settle(desk, check.id, taken(RISING, FINE)))
    assert against(stocked, walk) == [RISING]
    stocked.later(1)
    asked = stocked.do(lambda desk: checks.ask(desk, "orders-db", incident=incident))
    stocked.do(lambda desk: checks.settle(desk, asked.id, taken(FINE)))  # another probe's look
    assert against(stocked, walk) == [RISING]
    stocked.later(60)  # unknown since, and never as well
    assert against(stocked, walk) == [RISING]
    assert "Terms rise (looked at " in repr(shown(stocked.do(lambda desk: standing.stand(desk, walk.id))))
    again = stocked.do(lambda desk: checks.ask(desk, "orders-db", incident=incident))
    stocked.do(lambda desk: checks.settle(desk, again.id, taken(replace(RISING, verdict=Verdict.OK))))
    assert against(stocked, walk) == []


def _walk_of(desk, incident) -> str:
    return walks.of_incident(desk.session, incident.id)[-1].id
