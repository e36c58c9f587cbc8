"""An incident that was read from a write-up: it is over, it has no channel, and nothing waits for one."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.domain.timeline import Source
from bot.domain.writeup import read
from bot.services import timeline
from bot.services.desk import Desk
from bot.services.postmortem import importing
from bot.store import incidents
from tests.conftest import Stage

HAND = "# It was slow\n\n- 2020-04-23 12:03 UTC slow\n- 12:10 UTC quick again\n"


async def test_what_is_noted_later_at_a_terminal_waits_for_no_channel(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.services.postmortem.late.SETTLES_S", 0.05)
    writeup = read(HAND, now=datetime.now(UTC), zone=ZoneInfo("UTC"))

    def job(desk: Desk) -> None:
        incident = importing.store(desk, writeup, text=HAND, by="terminal:ada")
        timeline.note(desk, incident, "it was the index", by="terminal:ada", source=Source.TERMINAL)

    team = stage.rehearsal.workspace.team_id
    before = set(stage.rehearsal.workspace.channels)
    await stage.muster.deps.at_desk(team, job)
    await stage.settled()
    assert set(stage.rehearsal.workspace.channels) == before
    found = await stage.muster.deps.door.read(lambda session: incidents.by_number(session, team, 1))
    assert found is not None and found.channel_id == ""
