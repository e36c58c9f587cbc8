"""Promised work is carried out once, whichever worker dies, and whenever."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from dbos import DBOS
from sqlmodel import Session, col, select

from bot.domain.incident import Severity
from bot.flows import engine, hands
from bot.rehearsal.knobs import Fault
from bot.rehearsal.server import Rehearsal
from bot.services import incidents
from bot.store import work
from bot.store.tables import WorkerRow, WorkRow
from bot.wiring import Muster
from tests.conftest import Stage, settings_for, soon
from tests.flows.scene import scene, whats_wrong


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "SWEEP_EVERY_S", 0.2)
    monkeypatch.setattr(engine, "LOST_AFTER", timedelta(seconds=0.5))
    monkeypatch.setattr(hands, "FIRST_WAIT_S", 0.05)


@asynccontextmanager
async def running(rehearsal: Rehearsal, database_url: str, executor: str = "two") -> AsyncIterator[Muster]:
    """A bot in this process."""
    bot = Muster(settings_for(rehearsal, database_url, muster_executor_id=executor), now=rehearsal.clock.now)
    await bot.start()
    try:
        yield bot
    finally:
        await bot.stop()


@pytest.mark.parametrize("call", [("conversations.create", 1), ("chat.postMessage", 2)], ids=lambda call: call[0])
async def test_the_work_of_a_worker_that_never_comes_back_is_taken_over(
    rehearsal: Rehearsal,
    database_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    call: tuple[str, int],
):
    monkeypatch.setattr(engine, "DEAD_AFTER_S", 1.0)
    async with scene(rehearsal, database_url, tmp_path) as on:
        line = "/incident open sev1 outage 1 @ben"
        await on.dies_for_good_at(call, "after the effect", lambda: on.types("ada", line))
        async with running(rehearsal, database_url):
            await on.settled()
            assert whats_wrong(on, on.newest()) == ""
        with on.door.reads() as session:
            assert session.exec(select(WorkerRow.executor_id)).all() == ["two"]
            assert session.exec(sa.select(sa.func.max(WorkRow.rescues))).scalar_one() == 1


async def test_work_that_was_running_when_too_many_workers_died_is_given_up(
    rehearsal: Rehearsal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(engine, "DEAD_AFTER_S", 1.0)
    url = f"sqlite:///{tmp_path}/muster.db"
    async with scene(rehearsal, url, tmp_path) as on:
        create = ("conversations.create", 1)
        await on.dies_for_good_at(create, "after the effect", lambda: on.types("ada", "/incident open sev1 outage 1"))
        with on.door.writes() as session:
            session.exec(sa.update(WorkRow).values(rescues=engine.MAX_RESCUES))
        async with running(rehearsal, url):
            await on.settled()
            with on.door.reads() as session:
                [room] = session.exec(select(WorkRow).where(col(WorkRow.kind) == "room")).all()
            assert room.trouble == "given up: it was running when 6 workers died"
            assert on.newest().channel_id == ""


async def test_work_marked_as_started_by_a_run_that_died_before_starting_it_is_found(
    rehearsal: Rehearsal, tmp_path: Path
):
    url = f"sqlite:///{tmp_path}/muster.db"
    async with running(rehearsal, url) as bot:
        await bot.ready()
        await _mark_as_started(Stage(rehearsal, bot))
        await Stage(rehearsal, bot).settled()  # the sweep finds it
    async with running(rehearsal, url) as bot:
        await bot.ready()
        stage = Stage(rehearsal, bot)
        assert (await stage.incident(1)).channel_name == "inc-1-outage"


async def test_what_the_last_run_marked_and_did_not_start_is_started_at_launch(
    rehearsal: Rehearsal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(engine, "LOST_AFTER", timedelta(hours=1))  # the sweep will not find it
    url = f"sqlite:///{tmp_path}/muster.db"
    rehearsal.knobs.down = True
    async with running(rehearsal, url) as bot:
        await _mark_as_started(Stage(rehearsal, bot))
    rehearsal.knobs.down = False
    async with running(rehearsal, url) as bot:
        await bot.ready()
        stage = Stage(rehearsal, bot)
        await stage.settled()
        assert (await stage.incident(1)).channel_name == "inc-1-outage"


async def test_a_run_whose_end_could_not_be_written_down_is_repeated(stage: Stage, monkeypatch: pytest.MonkeyPatch):
    finish, failures = work.finish, iter([True])

    def fails_once(session: Session, *more: Any) -> None:
        if next(failures, False):
            raise sa.exc.OperationalError("UPDATE work", {}, OSError("disk I/O error"))
        finish(session, *more)

    monkeypatch.setattr(engine.stored, "finish", fails_once)
    incident = await stage.opened()
    assert incident.channel_name == "inc-1-checkout-is-failing"
    assert len([m for m in stage.messages(incident.channel_name) if m.blocks]) == 1


async def test_work_whose_run_the_engine_gave_up_is_not_waited_for(stage: Stage):
    stage.rehearsal.knobs.latency_ms = 300
    await stage.say("ada", "/incident open sev1 checkout is failing")

    async def running_now() -> list[Any]:
        return await DBOS.list_workflows_async(status="PENDING", load_input=False)

    for run in await soon(running_now):
        await DBOS.cancel_workflow_async(run.workflow_id)
    await stage.settled()


async def test_a_bug_in_one_piece_of_work_leaves_the_others_alone(stage: Stage):
    deps = stage.muster.deps
    await deps.door.write(
        lambda session: work.promise(
            session, id="odd", team_id="T1", kind="of an older version", subject="x", now=deps.wall()
        )
    )
    incident = await _opened_beside(stage)
    assert incident.channel_name == "inc-1-checkout-is-failing"
    [odd] = await deps.door.read(work.unfinished)
    assert odd.id == "odd"


async def test_a_stop_in_the_same_moment_as_a_wake_is_heard(stage: Stage, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(engine, "LOOK_EVERY_S", 60.0)
    wake = asyncio.Event()
    looking = asyncio.create_task(engine.Engine(stage.muster.deps, wake)._dispatch())
    await asyncio.sleep(0.2)
    wake.set()
    await asyncio.sleep(0)  # the wake has arrived, and the loop has not gone round yet
    looking.cancel()
    await asyncio.wait({looking}, timeout=5)
    assert looking.cancelled()


async def test_slow_calls_of_one_incident_do_not_hold_up_another(stage: Stage):
    stage.rehearsal.knobs.faults.append(Fault("conversations.create", status=429, retry_after=3))
    await stage.say("ada", "/incident open sev1 first")
    await soon(lambda: not stage.rehearsal.knobs.faults)
    await stage.say("ada", "/incident open sev1 second")
    await soon(lambda: len(stage.messages("#incidents")) == 1)
    assert "second" in stage.messages("#incidents")[0].text
    await stage.settled()
    assert len(stage.messages("#incidents")) == 2


async def _mark_as_started(stage: Stage) -> None:
    deps = stage.muster.deps

    def job(session: Session) -> None:
        desk = deps.desk(session, stage.rehearsal.workspace.team_id)
        incidents.open(desk, title="outage", severity=Severity.SEV1, by=stage.person("ada").user_id)
        assert work.take_due(session, deps.wall())  # and here it died

    await deps.door.write(job)


async def _opened_beside(stage: Stage) -> Any:
    await stage.say("ada", "/incident open sev2 checkout is failing")

    async def announced() -> bool:
        return len(await stage.muster.deps.door.read(work.unfinished)) == 1

    await soon(announced)
    return await stage.incident()
