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


def test_migrating_twice_does_nothing_the_second_time(muster, monkeypatch, tmp_path):
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/new.db")
    first, second = muster("migrate"), muster("migrate")
    assert (first.out, first.err) == ("The tables are up to date now.\n", f"New database {tmp_path}/new.db\n")
    assert (second.out, second.err) == ("The tables were up to date.\n", "")


READS = ["incident list", "incident show 1", "incident note 1 hello", "incident strike 1 E1", "incident close 1"]


@pytest.mark.parametrize("line", [*READS, "postmortem 1", "postmortem 1 --since-draft", "runbook stats", "diff db"])
def test_what_needs_a_record_names_the_file_it_looked_for_and_makes_none(muster, monkeypatch, tmp_path, line):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DATABASE_URL", raising=False)
    said = muster(*line.split())
    assert (said.status, said.out) == (3 if line.startswith("diff") else 1, "")
    assert said.err.startswith(f"There is no database `{tmp_path}/muster.db`.\nGo to the folder that has one")
    assert list(tmp_path.iterdir()) == []


def test_a_write_up_is_shown_without_a_database_and_stored_in_a_new_one(muster, monkeypatch, tmp_path):
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/new.db")
    (tmp_path / "w.md").write_text("# Down\n\n2020-04-23 12:03 UTC calendar is empty\n")
    shown = muster("postmortem", "import", str(tmp_path / "w.md"))
    assert (shown.status, shown.err, (tmp_path / "new.db").exists()) == (0, "", False)
    stored = muster("postmortem", "import", str(tmp_path / "w.md"), "--yes")
    assert (stored.status, stored.err) == (0, f"New database {tmp_path}/new.db\n")


@pytest.mark.parametrize("words", ["sev1", "sev9 down", "sev1 down started 12:99"])
def test_an_opening_that_is_refused_leaves_no_database_behind(muster, monkeypatch, tmp_path, words):
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/new.db")
    said = muster("incident", "open", *words.split())
    assert (said.status, list(tmp_path.iterdir())) == (1, [])
    assert "New database" not in said.err


def test_a_new_database_is_named_once(muster, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DATABASE_URL", raising=False)
    assert muster("incident", "open", "sev1 down").err == f"New database {tmp_path}/muster.db\n"
    assert muster("incident", "open", "sev2 slow").err == ""


@pytest.mark.parametrize("line", ["incident open sev1 down", "migrate"])
def test_a_folder_for_the_database_is_never_made(muster, monkeypatch, tmp_path, line):
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/nope/x.db")
    said = muster(*line.split())
    assert (said.status, said.out) == (1, "")
    assert said.err.startswith(f"There is no folder `{tmp_path}/nope` for the database `x.db`.\nMake it, or name")
    assert list(tmp_path.iterdir()) == []


def test_words_that_mean_nothing_are_answered_with_the_usage_of_their_verb(muster):
    said = muster("incident", "list", "--alll", "now")
    assert said.status == 2
    assert said.err.startswith("usage: muster incident list [-h] [--all] [--json]\n")
    assert said.err.endswith("muster incident list: error: I do not know what `--alll now` is for\n")


AMID_IMPORTS = """
import os, signal, sys
class Pressing:
    def find_spec(self, name, path=None, target=None):
        if name == sys.argv[0]:
            os.kill(os.getpid(), signal.SIGINT)
import bot.cli
sys.argv = [sys.argv[1], *sys.argv[2:]]
sys.meta_path.insert(0, Pressing())
sys.exit(bot.cli.main())
"""


@pytest.mark.parametrize("module", ["bot.cli.answering", "sqlalchemy", "bot.cli.incident", "sqlmodel", "bot.domain"])
def test_an_interrupt_amid_imports_is_one_line(module, database):
    line = [sys.executable, "-c", AMID_IMPORTS, module, "incident", "list"]
    done = subprocess.run(line, cwd=HERE, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "Stopped.\n")


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
