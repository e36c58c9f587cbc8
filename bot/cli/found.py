"""One thing that the doctor found."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Found:
    """One finding. `remedy` is empty when there is nothing to do."""

    what: str
    state: str  # green, yellow or red
    says: str
    remedy: str = ""
