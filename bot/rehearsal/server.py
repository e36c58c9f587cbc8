"""The rehearsal: a Slack-compatible workspace on localhost, for people on one side and one app on the other."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace

from starlette.applications import Starlette
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket

from bot.rehearsal import wire
from bot.rehearsal.actor import Actor
from bot.rehearsal.app import AppConfig
from bot.rehearsal.clock import Clock
from bot.rehearsal.delivery import Delivery
from bot.rehearsal.events import EventSender
from bot.rehearsal.knobs import Knobs
from bot.rehearsal.ledger import Ledger
from bot.rehearsal.live import Live
from bot.rehearsal.page_api import PageApi
from bot.rehearsal.people import DEFAULT_PEOPLE, PersonSpec
from bot.rehearsal.refusals import RehearsalError
from bot.rehearsal.side_doors import SideDoors
from bot.rehearsal.sockets import SocketHub
from bot.rehearsal.stage import Stage
from bot.rehearsal.things import Json
from bot.rehearsal.web_api import WebApi
from bot.rehearsal.workspace import Workspace

__all__ = ["Actor", "AppConfig", "Rehearsal"]


class Rehearsal:
    """One workspace, its server and its record. `start` it, act through `person`, `stop` it."""

    def __init__(
        self,
        app: AppConfig,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        clock: Clock | None = None,
        people: Sequence[PersonSpec] = DEFAULT_PEOPLE,
    ) -> None:
        self.app = app
        self.clock = clock if clock is not None else Clock()
        self.workspace = Workspace(app, clock=self.clock, people=people)
        self.knobs = Knobs()
        self.ledger = Ledger()
        self.progress_text = ""
        self._host, self._port = host, port
        hub = SocketHub()
        delivery = Delivery(app, self.knobs, self.ledger, hub)
        self._stage = Stage(self.workspace, self.knobs, self.ledger, hub, delivery)
        self._live = Live(self.workspace)
        self._events = EventSender(self._stage)
        self._server: wire.QuietServer | None = None
        self._serving: asyncio.Task[None] | None = None

    @property
    def url(self) -> str:
        """The page's address, known once started."""
        return self._stage.url

    @property
    def api_url(self) -> str:
        """What an app under rehearsal uses instead of Slack's own API address."""
        return f"{self.url}/api/"

    async def start(self) -> None:
        """Serve inside the running event loop. Raises OSError with a sentence when the port is busy."""
        sock = wire.bind(self._host, self._port)
        self._stage.url = f"http://{self._host}:{sock.getsockname()[1]}"
        await self._stage.delivery.start()
        self.workspace.listeners[:] = [self._live.hear, self._events.hear]
        self.clock.on_change[:] = [self._tell_clock]
        self.knobs.on_down[:] = [self._stage.hub.cut]
        self._server, self._serving = await wire.run(self._routes(), sock)

    async def stop(self) -> None:
        """Close every connection and stop serving; what was still to be delivered is dropped."""
        self.workspace.listeners.clear()
        await self._events.stop()
        await self._stage.hub.close()
        await self._stage.delivery.stop()
        if self._server is not None and self._serving is not None:
            self._server.should_exit = True
            await self._serving
        self._server = self._serving = None

    def person(self, name_or_id: str) -> Actor:
        """Return the actor for this person. Raises RehearsalError."""
        return Actor(self._stage, self.workspace.find_person(name_or_id))

    def use_request_url(self, url: str) -> None:
        """Bring things to the app by HTTP at this address from now on, for an app whose port was not known before."""
        self.app = self.workspace.app = self._stage.delivery.app = replace(self.app, request_url=url)

    def progress(self, text: str) -> None:
        """Show a line on the page: what the rehearsal is doing."""
        self.progress_text = text
        self._live.tell_all({"type": "progress", "text": text})

    async def watched(self, *, within_s: float) -> bool:
        """Wait until somebody has the page open, at most so long. Returns whether somebody has, or had."""
        with suppress(TimeoutError):
            async with asyncio.timeout(within_s):
                await self._live.opened.wait()
        return self._live.opened.is_set()

    async def settle(self) -> None:
        """Wait until every event that is due had its first delivery."""
        await self._events.settle()

    async def refresh_sockets(self, *, grace_s: float = 0.0) -> None:
        """Recycle the app's Socket Mode connections, as Slack does every few hours."""
        await self._stage.hub.refresh(grace_s=grace_s)

    def clock_shape(self) -> Json:
        """Return the rehearsal's time as the page shows it."""
        return {"now": self.clock.now().isoformat(timespec="milliseconds"), "speed": self.clock.factor}

    def _tell_clock(self) -> None:
        self._live.tell_all({"type": "clock", "clock": self.clock_shape(), **self.clock_shape()})

    def _routes(self) -> Starlette:
        page, api, doors = PageApi(self), WebApi(self._stage), SideDoors(self._stage)
        return Starlette(
            routes=[
                Route("/api/{method}", api.answer, methods=["GET", "POST"]),
                WebSocketRoute("/link/{ticket}", self._link),
                Route("/hooks/{token}", doors.hook, methods=["POST"]),
                Route("/upload/{id}", doors.upload, methods=["POST", "PUT"]),
                Route("/files/{id}/{name}", doors.file),
                Route("/archives/{channel}/{stamp}", page.permalink),
                Route("/page/state", page.state),
                Route("/page/messages", page.messages),
                Route("/page/act", page.act, methods=["POST"]),
                Route("/page/knobs", page.knobs, methods=["GET", "POST"]),
                Route("/page/ledger", page.ledger),
                Route("/page/static/{name}", page.static),
                WebSocketRoute("/page/live", self._page_live),
                Route("/", page.index),
            ]
        )

    async def _link(self, socket: WebSocket) -> None:
        if self.knobs.down:
            await socket.close()
            return
        await self._stage.hub.serve(socket, socket.path_params["ticket"], self.workspace.app_id)

    async def _page_live(self, socket: WebSocket) -> None:
        wanted = socket.query_params.get("as", "")
        origin = socket.headers.get("origin", self.url)
        try:
            viewer = self.workspace.find_person(wanted).id if wanted else next(iter(self.workspace.people))
        except RehearsalError:
            await socket.close(4004)
            return
        if origin not in (self.url, self.url.replace("127.0.0.1", "localhost")):
            await socket.close(4003)
            return
        await self._live.serve(socket, viewer)
