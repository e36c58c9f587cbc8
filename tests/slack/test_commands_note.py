"""/incident note and import"""

from datetime import timedelta

import pytest

from bot.domain.timeline import Kind, Tag
from tests.conftest import Stage
from tests.slack.rooms import Room, room

pytestmark = pytest.mark.asyncio(loop_scope="module")


def clock(entry):
    return f"{entry.at:%H:%M}"


@pytest.mark.parametrize("verb", ["note", "log", "timeline", "event", "Note:"])
async def test_each_name_of_the_verb_writes(inc: Room, verb):
    answer = await inc.say(f"{verb} they restart db1", "ben")
    entry = await inc.last()
    assert (entry.kind, entry.text, entry.author) == (Kind.NOTE, "they restart db1", inc.stage.person("ben").user_id)
    assert entry.label in answer and "they restart db1" in answer


@pytest.mark.parametrize(
    ("line", "at", "text"),
    [
        ("at 12:03 users report errors", "12:03", "users report errors"),
        ("12:03 users report errors", "12:03", "users report errors"),
        ("12:03 GMT users report errors", "12:03", "users report errors"),
        ("12:03 GMT+2 users report errors", "10:03", "users report errors"),
        ("users report errors at 12:03", "12:03", "users report errors"),
        ("users report errors since 12:03 GMT", "12:03", "users report errors"),
        ("12:03 - users report errors", "12:03", "users report errors"),
        ("users say 12:03 is when it was", "", "users say 12:03 is when it was"),
    ],
)
async def test_a_time_at_either_end_is_the_entrys_own(inc: Room, line, at, text):
    answer = await inc.say(f"note {line}")
    entry = await inc.last()
    assert entry.text == text
    if at:
        assert clock(entry) == at
        assert f" at {at} UTC" in answer
    else:
        assert entry.at == entry.recorded_at


async def test_ten_minutes_ago_is_ten_minutes_before_now(inc: Room):
    await inc.say("note 10 min ago the pager rang")
    entry = await inc.last()
    assert timedelta(minutes=9, seconds=59) < entry.recorded_at - entry.at < timedelta(minutes=10, seconds=1)
    assert entry.text == "the pager rang"


@pytest.mark.parametrize(
    "line",
    [
        "#decision 12:03 fail over",
        "12:03 #decision fail over",
        "at 12:03 fail over #decision",
        "fail over #decisions at 12:03",
        "#Decision fail over 12:03 GMT".replace("fail over 12:03 GMT", "at 12:03 GMT fail over"),
    ],
)
async def test_tags_and_times_come_in_any_order(inc: Room, line):
    answer = await inc.say(f"note {line}")
    entry = await inc.last()
    assert (entry.tags, entry.text, clock(entry)) == ((Tag.DECISION,), "fail over", "12:03")
    assert "[decision]" in answer


@pytest.mark.parametrize("tag", list(Tag))
async def test_each_tag_is_known_and_needs_a_few_words_beside_it(inc: Room, tag):
    before = await inc.entries()
    answer = await inc.say(f"note #{tag}")
    assert "A note needs a few words beside its tag." in answer and f"/incident note #{tag}" in answer
    assert await inc.entries() == before
    await inc.say(f"note #{tag} we see it")
    assert (await inc.last()).tags == (tag,)


async def test_a_tag_that_may_be_misspelt_is_asked_about_and_the_text_kept(inc: Room):
    answer = await inc.say("note #impcat nobody can pay #weather")
    entry = await inc.last()
    assert (entry.text, entry.tags) == ("#impcat nobody can pay #weather", ())
    assert f"Did you mean `#impact`? Then `/incident strike {entry.label}` and note it again." in answer
    assert "weather` is no tag" not in answer


async def test_several_lines_stay_several_lines(inc: Room):
    await inc.say("note 12:03 three things:\n- one\n- two #lucky")
    entry = await inc.last()
    assert entry.text == "three things:\n- one\n- two"
    assert entry.tags == (Tag.LUCKY,)


