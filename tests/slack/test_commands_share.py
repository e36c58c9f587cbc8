"""/postmortem share: another channel gets the postmortem once, brought up to date, and words that go along."""

from __future__ import annotations

import re
from typing import Any

import pytest

from bot.domain.postmortem.values import Part
from bot.services.postmortem import living
from tests.conftest import Stage, soon
from tests.slack.rooms import Room, room
from tests.slack.test_commands_postmortem import closed, direct, do, id_of

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def channel(stage: Stage, name: str) -> Any:
    """A public channel that the bot is in."""
    await stage.person("ada").creates_channel(name)
    await stage.person("ada").invites(f"#{name}", "muster")
    return stage.rehearsal.workspace.find_channel(f"#{name}")


def posts(target: Any, inc: Room) -> list[Any]:
    """The messages there that show the postmortem."""
    return [m for m in target.messages.values() if m.blocks and f"Postmortem of {inc.label}" in m.text]


def shown(message: Any) -> list[Any]:
    return [block.get("text") or block.get("elements") for block in message.blocks]


def files(target: Any) -> list[str]:
    return [f["name"] for m in target.messages.values() for f in m.files]


async def test_share_hands_summary_and_file_over_in_a_channel_that_the_bot_is_in(shared: Stage):
    inc = await closed(shared)
    await shared.person("ada").creates_channel("growth")
    target = shared.rehearsal.workspace.find_channel("#growth")
    assert "I look first whether I am in it; if not, type `/invite @muster` there" in await shared.say(
        "ada", f"/postmortem share {inc.label} #growth"
    )
    told = await soon(lambda: next((m for m in direct(shared, "ada") if "I am not in" in m.text), None))
    assert f"I am not in <#{target.id}>, so I shared nothing. Type `/invite @muster` there, then type" in told.text
    assert not [m for m in target.messages.values() if m.files]

    await shared.person("ada").invites("#growth", "muster")
    await shared.say("ada", "/postmortem share #growth", inc.channel)
    post = await soon(lambda: next((m for m in target.messages.values() if inc.label in m.text and m.blocks), None))
    assert f"Postmortem of {inc.label}: checkout is failing" in post.text
    assert "/postmortem|Read it>" in str(post.blocks)
    (file,) = await soon(lambda: [f for m in target.messages.values() for f in m.files])
    assert re.fullmatch(rf"{inc.label.lower()}-postmortem-[0-9a-f]{{8}}\.md", file["name"])


async def test_where_other_organisations_read_it_asks_first_and_leaves_the_link_out(shared: Stage):
    inc = await closed(shared)
    await shared.person("ada").creates_channel("partners")
    await shared.person("ada").invites("#partners", "muster")
    target = shared.rehearsal.workspace.find_channel("#partners")
    target.is_ext_shared = True
    await shared.say("ada", f"/postmortem share {inc.label} #partners")
    asks = await soon(lambda: next((m for m in direct(shared, "ada") if "other organisations" in m.text), None))
    await shared.settled()
    assert not [m for m in target.messages.values() if inc.label in m.text]
    await shared.person("ada").clicks(asks.channel, asks.ts, "share_anyway")
    post = await soon(lambda: next((m for m in target.messages.values() if inc.label in m.text), None))
    assert "/incidents/" not in str(post.blocks)


async def test_a_second_time_it_says_since_when_it_is_there_and_posts_nothing(shared: Stage):
    inc, target = await closed(shared), await channel(shared, "weekly")
    await shared.say("ada", "/postmortem share #weekly", inc.channel)
    await shared.settled()
    (before,) = [shown(m) for m in posts(target, inc)]
    answer = await shared.say("ben", f"/postmortem share {inc.label} #weekly")
    assert re.match(
        rf"{inc.label} was shared in <#{target.id}> already, at 14:\d\d UTC by <@{id_of(shared, 'ada')}>, "
        "and says the same today.",
        answer,
    )
    await shared.settled()
    (after,) = posts(target, inc)
    assert shown(after) == before and len(files(target)) == 1


