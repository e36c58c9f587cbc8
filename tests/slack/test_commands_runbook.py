"""/runbook and /incident runbook"""

import pytest

from bot.domain.timeline import Kind
from bot.store import lookups
from tests.conftest import Stage
from tests.slack.rooms import Room, room

pytestmark = pytest.mark.asyncio(loop_scope="module")

SEEN = "primary answers heartbeats but no queries"


@pytest.mark.parametrize("command", ["/runbook", "/incident runbook", "/incident playbook", "/incident rb"])
async def test_the_playbook_that_fits_comes_first(shared: Stage, command):
    answer = await shared.say("ada", f"{command} {SEEN}")
    assert "`force-failover-via-firewall`" in answer


async def test_outside_an_incident_the_answer_is_private_and_offers_reading_only(shared: Stage):
    await shared.say("dana", f"/runbook {SEEN}")
    shown = (await shared.person("dana").sees("#general"))[-1]
    assert shown["ephemeral"]
    assert "runbook_show" in repr(shown["blocks"]) and "walk_start" not in repr(shown["blocks"])


async def test_in_an_incident_everyone_sees_it_and_may_walk_it(inc: Room):
    await inc.stage.say("ada", f"/runbook {SEEN}", inc.channel)
    shown = (await inc.stage.person("ben").sees(inc.channel))[-1]
    assert not shown.get("ephemeral")
    assert "walk_start" in repr(shown["blocks"])


async def test_where_no_playbook_fits_it_says_so_and_what_to_try(shared: Stage):
    answer = await shared.say("ada", "/runbook the coffee machine leaks <on> the floor")
    assert "No playbook fits “the coffee machine leaks &lt;on&gt; the floor”." in answer
    assert "`/runbook list`" in answer


@pytest.mark.parametrize("line", ["/runbook", "/runbook list", "/incident runbook", "/incident runbooks list"])
async def test_the_list_names_every_playbook(shared: Stage, line):
    answer = await shared.say("ada", line)
    for name in ("force-failover-via-firewall", "rebuild-indexes", "stop-respawn"):
        assert f"`{name}`" in answer


@pytest.mark.parametrize("line", ["show stop-respawn", "read stop-respawn.md", "show Stop-Respawn"])
async def test_show_gives_the_page_to_the_asker(shared: Stage, line):
    await shared.say("dana", f"/runbook {line}")
    shown = (await shared.person("dana").sees("#general"))[-1]
    assert shown["ephemeral"] and "*Steps*" in repr(shown["blocks"])


@pytest.mark.parametrize(
    ("line", "where"), [("walk {}", ""), ("walk {} 2", ""), ("show {}", ""), ("walk {incident} {}", "#general")]
)
async def test_a_name_that_is_typed_after_a_look_up_is_what_people_opened(inc: Room, line: str, where: str):
    await inc.stage.say("ada", "/runbook redis came back empty after a restart", inc.channel)
    typed = line.format("restore-from-backup", incident=inc.label)
    await inc.stage.say("ben", f"/runbook {typed}", where or inc.channel)
    incident = await inc.incident()
    kept = await inc.stage.muster.deps.door.read(lambda session: lookups.offered(session, incident.id))
    assert [(one.playbook, one.said.value, one.said_by) for one in kept] == [
        ("stop-respawn", "", ""),
        ("restore-from-backup", "opened", inc.stage.person("ben").user_id),
    ]


async def test_an_unknown_name_gets_the_nearest(shared: Stage):
    answer = await shared.say("ada", "/runbook show stop-respawning-redis")
    assert "I know no playbook `stop-respawning-redis`" in answer
    assert "`stop-respawn`" in answer and "/runbook show stop-respawning-redis" in answer


@pytest.mark.parametrize("line", ["read queries time out on the primary", "start of the master fails after a crash"])
async def test_a_symptom_that_begins_like_a_verb_is_searched_for(shared: Stage, line):
    assert "I know no playbook" not in await shared.say("ada", f"/runbook {line}")


@pytest.mark.parametrize("verb", ["walk", "start", "use"])
async def test_walk_posts_the_first_step_and_writes_it_down(inc: Room, verb):
    answer = await inc.stage.say("ben", f"/runbook {verb} stop-respawn", inc.channel)
    assert f"<@{inc.stage.person('ben').user_id}> takes up" in answer
    await inc.stage.settled()
    assert "Step 1 of" in repr(inc.with_button("step_done").blocks)
    (entry,) = await inc.entries(Kind.PLAYBOOK)
    assert entry.data["playbook"] == "stop-respawn"


