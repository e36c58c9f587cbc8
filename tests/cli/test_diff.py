"""`muster snapshot` and `muster diff` on real patients: what they print, and their exit status."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.rehearsal.patients.mongodb import ReplicaSet
from tests.cli.conftest import Muster


class Terminal:
    """A terminal with an inventory of one set and one place of backups."""

    def __init__(self, folder: Path, patient: ReplicaSet) -> None:
        members = ", ".join(f"'{address}'" for address in patient.addresses)
        self.backups, self.folder = folder / "backups", folder
        self.backups.mkdir()
        self.inventory = folder / "inventory.yaml"
        self.inventory.write_text(
            "systems:\n"
            f"  orders-db: {{kind: mongodb, members: [{members}]}}\n"
            f"  dumps: {{kind: backup, url: '{self.backups}', every_h: 24}}\n"
        )

    def backup(self, name: str, age_h: float) -> None:
        file = self.backups / name
        file.write_bytes(b"REDIS0009")
        when = (datetime.now(UTC) - timedelta(hours=age_h)).timestamp()
        os.utime(file, (when, when))

    async def __call__(self, *words: str) -> tuple[int, str]:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "bot", *words),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env={"MUSTER_INVENTORY": str(self.inventory), "DATABASE_URL": f"sqlite:///{self.folder}/muster.db"},
            cwd=Path(__file__).parents[2],
        )
        out, err = await process.communicate()
        return process.returncode or 0, (out or err).decode()


async def test_a_migration_that_left_only_id_indexes_is_one_diff(tmp_path: Path):
    async with ReplicaSet(members=3) as patient:
        muster = Terminal(tmp_path, patient)
        status, out = await muster("diff", "orders-db")
        assert (status, "`muster snapshot orders-db` makes a new one." in out) == (3, True)
        status, out = await muster("snapshot", "orders-db", "--json")
        kept = json.loads(out)
        assert (status, kept["snapshot"], kept["gaps"]) == (0, 1, [])
        assert (len(kept["holds"]["indexes"][""]), len(kept["holds"]["roles"])) == (4, 3)
        status, out = await muster("diff", "orders-db")
        assert (status, "nothing has changed since" in out) == (0, True)

        await patient.fall_ill("indexes-lost", ago_s=1)
        status, out = await muster("diff", "orders-db")
        assert status == 2
        assert "orders-db: 5 lost since" in out.splitlines()[0]
        assert [line.split()[0] for line in out.splitlines()[1:]] == ["LOST"] * 5
        assert "shop.orders lost the index status_1 {status: 1}" in out

        today = f"{datetime.now(UTC):%Y-%m-%d}"
        status, out = await muster("diff", "orders-db", "--since", today, "--json")
        told = json.loads(out)
        assert (status, told["worst"], told["since"]["snapshot"], len(told["changes"])) == (2, "lost", 1, 5)
        status, out = await muster("diff", "orders-db", "--since", "2020-01-01")
        assert (status, "The oldest is of" in out) == (3, True)
        status, out = await muster("diff", "orders-db", "--list")
        assert (status, len(out.splitlines())) == (0, 2)
        await patient.recover()
        assert (await muster("diff", "orders-db", "--since", "1"))[0] == 0


async def test_half_an_answer_is_kept_as_half_and_never_told_as_unchanged(tmp_path: Path):
    async with ReplicaSet(members=3) as patient:
        muster = Terminal(tmp_path, patient)
        assert (await muster("snapshot", "orders-db"))[0] == 0
        await patient.fall_ill("denied", member=1)
        status, out = await muster("snapshot", "orders-db")
        assert status == 3
        assert "snapshot 2 holds 4 collections, 9 indexes, 3 members" in out
        assert f"not read: the indexes of {patient.addresses[1]}" in out
        for base in ("1", "2"):
            status, out = await muster("diff", "orders-db", "--since", base)
            assert "nothing has changed" not in out
            assert status == 3, out


async def test_a_snapshot_taken_while_a_right_lacked_hides_no_loss(tmp_path: Path):
    async with ReplicaSet(members=1) as patient:
        muster = Terminal(tmp_path, patient)
        assert (await muster("snapshot", "orders-db"))[0] == 0
        await patient.fall_ill("denied", member=0)
        await muster("snapshot", "orders-db")
        await patient.recover()
        await patient.fall_ill("indexes-lost", ago_s=1)
        status, out = await muster("diff", "orders-db")
        assert status == 2, out
        assert "(snapshot 2)" in out.splitlines()[0]
        assert "what that lacks, since snapshot 1" in out.splitlines()[0]
        assert out.count("LOST") == out.count("(snapshot 1)") == 5
        status, out = await muster("diff", "orders-db", "--since", "2999-01-01")
        assert (status, "still to come" in out) == (3, True)


async def test_what_cannot_be_reached_at_all_is_not_kept(tmp_path: Path):
    async with ReplicaSet(members=1) as patient:
        muster = Terminal(tmp_path, patient)
    status, out = await muster("snapshot", "orders-db")
    assert (status, "nothing could be read" in out) == (3, True)
    status, out = await muster("diff", "orders-db", "--list")
    assert (status, "no snapshot" in out) == (0, True)


async def test_backups_that_are_fewer_and_older_are_lost(tmp_path: Path):
    async with ReplicaSet(members=1) as patient:
        muster = Terminal(tmp_path, patient)
        for day in range(3):
            muster.backup(f"orders-{day}.rdb", 24 * day + 1)
        assert (await muster("snapshot", "dumps"))[0] == 0
        assert (await muster("diff", "dumps"))[0] == 0
        (muster.backups / "orders-0.rdb").unlink()
        status, out = await muster("diff", "dumps")
        assert (status, out.count("LOST")) == (2, 2), out
        assert "there are 2 backups, there were 3" in out


@pytest.mark.usefixtures("database")
def test_a_system_that_is_not_there_is_refused(muster: Muster):
    for command in ("diff", "snapshot"):
        said = muster(command, "orders-db")
        assert said.status == 3
        assert said.err.startswith("There is no inventory, so nothing may be looked at.\nWrite `inventory.yaml` in")