@pytest.mark.parametrize("sep", [" ", "\n", "  "])
async def test_elsewhere_the_incidents_name_comes_first(inc: Room, sep):
    await inc.stage.say("dana", f"/incident note {inc.label}{sep}12:03 customers call", "#general")
    entry = await inc.last()
    assert (entry.text, clock(entry)) == ("customers call", "12:03")


async def test_a_number_at_the_start_of_a_note_is_a_word_not_an_incident(inc: Room):
    await inc.say("note 3 nodes are down")
    assert (await inc.last()).text == "3 nodes are down"


async def test_without_words_the_newest_entries_are_shown(inc: Room):
    await inc.say("note the first thing")
    await inc.say("note yesterday 23:10 the deploy")
    answer = await inc.say("note")
    assert "\n2026-04-22 23:10 E" in answer
    assert "the first thing" in answer and f"/incidents/{inc.number}|All of them>" in answer


async def test_a_time_without_words_is_asked_about(inc: Room):
    before = await inc.entries()
    answer = await inc.say("note 12:03")
    assert "A note needs a few words after its time" in answer and "/incident note 12:03" in answer
    assert await inc.entries() == before


async def test_people_in_a_note_are_shown_by_name_and_not_pinged(inc: Room):
    answer = await inc.say("note @chidi looks at db1")
    assert "@chidi looks at db1" in answer
    await inc.stage.settled()
    chidi = inc.stage.person("chidi").user_id
    assert not [p for p in inc.stage.rehearsal.ledger.pings() if chidi in p.mentions.users and p.channel == inc.channel]


async def test_a_note_after_the_close_is_kept_and_says_how_to_draft_anew(shared: Stage):
    inc = await room(shared)
    await inc.say("close now")
    answer = await inc.say("note one more thing")
    assert "The incident is closed: its draft is made anew with this." in answer
    assert (await inc.last()).text == "one more thing"


async def test_pasted_lines_become_entries_and_the_others_come_back(inc: Room):
    pasted = "12:02 GMT calendar is empty\nhello there\n12:06 GMT - db1 has no primary\n99:99 what"
    answer = await inc.say(f"import {pasted}")
    found = await inc.entries(Kind.IMPORTED)
    assert [(clock(e), e.text) for e in found] == [("12:02", "calendar is empty"), ("12:06", "db1 has no primary")]
    assert f"2 entries imported into {inc.label}" in answer
    assert "2 not read:" in answer and "line 2:" in answer and "line 4:" in answer
    assert "```\nhello there\n99:99 what\n```" in answer


async def test_tags_in_pasted_lines_are_read_like_those_of_a_note(inc: Room):
    await inc.say("import 12:02 GMT #impact nobody can pay\n12:04 GMT the pager rings #detected")
    found = await inc.entries(Kind.IMPORTED)
    assert [(e.text, e.tags) for e in found] == [
        ("nobody can pay", (Tag.IMPACT,)),
        ("the pager rings", (Tag.DETECTED,)),
    ]


async def test_pasting_the_same_lines_twice_is_one_set_of_entries(inc: Room):
    for _ in range(2):
        await inc.say("paste 12:02 GMT calendar is empty\n12:06 GMT db1 has no primary")
    assert len(await inc.entries(Kind.IMPORTED)) == 2


async def test_an_import_from_elsewhere_names_its_incident_on_a_line_of_its_own(inc: Room):
    await inc.stage.say("dana", f"/incident import {inc.label}\n12:02 GMT calendar is empty")
    assert [e.text for e in await inc.entries(Kind.IMPORTED)] == ["calendar is empty"]


async def test_lines_none_of_which_can_be_read_all_come_back(inc: Room):
    answer = await inc.say("import what happened\nand then")
    assert "I could read no line of that" in answer
    assert "/incident import what happened\nand then" in answer
    assert await inc.entries(Kind.IMPORTED) == []


async def test_a_time_a_little_ahead_comes_back_with_what_now_is(inc: Room):
    before = await inc.entries()
    answer = await inc.say("note 14:45 soon")
    assert "`14:45` has not happened yet; it is 2026-04-23 14:0" in answer
    assert "`at yesterday 14:45` if it was yesterday's" in answer and "/incident note 14:45 soon" in answer
    assert await inc.entries() == before
