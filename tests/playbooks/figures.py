"""How well the look-up does on a list of what people wrote: counted the same way by a test, a bench and the docs."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.domain.playbook import Match

HERE = Path(__file__).parent


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What somebody wrote, and the playbooks that are right on top; `fits` is empty where none is."""

    says: str
    fits: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class Figures:
    """Counts of one list. `fitting` entries have a right page, `others` have none."""

    fitting: int
    first: int  # right one first
    in_three: int  # right one among the first three
    false_none: int  # nothing shown though one fits
    others: int
    none: int  # nothing shown where none fits
    unsure: int  # nothing shown, or said to be unsure, where none fits

    def shares(self) -> dict[str, float]:
        """The figures in percent."""
        return {
            "right one first": 100 * self.first / self.fitting,
            "among the first three": 100 * self.in_three / self.fitting,
            "nothing though one fits": 100 * self.false_none / self.fitting,
            "nothing where none fits": 100 * self.none / self.others,
        }


def asked(name: str) -> list[Asked]:
    """The entries of one list of this folder."""
    entries = tomllib.loads((HERE / name).read_text(encoding="utf-8"))["symptom"]
    return [Asked(says=one["says"], fits=_fits(one["fits"])) for one in entries]


def measure(entries: Iterable[Asked], find: Callable[[str], Sequence[Match]]) -> Figures:
    """Ask `find` for each entry and count."""
    answers = [(one, find(one.says)) for one in entries]
    fitting = [(one, found) for one, found in answers if one.fits]
    others = [found for one, found in answers if not one.fits]
    return Figures(
        fitting=len(fitting),
        first=sum(bool(found) and found[0].name in one.fits for one, found in fitting),
        in_three=sum(any(match.name in one.fits for match in found[:3]) for one, found in fitting),
        false_none=sum(not found for _, found in fitting),
        others=len(others),
        none=sum(not found for found in others),
        unsure=sum(not found or not found[0].sure for found in others),
    )


def _fits(fits: str | list[str]) -> frozenset[str]:
    return frozenset([fits] if isinstance(fits, str) else fits) - {""}
