"""Buttons: each press moves things once, says who pressed, and old buttons say that they are old."""

import asyncio

import pytest

from bot.domain.incident import Status
from bot.domain.timeline import Kind
from bot.slack.buttons import OLD
from tests.conftest import Stage, soon
from tests.slack.rooms import Room, field

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def walk(inc: Room, who: str = "ada"):
    """Take up a playbook in the room; the message with its first step."""
    await inc.stage.say(who, "/runbook walk stop-respawn", inc.channel)
    await inc.stage.settled()
    return inc.with_button("step_done")


async def press(inc: Room, message, action_id: str, who: str = "ben"):
    said = await inc.stage.person(who).clicks(inc.channel, message.ts, action_id)
    assert said["ok"], said
    await inc.stage.settled()


async def told(inc: Room, who: str, words: str) -> str:
    """What one person was told in private, once it is there."""

    async def look() -> str:
        seen = await inc.stage.person(who).sees(inc.channel)
        return next((m["text"] for m in reversed(seen) if m.get("ephemeral") and words in m["text"]), "")

    return await soon(look)


def marks(entries):
    return [(e.data["step"], e.data["did"], e.author) for e in entries if e.kind is Kind.STEP]


async def test_a_found_playbook_is_taken_up_with_its_button(inc: Room):
    await inc.stage.say("ada", "/runbook redis came back empty after a restart", inc.channel)
    await press(inc, inc.with_button("walk_start"), "walk_start")
    (entry,) = await inc.entries(Kind.PLAYBOOK)
    assert entry.author == inc.stage.person("ben").user_id
    assert "Step 1 of" in repr(inc.with_button("step_done").blocks)


async def test_done_shows_the_next_step_in_the_same_message_and_writes_who_and_when(inc: Room):
    message = await walk(inc)
    ts = message.ts
    await press(inc, message, "step_done", "ben")
    assert inc.with_button("step_done").ts == ts
    assert "Step 2 of" in repr(inc.with_button("step_done").blocks)
    (entry,) = await inc.entries(Kind.STEP)
    assert (entry.data["step"], entry.data["did"], entry.author) == (1, "done", inc.stage.person("ben").user_id)


async def test_back_shows_the_step_before(inc: Room):
    message = await walk(inc)
    await press(inc, message, "step_done")
    await press(inc, message, "step_back", "ada")
    assert "Step 1 of" in repr(inc.with_button("step_done").blocks)
    assert [did for _, did, _ in marks(await inc.entries())] == ["done", "back"]


async def test_back_shows_what_stands_for_the_step_until_it_is_pressed_again(inc: Room):
    message = await walk(inc)
    await press(inc, message, "step_done")
    await press(inc, message, "step_back", "ada")
    shown = repr(inc.with_button("step_done").blocks)
    assert ":white_check_mark: done before (<@" in shown and ":white_check_mark: 1. " not in shown
    await press(inc, inc.with_button("step_done"), "step_done")
    shown = repr(inc.with_button("step_done").blocks)
    assert ":white_check_mark: 1. " in shown and "done before" not in shown


async def test_a_playbook_ends_with_the_last_step_that_is_needed_and_can_still_be_gone_on_with(inc: Room):
    message = await walk(inc)
    await press(inc, message, "step_done")
    await press(inc, inc.with_button("step_finish"), "step_finish", "ada")
    ended = inc.with_button("step_goto")
    assert "No other step was needed: 2 of 9 steps done, not needed: 3 to 9." in repr(ended.blocks)
    last = (await inc.entries(Kind.STEP))[-1]
    assert last.text.endswith("(no other step is needed)") and last.author == inc.stage.person("ada").user_id
    await press(inc, ended, "step_back", "ben")
    assert "Step 2 of 9" in repr(inc.with_button("step_done").blocks)
    await press(inc, inc.with_button("step_finish"), "step_finish", "ada")
    await inc.say("close now")
    await inc.stage.settled()
    closed = next(text for text in inc.texts() if "is closed" in text)
    assert "Not walked of" not in closed and "Put away" not in closed


async def test_a_step_that_did_not_help_is_noted_and_the_next_one_shown(inc: Room):
    message = await walk(inc)
    await press(inc, message, "step_no_help", "ben")
    (entry,) = await inc.entries(Kind.STEP)
    assert (entry.data["step"], entry.data["did"], entry.data["reason"]) == (1, "tried", "it did not help")
    shown = repr(inc.with_button("step_done").blocks)
    assert "Step 2 of" in shown
    assert "it did not help" in shown


