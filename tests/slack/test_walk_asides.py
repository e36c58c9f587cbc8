"""Beside the presses: evidence, values, help, two playbooks at once, and which steps helped."""

from __future__ import annotations

import pytest

from bot.domain.timeline import Kind
from tests.conftest import Stage
from tests.slack.rooms import Room, field
from tests.slack.test_buttons import press, told, walk

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def submit(inc: Room, who: str, **values: str):
    view = await inc.form(who)
    state = {name: {name: value} for name, value in values.items()}
    return await inc.stage.person(who).submits(view["id"], state)


async def fill_host(inc: Room, message, value: str, who: str = "ben") -> dict:
    await press(inc, message, "step_fill", who)
    view = await inc.form(who)
    name = view["blocks"][1]["block_id"]
    said = await inc.stage.person(who).submits(view["id"], {name: {name: value}})
    await inc.stage.settled()
    return said | {"field": name}


async def test_evidence_is_shown_with_its_step_and_stays_when_the_step_is_done(inc: Room):
    message = await walk(inc)
    await press(inc, message, "step_note")
    empty = await submit(inc, "ben", note="  ")
    assert "Evidence needs a few words." in empty["errors"]["note"]
    assert (await submit(inc, "ben", note="role:master\nkeys <none> & token=abcdefgh12345678"))["ok"]
    await inc.stage.settled()
    shown = repr(inc.with_button("step_done").blocks)
    assert (
        "Step 1 of" in shown
        and "```\\nrole:master\\nkeys &lt;none&gt; &amp;" in shown
        and "abcdefgh12345678" not in shown
    )
    (entry,) = await inc.entries(Kind.STEP)
    assert (entry.data["did"], entry.data["step"]) == ("noted", 1)
    await press(inc, message, "step_done")
    assert "1 note)" in repr(inc.with_button("step_done").blocks)


async def test_a_value_goes_into_the_commands_and_a_bad_one_back_to_its_field(inc: Room):
    message = await walk(inc)
    assert "To fill in:" in repr(message.blocks)
    bad = await fill_host(inc, message, "db1; rm -rf /")
    assert f"{bad['field']} takes a host's name or address" in bad["errors"][bad["field"]]
    assert (await fill_host(inc, message, "cache-1.example.com"))["ok"]
    shown = repr(inc.with_button("step_done").blocks)
    assert "cache-1.example.com" in shown and f"{{{{{bad['field']}}}}}" not in shown
    again = inc.with_button("step_fill")
    await press(inc, again, "step_fill")
    assert field(await inc.form("ben"), bad["field"])["initial_value"] == "cache-1.example.com"


async def test_every_gap_of_the_step_with_most_of_them_can_be_filled_in(inc: Room):
    await inc.stage.say("ada", "/runbook walk restore-from-backup 5", inc.channel)
    await inc.stage.settled()
    message = inc.with_button("step_fill")
    step = inc.stage.muster.deps.shelf.get("restore-from-backup").steps[4]
    assert len(step.variables) > 12
    await press(inc, message, "step_fill")
    asked = {block.get("block_id") for block in (await inc.form("ben"))["blocks"]}
    assert {gap.name for gap in step.variables} <= asked
    assert all(f"`{{{{{gap.name}}}}}`" in repr(message.blocks) for gap in step.variables)


async def test_what_stands_before_the_first_step_is_shown_with_it_and_the_link_stays(inc: Room):
    first = await walk(inc)
    begun = repr(first.blocks)
    assert "*When not to use it*\\n• It is a cache that the application can fill again." in begun
    assert "(`redis-replica-unknown-master`)" in begun and "*What makes it worse:* Restarting the master" in begun
    assert begun.index("When not to use it") < begun.index("Step 1 of")
    await press(inc, first, "step_done", "ada")
    later = repr(inc.with_button("step_done").blocks)
    assert "When not to use" not in later and "What makes it worse" not in later
    for shown in (begun, later):
        assert "/playbooks/stop-respawn|the whole page>" in shown


async def test_the_rescued_host_of_one_playbook_never_stands_in_anothers_command(inc: Room):
    await press(inc, await walk(inc), "step_done", "ada")
    await press(inc, inc.with_button("step_fill"), "step_fill", "ben")
    assert (await submit(inc, "ben", replica="redis-3.good"))["ok"]
    await inc.stage.settled()
    await press(inc, inc.with_button("walk_stop"), "walk_stop", "ada")
    await inc.stage.say("ada", "/runbook walk redis-replica-unknown-master", inc.channel)
    await inc.stage.settled()
    for _ in range(6):
        await press(inc, inc.with_button("step_done"), "step_done", "ada")
    message = inc.with_button("step_done")
    assert "Step 7 of" in repr(message.blocks) and "-h {{replica}} -p {{replicaport}} REPLICAOF" in repr(message.blocks)
    assert "redis-3.good" not in repr(message.blocks)
    await press(inc, message, "step_fill", "elif")
    asked = field(await inc.form("elif"), "replica")
    assert asked["placeholder"]["text"] == "in stop-respawn it was redis-3.good" and "initial_value" not in asked


