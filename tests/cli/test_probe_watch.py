"""`muster probe … --watch` on a real patient: the first answer in full, then a line for each look."""

from __future__ import annotations

import argparse
import asyncio
import re
from pathlib import Path

import pytest

from bot import settings
from bot.cli import probe
from bot.rehearsal.patients.mongodb import ReplicaSet
from bot.store.inventory import InventoryFile

LOOK = re.compile(r"^\d\d:\d\d:\d\d  (ok|unknown|warning|critical) +\d\.\d s  ", re.MULTILINE)


async def test_each_look_is_a_line_the_change_is_marked_and_the_number_drawn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setattr(probe, "WATCH_EVERY_S", 0.5)
    monkeypatch.setattr("bot.services.systems.looker.SHARED_S", 0.0)
    parser = argparse.ArgumentParser()
    probe.add(parser)
    arguments = parser.parse_args(["orders-db", "tickets", "--watch", "--times", "7"])
    async with ReplicaSet(members=3, version="6.0") as patient:
        file = tmp_path / "inventory.yaml"
        members = ", ".join(f"'{address}'" for address in patient.addresses)
        file.write_text(f"systems:\n  orders-db: {{kind: mongodb, members: [{members}]}}\n")
        monkeypatch.setenv("MUSTER_INVENTORY", str(file))
        system = InventoryFile(file).current().inventory.get("orders-db")
        watching = asyncio.create_task(probe._looks(settings.read(), system, arguments))
        said = ""
        while len(LOOK.findall(said)) < 2:
            await asyncio.sleep(0.05)
            said += capsys.readouterr().out
            assert not watching.done(), said
        assert "*" not in said and "▁" not in said
        await patient.fall_ill("tickets-gone")
        assert await watching == 2
        said += capsys.readouterr().out
    assert said.startswith("orders-db (mongodb): ok, ") and len(LOOK.findall(said)) == 6
    assert said.count("  * ") == 1
    assert re.search(r"^  \* orders-db: tickets-gone.* went from ok to critical at .* UTC on ", said, re.MULTILINE)
    assert re.search(r"▁+ +operations-queued 127\.0\.0\.1:\d+|▁+█ +operations-queued", said)
    assert "limit 100" in said


def test_the_looks_begin_ten_seconds_apart_however_long_one_takes():
    assert [probe.rest_s(gone_s) for gone_s in (0.0, 3.0, 12.0)] == [10.0, 7.0, 0.0]
