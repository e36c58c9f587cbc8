"""What incidents ask of people."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.load import Load, covered, load, night, tenures

NOON = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)
TOKYO = ZoneInfo("Asia/Tokyo")
MINUTES = st.integers(0, 300)


def at(minutes: float) -> datetime:
    return NOON + timedelta(minutes=minutes)


@given(st.lists(st.tuples(MINUTES, MINUTES), max_size=8))
def test_what_stretches_cover_together_counts_once(pairs: list[tuple[int, int]]) -> None:
    told = covered([(at(begin), at(end)) for begin, end in pairs])
    minutes = {minute for begin, end in pairs for minute in range(begin, end)}
    assert told == timedelta(minutes=len(minutes))


def test_a_night_is_named_after_its_evening_on_ones_own_clocks() -> None:
    assert night(datetime(2026, 3, 14, 22, 0, tzinfo=UTC), UTC) == date(2026, 3, 14)
    assert night(datetime(2026, 3, 15, 6, 59, tzinfo=UTC), UTC) == date(2026, 3, 14)
    assert night(datetime(2026, 3, 15, 7, 0, tzinfo=UTC), UTC) is None
    assert night(NOON, UTC) is None
    assert night(datetime(2026, 3, 14, 14, 0, tzinfo=UTC), TOKYO) == date(2026, 3, 14)  # 23:00 there


def test_a_role_is_carried_until_the_next_takes_it_or_the_incident_is_over() -> None:
    told = tenures(
        [("commander", "ada", at(0)), ("commander", "ben", at(30)), ("scribe", "ada", at(10)), ("scribe", "", at(20))],
        over=at(60),
    )
    assert told == {"ada": [(at(0), at(30)), (at(10), at(20))], "ben": [(at(30), at(60))]}
    assert tenures([("commander", "ada", at(90))], over=at(60)) == {}


def test_only_what_lies_in_the_window_counts() -> None:
    deeds = [("i1", at(-100)), ("i2", at(5)), ("i2", at(6)), ("i3", at(700))]
    told = load(deeds, [(at(-60), at(30)), (at(-90), at(-30))], since=at(0), zone=UTC)
    assert told == Load(incidents=2, hours=timedelta(minutes=30), nights=1)
    assert load([], [], since=at(0), zone=UTC) == Load()
