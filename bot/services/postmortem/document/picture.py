"""The course of the incident as pictures of inline SVG: for a wide window, for a phone, and for paper. Pure."""

from __future__ import annotations

from bot.domain.chart.svg import inked
from bot.domain.course import PHONE, WIDE, Course, draw


def pictures(course: Course | None) -> tuple[str, str]:
    """Return the picture for a wide window and the one for a phone; "" where there is nothing to draw."""
    drawn = [draw(course, paper) if course else None for paper in (WIDE, PHONE)]
    wide, narrow = (inked(one) if one else "" for one in drawn)
    return wide, narrow


def on_paper(course: Course | None) -> str:
    """Return the picture for what lays out a PDF."""
    drawn = draw(course, WIDE) if course else None
    return inked(drawn, on_paper=True) if drawn else ""
