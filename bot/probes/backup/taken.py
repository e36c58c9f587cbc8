"""When the data in a backup were taken, as the data themselves say: a file is as young as its last copy."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import PurePosixPath
from typing import Any

import bson

from bot.domain.rdb import MAGICS, MAX_HEADER_BYTES, read_header
from bot.errors import UserError
from bot.probes.backup.listing import Place
from bot.probes.backup.names import named_time

START_BYTES = MAX_HEADER_BYTES
OPLOG_BYTES = 1_000_000  # an oplog.bson up to this size is read to its end, else its first entry counts
GZIP = b"\x1f\x8b"  # RFC 1952
ARCHIVE = b"\x6d\xe2\x99\x81"  # mongodump --archive; its header has versions and no time (mongo-tools, archive)
WHOLE_FILES = zlib.MAX_WBITS | 16  # zlib: a gzip header is expected


def content_of(place: Place, backup: dict[str, Any]) -> dict[str, Any]:
    """`kind`, `taken_at` and where the latter is `told_by`: the data or only the name. Raises OSError."""
    told = _of_folder(place, backup["name"]) if backup["folder"] else _of_file(place.start(backup["name"], START_BYTES))
    told = {"kind": "unknown", "taken_at": None, "told_by": "", **told, "name": backup["name"]}
    named = named_time(backup["name"])
    if told["taken_at"] is None and named:
        told |= {"taken_at": named, "told_by": "its name"}
    return told


def _of_file(start: bytes) -> dict[str, Any]:
    start = _unpacked(start)
    if start.startswith(MAGICS):
        try:
            header = read_header(start)
        except UserError as wrong:
            return {"kind": "damaged", "says": wrong.message}
        return {
            "kind": "rdb",
            "taken_at": header.saved_at,
            "told_by": "the RDB header",
            "keys": header.first_database_keys,
        }
    return {"kind": "mongodump"} if start.startswith(ARCHIVE) else {"kind": "empty"} if not start else {}


def _of_folder(place: Place, folder: str) -> dict[str, Any]:
    """A mongodump folder: its oplog, written with --oplog, ends at the moment that a restore leads to."""
    files = place.inside(folder)
    oplog = _named(files, ("oplog.bson", "oplog.bson.gz"))
    if oplog:
        data = _unpacked(place.start(oplog, OPLOG_BYTES), OPLOG_BYTES)
        at = _last_entry(data)
        return {"kind": "mongodump", "taken_at": at, "told_by": "its oplog" if at else ""}
    dump = next((one["name"] for one in files if one["name"].endswith((".rdb", ".rdb.gz"))), "")
    if dump:
        return _of_file(place.start(dump, START_BYTES))
    return {"kind": "mongodump"} if any(one["name"].endswith((".bson", ".bson.gz")) for one in files) else {}


def _named(files: Sequence[dict[str, Any]], names: tuple[str, ...]) -> str:
    return next((one["name"] for one in files if PurePosixPath(one["name"]).name in names), "")


def _last_entry(data: bytes) -> datetime | None:
    """The time of the last entry that is whole."""
    at, last = 0, None
    while at + 4 <= len(data):
        size = int.from_bytes(data[at : at + 4], "little")
        if size < 5 or at + size > len(data):
            break
        try:
            stamp = bson.decode(data[at : at + size]).get("ts")
        except bson.errors.BSONError:
            break
        last = stamp if isinstance(stamp, bson.Timestamp) else last
        at += size
    return datetime.fromtimestamp(last.time, UTC) if last else None


def _unpacked(start: bytes, most: int = START_BYTES) -> bytes:
    if not start.startswith(GZIP):
        return start
    try:
        return zlib.decompressobj(WHOLE_FILES).decompress(start, most)
    except zlib.error:
        return b""
