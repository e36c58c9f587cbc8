"""The one door to the database: SQLite by default, PostgreSQL by another URL."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

import sqlalchemy as sa
from sqlmodel import Session

from bot.errors import UserError

BUSY_LIMIT_MS = 30_000
CONNECT_LIMIT_S = 10
QUIET = {"hide_parameters": True}  # what people wrote stays out of errors, and so out of the log
THREADS = 4

T = TypeVar("T")


class Door:
    """Sessions that write, sessions that read, and a way to use both from async code.

    On SQLite every writing transaction is BEGIN IMMEDIATE (one that reads first and writes later would fail at
    once when another writer came between), and writers inside this process wait for each other in order: SQLite's
    own busy handler is not fair, and one of many could starve past Slack's three seconds.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self.engine = _engine(url)
        self.is_sqlite = self.engine.dialect.name == "sqlite"
        self._reading = self.engine.execution_options(muster_reads=True)
        self._turn = asyncio.Lock()
        # Threads of our own: the durable engine puts its own pool in the event loop's place, and takes it away again.
        self._threads = ThreadPoolExecutor(max_workers=THREADS, thread_name_prefix="door")

    @contextlib.contextmanager
    def writes(self) -> Iterator[Session]:
        """A session whose transaction commits at the end, or rolls back on any error."""
        with Session(self.engine, expire_on_commit=False) as session, session.begin():
            yield session

    @contextlib.contextmanager
    def reads(self) -> Iterator[Session]:
        """A session that does not take the writer's lock."""
        with Session(self._reading, expire_on_commit=False) as session, session.begin():
            yield session

    async def write(self, job: Callable[[Session], T]) -> T:
        """Run `job` in a writing transaction, in a thread. It is committed when this returns."""
        if not self.is_sqlite:
            return await self._in_thread(self._run, job)
        async with self._turn:
            return await self._in_thread(self._run, job)

    async def read(self, job: Callable[[Session], T]) -> T:
        """Run `job` in a reading transaction, in a thread."""

        return await self._in_thread(self._look, job)

    def close(self) -> None:
        """Give the connections back."""
        self._threads.shutdown()
        self.engine.dispose()

    async def _in_thread(self, run: Callable[[Callable[[Session], T]], T], job: Callable[[Session], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, run, job)

    def _look(self, job: Callable[[Session], T]) -> T:
        with self.reads() as session:
            return job(session)

    def _run(self, job: Callable[[Session], T]) -> T:
        with self.writes() as session:
            return job(session)


def file_of(url: str) -> Path | None:
    """The file that keeps a SQLite database; None for one in memory and for a server."""
    parsed = sa.make_url(url)
    named = parsed.database or ""
    in_a_file = parsed.get_backend_name() == "sqlite" and named not in ("", ":memory:") and "uri" not in parsed.query
    return Path(named) if in_a_file else None


def _engine(url: str) -> sa.Engine:
    parsed = sa.make_url(url)
    if parsed.get_backend_name() != "sqlite":
        # psycopg 3 is the driver that the durable engine brings along.
        reach = {"connect_timeout": CONNECT_LIMIT_S}  # a server behind a silent firewall would be waited for in vain
        return sa.create_engine(
            parsed.set(drivername="postgresql+psycopg"), pool_pre_ping=True, connect_args=reach, **QUIET
        )
    file = file_of(url)
    if file and not file.parent.is_dir():
        raise UserError(
            f"There is no folder `{file.parent.absolute()}` for the database `{file.name}`.",
            hint="Make it, or name another file in DATABASE_URL.",
        )
    engine = sa.create_engine(parsed, connect_args={"timeout": BUSY_LIMIT_MS / 1000}, **QUIET)

    @sa.event.listens_for(engine, "connect")
    def settle(connection: object, _record: object) -> None:
        connection.isolation_level = None  # type: ignore[attr-defined]  # we say BEGIN ourselves
        cursor = connection.cursor()  # type: ignore[attr-defined]
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", f"busy_timeout={BUSY_LIMIT_MS}"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @sa.event.listens_for(engine, "begin")
    def begin(connection: sa.Connection) -> None:
        reads = connection.get_execution_options().get("muster_reads")
        connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")

    return engine
