"""Recorded answers of real servers, read from `answers/`; its SOURCES.md says whose."""

from __future__ import annotations

import copy
import functools
from pathlib import Path
from typing import Any

from bson import json_util

FOLDER = Path(__file__).parent / "answers"


def recorded(name: str) -> Any:
    """A copy of one recorded answer, to be filled with what lives."""
    return copy.deepcopy(_read(name))


@functools.cache
def _read(name: str) -> Any:
    return json_util.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
