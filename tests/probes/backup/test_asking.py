"""What is seen of real folders, of fsspec's memory, and of real dumps."""

from __future__ import annotations

import gzip
import importlib.util
import os
import struct
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import bson
import fsspec
import pytest

from bot.domain.finding import Verdict
from bot.domain.inventory import Member, System, SystemKind
from bot.probes.backup import asking, listing
from bot.probes.backup import content as content_probe
from bot.probes.backup.asking import ask
from bot.probes.seen import Look, Seen, Trouble
from bot.rehearsal.patients.rdb import older
from bot.rehearsal.patients.redis_server import RedisServer
from tests.domain.test_rdb import REAL
from tests.patience import PATIENCE_S
from tests.rehearsal.patients.redis_here import every_redis, real

SAVED = datetime(2026, 11, 21, 8, 43, 39, tzinfo=UTC)
ARCHIVE = struct.pack("<I", 0x8199E26D) + bson.encode({"server_version": "7.0.15", "version": "0.1"})


def place(url: object, **options: str) -> System:
    return System(name="backups", kind=SystemKind.BACKUP, options={"url": str(url), **options})


def files(url: object, **options: str):
    return ask(place(url, **options), None, ["files"], 2.0, "")["files"]


def content(url: object, **options: str):
    return ask(place(url, **options), None, ["content", "files"], 2.0, "")["content"]


def put(path: Path, data: bytes, hours_ago: float = 0) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    at = time.time() - hours_ago * 3600
    os.utime(path, (at, at))
    return path


def oplog(*seconds: int) -> bytes:
    return b"".join(bson.encode({"op": "i", "ts": bson.Timestamp(at, 1), "o": {"a": 1}}) for at in seconds)


@pytest.fixture
def memory():
    files = fsspec.filesystem("memory")
    yield files
    files.store.clear()
    files.pseudo_dirs[:] = [""]


def test_a_folder_is_listed_newest_first(tmp_path):
    for hours in (5, 1, 30):
        put(tmp_path / f"{hours}.rdb", b"x" * hours, hours)
    answer = files(tmp_path)
    assert [(one["name"], one["size"]) for one in answer.value] == [("1.rdb", 1), ("5.rdb", 5), ("30.rdb", 30)]
    age_s = (datetime.now(UTC) - answer.value[0]["modified"]).total_seconds()
    assert 3590 < age_s < 3700


def test_only_what_fits_the_pattern_counts(tmp_path):
    for name in ("a.rdb", "a.log", ".hidden.rdb", "b.rdb/inside.rdb"):
        put(tmp_path / name, b"x")
    assert {one["name"] for one in files(tmp_path, pattern="*.rdb").value} == {"a.rdb", "b.rdb"}


def test_a_link_to_one_of_them_is_not_counted_twice(tmp_path):
    put(tmp_path / "2026-11-20.rdb", b"x")
    (tmp_path / "latest.rdb").symlink_to("2026-11-20.rdb")
    (tmp_path / "loop").symlink_to(".")
    assert [one["name"] for one in files(tmp_path).value] == ["2026-11-20.rdb"]


def test_a_place_that_is_a_link_is_followed(tmp_path):
    put(tmp_path / "real" / "a.rdb", b"x")
    (tmp_path / "backups").symlink_to("real")
    assert [one["name"] for one in files(tmp_path / "backups").value] == ["a.rdb"]


def test_an_address_with_letters_that_patterns_know_is_taken_as_it_stands(tmp_path):
    put(tmp_path / "a[1]*" / "x.rdb", b"x")
    assert [one["name"] for one in files(tmp_path / "a[1]*").value] == ["x.rdb"]


def test_a_folder_is_one_backup_with_all_in_it(tmp_path):
    put(tmp_path / "2026-11-20" / "shop" / "orders.bson", b"x" * 70, 3)
    put(tmp_path / "2026-11-20" / "oplog.bson", b"x" * 30, 2)
    (one,) = files(tmp_path).value
    assert (one["name"], one["size"], one["folder"]) == ("2026-11-20", 100, True)
    assert 7100 < (datetime.now(UTC) - one["modified"]).total_seconds() < 7300


