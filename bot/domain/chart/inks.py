"""The inks by name: the variable that a page may set for each, and its colour on white paper."""

from __future__ import annotations

PAPER = "#ffffff"
_INK, _SOFT, _BLUE, _GREEN = (
    ("ink", "#20262c"),
    ("soft", "#5a6570"),
    ("responding", "#2f64a8"),
    ("recovering", "#287151"),
)
_AMBER, _RED, _VIOLET = ("noticed", "#a85605"), ("unnoticed", "#a8323e"), ("identifying", "#7564bd")
_PALE, _PANEL = ("line", "#e3dfd8"), ("panel", "#f0eee9")

INKS = {
    "ink": _INK,
    "soft": _SOFT,
    "on-phase": ("on-phase", PAPER),
    "paper": ("page", PAPER),
    "line": _PALE,
    "axis": _SOFT,
    "pole": _SOFT,
    "seam": ("page", PAPER),
    "guide": ("guide", "#a9b1b9"),
    "edge": _SOFT,
    "value": _BLUE,
    "limit": _INK,
    "moment": _SOFT,
    "calm": _BLUE,
    "warning": _AMBER,
    "critical": _RED,
    "unknown": _SOFT,
    "unnoticed": _RED,
    "noticed": _AMBER,
    "identifying": _VIOLET,
    "responding": _BLUE,
    "recovering": _GREEN,
    "steady": _SOFT,
    "grade": _PANEL,
    "wait": _SOFT,
    "presence": _PALE,
    "wrote": _INK,
    "sign": _RED,
    "decision": _INK,
    "action": _BLUE,
    "step": _GREEN,
    "update": _VIOLET,
    "status": _SOFT,
    "note": _SOFT,
}


def on_white(ink: str) -> str:
    """The colour on white paper."""
    return INKS[ink][1]


def on_page(ink: str) -> str:
    """The colour that the page sets, light or dark; on a page that sets none, the one on white paper."""
    variable, colour = INKS[ink]
    return f"var(--{variable},{colour})"
