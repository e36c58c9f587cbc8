"""MongoDB's wire protocol as far as a server needs it: messages come in as OP_MSG or the old OP_QUERY and go out alike.

After the MongoDB wire protocol specification. Nothing is compressed, since hello offers no compressor.
"""

from __future__ import annotations

import asyncio
import struct
from dataclasses import dataclass
from typing import Any

import bson

HEADER = struct.Struct("<iiii")
OP_REPLY, OP_QUERY, OP_MSG = 1, 2004, 2013
CHECKSUM_PRESENT, MORE_TO_COME = 1, 2
MAX_MESSAGE_BYTES = 48_000_000  # maxMessageSizeBytes of every server since 2.6

Document = dict[str, Any]


class WireError(Exception):
    """What came in is no message of this protocol; the connection ends."""


@dataclass(frozen=True)
class Request:
    """One command as it came in: its text, the database it is for, and how its answer has to be wrapped."""

    id: int
    op: int
    database: str
    command: Document
    unanswered: bool = False

    @property
    def name(self) -> str:
        return next(iter(self.command), "")


async def read_request(reader: asyncio.StreamReader) -> Request:
    """The next command on this connection. Raises IncompleteReadError when the client has gone."""
    length, request_id, _, op = HEADER.unpack(await reader.readexactly(HEADER.size))
    if not HEADER.size < length <= MAX_MESSAGE_BYTES:
        raise WireError(f"a message of {length} bytes")
    body = await reader.readexactly(length - HEADER.size)
    try:
        if op == OP_MSG:
            return _from_msg(request_id, body)
        if op == OP_QUERY:
            return _from_query(request_id, body)
    except (bson.errors.BSONError, struct.error, ValueError, IndexError) as broken:
        raise WireError(str(broken)) from broken
    raise WireError(f"operation {op}")


def _from_msg(request_id: int, body: bytes) -> Request:
    (flags,) = struct.unpack_from("<I", body)
    end = len(body) - 4 if flags & CHECKSUM_PRESENT else len(body)
    command: Document = {}
    lists: Document = {}
    at = 4
    while at < end:
        kind, (size,) = body[at], struct.unpack_from("<i", body, at + 1)
        if size < 5 or at + 1 + size > end:
            raise WireError(f"a section of {size} bytes")
        section = body[at + 1 : at + 1 + size]
        if kind == 0:
            command = bson.decode(section)
        elif kind == 1:
            name, _, documents = section[4:].partition(b"\0")
            lists[name.decode()] = bson.decode_all(documents)
        else:
            raise WireError(f"a section of kind {kind}")
        at += 1 + size
    command |= lists
    return Request(request_id, OP_MSG, str(command.get("$db", "")), command, bool(flags & MORE_TO_COME))


def _from_query(request_id: int, body: bytes) -> Request:
    collection, _, rest = body[4:].partition(b"\0")
    (size,) = struct.unpack_from("<i", rest, 8)
    command = bson.decode(rest[8 : 8 + size])
    database, _, name = collection.decode().partition(".")
    if name != "$cmd":
        raise WireError(f"a query of {database}.{name}: only commands come this way")
    return Request(request_id, OP_QUERY, database, command.get("$query", command))


def wrapped(request: Request, document: Document) -> bytes:
    """The whole message that answers `request` with `document`."""
    return wrapped_bytes(request, bson.encode(document))


def wrapped_bytes(request: Request, document: bytes) -> bytes:
    """The same for a document that is written already."""
    return opening(request, len(document)) + document


def opening(request: Request, document_bytes: int) -> bytes:
    """All that stands before a document of this length."""
    if request.op == OP_MSG:
        before, op = struct.pack("<IB", 0, 0), OP_MSG
    else:
        before, op = struct.pack("<iqii", 8, 0, 0, 1), OP_REPLY
    return HEADER.pack(HEADER.size + len(before) + document_bytes, request.id + 1, request.id, op) + before
