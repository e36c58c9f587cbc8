"""Everything joined: the whole walk on PostgreSQL, and how a start and a stop behave."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import sqlite3
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot import wiring
from bot.domain.incident import Severity
from bot.errors import UserError
from bot.rehearsal.knobs import Fault
from bot.rehearsal.server import Rehearsal
from bot.services import incidents
from bot.settings import Settings
from bot.store import people, postmortems, work
from bot.wiring import Muster, desk, new_id
from tests.conftest import Stage, settings_for, soon

BOOK = "rebuild-indexes"


async def test_the_whole_walk_on_postgresql(rehearsal: Rehearsal, postgres_url: str):
    bot = Muster(settings_for(rehearsal, postgres_url), now=rehearsal.clock.now)
    await bot.start()
    try:
        await bot.ready()
        stage = Stage(rehearsal, bot)
        await walk(stage)
        incident = await stage.incident()
        kept = await bot.deps.door.read(lambda session: postmortems.newest(session, incident.id))
        assert kept is not None
        for words in ("queue is growing", "db2 does not answer", "raise the limit", "the index is back"):
            assert words in kept.markdown
        messages = stage.messages(incident.channel_name)
        assert sum("Postmortem draft" in message.text for message in messages) == 1
        assert [file["name"] for message in messages for file in message.files] == [
            "inc-1-postmortem-1.md",
            "inc-1-course-1.png",
        ]
        report = await bot.report()
        assert (report.status, report.checks["work"]["says"]) == ("ok", "0 promised")
    finally:
        await bot.stop()


async def walk(stage: Stage) -> None:
    """Open, note, pin, task, a playbook, close."""
    incident = await stage.opened("/incident open sev1 checkout is failing @ben")
    room, ada = incident.channel_name, stage.person("ada")
    await stage.say("ada", "/incident note 1 min ago #detected the queue is growing", room)
    said = await ada.says(room, "db2 does not answer")
    await ada.reacts(room, said["ts"], "pushpin")
    await stage.say("ada", "/incident task @ben raise the limit", room)
    await stage.say("ada", f"/runbook walk {BOOK}", room)
    await stage.settled()
    step = next(m for m in stage.messages(room) if "step_done" in str(m.blocks))
    await ada.clicks(room, step.ts, "step_done")
    await stage.settled()
    await stage.say("ada", "/incident mitigate the index is back", room)
    await stage.say("ada", "/incident close now", room)
    await stage.settled()


async def test_stopping_in_the_middle_loses_nothing(rehearsal: Rehearsal, tmp_path: Path):
    rehearsal.knobs.latency_ms = 100
    settings = settings_for(rehearsal, f"sqlite:///{tmp_path}/muster.db")
    first = Muster(settings, now=rehearsal.clock.now)
    await first.start()
    await first.ready()
    await Stage(rehearsal, first).say("ada", "/incident open sev1 checkout is failing")
    await first.stop()
    second = Muster(settings, now=rehearsal.clock.now)
    await second.start()
    try:
        stage = Stage(rehearsal, second)
        await second.ready()
        await stage.settled()
        incident = await stage.incident()
        assert incident.channel_name == "inc-1-checkout-is-failing"
        assert sum(bool(m.blocks) for m in stage.messages(incident.channel_name)) == 1
        assert sum(not m.subtype for m in stage.messages("#incidents")) == 1
    finally:
        await second.stop()


async def test_a_busy_port_is_told_and_everything_given_back(rehearsal: Rehearsal, tmp_path: Path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        bot = Muster(settings_for(rehearsal, f"sqlite:///{tmp_path}/muster.db", port=port))
        with pytest.raises(OSError, match=f"port {port} on 127.0.0.1 is in use"):
            await bot.start()
        await bot.stop()
    before = asyncio.all_tasks()
    await asyncio.sleep(0.05)
    assert asyncio.all_tasks() <= before


async def test_the_web_half_takes_requests_and_the_worker_half_does_the_work(rehearsal: Rehearsal, tmp_path: Path):
    url = f"sqlite:///{tmp_path}/muster.db"
    web = Muster(settings_for(rehearsal, url, slack_app_token=""), worker=False, now=rehearsal.clock.now)
    await web.start()
    worker = Muster(settings_for(rehearsal, url, slack_app_token=""), web=False, now=rehearsal.clock.now)
    await worker.start()
    try:
        await web.ready()
        rehearsal.use_request_url(f"{web.url}/slack/events")
        stage = Stage(rehearsal, web)
        assert (await stage.opened()).channel_name == "inc-1-checkout-is-failing"
        assert worker.url == ""
    finally:
        await worker.stop()
        await web.stop()


async def test_health_tells_that_the_socket_is_gone(stage: Stage):
    assert (await stage.muster.report()).status == "ok"
    stage.rehearsal.knobs.down = True

    async def noticed() -> bool:
        return not (await stage.muster.report()).checks["socket"]["ok"]

    await soon(noticed)
    assert (await stage.muster.report()).status == "degraded"


def test_what_the_terminal_writes_before_slack_was_ever_met_waits_for_its_workspace(
    rehearsal: Rehearsal, tmp_path: Path
):
    settings = settings_for(rehearsal, f"sqlite:///{tmp_path}/muster.db")
    with desk(settings) as at:
        opened = incidents.open(at, title="outage", severity=Severity.SEV1, by="terminal:ada")
        assert opened.team_id == people.NOT_MET_YET
    with desk(settings) as at:
        people.meet(at.session, "T1", wiring.wall())
    with desk(settings) as at:
        assert incidents.find(at, number=1).team_id == at.team_id == "T1"
        assert {one.team_id for one in work.unfinished(at.session)} == {"T1"}


def test_a_mistake_at_the_terminal_writes_nothing(rehearsal: Rehearsal, tmp_path: Path):
    settings = settings_for(rehearsal, f"sqlite:///{tmp_path}/muster.db")
    with pytest.raises(UserError), desk(settings) as at:
        incidents.open(at, title="one", severity=Severity.SEV1, by="terminal:ada")
        incidents.open(at, title="", severity=Severity.SEV1, by="terminal:ada")
    with desk(settings) as at:
        assert incidents.newest(at) == []


def test_a_file_that_is_no_database_is_refused_and_left_as_it_is(rehearsal: Rehearsal, tmp_path: Path):
    file, letter = tmp_path / "muster.db", b"this is a letter, not a database. " * 100
    file.write_bytes(letter)
    with pytest.raises(sa.exc.DatabaseError, match="file is not a database"):
        in_use(settings_for(rehearsal, f"sqlite:///{file}"))
    assert file.read_bytes() == letter


def test_a_damaged_database_is_refused_and_left_as_it_is(rehearsal: Rehearsal, tmp_path: Path):
    file = tmp_path / "muster.db"
    settings = settings_for(rehearsal, f"sqlite:///{file}")
    in_use(settings)
    with contextlib.closing(sqlite3.connect(file)) as plain:
        plain.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    damaged = bytearray(file.read_bytes())
    damaged[100:4096] = b"\xff" * 3996
    file.write_bytes(damaged)
    with pytest.raises(sa.exc.DatabaseError, match="malformed"):
        in_use(settings)
    assert file.read_bytes() == damaged


def in_use(settings: Settings) -> None:
    """Do something at the terminal."""
    with desk(settings) as at:
        incidents.open(at, title="one", severity=Severity.SEV1, by="terminal:ada", force=True)


def test_new_ids_are_all_different_and_grow_with_time():
    ids = [new_id() for _ in range(1000)]
    assert len(set(ids)) == 1000
    assert all(len(one) == 32 for one in ids)
    assert [one[:12] for one in ids] == sorted(one[:12] for one in ids)


async def test_the_log_says_once_that_slack_is_away_and_once_that_it_is_back(
    stage: Stage, caplog: pytest.LogCaptureFixture
):
    stage.rehearsal.knobs.down = True
    await soon(lambda: "Slack is away: no socket (it closed)." in caplog.text)
    stage.rehearsal.knobs.down = False
    await soon(lambda: "Slack is back: the socket is open." in caplog.text, 30)
    told = [r for r in caplog.records if r.name.startswith(("bot.", "slack_sdk")) and r.levelname != "INFO"]
    assert len(told) == 2
    assert not [record for record in caplog.records if record.exc_info]


async def test_a_slack_that_is_away_at_the_start_is_told_once(
    rehearsal: Rehearsal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    monkeypatch.setattr(wiring, "INTRODUCE_EVERY_S", 0.05)
    rehearsal.knobs.faults.append(Fault("auth.test", status=503, times=4))
    bot = Muster(settings_for(rehearsal, f"sqlite:///{tmp_path}/muster.db", slack_app_token=""))
    await bot.start()
    try:
        await soon(lambda: "Slack knows us now." in caplog.text)
        assert not rehearsal.knobs.faults
        assert caplog.text.count("Slack does not know us yet") == 1
    finally:
        await bot.stop()


async def test_health_tells_of_work_that_was_given_up(stage: Stage):
    incident = await stage.opened()

    def give_up(session) -> None:
        work.promise(session, id="w1", team_id="T1", kind="card", subject=incident.id, now=wiring.wall(), after_s=60)
        work.finish(session, "w1", wiring.wall(), "given up: it was running when 6 workers died")

    await stage.muster.deps.door.write(give_up)
    assert (await stage.muster.report()).checks["work"]["says"].startswith("0 promised, 1 given up")