async def test_the_form_goes_to_a_step_and_what_was_passed_over_is_told_to_the_end(inc: Room):
    message = await walk(inc)
    await press(inc, message, "step_done", "ada")
    await press(inc, inc.with_button("step_goto"), "step_goto", "ben")
    options = [o["text"]["text"] for o in field(await inc.form("ben"), "step")["options"]]
    assert options[0].startswith("1. (done) Compare") and options[1].startswith("3. ") and len(options) == 8
    assert (await submit(inc, "ben", step="9"))["ok"]
    await inc.stage.settled()
    shown = repr(inc.with_button("step_done").blocks)
    assert "Step 9 of 9" in shown and "not walked: 2 to 8" in shown
    await press(inc, inc.with_button("step_done"), "step_done", "ada")
    ended = inc.with_button("step_goto")
    assert "2 of 9 steps done, not walked: 2 to 8." in repr(ended.blocks)
    await press(inc, ended, "step_goto", "ada")
    assert (await submit(inc, "ada", step="2"))["ok"]
    await inc.stage.settled()
    assert "Step 2 of 9" in repr(inc.with_button("step_done").blocks)
    await inc.say("close now")
    await inc.stage.settled()
    closed = next(text for text in inc.texts() if "is closed" in text)
    assert "Not walked of A Redis master respawned" in closed and ": 3 to 8\n" in closed


async def test_close_now_says_which_playbooks_are_put_away_and_where(inc: Room):
    await press(inc, await walk(inc), "step_done", "ada")
    await inc.stage.say("ben", "/runbook walk backup-verify", inc.channel)
    await inc.stage.settled()
    assert "\n:notebook: Put away: stop-respawn at step 2 of 9, backup-verify at step 1 of 7\n" in await inc.say(
        "close now"
    )


async def test_a_close_with_nothing_in_hand_puts_nothing_away(inc: Room):
    await walk(inc)
    await press(inc, inc.with_button("walk_stop"), "walk_stop", "ada")
    assert "Put away" not in await inc.say("close now")


async def test_nothing_offers_to_begin_a_playbook_again_once_the_incident_is_closed(inc: Room):
    await walk(inc)
    await press(inc, inc.with_button("walk_stop"), "walk_stop", "ada")
    await inc.stage.say("ben", "/runbook walk backup-verify", inc.channel)
    await inc.stage.settled()

    def offers() -> list[str]:
        return [m.ts for m in inc.stage.messages(inc.channel) if "begins it again" in repr(m.blocks)]

    assert len(offers()) == 1
    await inc.say("close now")
    await inc.stage.settled()
    assert not offers()
    shown = [repr(m.blocks) for m in inc.stage.messages(inc.channel)]
    assert [("stop-respawn" in blocks) for blocks in shown if "Put away at step 1 of" in blocks] == [True, False]


async def test_a_call_for_help_is_posted_once_with_what_was_tried(inc: Room):
    message = await walk(inc)
    await press(inc, message, "step_no_help", "ben")
    await inc.stage.say("ada", "/incident role operations @elif", inc.channel)
    await press(inc, inc.with_button("step_help"), "step_help", "ben")
    (call,) = [m for m in inc.stage.messages(inc.channel) if "asks for help" in m.text]
    ben = inc.stage.person("ben").user_id
    shown = repr(call.blocks)
    assert f"<@{ben}> asks for help" in shown and "step 2 of" in shown
    assert "it did not help" in shown and "Stop if:" in shown
    assert "-h {{replica}} -p {{replicaport}} REPLICAOF NO ONE" in shown and "Look for:" in shown
    assert [e.data["did"] for e in await inc.entries(Kind.STEP)] == ["tried", "help"]
    assert "asked for help" in repr(inc.with_button("step_done").blocks)


async def test_what_did_not_help_stays_on_the_card_when_the_step_is_done_again(inc: Room):
    message = await walk(inc)
    await press(inc, message, "step_no_help", "ben")
    await press(inc, inc.with_button("step_back"), "step_back", "ben")
    ben = inc.stage.person("ben").user_id
    assert f":x: it did not help (<@{ben}>" in repr(inc.with_button("step_done").blocks)
    await press(inc, inc.with_button("step_done"), "step_done", "ada")
    assert "; the time before it did not help)" in repr(inc.with_button("step_done").blocks)


async def test_without_anybody_to_ask_it_says_how_to_name_one(shared: Stage):
    from tests.slack.rooms import room

    inc = await room(shared)
    await press(inc, await walk(inc), "step_help", "ada")
    (call,) = [m for m in inc.stage.messages(inc.channel) if "asks for help" in m.text]
    assert "/incident role operations @name" in repr(call.blocks)


