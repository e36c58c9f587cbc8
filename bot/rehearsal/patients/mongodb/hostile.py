"""How a hostile member answers: without end, too deep, or a byte at a time. It costs the client, not the member."""

from __future__ import annotations

import asyncio
import struct

from bot.rehearsal.patients.mongodb.sight import Sight
from bot.rehearsal.patients.mongodb.wire import Document, Request, opening, wrapped, wrapped_bytes

CHUNK = bytes(1 << 20)
HUGE = 2**31 - 1


async def send(writer: asyncio.StreamWriter, sight: Sight, request: Request, document: Document) -> None:
    """Sends the answer, in this member's own way if it is hostile. The greeting always goes out whole."""
    if request.name.lower() in ("hello", "ismaster"):
        if sight.mine("endless-reply"):
            document |= {"maxMessageSizeBytes": HUGE, "maxBsonObjectSize": HUGE}  # drivers believe this
        writer.write(wrapped(request, document))
    elif endless := sight.mine("endless-reply"):
        await _endless(writer, request, int(endless.options["size"]))
    elif deep := sight.mine("deep-document"):
        writer.write(wrapped_bytes(request, deep_document(int(deep.options["levels"]))))
    elif slow := sight.mine("one-byte-a-second"):
        for byte in wrapped(request, document):
            writer.write(bytes([byte]))
            await writer.drain()
            await asyncio.sleep(slow.options["pause_s"])
    else:
        writer.write(wrapped(request, document))
    await writer.drain()


async def _endless(writer: asyncio.StreamWriter, request: Request, size: int) -> None:
    start = opening(request, 0)
    writer.write(struct.pack("<i", size) + start[4:])
    sent = len(start)
    while sent < size:
        part = CHUNK[: size - sent]
        writer.write(part)
        await writer.drain()
        sent += len(part)


def deep_document(levels: int) -> bytes:
    """{ok: 1, a: {a: {a: ...}}}, written outright, since no encoder goes that deep."""
    sizes = (5 + 8 * inside for inside in range(levels - 1, -1, -1))
    nested = b"".join(b"\x03a\0" + struct.pack("<i", size) for size in sizes) + bytes(levels)
    body = b"\x01ok\0" + struct.pack("<d", 1.0) + nested
    return struct.pack("<i", len(body) + 5) + body + b"\0"
