"""What goes wrong at a keyboard: each mistake gets a sentence with what to type instead, and the words come back."""

import pytest

from bot.domain.timeline import Kind
from bot.store import people
from tests.conftest import Stage, soon
from tests.slack.rooms import Room, form_of, newest

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.mark.parametrize("title", ["", "   ", "\u200b\u200b", "\u202e\u2066", "--", ":", "\n\n", "\x07\x1b"])
async def test_an_empty_title_opens_a_form_instead_of_an_incident(shared: Stage, title):
    before = await newest(shared)
    assert await shared.say("ada", f"/incident open sev1 {title}") == ""
    view = await form_of(shared)
    assert view["title"]["text"] == "Open an incident"
    assert await newest(shared) == before
    await shared.person("ada").dismisses(view["id"])


async def test_a_title_of_ten_thousand_characters_comes_back_whole(shared: Stage):
    before = await newest(shared)
    typed = "the whole story " * 625
    answer = await shared.say("ada", f"/incident open sev1 {typed}")
    assert "That title has 9,999 characters; 200 is the most." in answer
    assert "put the rest in with `/incident note …`" in answer
    assert f"/incident open sev1 {typed.strip()}" in answer
    assert await newest(shared) == before


async def test_even_ten_thousand_brackets_come_back_whole(shared: Stage):
    answer = await shared.say("ada", "/incident open sev1 x" + "<" * 7000)
    assert answer.count("&lt;") == 7000


@pytest.mark.parametrize(
    "title",
    [
        "شبكة الدفع معطلة",
        "התשלומים נכשלים",
        "支払いが失敗する",
        "🔥🔥🔥",
        "zal\u0323\u0300go t\u0335e\u0334xt",
        "İstanbul çöktü",
    ],
)
async def test_a_title_in_any_script_keeps_its_letters_and_gets_a_channel(shared: Stage, title):
    await shared.say("ada", f"/incident open sev1 {title}")
    await shared.settled()
    incident = await shared.incident(await newest(shared))
    assert incident.title == title
    assert incident.channel_name.startswith(f"inc-{incident.number}")
    assert set(incident.channel_name) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
    card = next(m for m in shared.messages(incident.channel_id) if "card_mitigate" in repr(m.blocks))
    assert title in repr(card.blocks) or title in str(card.blocks)


async def test_marks_that_turn_the_text_around_are_taken_out_of_a_title(shared: Stage):
    await shared.say("ada", "/incident open sev1 pay\u202etxt.exe\u202c\u200b stops\x00")
    assert (await shared.incident(await newest(shared))).title == "paytxt.exe stops"


@pytest.mark.parametrize(
    "line",
    [
        "note at 2031-01-01 12:00 all fell",
        "note tomorrow at 12:00 all fell",
        "open sev1 all fell since 2031-01-01 12:00",
        "mitigate at 2031-01-01 12:00",
        "close at 2031-01-01 12:00 now",
        "lead @ben at 2031-01-01 12:00",
    ],
)
async def test_a_time_that_has_not_been_is_refused_with_how_to_type_one(inc: Room, line):
    before, newest_before = await inc.entries(), await newest(inc.stage)
    answer = await inc.say(line)
    assert "has not happened yet; it is 2026-04-23" in answer
    assert "`at 12:03`" in answer
    assert f"/incident {line}" in answer
    assert await inc.entries() == before and await newest(inc.stage) == newest_before


async def test_an_import_of_the_future_comes_back_line_by_line(inc: Room):
    answer = await inc.say("import 13:00 it began\n2031-01-01 12:00 all fell")
    assert "line 2: in the future" in answer and "```\n2031-01-01 12:00 all fell\n```" in answer
    assert [e.text for e in await inc.entries(Kind.IMPORTED)] == ["it began"]
    answer = await inc.say("import 2031-01-01 12:00 all fell")
    assert "I could read no line of that: line 1, in the future" in answer


@pytest.mark.parametrize(
    "line",
    [
        "note 25:00 x",
        "note at 12:75 x",
        "note 13:00 am x",
        "note 12:03 IST x",
        "note 3/4/2026 12:00 x",
        "note 2026-02-30 12:00 x",
    ],
)
async def test_a_time_that_cannot_be_is_refused_with_how_to_type_one(inc: Room, line):
    before = await inc.entries()
    answer = await inc.say(line)
    assert answer.startswith(":warning: ") and "Type" in answer
    assert f"/incident {line}" in answer
    assert await inc.entries() == before


