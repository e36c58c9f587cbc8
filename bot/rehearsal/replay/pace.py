"""How a story's hours become a minute: when, in real seconds, each act is played."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from datetime import timedelta

# The clock runs a little slow between two acts, so that it never stands past the next one: setting it back would give
# that act's message a time that is not its own.
HOLD_BACK = 0.9


def real_offsets_s(moments: Sequence[timedelta], seconds: float) -> list[float]:
    """Return, per act, the real seconds after the first at which it is played; the last is at `seconds`.

    A long silence takes more than a short one, but not in proportion: a night would leave nothing for the rest.
    """
    gaps = [later - earlier for earlier, later in itertools.pairwise(moments)]
    weights = [1 + math.log1p(gap.total_seconds() / 60) for gap in gaps]
    offsets, total = [0.0], sum(weights)
    for weight in weights:
        offsets.append(offsets[-1] + seconds * weight / total)
    return offsets


def speed_until(gap: timedelta, real_s: float) -> float:
    """Return the factor at which the clock crosses `gap` in `real_s` real seconds; 1.0 when there is no time for it."""
    return HOLD_BACK * gap.total_seconds() / real_s if real_s > 0 else 1.0
