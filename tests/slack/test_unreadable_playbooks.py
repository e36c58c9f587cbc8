"""A playbooks folder with a file in it that cannot be read, and an empty one."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.rehearsal.server import Rehearsal
from bot.wiring import Muster
from tests.conftest import Stage, settings_for


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "playbooks"
    folder.mkdir()
    return folder


@pytest.fixture
def unreadable(folder: Path) -> None:
    (folder / "good-one.md").write_text("---\ntitle: Turn it round\n---\n# Turn it round\n\n## 1. Turn\n\nSlowly.\n")
    (folder / "broken.md").write_text("---\ntitel: oops\n---\n# x\n")
    (folder / "wiki.md").write_text("# Our wiki page\n\nCall Bo.\n")
    (folder / "typo.md").write_text("---\ntitle: Look\nprobes: [mongodb.lagg]\n---\n## 1. Look\n")


@pytest.fixture
async def stage(rehearsal: Rehearsal, tmp_path: Path, folder: Path) -> AsyncIterator[Stage]:
    """A bot with a playbooks folder of its own."""
    found = settings_for(rehearsal, f"sqlite:///{tmp_path}/muster.db", muster_playbooks=(folder,))
    muster = Muster(found, now=rehearsal.clock.now)
    await muster.start()
    await muster.ready()
    yield Stage(rehearsal, muster)
    await muster.stop()


async def test_an_unreadable_playbook_is_named_with_its_line_and_the_others_stay(unreadable: None, stage: Stage):
    answer = await stage.say("ada", "/runbook show broken")
    assert "The playbook `broken` cannot be read." in answer and "broken.md:2" in answer
    assert "/runbook show broken" in answer
    listed = await stage.say("ada", "/runbook list")
    assert "• `good-one`  Turn it round  ·  your own" in listed and ":warning:" in listed and "broken.md:2" in listed


async def test_a_playbook_with_a_probe_that_does_not_exist_is_shown_and_says_so(unreadable: None, stage: Stage):
    says = 'typo.md:3: there is no probe "mongodb.lagg"'
    assert says in await stage.say("ada", "/runbook list")
    shown = (await stage.person("ada").types("#general", "/runbook show typo"))["answer"]
    assert "*Steps*" in repr(shown["blocks"]) and says in repr(shown["blocks"])


async def test_a_page_without_steps_is_listed_as_one_to_read(unreadable: None, stage: Stage):
    listed = await stage.say("ada", "/runbook list")
    assert "• `wiki`  Our wiki page  ·  your own, to read, no steps" in listed.splitlines()
    assert "your own" not in await stage.say("ada", "/runbook show wiki")


async def test_with_no_playbooks_at_all_it_says_how_to_get_some(stage: Stage):
    assert "There are no playbooks yet" in await stage.say("ada", "/runbook")
    assert "No playbook fits" in await stage.say("ada", "/runbook redis is empty")