def test_a_single_file_is_a_place_as_well(tmp_path):
    put(tmp_path / "dump.rdb", REAL)
    assert [one["name"] for one in files(tmp_path / "dump.rdb").value] == ["dump.rdb"]
    assert content(tmp_path / "dump.rdb").value["keys"] == 100


def test_only_the_newest_thousand_are_kept(tmp_path, monkeypatch):
    monkeypatch.setattr(listing, "MOST_FILES", 3)
    for hours in range(8):
        put(tmp_path / f"{hours}", b"x", hours)
    assert [one["name"] for one in files(tmp_path).value] == ["0", "1", "2"]


def test_a_storage_of_fsspec_is_read_the_same_way(memory):
    memory.pipe("/bucket/old/2026-11-19.rdb", b"x")
    memory.pipe("/bucket/redis/2026-11-20.rdb.gz", gzip.compress(REAL))
    (one,) = files("memory://bucket/redis").value
    assert (one["name"], one["folder"]) == ("2026-11-20.rdb.gz", False)
    assert (datetime.now(UTC) - one["modified"]).total_seconds() < 60
    assert content("memory://bucket/redis").value["taken_at"] == SAVED
    assert {(one["name"], one["size"]) for one in files("memory://bucket").value} == {
        ("old", 1),
        ("redis", len(gzip.compress(REAL))),
    }


def test_an_rdb_header_tells_when_redis_wrote_it(tmp_path):
    put(tmp_path / "dump-2026-11-01.rdb", REAL)
    told = content(tmp_path).value
    assert (told["kind"], told["taken_at"], told["told_by"], told["keys"]) == ("rdb", SAVED, "the RDB header", 100)


def test_the_newest_file_is_looked_into(tmp_path):
    put(tmp_path / "a.rdb", REAL, 5)
    put(tmp_path / "b.rdb", b"REDIS0006\xff", 9)
    assert content(tmp_path).value["name"] == "a.rdb"


def test_a_torn_rdb_file_says_so(tmp_path):
    put(tmp_path / "dump.rdb", REAL[:40])
    told = content(tmp_path).value
    assert told["kind"] == "damaged"
    assert "ends within its header" in told["says"]


@pytest.mark.parametrize("packed", [False, True])
def test_the_oplog_of_a_mongodump_tells_its_end(tmp_path, packed):
    data = oplog(1795183000, 1795183500, 1795183900)
    name = "oplog.bson.gz" if packed else "oplog.bson"
    put(tmp_path / "dump" / name, gzip.compress(data) if packed else data)
    put(tmp_path / "dump" / "shop" / "orders.bson", b"")
    told = content(tmp_path).value
    assert (told["kind"], told["told_by"]) == ("mongodump", "its oplog")
    assert told["taken_at"] == datetime.fromtimestamp(1795183900, UTC)


def test_a_long_oplog_is_read_as_far_as_a_megabyte(tmp_path):
    data = oplog(*range(1795183000, 1795183000 + 30_000))
    assert len(data) > 1_000_000
    put(tmp_path / "dump" / "oplog.bson", data)
    at = content(tmp_path).value["taken_at"].timestamp()
    assert 1795183000 < at < 1795183000 + 30_000


@pytest.mark.parametrize(
    "data", [b"", b"\x05", b"\xff\xff\xff\x7f" + bytes(50), b"\x10\0\0\0" + b"\xff" * 12, b"junk" * 9]
)
def test_an_oplog_that_cannot_be_read_tells_nothing(tmp_path, data):
    put(tmp_path / "dump" / "oplog.bson", data)
    assert content(tmp_path).value["taken_at"] is None


def test_an_archive_of_mongodump_has_no_time_but_its_name_may(tmp_path):
    put(tmp_path / "shop.archive", ARCHIVE)
    assert (told := content(tmp_path).value)["kind"] == "mongodump"
    assert told["taken_at"] is None
    put(tmp_path / "shop_2026-11-20_0315.archive.gz", gzip.compress(ARCHIVE), -1)
    told = content(tmp_path).value
    assert (told["kind"], told["told_by"]) == ("mongodump", "its name")
    assert told["taken_at"] == datetime(2026, 11, 20, 3, 15, tzinfo=UTC)


