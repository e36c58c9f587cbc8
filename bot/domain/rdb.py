"""What the beginning of a Redis dump says about it: by which server, when, and how many keys. Nothing else is read.

A file is as young as its last copy; its header knows when Redis wrote it. Not even that is the age of the data: a
server that loaded old data writes them down with a new date, so look at the number of keys too. Format: Redis rdb.c,
and Valkey's, which begins dumps that Redis cannot read with its own name (from 9.0 on).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bot.errors import UserError

MAX_HEADER_BYTES = 64 * 1024
MAGICS = (b"REDIS", b"VALKEY")
_BEGINS = re.compile(rb"(?:REDIS[0-9]|VALKEY)([0-9]{3})")
_BEGINS_BYTES = 9
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

AUX, SELECT_DATABASE, SIZES = 0xFA, 0xFE, 0xFB
# The two highest bits of a length: six bits of it, fourteen, a size to follow, or a value of another shape.
SHORT, LONGER, SIZED, SHAPED = range(4)
SIZES_BY_MARK = {0x80: 4, 0x81: 8}
NUMBER_BYTES = {0: 1, 1: 2, 2: 4}  # by shape
COMPRESSED = 3


@dataclass(frozen=True, kw_only=True)
class RdbHeader:
    """The header of an RDB file. What a file does not say is None; `fields` has all that it says of itself."""

    version: int
    server_version: str | None  # "7.0.15", "Valkey 8.1.1"
    saved_at: datetime | None  # when Redis wrote the file, UTC
    used_memory_bytes: int | None
    first_database_keys: int | None  # of the lowest database that has keys; 0 in a dump without any
    fields: Mapping[str, str]


class _Cut(Exception):
    """The bytes end within a value."""


def read_header(start: bytes) -> RdbHeader:
    """Read the header from the first bytes of a file, of which it looks at `MAX_HEADER_BYTES` at most.

    A header that is longer is told as far as it was read. Raises UserError when this is not the beginning of an RDB
    file, or the file ends within its header.
    """
    bounded = start[:MAX_HEADER_BYTES]
    version = _version(bounded)
    fields: dict[str, str] = {}
    keys = None
    reader = _Reader(bounded, _BEGINS_BYTES)
    try:
        fields.update(_fields(reader))
        keys = _keys(reader)
    except _Cut:
        if len(bounded) < MAX_HEADER_BYTES:
            raise UserError(
                f"The RDB file ends within its header, after {len(bounded)} bytes.", hint="Copy it again, whole."
            ) from None
    return RdbHeader(
        version=version,
        server_version=fields.get("redis-ver", f"Valkey {valkey}" if (valkey := fields.get("valkey-ver")) else None),
        saved_at=_time(fields.get("ctime")),
        used_memory_bytes=_number(fields.get("used-mem")),
        first_database_keys=keys,
        fields=fields,
    )


def _version(start: bytes) -> int:
    found = _BEGINS.fullmatch(start[:_BEGINS_BYTES])
    if not found:
        begins = start[:_BEGINS_BYTES].decode("latin-1").encode("unicode_escape").decode("ascii")
        raise UserError(
            f"This is not an RDB file: it begins with `{begins}`, not with `REDIS` or `VALKEY` and a version.",
            hint="Name the file that Redis saves: CONFIG GET dbfilename.",
        )
    return int(found[1])


def _time(seconds: str | None) -> datetime | None:
    number = _number(seconds)
    if number is None:
        return None
    try:
        return EPOCH + timedelta(seconds=number)
    except OverflowError:
        raise UserError(f"The RDB file says it was made at {number}, which is no time.") from None


def _number(text: str | None) -> int | None:
    return int(text) if text is not None and len(text) <= 20 and text.removeprefix("-").isdecimal() else None


class _Reader:
    def __init__(self, data: bytes, at: int) -> None:
        self.data = data
        self.at = at

    def take(self, count: int) -> bytes:
        if self.at + count > len(self.data):
            raise _Cut
        self.at += count
        return self.data[self.at - count : self.at]

    def is_next(self, mark: int) -> bool:
        """Whether the next byte is this mark; then it is taken."""
        if self.at >= len(self.data):
            raise _Cut
        found = self.data[self.at] == mark
        self.at += found
        return found

    def length(self) -> tuple[int, bool]:
        """A length, or the shape of the value that follows, and which of the two it is."""
        first = self.take(1)[0]
        kind, low = first >> 6, first & 0x3F
        if kind == SHORT:
            return low, False
        if kind == LONGER:
            return low << 8 | self.take(1)[0], False
        if kind == SHAPED:
            return low, True
        if first not in SIZES_BY_MARK:
            raise UserError(f"The header of the RDB file is damaged near byte {self.at}.")
        return int.from_bytes(self.take(SIZES_BY_MARK[first]), "big"), False

    def text(self) -> str | None:
        """A value as text; None for a compressed one, such as an old script, which is passed over."""
        size, shaped = self.length()
        if not shaped:
            return self.take(size).decode("utf-8", "replace")
        if size in NUMBER_BYTES:
            return str(int.from_bytes(self.take(NUMBER_BYTES[size]), "little", signed=True))
        if size == COMPRESSED:
            packed, _ = self.length()
            self.length()
            self.take(packed)
            return None
        raise UserError(f"The header of the RDB file is damaged near byte {self.at}.")


def _fields(reader: _Reader) -> Iterator[tuple[str, str]]:
    while reader.is_next(AUX):
        name, value = reader.text(), reader.text()
        if name is not None and value is not None:
            yield name, value


def _keys(reader: _Reader) -> int | None:
    """How many keys the first database in the file has; None where the file tells it later or not at all."""
    if reader.is_next(0xFF):
        return 0
    if not reader.is_next(SELECT_DATABASE):
        return None
    reader.length()
    return reader.length()[0] if reader.is_next(SIZES) else None
