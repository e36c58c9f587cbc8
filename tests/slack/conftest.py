"""A workspace that the tests of one file share: each test opens its own incident in it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from bot.wiring import Muster
from tests.conftest import Stage, patient_workspace, settings_for
from tests.slack.rooms import STORY, Room, room


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    """The bot on a socket, at 14:00 UTC of a day in April 2026. Its tests run in the module's event loop."""
    rehearsal = patient_workspace()
    rehearsal.clock.set(STORY)
    await rehearsal.start()
    url = f"sqlite:///{tmp_path_factory.mktemp('shared')}/muster.db"
    muster = Muster(settings_for(rehearsal, url), now=rehearsal.clock.now)
    await muster.start()
    await muster.ready()
    yield Stage(rehearsal, muster)
    await muster.stop()
    await rehearsal.stop()


@pytest_asyncio.fixture(loop_scope="module")
async def inc(shared: Stage) -> Room:
    """A fresh incident with its room, opened by ada; ben is in it too."""
    return await room(shared)