@pytest.mark.parametrize(
    "line",
    [
        "note db1 is down",
        "import 12:03 it began",
        "task @ben look",
        "sev sev1",
        "lead me",
        "mitigate",
        "resolve",
        "close",
        "status",
        "task done 1",
    ],
)
async def test_in_a_channel_that_is_no_incident_the_answer_says_where_to_type_it(inc: Room, line):
    answer = await inc.stage.say("ada", f"/incident {line}", "#general")
    assert "This channel is no incident's." in answer
    assert f"put the incident's name first, as in `/incident {line.split()[0]} INC-" in answer
    assert f"/incident {line}" in answer


async def test_a_note_too_long_comes_back_with_where_to_put_it(inc: Room):
    typed = "word " * 700
    answer = await inc.say(f"note {typed}")
    assert "characters; 3,000 is the most." in answer and ":pushpin:" in answer
    assert typed.strip() in answer


@pytest.mark.parametrize(
    ("line", "who"),
    [
        ("open sev1 mail is down @farid", "farid"),
        ("lead @grace", "grace"),
        ("role scribe @elif", "elif"),
        ("task @dana look at db1", "dana"),
    ],
)
async def test_a_mention_of_a_person_who_has_left_is_told_of(inc: Room, line, who):
    person = inc.stage.rehearsal.workspace.find_person(who)
    person.deleted = True
    posts = inc.stage.rehearsal.ledger.posts
    await inc.say(line)
    told = await soon(lambda: [p for p in posts if f"{person.real_name} has left this workspace" in p.text])
    assert "Name somebody else, as in `/incident lead @ada`." in told[0].text
    assert person.id not in inc.stage.rehearsal.workspace.channels[inc.channel].members


async def known_to_have_left(inc: Room) -> bool:
    workspace = inc.stage.rehearsal.workspace
    hugo = workspace.find_person("hugo").id
    met = await inc.stage.muster.deps.door.read(lambda session: people.known(session, workspace.team_id, [hugo]))
    return hugo in met and met[hugo].gone


async def test_once_known_to_have_left_nobody_is_given_a_role_or_a_task(inc: Room):
    await inc.say("note ask @hugo")
    await soon(lambda: known_to_have_left(inc))
    before = await inc.entries()
    for line in ("lead @hugo", "role scribe @hugo", "task @hugo look at db1"):
        answer = await inc.say(line)
        assert "Hugo Marchand has left this workspace." in answer
        assert f"/incident {line}" in answer
    assert await inc.entries() == before


async def test_an_incident_opens_though_its_commander_has_left(inc: Room):
    await inc.say("note ask @hugo")
    await soon(lambda: known_to_have_left(inc))
    answer = await inc.say("open sev1 the queue is stuck @hugo")
    assert await newest(inc.stage) == inc.number + 1
    assert "Hugo Marchand has left this workspace. Name a commander with" in answer


async def test_one_who_left_and_was_named_shows_on_the_card(inc: Room):
    # Somebody the bot never looked up, because Slack's answer about them was lost.
    inc.stage.rehearsal.workspace.find_person("chidi").deleted = True
    inc.stage.rehearsal.knobs.turn({"faults": [{"method": "users.info", "error": "fatal_error"}]})
    await inc.say("lead @chidi")
    await inc.stage.settled()
    card = repr(inc.with_button("retry_room").blocks)
    assert "I could not invite" in card and "not in this workspace" in card and "/incident lead @ada" in card


async def test_a_second_close_says_it_is_closed_already(inc: Room):
    await inc.say("close now")
    answer = await inc.say("close")
    assert f"{inc.label} is already closed." in answer and "/incident status" in answer


async def test_the_bot_itself_is_given_no_role_and_no_task(inc: Room):
    before = await inc.entries()
    for line in ("lead @muster", "task @muster look at db1"):
        answer = await inc.say(line)
        assert "I keep the record and cannot carry anything." in answer and "Name a person" in answer
    assert await inc.entries() == before


@pytest.mark.parametrize(("typed", "sev"), [("p3", "sev3"), ("sev3", "sev3"), ("critical", "sev1"), ("P1", "sev1")])
async def test_a_severity_alone_is_pointed_to_its_verb(inc: Room, typed, sev):
    answer = await inc.say(typed)
    assert f"To change the severity: `/incident sev {sev}`." in answer
    answer = await inc.stage.say("ada", f"/incident {typed} mail is down", "#general")
    assert f"To open an incident: `/incident open {sev} mail is down`." in answer


async def test_what_could_not_be_read_in_a_pasted_line_stays_code(inc: Room):
    answer = await inc.say("import 13:00 it began\n99:00 it <@U1> ended")
    assert "line 2: `99:00`" in answer and "<@U1>" not in answer


async def test_a_note_of_eleven_thousand_characters_says_first_what_is_wrong_and_comes_back_whole(inc: Room):
    typed = "word " * 2200
    answer = await inc.say(f"note {typed}")
    assert answer.startswith(":warning: That note has 10,999 characters; 3,000 is the most.")
    assert typed.strip() in answer
