"""What a terminal shows while a look takes its time: one line, to a person and to nobody else."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from bot.cli import progress
from bot.domain.inventory import Member, System, SystemKind
from tests.cli.conftest import Muster

NOBODY = 1  # a port where nothing listens


@pytest.fixture
def terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, database: str) -> None:
    """An inventory of a member that is not there, and a wait that is over at once."""
    inventory = tmp_path / "inventory.yaml"
    inventory.write_text(f"systems:\n  sessions: {{kind: redis, members: ['127.0.0.1:{NOBODY}']}}\n")
    monkeypatch.setenv("MUSTER_INVENTORY", str(inventory))
    monkeypatch.setattr(progress, "AFTER_S", 0.0)


COMMANDS = [("snapshot", "sessions"), ("preflight", "scale-out", "sessions", "+1x1"), ("probe", "sessions")]


@pytest.mark.usefixtures("terminal")
@pytest.mark.parametrize("words", COMMANDS)
def test_who_waits_reads_what_is_being_looked_at(muster: Muster, monkeypatch: pytest.MonkeyPatch, words: tuple[str]):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    said = muster(*words)
    assert said.status in (2, 3)
    assert said.err == "looking at 127.0.0.1:1 …\n"


@pytest.mark.usefixtures("terminal")
def test_a_pipe_and_json_are_told_nothing(muster: Muster, monkeypatch: pytest.MonkeyPatch):
    assert muster("snapshot", "sessions").err == ""
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    assert muster("snapshot", "sessions", "--json").err == ""


def test_many_members_are_said_in_one_line():
    many = System(name="a", kind=SystemKind.REDIS, members=tuple(Member(host=f"c{n}", port=1) for n in range(8)))
    shop = System(name="shop", kind=SystemKind.HTTP)
    assert progress.looking_at([many, shop]) == "looking at c0:1, c1:1, c2:1, c3:1, c4:1, c5:1 and 3 more …"
    assert progress.looking_at([shop]) == "looking at shop …"


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize("words", [("inventory",), ("inventory", "lint"), ("probe",), ("probe", "x"), ("diff", "x")])
def test_without_an_inventory_every_command_says_the_same(
    muster: Muster, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, words: tuple[str]
):
    monkeypatch.chdir(tmp_path)
    said = muster(*words)
    assert said.status != 0
    assert said.err.startswith("There is no inventory, so nothing may be looked at.\nWrite `inventory.yaml` in")
