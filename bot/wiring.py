"""The only place where real things are built and joined."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import uuid
from collections import deque
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from sqlmodel import Session

from bot.errors import ChatDown, ChatRefused, ChatUnknown
from bot.services.desk import Desk
from bot.services.systems.looker import Looker
from bot.settings import Settings
from bot.store import people, work
from bot.store.door import Door
from bot.store.inventory import InventoryFile
from bot.store.migrate import migrate
from bot.store.playbooks import Shelf

if TYPE_CHECKING:
    from bot.services.chat import Identity
    from bot.web.app import Report

log = logging.getLogger(__name__)

INTRODUCE_EVERY_S = 5.0
LOOK_AT_SOCKET_EVERY_S = 1.0
STOP_WITHIN_S = 15.0


def wall() -> datetime:
    """The machine's own time, UTC."""
    return datetime.now(UTC)


def new_id() -> str:
    """A new id: 32 hex digits, the first of which grow with time, so that indexes stay compact."""
    return f"{int(wall().timestamp() * 1000):012x}{uuid.uuid4().hex[12:]}"


@contextlib.contextmanager
def desk(settings: Settings) -> Iterator[Desk]:
    """A desk for the terminal: one transaction, no Slack. What is promised is done by the running bot."""
    door = Door(settings.database_url)
    try:
        migrate(door)
        with door.writes() as session:
            met = people.workspace(session)
            yield Desk(
                session=session,
                team_id=met.team_id if met else people.NOT_MET_YET,
                now=wall(),
                wall=wall(),
                zone=settings.zone,
                new_id=new_id,
                shelf=Shelf(*settings.muster_playbooks),
                inventory=InventoryFile(settings.muster_inventory).current().inventory,
                pages_url=settings.pages_url,
            )
    finally:
        door.close()


