"""`muster preflight` on real patients: what it prints, and its exit status."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from bot.rehearsal.patients.mongodb import ReplicaSet
from tests.cli.conftest import Muster

STATUS = {"go": 0, "wait": 1, "stop": 2, "unknown": 3}


async def preflight(tmp_path: Path, patient: ReplicaSet, *words: str, more: str = "") -> tuple[int, str, str]:
    """Run the command as a person does, and return its status and what it printed."""
    members = ", ".join(f"'{address}'" for address in patient.addresses)
    file = tmp_path / "inventory.yaml"
    file.write_text(f"systems:\n  orders-db: {{kind: mongodb, members: [{members}]}}\n{more}")
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "bot", "preflight", *words),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={"MUSTER_INVENTORY": str(file), "DATABASE_URL": f"sqlite:///{tmp_path}/muster.db"},
        cwd=Path(__file__).parents[2],
    )
    out, err = await process.communicate()
    return process.returncode or 0, out.decode(), err.decode()


@pytest.mark.parametrize(
    ("disease", "words", "answer", "says"),
    [
        ("", ("failover", "orders-db"), "go", "2 can take over"),
        ("", ("scale-out", "orders-db"), "unknown", "Say it, as in `+4x100`"),
        ("", ("scale-out", "orders-db", "+4x100"), "go", "400 more make"),
        ("", ("scale-out", "orders-db", "+500x100"), "wait", "50,000 more make 98%"),
        ("tickets-gone", ("scale-out", "orders-db", "+4x100"), "stop", "Take load off first"),
        ("zombie-primary", ("failover", "orders-db"), "go", "cut it off"),
        ("member-down", ("failover", "orders-db"), "stop", "1 votes are left"),
        (
            "index-half-built",
            ("index-swap", "orders-db", "shop.orders", "status_1", "status_1_created_-1"),
            "stop",
            "is still being built on",
        ),
        ("", ("cluster-upgrade", "orders-db"), "stop", "snapshots go with the cluster"),
    ],
)
async def test_the_answer_is_printed_and_is_the_exit_status(tmp_path, disease, words, answer, says):
    async with ReplicaSet(members=3, version="6.0") as patient:
        if disease:
            await patient.fall_ill(disease, ago_s=60.0)
        status, out, err = await preflight(tmp_path, patient, *words)
        assert (status, out.split()[0]) == (STATUS[answer], answer.upper()), err
        assert says in out
        assert await patient.writes() == []


async def test_a_restore_is_held_against_what_lies_in_the_backup_place(tmp_path):
    dumps = tmp_path / "dumps"
    dumps.mkdir()
    for day in (19, 20, 21):
        (dumps / f"orders-2026-11-{day}.archive").write_bytes(b"\x6d\xe2\x99\x81" + bytes(1000))
    more = f"  orders-dumps: {{kind: backup, url: {dumps}}}\n"
    async with ReplicaSet(members=3, version="6.0") as patient:
        status, out, _ = await preflight(tmp_path, patient, "restore", "orders-db", "jobs=stopped", "--json", more=more)
    told: dict[str, Any] = json.loads(out)
    assert STATUS[told["answer"]] == status
    assert told["details"] == {"jobs": "stopped"}
    signals = {line["finding"]["signal"] for line in told["lines"] if line["finding"]}
    assert signals >= {"backup-old", "backup-stale-content", "backup-too-few"}
    assert any("are free, the newest backup has" in line["says"] for line in told["lines"])


def test_alone_it_lists_the_changes_and_a_mistake_says_what_to_type(muster: Muster, database: str):
    said = muster("preflight")
    assert (said.status, "restart-redis-master" in said.out) == (0, True)
    said = muster("preflight", "drop-indx", "orders-db")
    assert said.status == 1
    assert "`drop-index`" in said.err
    said = muster("preflight", "drop-index")
    assert said.status == 1
    assert "muster preflight drop-index SYSTEM shop.orders status_1" in said.err
