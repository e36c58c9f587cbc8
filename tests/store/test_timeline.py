"""The timeline's table: numbers, repeats, and what was taken out."""

from __future__ import annotations

from datetime import timedelta

from bot.domain.timeline import Kind, Source, Tag
from bot.store import timeline
from bot.store.door import Door
from tests.store.conftest import NOW, at_once, entry, kept


def test_entries_written_at_once_are_numbered_without_a_gap(door: Door):
    kept(door)
    written = at_once(door, 100, lambda session, n: timeline.add(session, entry(f"e{n}"), origin=f"o{n}"))
    assert sorted(one.seq for one in written) == list(range(1, 101))


def test_the_same_happening_written_many_times_at_once_is_one_entry(door: Door):
    kept(door)
    written = at_once(door, 60, lambda session, n: timeline.add(session, entry(f"e{n}"), origin="message:C1:1.0"))
    assert len({one.id for one in written}) == 1
    with door.reads() as session:
        assert timeline.count(session, "i1") == 1


def test_an_entry_comes_out_as_it_went_in(door: Door):
    kept(door)
    made = entry(
        "e1",
        "الدفع متوقف\u0000"[:-1],
        kind=Kind.MESSAGE,
        tags=(Tag.DECISION, Tag.LUCKY),
        source=Source.TERMINAL,
        permalink="https://x",
        data={"pinned_by": "U1"},
        author="U2",
    )
    with door.writes() as session:
        timeline.add(session, made, origin="o")
    with door.reads() as session:
        [found] = timeline.entries(session, "i1")
    assert found == type(made)(**{**made.__dict__, "seq": 1})


def test_entries_stand_in_the_order_things_happened_and_were_recorded(door: Door):
    kept(door)
    with door.writes() as session:
        for name, minutes in (("late", 5), ("early", -5), ("same", 5)):
            timeline.add(session, entry(name, at=NOW + timedelta(minutes=minutes)), origin=name)
    with door.reads() as session:
        assert [one.id for one in timeline.entries(session, "i1")] == ["early", "late", "same"]


def test_what_is_taken_out_stays_in_the_database_and_comes_back_under_its_number(door: Door):
    kept(door)
    with door.writes() as session:
        timeline.add(session, entry("e1"), origin="o1")
        assert timeline.withdraw(session, "i1", origin="o1", now=NOW) is not None
    with door.writes() as session:
        assert timeline.entries(session, "i1") == ()
        assert timeline.withdraw(session, "i1", origin="o1", now=NOW) is None
        timeline.add(session, entry("e2"), origin="o2")
        assert timeline.add(session, entry("e3"), origin="o1").id == "e1"
    with door.reads() as session:
        assert [(one.id, one.seq) for one in timeline.entries(session, "i1")] == [("e1", 1), ("e2", 2)]
