"""What the tables remember of watches, on both databases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.domain.check import Check, Why
from bot.domain.finding import Finding, Verdict
from bot.store import checks, watches, work
from bot.store.door import Door

NOON = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)


def taken(door: Door, id: str, why: Why, minute: int, probes: tuple[str, ...] = (), incident: str = "i1") -> None:
    at = NOON + timedelta(minutes=minute)
    check = Check(id=id, team_id="T1", system="orders-db", why=why, asked_at=at, incident_id=incident, probes=probes)
    finding = Finding(probe="mongodb.lag", signal="replication-lag", verdict=Verdict.OK, says="", data={"late_s": 1.0})
    with door.writes() as session:
        checks.add(session, check)
        checks.settle(session, id, taken_at=at, took_s=0.1, age_s=0, findings=(finding,), kept={"of": id}, evidence={})


def promised(door: Door, watch: str, **detail: str) -> None:
    with door.writes() as session:
        work.promise(
            session, id=f"work-{watch}", team_id="T1", kind="watch", subject=watch, now=NOON, detail=detail, after_s=9
        )


def test_the_looks_of_each_watch_come_back_in_their_order_without_those_not_taken(door: Door):
    for number in (1, 0, 2):
        taken(door, watches.sample_id("w1", number), Why.WATCHED, number)
    taken(door, watches.sample_id("w2", 0), Why.WATCHED, 3)
    taken(door, "other", Why.ASKED, 4)
    with door.writes() as session:
        untaken = Check(id=watches.sample_id("w2", 1), team_id="T1", system="orders-db", why=Why.WATCHED, asked_at=NOON)
        checks.add(session, untaken)
    with door.reads() as session:
        found = watches.of_incident(session, "i1")
        assert {watch: [check.id for check in looks] for watch, looks in found.items()} == {
            "w1": ["w1-000", "w1-001", "w1-002"],
            "w2": ["w2-000"],
        }
        first = watches.samples(session, "w1")[0]
        assert first.taken_at == NOON and first.findings[0].data == {"late_s": 1.0}


def test_each_probe_is_compared_with_the_newest_look_that_asked_it(door: Door):
    def look(check_id, minute, probes, kept):
        with door.writes() as session:
            made = Check(id=check_id, team_id="T1", system="orders-db", why=Why.ASKED, asked_at=NOON, probes=probes)
            checks.add(session, made)
            at = NOON + timedelta(minutes=minute)
            checks.settle(session, check_id, taken_at=at, took_s=1, age_s=0, findings=(), kept=kept, evidence={})

    with door.reads() as session:
        assert checks.compared_with(session, "T1", "orders-db") == ({}, None)
    look("older", 0, (), {"mongodb.lag": 0, "mongodb.slow": 0})
    look("whole", 1, (), {"mongodb.lag": 1})
    look("part", 2, ("mongodb.lag",), {"mongodb.lag": 2})
    look("other", 3, ("mongodb.disk",), {"mongodb.disk": 3})
    with door.reads() as session:
        kept, since = checks.compared_with(session, "T1", "orders-db")
    assert kept == {"mongodb.disk": 3, "mongodb.lag": 2}
    assert since == NOON + timedelta(minutes=2)


def test_of_a_watch_only_the_newest_whole_look_stands_among_those_of_an_incident(door: Door):
    taken(door, "whole", Why.ASKED, 0)
    for number in range(3):
        taken(door, watches.sample_id("w1", number), Why.WATCHED, 1 + number)
        taken(door, watches.sample_id("w2", number), Why.WATCHED, 5 + number, ("mongodb.lag",))
    with door.reads() as session:
        assert [check.id for check in checks.of_incident(session, "i1")] == ["whole", "w1-002"]


def test_what_was_said_of_a_watch_is_kept_and_has_it_looked_at_now(door: Door):
    promised(door, "w1", system="orders-db", place="C1")
    with door.writes() as session:
        assert not work.anything_due(session, NOON)
        watches.mark(session, "w1", NOON, stopped_by="U1")
    with door.writes() as session:
        assert work.anything_due(session, NOON)
        assert watches.detail(session, "w1") == {"system": "orders-db", "place": "C1", "stopped_by": "U1"}
        assert set(watches.running(session, "T1")) == {"w1"} and watches.running(session, "T2") == {}
        watches.mark(session, "w1", NOON, ended="stopped")
        assert watches.running(session, "T1") == {}
