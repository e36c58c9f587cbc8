"""The bot is killed at every call it makes to Slack, and started again: all is there, and nothing twice."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.rehearsal.server import Rehearsal
from bot.store import postmortems
from tests.flows.scene import Point, ours, scene, whats_wrong

# The calls of an opening, by method and which call of that method it is.
OPENING = (
    ("conversations.create", 1),
    ("conversations.invite", 1),
    ("chat.postMessage", 1),  # the card
    ("conversations.setTopic", 1),
    ("pins.add", 1),
    ("chat.postMessage", 2),  # the announcement
    ("bookmarks.add", 1),
    ("chat.update", 1),
)
TITLE_TAKEN_UP: tuple[tuple[tuple[str, int], Point], ...] = (
    (("bookmarks.add", 1), "after the effect"),  # before it was promised
    (("chat.postMessage", 3), "before the effect"),
    (("chat.postMessage", 3), "after the effect"),
)
CLOSING = (
    ("users.info", 1),
    ("chat.postMessage", 1),  # the summary
    ("files.getUploadURLExternal", 1),
    ("files.completeUploadExternal", 1),
    ("files.completeUploadExternal", 2),  # the picture
)
EVERY_KILL = False  # True takes all calls at all three points, which is two minutes
AFTER_ANSWER = OPENING if EVERY_KILL else (OPENING[0], OPENING[2])
BEFORE_EFFECT = OPENING if EVERY_KILL else (OPENING[5],)
AT_CLOSE = CLOSING if EVERY_KILL else (CLOSING[1], CLOSING[4])


@pytest.mark.parametrize(
    ("point", "calls"),
    [("after the effect", OPENING), ("after the answer", AFTER_ANSWER), ("before the effect", BEFORE_EFFECT)],
    ids=["after-the-effect", "after-the-answer", "before-the-effect"],
)
async def test_killed_at_a_call_of_the_opening_all_is_done_once(
    rehearsal: Rehearsal, tmp_path: Path, point: Point, calls: tuple[tuple[str, int], ...]
):
    async with scene(rehearsal, f"sqlite:///{tmp_path}/muster.db", tmp_path) as on:
        for number, call in enumerate(calls, start=1):
            line = f"/incident open sev1 outage {number} @ben"
            await on.dies_at(call, point, lambda line=line: on.types("ada", line))  # type: ignore[misc]
            incident = on.newest()
            assert incident.number == number
            assert whats_wrong(on, incident) == "", (point, call)


async def test_killed_while_the_title_is_taken_up_its_playbook_is_suggested_once(rehearsal: Rehearsal, tmp_path: Path):
    async with scene(rehearsal, f"sqlite:///{tmp_path}/muster.db", tmp_path) as on:
        for number, (call, point) in enumerate(TITLE_TAKEN_UP, start=1):
            line = f"/incident open sev1 redis is empty since {number} min"
            await on.dies_at(call, point, lambda line=line: on.types("ada", line))  # type: ignore[misc]
            texts = [post.text for post in ours(on, on.newest().channel_id)]
            assert [text.startswith("May fit the title") for text in texts] == [False, True], (call, point, texts)


async def test_killed_at_a_call_of_the_close_the_draft_is_posted_once(rehearsal: Rehearsal, tmp_path: Path):
    async with scene(rehearsal, f"sqlite:///{tmp_path}/muster.db", tmp_path) as on:
        for number, call in enumerate(AT_CLOSE, start=1):
            await on.types("ada", f"/incident open sev1 outage {number}")
            await on.settled()
            incident = on.newest()
            where = incident.channel_id
            await on.dies_at(
                call, "after the effect", lambda where=where: on.types("ada", "/incident close now", where)
            )
            posts = ours(on, where)
            assert sum("Postmortem draft" in post.text for post in posts) == 1, call
            files = [file["name"] for post in posts for file in post.files]
            assert files == [f"inc-{number}-postmortem-1.md", f"inc-{number}-course-1.png"], call
            with on.door.reads() as session:
                kept = postmortems.newest(session, incident.id)
            assert kept is not None
            assert kept.version == 1, call


async def test_killed_while_it_speaks_beside_the_steps_each_is_posted_once(rehearsal: Rehearsal, tmp_path: Path):
    line = "MISCONF Redis is configured to save RDB snapshots, but it is currently unable to persist to disk"
    async with scene(rehearsal, f"sqlite:///{tmp_path}/muster.db", tmp_path) as on:
        await on.types("ada", "/incident open sev1 redis refuses writes")
        await on.settled()
        where = on.newest().channel_id
        ada = rehearsal.person("ada")
        say = ("chat.postMessage", 1)
        await on.dies_at(say, "after the effect", lambda: ada.says(where, line))
        await on.types("ada", "/runbook walk backup-verify", where)
        await on.settled()
        step = next(post for post in ours(on, where) if "'step_help'" in repr(post.blocks))
        await on.dies_at(say, "after the effect", lambda: ada.clicks(where, step.ts, "step_help"))
        await ada.clicks(where, step.ts, "step_done")
        await on.settled()
        await on.dies_at(say, "after the effect", lambda: on.types("ada", "/incident close now", where))
        texts = [post.text for post in ours(on, where)]
        for said in ("This line is known", "asks for help", "which steps helped", "Postmortem draft"):
            assert sum(said in text for text in texts) == 1, (said, texts)