async def test_a_changed_postmortem_is_brought_up_to_date_where_it_stands(shared: Stage):
    inc, target = await closed(shared), await channel(shared, "monthly")
    await shared.say("ada", "/postmortem share #monthly", inc.channel)
    await shared.settled()
    (ts,) = [m.ts for m in posts(target, inc)]
    await do(inc, lambda desk, i: living.write(desk, i, Part.SUMMARY, "Worse than we thought.", by="U0", revision=0))
    answer = await shared.say("ben", "/postmortem share #monthly", inc.channel)
    assert "The postmortem has changed since: I bring that message up to date." in answer
    await shared.settled()
    (message,) = posts(target, inc)
    assert message.ts == ts and "Worse than we thought." in str(message.blocks)
    assert f"shared by <@{id_of(shared, 'ada')}>" in str(message.blocks)
    assert len(set(files(target))) == len(files(target)) == 2
    assert "says the same today" in await shared.say("ben", "/postmortem share #monthly", inc.channel)


async def test_a_message_that_was_taken_away_is_posted_anew(shared: Stage):
    inc, target = await closed(shared), await channel(shared, "yearly")
    await shared.say("ada", "/postmortem share #yearly", inc.channel)
    await shared.settled()
    (gone,) = posts(target, inc)
    del target.messages[gone.ts]
    assert "only where that message was taken away" in await shared.say("ben", "/postmortem share #yearly", inc.channel)
    await shared.settled()
    (message,) = posts(target, inc)
    assert message.ts != gone.ts and f"shared by <@{id_of(shared, 'ben')}>" in str(message.blocks)


async def test_words_behind_the_channel_go_along_and_new_ones_are_posted_anew(shared: Stage):
    inc, target = await closed(shared), await channel(shared, "random-reads")
    line = f"/postmortem share {inc.label} in #random-reads: please read *this* like INC-99, <!channel> @ben"
    answer = await shared.say("ada", line)
    assert "with your words: “please read ∗this∗ like INC-99, &lt;!channel&gt; @Ben Haddad”" in answer
    await shared.settled()
    (first,) = posts(target, inc)
    said = f"<@{id_of(shared, 'ada')}>: please read ∗this∗ like INC-99, &lt;!channel&gt; @Ben Haddad"
    assert first.blocks[1]["text"]["text"] == said
    again = await shared.say("ben", "/postmortem share #random-reads we talk about it at three", inc.channel)
    assert "I post it anew, with your words: “we talk about it at three”." in again
    await shared.settled()
    older, newer = posts(target, inc)
    assert shown(older) == shown(first) and "we talk about it at three" in str(newer.blocks)


async def test_the_words_survive_the_question_about_other_organisations(shared: Stage):
    inc, target = await closed(shared), await channel(shared, "partners-2")
    target.is_ext_shared = True
    await shared.say("ada", "/postmortem share #partners-2 as promised, all of it", inc.channel)
    asks = await soon(lambda: next((m for m in direct(shared, "ada") if f"of {inc.label} there" in m.text), None))
    await shared.person("ada").clicks(asks.channel, asks.ts, "share_anyway")
    await shared.settled()
    (message,) = posts(target, inc)
    assert "as promised, all of it" in str(message.blocks)


@pytest.mark.parametrize(
    ("line", "says", "hint"),
    [
        ("share", "Which channel?", "/postmortem share #engineering"),
        ("share engineering", "Which channel?", "/postmortem share #engineering"),
        ("share widely #general", "I do not know what to do with `widely` in front of the channel.", "please read it"),
        ("share #general #random", "One channel at a time; you named more.", "for each"),
        ("share #general and #incidents", "One channel at a time; you named more.", "for each"),
        ("share #general " + "x" * 501, "Those words have 501 characters; 500 is the most.", "Share it with a line"),
        ("share INC-99999 #general", "I know no incident `INC-99999`", "/incident list"),
    ],
)
async def test_wrong_words_come_back_and_share_nothing(shared: Stage, line, says, hint):
    inc = await room(shared)
    answer = await shared.say("ada", f"/postmortem {line}", inc.channel)
    await shared.settled()
    assert says in answer and hint in answer and f"You typed:\n```\n/postmortem {line}" in answer
    assert not posts(shared.rehearsal.workspace.find_channel("#general"), inc)


async def test_the_incident_may_stand_behind_the_channel(shared: Stage):
    inc, target = await closed(shared), await channel(shared, "daily")
    answer = await shared.say("ada", f"/postmortem share #daily {inc.label}: have a look")
    assert f"I share {inc.label} in" in answer and "“have a look”" in answer
    await shared.settled()
    assert posts(target, inc)
