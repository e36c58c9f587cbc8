"""The page's live socket: every change, told only to those who may see it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from contextlib import suppress

from starlette.websockets import WebSocket, WebSocketDisconnect

from bot.rehearsal import marks, views
from bot.rehearsal.things import Channel, Json, Message
from bot.rehearsal.workspace import Happening, Workspace

ABOUT_CHANNEL = ("created", "joined", "left", "archived", "unarchived", "renamed", "channel")
SAID = {
    "message": "message",
    "ephemeral": "ephemeral",
    "message_changed": "message_changed",
    "ephemeral_changed": "message_changed",
    "replied": "message_changed",
}


class Live:
    """Holds the open pages. A page that does not read falls behind alone; nobody waits for it."""

    def __init__(self, ws: Workspace) -> None:
        self._ws = ws
        self._pages: dict[asyncio.Queue[str], str] = {}
        self.opened = asyncio.Event()  # some page was open at some time

    async def serve(self, socket: WebSocket, viewer: str) -> None:
        """Push to one page until it closes."""
        await socket.accept()
        queue: asyncio.Queue[str] = asyncio.Queue()
        self._pages[queue] = viewer
        self.opened.set()
        pushing = asyncio.create_task(_push(socket, queue))
        try:
            with suppress(WebSocketDisconnect, RuntimeError):
                while True:
                    await socket.receive_text()
        finally:
            del self._pages[queue]
            pushing.cancel()

    def hear(self, happening: Happening) -> None:
        """Tell every page that may know."""
        for queue, viewer in self._pages.items():
            for push in pushes(self._ws, happening, viewer):
                queue.put_nowait(json.dumps(push))

    def tell_all(self, push: Json) -> None:
        """Tell every page something about the rehearsal itself."""
        for queue in self._pages:
            queue.put_nowait(json.dumps(push))


async def _push(socket: WebSocket, queue: asyncio.Queue[str]) -> None:
    with suppress(WebSocketDisconnect, RuntimeError):
        while True:
            await socket.send_text(await queue.get())


def pushes(ws: Workspace, happening: Happening, viewer: str) -> Iterator[Json]:
    """Yield what one viewer's page is told of one happening."""
    kind, channel, view = happening.kind, happening.channel, happening.view
    if view is not None:
        if happening.user == viewer and kind == "view":
            yield {"type": "view", "view": views.page_shape(ws, view)}
        elif happening.user == viewer:
            yield {"type": "view_closed", "view_id": view.id}
        return
    if channel is None:
        return
    if not ws.can_see(viewer, channel):
        if kind == "left" and happening.user == viewer:
            yield {"type": "channel", "channel": channel.page_shape(viewer) | {"gone": True}}
        return
    message = happening.message
    if message is not None and message.only_for not in ("", viewer):
        return
    if kind in ABOUT_CHANNEL:
        yield {"type": "channel", "channel": channel.page_shape(viewer)}
    elif kind == "bookmarks":
        yield {"type": "bookmarks", "channel": channel.id, "bookmarks": bookmark_shapes(channel)}
    elif message is not None:
        yield from _about_message(ws, kind, channel, message)


def _about_message(ws: Workspace, kind: str, channel: Channel, message: Message) -> Iterator[Json]:
    if kind in SAID:
        shape = message.page_shape(ws.team_id, pinned=message.ts in channel.pins)
        yield {"type": SAID[kind], "channel": channel.id, "message": shape}
    elif kind.endswith("_deleted"):
        yield {
            "type": "message_deleted",
            "channel": channel.id,
            "ts": message.ts,
            "thread_ts": message.thread_ts or None,
        }
    elif kind.startswith("reaction_"):
        yield {
            "type": "reaction",
            "channel": channel.id,
            "ts": message.ts,
            "reactions": message.reaction_shapes(),
        }
    elif kind == "pins":
        yield {"type": "pins", "channel": channel.id, "pins": marks.pinned(channel)}


def bookmark_shapes(channel: Channel) -> list[Json]:
    """Return the channel's bookmarks as the page shows them."""
    return [{key: b[key] for key in ("id", "title", "link", "emoji")} for b in channel.bookmarks.values()]