async def test_skip_asks_why_and_writes_the_reason(inc: Room):
    message = await walk(inc)
    await press(inc, message, "step_skip", "ben")
    view = await inc.form("ben")
    assert view["title"]["text"] == "Skip step 1"
    empty = await inc.stage.person("ben").submits(view["id"], {"reason": {"reason": "   "}})
    assert "A skipped step needs a reason." in empty["errors"]["reason"]
    said = await inc.stage.person("ben").submits(view["id"], {"reason": {"reason": "no such <host> here"}})
    assert said["ok"], said
    await inc.stage.settled()
    (entry,) = await inc.entries(Kind.STEP)
    assert entry.data["reason"] == "no such <host> here"
    assert "Step 2 of" in repr(inc.with_button("step_done").blocks)
    assert "no such &lt;host&gt; here" in repr(inc.with_button("step_done").blocks)


async def test_a_walk_to_its_end_says_so_and_can_still_go_back(inc: Room):
    message = await walk(inc)
    for _ in range(30):
        if "step_done" not in repr(message.blocks):
            break
        await press(inc, message, "step_done")
        message = inc.stage.rehearsal.workspace.channels[inc.channel].messages[message.ts]
    assert "The last step is behind you: all 9 steps done." in repr(message.blocks)
    count = len(await inc.entries(Kind.STEP))
    await press(inc, message, "step_back")
    assert f"Step {count} of {count}" in repr(inc.with_button("step_done").blocks)


async def test_a_button_pressed_by_everyone_at_once_makes_one_mark(inc: Room):
    message = await walk(inc)
    people = [inc.stage.person(name) for name in ("ada", "ben")]
    said = await asyncio.gather(*(people[n % 2].clicks(inc.channel, message.ts, "step_done") for n in range(20)))
    assert all(one["ok"] for one in said)
    await inc.stage.settled()
    assert len(marks(await inc.entries())) == 1
    assert "Step 1 is not the one in hand." in await told(inc, "ada", "not the one in hand")


async def test_back_pressed_many_times_goes_back_once(inc: Room):
    message = await walk(inc)
    for _ in range(3):
        await press(inc, message, "step_done")
    ben = inc.stage.person("ben")
    await asyncio.gather(*(ben.clicks(inc.channel, message.ts, "step_back") for _ in range(10)))
    await inc.stage.settled()
    assert [did for _, did, _ in marks(await inc.entries())] == ["done", "done", "done", "back"]
    assert "Step 3 of" in repr(inc.with_button("step_done").blocks)


async def test_put_away_takes_the_buttons_away_and_the_playbook_can_be_begun_again(inc: Room):
    message = await walk(inc)
    await press(inc, message, "walk_stop", "ben")
    left = inc.stage.rehearsal.workspace.channels[inc.channel].messages[message.ts]
    assert "Put away at step 1 of" in repr(left.blocks)
    assert "step_done" not in repr(left.blocks)
    entry = (await inc.entries(Kind.PLAYBOOK))[-1]
    assert entry.text.startswith("Put away the playbook")
    assert entry.author == inc.stage.person("ben").user_id
    card = next(repr(m.blocks) for m in inc.stage.messages(inc.channel) if "Timeline page" in repr(m.blocks))
    assert "put away at step 1 of" in card
    assert (await walk(inc)).ts != message.ts


async def posted(inc: Room, action_id: str, value: str) -> str:
    """A message of the app as an older version may have left it."""
    element = {"type": "button", "action_id": action_id, "value": value, "text": {"type": "plain_text", "text": "x"}}
    block = {"type": "actions", "block_id": "old", "elements": [element]}
    deps = inc.stage.muster.deps
    said = await deps.chat._call("chat.postMessage", channel=inc.channel, text="old", blocks=[block])
    return said["ts"]


@pytest.mark.parametrize(
    ("action_id", "value"),
    [
        ("approve_everything", "x"),
        ("step_done", ""),
        ("step_done", "no-colon"),
        ("step_skip", "gone:1"),
        ("step_skip", "gone:99999999999999999999"),
        ("card_close", "gone"),
        ("card_mitigate", "{}"),
        ("retry_room", "gone"),
    ],
)
async def test_a_button_of_an_older_version_says_so_and_does_nothing(inc: Room, action_id, value):
    before = await inc.entries()
    ts = await posted(inc, action_id, value)
    assert (await inc.stage.person("ada").clicks(inc.channel, ts, action_id))["ok"]
    assert OLD in await told(inc, "ada", "older version")
    assert await inc.entries() == before


