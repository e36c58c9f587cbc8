"""Which day a column of clock times belongs to, and when noon or midnight passed between two of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

from bot.domain.clocks import Clock, to_utc

EARLY_S = 120  # how far a typed minute may run ahead of our clock
HALF_DAY = timedelta(hours=12)
HALF_DAY_BACK = timedelta(hours=1)  # a longer step back on a 12-hour clock means that noon or midnight passed
DAY_BACK = timedelta(hours=6)  # a longer step back on a 24-hour clock means that midnight passed


@dataclass(frozen=True, kw_only=True)
class Stamp:
    """One time as it stands in a column. `day` is None until somebody said one further up."""

    clock: Clock
    wall: time
    zone: tzinfo
    day: date | None
    line_number: int


@dataclass(frozen=True)
class _Step:
    """Where one stamp came to lie. `how` is "", "12" (half a day was added), "24" (a day was) or "back"."""

    at: datetime
    remark: str
    how: str = ""


def place(stamps: Sequence[Stamp], *, now: datetime) -> tuple[list[datetime], list[str]]:
    """The moment of every stamp in UTC, and sentences for what was assumed.

    Stamps above the first date get the newest day on which none of them is later than that date, or than `now`.
    """
    undated = [stamp for stamp in stamps if stamp.day is None]
    twelve = all(stamp.clock.half or stamp.clock.half_unknown for stamp in stamps)
    dated = [stamp for stamp in stamps if stamp.day]
    latest = now + timedelta(seconds=EARLY_S)
    limit = min(latest, _walk(dated[:1], now.date(), twelve)[0].at) if dated else latest
    day = _newest_day(undated, limit, twelve) if undated else now.date()
    steps = _walk(stamps, day, twelve)
    return [step.at for step in steps], _notes(stamps, steps, len(undated))


def _newest_day(stamps: Sequence[Stamp], limit: datetime, twelve: bool) -> date:
    day = limit.astimezone(stamps[0].zone).date() + timedelta(days=1)
    while (ahead := max(step.at for step in _walk(stamps, day, twelve)) - limit) > timedelta():
        day -= timedelta(days=max(1, ahead.days))
    return day


def _walk(stamps: Sequence[Stamp], undated: date, twelve: bool) -> list[_Step]:
    """Go down the column; a time that goes back crosses noon or midnight, and those below it do too."""
    steps: list[_Step] = []
    moved = timedelta()  # how far clock times of this day have been moved so far
    last_day: date | None = None
    for stamp in stamps:
        day = stamp.day or undated
        if day != last_day or stamp.clock.day:
            step, moved = _settle(stamp, day, timedelta()), timedelta()
        else:
            step, moved = _after(steps[-1].at, stamp, day, moved, twelve)
        steps.append(step)
        last_day = day
    return steps


def _after(before: datetime, stamp: Stamp, day: date, moved: timedelta, twelve: bool) -> tuple[_Step, timedelta]:
    whole_days = timedelta(days=moved.days)
    step = _settle(stamp, day, whole_days if stamp.clock.half else moved)
    back = before - step.at
    if back <= timedelta():
        return step, moved
    if twelve and not stamp.clock.half and back > HALF_DAY_BACK:
        return _settle(stamp, day, moved + HALF_DAY, "12"), moved + HALF_DAY
    if back > DAY_BACK:
        next_day = whole_days + timedelta(days=1)
        return _settle(stamp, day, next_day, "24"), next_day
    return _settle(stamp, day, whole_days if stamp.clock.half else moved, "back"), moved


def _settle(stamp: Stamp, day: date, moved: timedelta, how: str = "") -> _Step:
    local = datetime.combine(day, stamp.wall) + moved
    at, remark = to_utc(local.date(), local.time(), stamp.zone)
    return _Step(at, remark, how)


def _notes(stamps: Sequence[Stamp], steps: Sequence[_Step], undated: int) -> list[str]:
    pairs = list(zip(stamps, steps, strict=True))
    notes = [step.remark for step in steps if step.remark]
    noon = next((pair for pair in pairs if pair[1].how == "12"), None)
    if noon:
        notes.append(f"Read as a 12-hour clock: {noon[0].wall:%H:%M} is {noon[1].at.astimezone(noon[0].zone):%H:%M}.")
    notes += [
        f"Line {at.line_number} is taken as the next day, past midnight." for at, step in pairs if step.how == "24"
    ]
    back = [str(stamp.line_number) for stamp, step in pairs if step.how == "back"]
    if back:
        shown = ", ".join(back[:10]) + (", …" if len(back) > 10 else "")
        notes.append(
            f"Out of order and left so: line {shown}."
            if len(back) == 1
            else f"Out of order and left so: lines {shown}."
        )
    if undated:
        first, last = (pairs[i][1].at.astimezone(pairs[i][0].zone).date() for i in (0, undated - 1))
        notes.append(f"No date given: taken as {first}" + (f" to {last}." if last != first else "."))
    return notes
