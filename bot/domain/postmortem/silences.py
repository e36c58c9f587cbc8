"""The longest stretches in which nothing was written down while customers were hurt."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

from bot.domain.incident import Moment
from bot.domain.postmortem.evidence import Evidence
from bot.domain.postmortem.presence import Sign, noted

SILENCE = timedelta(minutes=15)  # without an entry while customers were hurt, something is missing from the record
MOST_SILENCES = 3


def silences(ev: Evidence) -> list[tuple[Sign, Sign]]:
    """Return the ends of the longest, in order, between the first moment and the end of the impact.

    What was dated back later fills no silence: nobody wrote it then.
    """
    ends = [ev.moments[m].at for m in (Moment.MITIGATED, Moment.RESOLVED) if m in ev.moments]
    begin = min([ev.opened.at, *(known.at for known in ev.moments.values())])
    written = sorted((Sign(noted(e), e) for e in ev.story), key=lambda sign: (sign.at, sign.entry.seq))
    during = [sign for sign in written if sign.at >= begin and (not ends or sign.at <= ends[0])]
    gaps = [(a, b) for a, b in pairwise(during) if b.at - a.at >= SILENCE]
    longest = sorted(gaps, key=lambda gap: gap[1].at - gap[0].at, reverse=True)[:MOST_SILENCES]
    return sorted(longest, key=lambda gap: gap[0].at)