@dataclass
class Muster:
    """The running bot. `web` answers HTTP; `worker` does the promised work and holds the socket to Slack."""

    settings: Settings
    web: bool = True
    worker: bool = True
    now: Callable[[], datetime] = wall  # a rehearsal hands in its own clock
    looker: Callable[[Callable[[str], str]], Looker] = Looker  # and its own looks
    url: str = ""
    _closers: list[Callable[[], Any]] = field(default_factory=list)
    _state: dict[str, str] = field(default_factory=dict)

    async def start(self) -> None:
        """Open the database, take up unfinished work, answer. Raises OSError when the port is busy."""
        from slack_sdk.web.async_client import AsyncWebClient

        from bot.services.deps import Deps
        from bot.slack import app as slack_app
        from bot.slack.aftercare import Aftercare
        from bot.slack.caller import Caller, http_session
        from bot.slack.chat import SlackChat

        settings = self.settings
        door = Door(settings.database_url)
        self._closers.append(door.close)
        await asyncio.to_thread(migrate, door)
        session = http_session()
        self._closers.append(session.close)
        client = AsyncWebClient(
            token=settings.slack_bot_token, base_url=settings.slack_api_url, session=session, retry_handlers=[]
        )
        caller, wake = Caller(client), asyncio.Event()
        self.deps = Deps(
            settings=settings,
            door=door,
            shelf=Shelf(*settings.muster_playbooks),
            inventory=InventoryFile(settings.muster_inventory),
            looker=self.looker(settings.credential),
            chat=SlackChat(caller),
            now=self.now,
            wall=wall,
            new_id=new_id,
            wake=wake.set,
            begun=deque() if self.worker else None,
        )
        self.deps.shelf.warm()  # its first look takes a second, and a transaction must not wait for it
        self.app = slack_app.build(self.deps, client, Aftercare(caller))
        if self.web:
            await self._answer()
        if self.worker:
            await self._work(wake)
        introducing = asyncio.create_task(self._introduce())
        self._closers.append(introducing.cancel)

    async def stop(self) -> None:
        """Stop taking requests, then give everything back in the opposite order."""
        for close in reversed(self._closers):
            with contextlib.suppress(asyncio.CancelledError):
                done = close()
                if asyncio.iscoroutine(done):
                    await _within(STOP_WITHIN_S, done)
        self._closers.clear()

    async def ready(self, within_s: float | None = 10.0, look_every_s: float = 0.01) -> None:
        """Return once Slack knows us and, in Socket Mode, the socket is open. Raises TimeoutError; never for None."""
        async with asyncio.timeout(within_s):
            while self._state.get("slack") != "" or (  # noqa: ASYNC110  # the socket's client tells nobody
                self.worker and self.settings.socket_mode and not self._connected()
            ):
                await asyncio.sleep(look_every_s)

    async def report(self) -> Report:
        """How we are, for /health."""
        from bot.web.app import Report

        checks: dict[str, dict[str, Any]] = {}
        try:
            waiting, given_up = await self.deps.door.read(_waiting)
            checks["database"] = {"ok": True, "says": "answers"}
            checks["work"] = {"ok": waiting < 1000, "says": f"{waiting} promised"}
            if given_up:
                checks["work"]["says"] += f", {given_up} given up in the last days: the log says which"
        except Exception as error:  # noqa: BLE001  # whatever it is, the database did not answer
            checks["database"] = {"ok": False, "says": type(error).__name__}
        trouble = self._state.get("slack", "not asked yet")
        checks["slack"] = {"ok": not trouble, "says": trouble or "knows our token"}
        if self.worker and self.settings.socket_mode:
            connected = self._connected()
            checks["socket"] = {"ok": connected, "says": "connected" if connected else "not connected"}
        alive = checks["database"]["ok"]
        well = all(check["ok"] for check in checks.values())
        return Report(status="ok" if well else "degraded" if alive else "down", checks=checks)

    async def _answer(self) -> None:
        from bot.slack.doors import http
        from bot.slack.gate import Gate
        from bot.web.app import build
        from bot.web.serving import Serving

        secret = self.settings.slack_signing_secret
        routes = [http(self.app, Gate(secret))] if secret else []
        serving = Serving(build(self.deps, routes, self.report), self.settings.host, self.settings.port)
        await serving.start()
        self.url = serving.url
        self._closers.append(serving.stop)

    async def _work(self, wake: asyncio.Event) -> None:
        from bot.flows.engine import Engine

        engine = Engine(self.deps, wake)
        await engine.launch()
        self._closers.append(engine.stop)
        if self.settings.socket_mode:
            from bot.slack.doors import Socket

            self._socket = Socket(self.app, self.settings.slack_app_token)
            connecting = asyncio.create_task(self._connect())
            self._closers += [self._socket.close_async, connecting.cancel]

    async def _connect(self) -> None:
        """Open the socket; while Slack is away, try again. After that the client itself reconnects, and we tell."""
        away = False
        while not self._connected():
            try:
                await self._socket.client.connect()  # type: ignore[no-untyped-call]
            except Exception as error:  # noqa: BLE001  # the client raises whatever its transport does
                away = _tell(away, False, type(error).__name__)
                await asyncio.sleep(INTRODUCE_EVERY_S)
        while True:
            away = _tell(away, self._connected(), "it closed")
            await asyncio.sleep(LOOK_AT_SOCKET_EVERY_S)

    def _connected(self) -> bool:
        return self._socket.is_open

    async def _introduce(self) -> None:
        """Learn who we are. Slack may be away at start; the bot works without until it is back."""
        while True:
            try:
                me = await self.deps.chat.who_am_i()
            except (ChatDown, ChatRefused, ChatUnknown) as error:
                if self._state.get("slack") != str(error):
                    log.warning("Slack does not know us yet: %s I ask again by myself.", error)
                self._state["slack"] = str(error)
                await asyncio.sleep(INTRODUCE_EVERY_S)
                continue
            await self.deps.door.write(partial(_meet, me))
            if self._state.get("slack"):
                log.warning("Slack knows us now.")
            self._state["slack"] = ""
            return


async def _within(seconds: float, stopping: Coroutine[Any, Any, Any]) -> None:
    """Wait for a part to stop, but not for ever: what it leaves open is taken up at the next start."""
    try:
        async with asyncio.timeout(seconds):
            await stopping
    except TimeoutError:
        log.warning("%s did not end within %g s; I stop without it.", stopping, seconds)


def _meet(me: Identity, session: Session) -> None:
    people.meet(session, me.team_id, wall(), name=me.team, url=me.url, bot_user_id=me.bot_user_id, bot_id=me.bot_id)


def _waiting(session: Session) -> tuple[int, int]:
    return len(work.unfinished(session)), work.given_up(session)


def _tell(away: bool, connected: bool, why: str) -> bool:
    """Say once that the socket is gone and once that it is back. Return whether it is gone."""
    if away and connected:
        log.warning("Slack is back: the socket is open.")
    elif not away and not connected:
        log.warning("Slack is away: no socket (%s). I try again by myself.", why)
    return not connected
