"""A client of the bare wire protocol, for what the ordinary driver does not send and for servers it refuses."""

from __future__ import annotations

import asyncio
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import bson

HEADER = struct.Struct("<iiii")


class Raw:
    """One connection on which every byte is ours."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    async def ask(self, command: dict[str, Any], flags: int = 0, **sections: list[dict[str, Any]]) -> dict[str, Any]:
        """One OP_MSG, with further sections of kind 1, and its answer."""
        await self.say(command, flags, **sections)
        return await self.answer(skip=5)

    async def say(self, command: dict[str, Any], flags: int = 0, **sections: list[dict[str, Any]]) -> None:
        """The same without waiting for the answer."""
        body = struct.pack("<IB", flags, 0) + bson.encode(command | {"$db": command.get("$db", "admin")})
        for name, documents in sections.items():
            inner = name.encode() + b"\0" + b"".join(map(bson.encode, documents))
            body += b"\1" + struct.pack("<i", len(inner) + 4) + inner
        await self.send(2013, body)

    async def ask_the_old_way(self, command: dict[str, Any]) -> dict[str, Any]:
        """One OP_QUERY on admin.$cmd, and its OP_REPLY."""
        await self.send(2004, struct.pack("<i", 0) + b"admin.$cmd\0" + struct.pack("<ii", 0, -1) + bson.encode(command))
        return await self.answer(skip=20)

    async def send(self, op: int, body: bytes) -> None:
        self.writer.write(HEADER.pack(16 + len(body), 77, 0, op) + body)
        await self.writer.drain()

    async def answer(self, skip: int) -> dict[str, Any]:
        length, _, answers, _ = HEADER.unpack(await self.reader.readexactly(16))
        assert answers == 77
        return bson.decode((await self.reader.readexactly(length - 16))[skip:])


@asynccontextmanager
async def dial(address: str) -> AsyncIterator[Raw]:
    """Connects to a member and says nothing."""
    host, _, port = address.rpartition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    try:
        yield Raw(reader, writer)
    finally:
        writer.close()
        await writer.wait_closed()