async def test_a_number_behind_the_name_goes_to_that_step(inc: Room):
    answer = await inc.stage.say("ben", "/runbook walk stop-respawn 4", inc.channel)
    ben = inc.stage.person("ben").user_id
    assert f"<@{ben}> goes to step 4 of A Redis master" in answer
    await inc.stage.settled()
    message = inc.with_button("step_done")
    shown = repr(message.blocks)
    assert "Step 4 of 9" in shown and "not walked: 1 to 3" in shown and "When not to use it" in shown
    await inc.stage.say("ada", f"/runbook walk {inc.label} Stop-Respawn step 7", "#general")
    await inc.stage.settled()
    assert inc.with_button("step_done").ts == message.ts and "Step 7 of 9" in repr(inc.with_button("step_done").blocks)
    assert [e.text.partition(":")[0] for e in await inc.entries(Kind.STEP)] == [
        "Went to step 4 of stop-respawn",
        "Went to step 7 of stop-respawn",
    ]


@pytest.mark.parametrize("line", ["walk stop-respawn 10", "start stop-respawn step 0"])
async def test_a_step_that_is_not_there_is_answered_in_private_with_what_was_typed(inc: Room, line):
    await inc.stage.say("ada", f"/runbook {line}", inc.channel)
    shown = (await inc.stage.person("ada").sees(inc.channel))[-1]
    assert shown["ephemeral"] and "`stop-respawn` has 9 steps, and no step" in shown["text"]
    assert f"/runbook {line}" in shown["text"]
    assert not await inc.entries(Kind.PLAYBOOK)


@pytest.mark.parametrize("words", ["stop-respwan", "stop respawn", "redis came back empty after a restart"])
async def test_walk_with_words_that_are_no_name_offers_the_nearest_to_the_asker_alone(inc: Room, words):
    await inc.stage.say("ada", f"/runbook walk {words}", inc.channel)
    shown = (await inc.stage.person("ada").sees(inc.channel))[-1]
    assert shown["ephemeral"] and f"/runbook walk {words}" in shown["text"]
    assert not any(words in repr(m) for m in await inc.stage.person("ben").sees(inc.channel))
    first = next(block for block in shown["blocks"] if block["type"] == "actions")["elements"][0]
    name, _, lookup = first["value"].partition(" ")
    assert (first["action_id"], name, bool(lookup)) == ("walk_start", "stop-respawn", "came back" in words)
    assert not await inc.entries(Kind.PLAYBOOK)


async def test_walk_with_words_near_nothing_says_how_to_look(inc: Room):
    answer = await inc.stage.say("ada", "/runbook walk zzzzqqqq", inc.channel)
    assert "I know no playbook `zzzzqqqq`" in answer and "`/runbook` and words" in answer


async def test_walk_from_elsewhere_names_the_incident(inc: Room):
    await inc.stage.say("dana", f"/runbook walk {inc.label} stop-respawn")
    assert len(await inc.entries(Kind.PLAYBOOK)) == 1


async def test_the_same_playbook_is_walked_once_at_a_time(inc: Room):
    await inc.say("runbook walk stop-respawn")
    again = await inc.say("runbook walk Stop-Respawn")
    assert "`stop-respawn` is already being walked here: step 1 of" in again
    assert len(await inc.entries(Kind.PLAYBOOK)) == 1


async def test_the_step_in_hand_is_found_again_by_its_link(inc: Room):
    await inc.say("runbook walk stop-respawn")
    await inc.stage.settled()
    link = await inc.stage.muster.deps.chat.permalink(inc.channel, inc.with_button("step_done").ts)
    assert f"Go on with the step shown in the channel: {link}" in await inc.say("runbook walk stop-respawn")
    card = next(repr(m.blocks) for m in inc.stage.messages(inc.channel) if "Timeline page" in repr(m.blocks))
    assert f"<{link}|step 1 of " in card


async def test_walk_outside_an_incident_says_where_to_type_it(inc: Room):
    answer = await inc.stage.say("dana", "/runbook walk stop-respawn")
    assert "This channel is no incident's." in answer and "/runbook walk stop-respawn" in answer


async def test_nothing_is_walked_in_a_closed_incident(shared: Stage):
    inc = await room(shared)
    await inc.say("close now")
    assert "Read the page with `/runbook show stop-respawn`" in await inc.say("runbook walk stop-respawn")


async def test_an_incident_named_before_a_page_to_read_is_no_part_of_its_name(inc: Room):
    answer = await inc.stage.say("ada", f"/runbook show {inc.label} stop-respawn", inc.channel)
    assert answer.startswith("A Redis master respawned")


@pytest.mark.parametrize("line", ["/runbook walk", "/runbook show", "/incident runbook use"])
async def test_a_verb_without_a_name_says_what_to_type(shared: Stage, line):
    answer = await shared.say("ada", line)
    assert "Which playbook?" in answer and f"`/runbook {line.split()[-1]} rebuild-indexes`" in answer


async def test_a_walk_outside_incidents_is_answered_with_the_walk_to_type(inc: Room):
    answer = await inc.stage.say("ada", "/runbook walk stop-respawn", "#general")
    assert "as in `/runbook walk INC-" in answer