async def test_two_people_walk_two_playbooks_and_the_card_shows_where_each_is(inc: Room):
    await inc.stage.say("ada", "/runbook walk stop-respawn", inc.channel)
    await inc.stage.settled()  # so that the messages stand in this order
    await inc.stage.say("ben", "/runbook walk backup-verify", inc.channel)
    await inc.stage.settled()
    first, second = [m for m in inc.stage.messages(inc.channel) if "'step_done'" in repr(m.blocks)]
    await press(inc, first, "step_done", "ada")
    await press(inc, second, "step_done", "ben")
    await press(inc, second, "step_done", "ben")
    card = repr(next(m for m in inc.stage.messages(inc.channel) if "'card_mitigate'" in repr(m.blocks)).blocks)
    assert "|step 2 of" in card and "|step 3 of" in card
    assert [(e.data["playbook"], e.data["step"]) for e in await inc.entries(Kind.STEP)] == [
        ("stop-respawn", 1),
        ("backup-verify", 1),
        ("backup-verify", 2),
    ]


async def test_of_many_walks_the_card_shows_those_in_hand_first(inc: Room):
    names = ("stop-respawn", "backup-verify", "disk-full", "rebuild-indexes", "safe-index-swap", "connection-limit")
    for name in (*names, "restore-from-backup"):
        await inc.stage.say("ada", f"/runbook walk {name}", inc.channel)
        await inc.stage.settled()
        if name != "stop-respawn":
            await press(inc, inc.with_button("walk_stop"), "walk_stop", "ada")
    card = repr(next(m for m in inc.stage.messages(inc.channel) if "'card_mitigate'" in repr(m.blocks)).blocks)
    assert card.index("A Redis master respawned") < card.index("put away at step 1 of")
    assert card.count("put away at step 1 of") == 5 and "and 1 more" in card


async def test_who_comes_late_sees_what_was_done_by_whom(inc: Room):
    message = await walk(inc)
    await press(inc, message, "step_done", "ada")
    await press(inc, message, "step_no_help", "ben")
    await inc.stage.person("elif").joins(inc.channel)
    seen = await inc.stage.person("elif").sees(inc.channel)
    shown = repr(next(m for m in seen if "'step_done'" in repr(m.get("blocks"))))
    ada, ben = (inc.stage.person(name).user_id for name in ("ada", "ben"))
    assert f"(done by <@{ada}> <!date^" in shown and f"(tried by <@{ben}> <!date^" in shown


async def test_the_close_asks_about_a_playbook_in_hand_and_then_which_steps_helped(inc: Room):
    message = await walk(inc)
    await press(inc, message, "step_done", "ada")
    assert await inc.say("close started 13:00 detected 13:10 mitigated 13:50") == ""
    view = await inc.form()
    left = next(block for block in view["blocks"] if block.get("block_id", "").startswith("walk:"))
    assert [o["text"]["text"] for o in left["element"]["options"]] == [
        "Put it away at step 2 of 9",
        "The other steps were done too",
    ]
    assert (await inc.stage.person("ada").submits(view["id"], {}))["ok"]
    await inc.stage.settled()
    assert (await inc.incident()).status == "closed"
    assert any("Put away: stop-respawn at step 2 of 9" in text for text in inc.texts())
    asked = inc.with_button("helped_yes")
    assert "Which steps helped?" in repr(asked.blocks)
    await press(inc, asked, "helped_yes", "ben")
    answered = inc.with_button("helped_no")
    assert answered.ts == asked.ts and "helped, says" in repr(answered.blocks)
    await press(inc, answered, "helped_no", "ada")
    assert "did not help, says" in repr(inc.with_button("helped_yes").blocks)
    said = [(e.text.partition(":")[0], e.author) for e in await inc.entries(Kind.PLAYBOOK) if "judged" in e.data]
    ben, ada = (inc.stage.person(name).user_id for name in ("ben", "ada"))
    assert said == [("Step 1 of stop-respawn helped", ben), ("Step 1 of stop-respawn did not help", ada)]
    assert sum("which steps helped" in text for text in inc.texts()) == 1


async def test_the_next_walk_shows_how_often_a_step_helped(shared: Stage):
    from tests.slack.rooms import room

    inc = await room(shared)
    await inc.stage.say("ada", "/runbook walk backup-verify", inc.channel)
    await inc.stage.settled()
    await press(inc, inc.with_button("step_done"), "step_done", "ada")
    await inc.say("close now")
    await inc.stage.settled()
    await press(inc, inc.with_button("helped_yes"), "helped_yes", "ada")
    later = await room(shared)
    await shared.say("ada", "/runbook walk backup-verify", later.channel)
    await shared.settled()
    assert "It helped 1 of 1 time; last on 23 Apr 2026." in repr(later.with_button("step_done").blocks)


async def test_the_card_finds_a_runbook_for_what_is_typed_into_its_form(inc: Room):
    card = inc.with_button("card_find")
    await press(inc, card, "card_find", "ben")
    empty = await submit(inc, "ben", words=" ")
    assert "Say what you see." in empty["errors"]["words"]
    assert (await submit(inc, "ben", words="redis came back empty after a restart"))["ok"]
    await inc.stage.settled()
    shown = inc.with_button("not_this")
    assert "stop-respawn" in repr(shown.blocks)
    await press(inc, shown, "not_this", "ben")
    assert "`stop-respawn` is not the one" in await told(inc, "ben", "not the one")
