"""What is printed at a real terminal: nothing wider than it, words and commands whole; in a pipe, as it is."""

from __future__ import annotations

import fcntl
import os
import pty
import struct
import subprocess
import sys
import termios

import pytest

from bot.settings import HERE

pytestmark = pytest.mark.usefixtures("database")
WORD = "counterrevolutionary"


def at(columns: int, *words: str) -> str:
    """What `muster` with these words shows at a terminal so wide."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    running = subprocess.Popen([sys.executable, "-m", "bot", *words], cwd=HERE, stdout=theirs, stderr=theirs)
    os.close(theirs)
    shown = b""
    while chunk := _some(ours):
        shown += chunk
    os.close(ours)
    running.wait()
    return shown.decode().replace("\r\n", "\n")


def _some(end: int) -> bytes:
    try:
        return os.read(end, 65536)
    except OSError:  # how Linux says that nobody holds the other end any more
        return b""


def test_a_timeline_and_a_list_fit_and_break_no_word(muster):
    muster("incident", "open", f"sev1 {WORD} " * 4 + "is failing")
    muster("incident", "note", "1", f"{WORD} " * 12)
    for columns, words in ((60, ("incident", "show", "1")), (80, ("incident", "list"))):
        shown = at(columns, *words)
        assert max(len(line) for line in shown.splitlines()) <= columns, shown
        assert shown.count(WORD) == muster(*words).out.count(WORD)


def test_a_hint_is_broken_at_no_command(muster):
    muster("incident", "open", "sev1 down")
    shown = at(60, "incident", "note", "1", " ")
    assert "Try\n`muster incident note INC-1 '12:03 #decision fail over to db2'`.\n" in shown


def test_a_playbook_is_shown_to_be_read_and_is_its_file_in_a_pipe(muster):
    shown = at(80, "runbook", "show", "stop-respawn")
    lines = shown.splitlines()
    assert lines[0] == "A Redis master respawned with old or empty data; save the replicas"
    assert lines[1].startswith("stop-respawn · sev1 · kept by @team-data · reviewed ")
    assert "symptoms:" not in shown
    step = lines.index("## 1. Compare what came back with what the replicas hold")
    assert step < 45
    file = (HERE / "playbooks" / "stop-respawn.md").read_text(encoding="utf-8")
    code = [line for line in file.splitlines() if line.startswith(("redis-cli", "timeout 5", "sudo"))]
    assert [line for line in lines if line.startswith(("redis-cli", "timeout 5", "sudo"))] == code
    assert muster("runbook", "show", "stop-respawn").out.strip() == file.strip()
    body = file.partition("\n---\n")[2].partition("\n")[2]
    assert " ".join(shown.partition("**When")[2].split()) == " ".join(body.partition("**When")[2].split())
