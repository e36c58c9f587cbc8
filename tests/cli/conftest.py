"""The terminal, as a person has it: one command at a time, its words and its exit status."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bot.cli import main
from bot.store.door import Door
from bot.store.migrate import migrate


@dataclass(frozen=True)
class Said:
    """What one command printed, and its exit status."""

    status: int
    out: str
    err: str

    @property
    def data(self) -> Any:
        """What was printed, as JSON."""
        return json.loads(self.out)


Muster = Callable[..., Said]


@pytest.fixture
def muster(capsys: pytest.CaptureFixture[str]) -> Muster:
    """`muster("incident", "list")` runs it and returns what it said."""

    def run(*words: str) -> Said:
        capsys.readouterr()
        try:
            status = main(words)
        except SystemExit as left:  # argparse, for a wrong call
            status = int(str(left.code))
        captured = capsys.readouterr()
        return Said(status, captured.out, captured.err)

    return run


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A database of its own with nothing in it, named by the environment."""
    url = f"sqlite:///{tmp_path}/muster.db"
    monkeypatch.setenv("DATABASE_URL", url)
    with contextlib.closing(Door(url)) as door:
        migrate(door)
    return url
