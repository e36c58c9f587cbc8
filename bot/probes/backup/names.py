"""The time that the name of a backup tells."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

# 2026-11-20, 20261120, 2026_11_20T0315, 2026-11-20_03-15-00
_DATE = re.compile(
    r"(?<!\d)(20\d\d)([-_.]?)(\d\d)\2(\d\d)(?:[T_. -]?([01]\d|2[0-3])[-_.:]?([0-5]\d)(?:[-_.:]?[0-5]\d)?)?(?!\d)"
)


def named_time(name: str) -> datetime | None:
    """The last time in a name, taken as UTC; of a day without a time its end, so that nothing is made older."""
    found = list(_DATE.finditer(name[-200:]))
    if not found:
        return None
    year, _, month, day, hour, minute = found[-1].groups()
    try:
        date = datetime(int(year), int(month), int(day), tzinfo=UTC)
    except ValueError:
        return None
    return date + (timedelta(hours=int(hour), minutes=int(minute)) if hour else timedelta(days=1))