@pytest.mark.parametrize(("data", "kind"), [(b"", "empty"), (b"-- SQL", "unknown"), (b"\x1f\x8bnonsense", "empty")])
def test_what_is_neither_is_named(tmp_path, data, kind):
    put(tmp_path / "x", data)
    assert content(tmp_path).value["kind"] == kind


def test_a_bomb_is_unpacked_no_further_than_needed(tmp_path):
    put(tmp_path / "x.gz", gzip.compress(b"REDIS0010" + bytes(200_000_000), 9))
    began = time.monotonic()
    assert content(tmp_path).ok
    assert time.monotonic() - began < 1.0 + PATIENCE_S


def test_an_empty_folder_is_an_answer(tmp_path):
    assert files(tmp_path).value == []
    assert content(tmp_path).value == {"kind": "none"}


def test_a_place_that_is_not_there_cannot_be_reached(tmp_path):
    answer = files(tmp_path / "gone")
    assert (answer.trouble, answer.says) == (Trouble.UNREACHABLE, "there is no such place")
    assert content(tmp_path / "gone").trouble is Trouble.UNREACHABLE


@pytest.fixture
def ordinary_user():
    """Root may read everything."""
    before = os.geteuid()
    if before == 0:
        os.seteuid(65534)
    yield
    os.seteuid(before)


def test_a_folder_that_may_not_be_read_is_denied(ordinary_user):
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0)
        assert files(folder).trouble is Trouble.DENIED


@pytest.mark.parametrize(("url", "package"), [("s3://b/x", "s3fs"), ("gs://b/x", "gcsfs"), ("az://b/x", "adlfs")])
def test_a_storage_whose_package_is_missing_names_it(url, package):
    if importlib.util.find_spec(package):
        pytest.skip(f"{package} is installed")
    answer = files(url)
    assert answer.trouble is Trouble.UNREACHABLE
    assert package in answer.says


def test_an_unknown_storage_says_so():
    assert "nonsense" in files("nonsense://x").says


def test_a_storage_that_hangs_costs_the_deadline(tmp_path, monkeypatch):
    monkeypatch.setattr(asking.Place, "newest", lambda self: time.sleep(3))
    began = time.monotonic()
    found = ask(place(tmp_path), None, ["content", "files"], 0.5, "")
    assert time.monotonic() - began < 0.8 + PATIENCE_S
    assert {answer.trouble for answer in found.values()} == {Trouble.SILENT}


def test_a_pipe_among_the_backups_is_none_of_them(tmp_path):
    put(tmp_path / "old.rdb", REAL, 30)
    os.mkfifo(tmp_path / "pipe.rdb")
    began = time.monotonic()
    found = ask(place(tmp_path), None, ["content", "files"], 2.0, "")
    assert time.monotonic() - began < 1.0 + PATIENCE_S
    assert [one["name"] for one in found["files"].value] == [found["content"].value["name"]] == ["old.rdb"]


@pytest.mark.parametrize("binary", every_redis())
async def test_a_copy_of_a_dump_of_26_days_ago_is_young_as_a_file_only(binary, tmp_path):
    """Muut's backup, with a dump that a real server wrote."""
    async with RedisServer(tmp_path / "redis", binary=real(binary)) as redis:
        await redis.fill(0, 100)
        await redis.save()
        put(tmp_path / "backups" / "dump.rdb", older(redis.dump.read_bytes(), timedelta(days=26)), 2 / 60)
    system = place(tmp_path / "backups", pattern="*.rdb", content="rdb")
    answers = ask(system, None, ["content", "files"], 2.0, "")
    look = Look(Member(host="files", port=0), answers)
    (found,) = content_probe.judge(Seen(system=system, at=datetime.now(UTC), looks=(look,)))
    assert found.verdict is Verdict.CRITICAL
    assert "2 min old, the data in it 26 d" in found.says
    assert answers["content"].value["keys"] == 100
