"""/incident strike, and being told at once when moments contradict"""

import pytest

from bot.domain.timeline import Kind
from tests.slack.rooms import Room

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.mark.parametrize("verb", ["strike", "delete", "remove", "undo"])
async def test_a_struck_note_leaves_the_timeline_and_who_and_why_is_written_down(inc: Room, verb):
    await inc.say("note 13:10 db1 is down")
    wrong = await inc.last()
    answer = await inc.say(f"{verb} {wrong.label.lower()} it was db2", "ben")
    entry = await inc.last()
    assert (entry.kind, entry.text) == (Kind.NOTE, f"Struck {wrong.label}: it was db2")
    assert entry.author == inc.stage.person("ben").user_id
    assert wrong.id not in [e.id for e in await inc.entries()]
    assert f"{wrong.label} is struck: db1 is down" in answer


async def test_alone_it_says_how_and_a_word_that_is_no_name_is_explained(inc: Room):
    answer = await inc.say("strike")
    assert "Which entry" in answer and "`/incident strike E7 it was another day`" in answer
    answer = await inc.say("strike that")
    assert "`that` is no entry's name." in answer and "/incident strike that" in answer
    assert "has no entry E99" in await inc.say("strike E99")


async def test_what_the_bot_saw_itself_stays(inc: Room):
    answer = await inc.say("strike E1")
    assert "E1 records the declaration, which did happen, so it stays." in answer
    assert "`/incident note E1 …`" in answer


async def test_a_moment_before_the_impact_began_is_told_at_once_with_what_to_strike(inc: Room):
    await inc.say("note 13:30 #impact nobody can pay")
    start = await inc.last()
    answer = await inc.say("note 13:20 #detected the pager rings")
    seen = await inc.last()
    assert (
        f"The first signal, 13:20 UTC ({seen.label}), is before impact began at 13:30 UTC ({start.label}). "
        f"Strike the wrong one: `/incident strike {start.label}` or `/incident strike {seen.label}`." in answer
    )
    assert "The end of the impact, 13:10 UTC" in await inc.say("mitigate at 13:10")
    assert "is before" not in await inc.say(f"strike {start.label}")


async def test_close_tells_of_a_contradiction(inc: Room):
    answer = await inc.say("close started 13:30 mitigated 13:20 now")
    assert "The end of the impact, 13:20 UTC" in answer and "is before impact began at 13:30 UTC" in answer


async def test_yesterdays_time_is_told_with_its_date(inc: Room):
    assert " at 2026-04-22 23:10 UTC" in await inc.say("note yesterday 23:10 the deploy")
    assert " at 2026-04-" not in await inc.say("note 13:10 the deploy")
