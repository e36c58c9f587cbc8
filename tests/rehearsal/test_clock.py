"""The rehearsal clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.rehearsal import Clock

NOON = datetime(2019, 9, 4, 12, 0, tzinfo=UTC)


@pytest.fixture
def life():
    """Seconds of real time, moved by hand."""
    return [100.0]


@pytest.fixture
def clock(life):
    return Clock(NOON, monotonic=lambda: life[0])


def test_it_runs_with_life(clock, life):
    life[0] += 90
    assert clock.now() == NOON + timedelta(seconds=90)


def test_it_can_run_sixty_times_as_fast_from_now_on(clock, life):
    life[0] += 10
    clock.speed(60)
    life[0] += 1
    assert clock.now() == NOON + timedelta(seconds=70)


def test_it_can_stand_still(clock, life):
    clock.speed(0)
    life[0] += 1000
    assert clock.now() == NOON


def test_it_jumps_when_told_and_keeps_its_speed(clock, life):
    clock.speed(2)
    clock.set(NOON - timedelta(days=1))
    life[0] += 5
    assert clock.now() == NOON - timedelta(days=1) + timedelta(seconds=10)


def test_it_does_not_run_backwards(clock):
    with pytest.raises(ValueError, match="does not run backwards"):
        clock.speed(-1)


def test_it_refuses_a_time_without_a_zone(clock):
    with pytest.raises(ValueError, match="needs a time with a zone"):
        clock.set(datetime(2019, 9, 4))  # noqa: DTZ001 - the point of the test


def test_it_tells_those_who_listen(clock):
    heard = []
    clock.on_change.append(lambda: heard.append(clock.now()))
    clock.set(NOON + timedelta(hours=1))
    clock.speed(3)
    assert len(heard) == 2