@pytest.mark.parametrize("value", ["gone:1", "٣:٣", f"{'x' * 1000}:1"])
async def test_a_step_of_a_walk_nobody_knows_says_how_to_begin_again(inc: Room, value):
    ts = await posted(inc, "step_done", value)
    assert (await inc.stage.person("ada").clicks(inc.channel, ts, "step_done"))["ok"]
    assert "Begin again with `/runbook`" in await told(inc, "ada", "from before my memory")


async def test_a_playbook_that_is_gone_says_so(inc: Room):
    ts = await posted(inc, "walk_start", "a-book-<!here>")
    assert (await inc.stage.person("ada").clicks(inc.channel, ts, "walk_start"))["ok"]
    assert "I know no playbook `a-book-&lt;!here&gt;`" in await told(inc, "ada", "no playbook")


async def test_an_unknown_form_says_it_is_old(inc: Room):
    await inc.stage.say("ada", "/incident close", inc.channel)
    view = await inc.form()
    inc.stage.rehearsal.workspace.views[view["id"]].body["callback_id"] = "from_an_older_version"
    assert (await inc.stage.person("ada").submits(view["id"], {}))["ok"]
    assert "This form is from an older version of me." in await told(inc, "ada", "older version")
    assert (await inc.incident()).status is Status.OPEN


async def test_the_cards_buttons_carry_the_incident_to_its_close(inc: Room):
    card = inc.with_button("card_mitigate")
    await press(inc, card, "card_mitigate")
    assert (await inc.incident()).status is Status.MITIGATED
    await press(inc, inc.with_button("card_resolve"), "card_resolve")
    assert (await inc.incident()).status is Status.RESOLVED
    assert inc.with_button("card_close").ts == card.ts
    await press(inc, inc.with_button("card_close"), "card_close")
    view = await inc.form("ben")
    assert field(view, "started")["type"] == "plain_text_input"
    assert (await inc.stage.person("ben").submits(view["id"], {}))["ok"]
    await inc.stage.settled()
    assert (await inc.incident()).status is Status.CLOSED
    assert not [m for m in inc.stage.messages(inc.channel) if m.ts == card.ts and "card_" in repr(m.blocks)]


async def test_a_card_button_pressed_twice_is_told_the_second_time(inc: Room):
    card = inc.with_button("card_mitigate")
    both = (inc.stage.person(name).clicks(inc.channel, card.ts, "card_mitigate") for name in ("ada", "ben"))
    assert all(one["ok"] for one in await asyncio.gather(*both))
    await inc.stage.settled()
    assert len(await inc.entries(Kind.STATUS)) == 1

    async def one_was_told() -> bool:
        seen = [m for who in ("ada", "ben") for m in await inc.stage.person(who).sees(inc.channel)]
        return any(m.get("ephemeral") and f"{inc.label} is already mitigated" in m["text"] for m in seen)

    await soon(one_was_told)


async def test_card_close_closes_at_once_when_nothing_is_missing(inc: Room):
    await inc.say("note 13:02 #impact x")
    await inc.say("note 13:04 #detected x")
    await inc.say("mitigate at 13:50")
    await inc.say("resolve")
    await inc.stage.settled()
    await press(inc, inc.with_button("card_close"), "card_close")
    assert (await inc.incident()).status is Status.CLOSED


async def test_try_again_takes_the_steps_that_slack_refused(shared: Stage):
    from tests.slack.rooms import room

    shared.rehearsal.knobs.turn({"faults": [{"method": "bookmarks.add", "error": "restricted_action"}]})
    inc = await room(shared)
    channel = shared.rehearsal.workspace.channels[inc.channel]
    assert not channel.bookmarks
    card = inc.with_button("retry_room")
    assert "I could not add the bookmark" in repr(card.blocks)
    await press(inc, card, "retry_room")
    assert "I try again" in await told(inc, "ben", "I try again")
    assert len(channel.bookmarks) == 1
    assert "retry_room" not in repr(channel.messages[card.ts].blocks)
