"""A zone that one line of a timeline gives holds for the lines below it that give none."""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain.clocks import Clock, read_clock
from bot.errors import UserError


def carried(lines: Sequence[str], regions: Sequence[int | None]) -> tuple[list[str], tuple[str, ...]]:
    """The lines with the zone of the nearest line above that gives one, and notes that say so.

    `regions` name the timeline of each line, None outside of one. Notes number the lines from 1.
    """
    zones: dict[int, str] = {}
    told: dict[str, list[int]] = {}
    made = []
    for number, (line, region) in enumerate(zip(lines, regions, strict=True), start=1):
        clock = read_clock(line) if region is not None else None
        if clock and region is not None:
            zone = clock.zone or zones.get(region, "")
            if zone and not clock.zone and _is_time(clock):
                line = f"{clock.typed} {zone}{line[clock.end :]}"
                told.setdefault(zone, []).append(number)
            zones[region] = f"UTC{zone}" if zone[:1] in ("+", "-") else zone
        made.append(line)
    return made, tuple(_note(zone, numbers) for zone, numbers in told.items())


def _is_time(clock: Clock) -> bool:
    try:
        clock.wall()
    except UserError:
        return False
    return True


def _note(zone: str, numbers: Sequence[int]) -> str:
    if len(numbers) == 1:
        return f"Line {numbers[0]} gives no zone: {zone}, as said above it, is taken."
    return f"Lines {', '.join(map(str, numbers))} give no zone: {zone}, as said above them, is taken."
