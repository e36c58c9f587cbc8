"""What all commands have in common: one clear sentence for a mistake, and never a traceback."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from bot.cli import COMMANDS
from bot.settings import HERE


def test_an_unknown_command_is_answered_with_the_known_ones(muster):
    said = muster("incidents")
    assert said.status == 2
    assert all(command in said.err for command in COMMANDS)


def test_no_command_at_all_is_answered_with_the_whole_help(muster):
    said = muster()
    assert said.status == 2
    assert said.err.startswith("usage: muster") and all(
        about in " ".join(said.err.split()) for _, about in COMMANDS.values()
    )


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(muster, command):
    said = muster(command, "--help")
    assert said.status == 0
    assert said.out.startswith(f"usage: muster {command}")
    assert COMMANDS[command][1][1:] in " ".join(said.out.split())


@pytest.mark.parametrize("line", [("incident", "list"), ("migrate",), ("postmortem", "1")])
@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("postgresql://ada:hunter2@127.0.0.1:1/muster", "The database fails: connection failed"),
        ("sqlite:////proc/self/nowhere/muster.db", "/proc/self/nowhere"),
    ],
)
def test_a_database_that_cannot_be_reached_is_one_sentence(muster, monkeypatch, line, url, says):
    monkeypatch.setenv("DATABASE_URL", url)
    said = muster(*line)
    assert (said.status, said.out) == (1, "")
    assert says in said.err
    assert "hunter2" not in said.err
    assert len(said.err.splitlines()) <= 2


def test_a_file_that_is_no_database_is_one_sentence(muster, monkeypatch, tmp_path):
    (tmp_path / "notes.txt").write_text("not a database, for all its length of more than sixteen characters")
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/notes.txt")
    said = muster("incident", "list")
    assert said.status == 1
    assert said.err.startswith("The database fails: file is not a database.")


def test_malformed_settings_are_all_named(muster, monkeypatch):
    monkeypatch.setenv("PORT", "eighty")
    monkeypatch.setenv("MUSTER_TIMEZONE", "Helsinki")
    said = muster("incident", "list")
    assert said.status == 1
    assert "PORT" in said.err
    assert "MUSTER_TIMEZONE" in said.err


def test_migrating_twice_does_nothing_the_second_time(muster, database):
    assert muster("migrate").out == "The tables are up to date now.\n"
    assert muster("migrate").out == "The tables were up to date.\n"


def test_python_m_bot_is_the_same_as_muster():
    done = subprocess.run(
        [sys.executable, "-m", "bot", "runbook", "find", "blue bananas", "--json"],
        cwd=HERE,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "[]\n", "")


def test_a_reader_that_goes_away_is_no_error(database):
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [sys.executable, "-m", "bot", "runbook", "show", "stop-respawn"],
        cwd=HERE,
        stdout=writer,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    os.close(writer)
    assert "Traceback" not in done.stderr
