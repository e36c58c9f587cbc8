"""/postmortem: where it stands, who reviews it, who signed, and where else it is read."""

from __future__ import annotations

import re
from typing import Any

import pytest

from bot.domain.access import page_secret, person_of
from bot.domain.postmortem.values import Part
from bot.services.postmortem import living, reviews
from bot.slack.text import escape
from tests.conftest import Stage, soon
from tests.slack.rooms import Room, room

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def closed(stage: Stage) -> Room:
    """An incident with a draft."""
    made = await room(stage)
    await made.say("note 13:02 #impact calendars are empty")
    await made.say("close now")
    await stage.settled()
    return made


@pytest.fixture(scope="module")
def kept() -> dict[str, Room]:
    """The incident that the tests share which change nothing of it."""
    return {}


async def one(stage: Stage, kept: dict[str, Room]) -> Room:
    if "one" not in kept:
        kept["one"] = await closed(stage)
    return kept["one"]


async def do(inc: Room, job: Any) -> Any:
    incident = await inc.incident()
    return await inc.stage.muster.deps.at_desk(incident.team_id, lambda desk: job(desk, incident))


async def said(inc: Room) -> list[Any]:
    return list(await do(inc, reviews.reviews))


def id_of(stage: Stage, name: str) -> str:
    return stage.rehearsal.workspace.find_person(name).id


def direct(stage: Stage, name: str) -> list[Any]:
    """What the bot wrote to one person, oldest first."""
    workspace = stage.rehearsal.workspace
    both = {workspace_bot(stage), id_of(stage, name)}
    found = [c for c in workspace.channels.values() if c.kind == "im" and set(c.members) == both]
    return [m for c in found for m in c.messages.values()]


def workspace_bot(stage: Stage) -> str:
    return next(p.id for p in stage.rehearsal.workspace.people.values() if p.is_bot)


async def asked_of(stage: Stage, name: str, label: str) -> Any:
    """The direct message that asks somebody to review this incident."""
    return await soon(lambda: next((m for m in direct(stage, name) if f"{label} (" in m.text), None))


@pytest.mark.parametrize("line", ["/postmortem {}", "/postmortem of {}", "/incident pm {}", "/postmortem show {}"])
async def test_it_tells_where_it_is_and_gives_this_very_person_a_link(shared: Stage, kept, line):
    inc = await one(shared, kept)
    answer = await shared.say("dana", line.format(inc.label))
    assert re.search(rf"\*Postmortem of {inc.label}\*: draft 1, draft; open: \d+ questions\.", answer)
    assert "Nobody was asked to review it yet" in answer
    assert f"/incidents/{inc.number}/postmortem|Read and write it>" in answer
    for end in ("#course|its picture>", ".md|Markdown>", ".pdf|PDF>"):
        assert f"/incidents/{inc.number}/postmortem{end}" in answer


async def test_the_link_of_pages_behind_a_key_says_whose_it_is(shared: Stage, kept, monkeypatch):
    inc = await one(shared, kept)
    deps = shared.muster.deps
    monkeypatch.setattr(type(deps.settings), "pages_are_local", property(lambda _: False))
    secret, today = page_secret(deps.settings), deps.wall().date()
    for name, line in (("dana", f"/postmortem {inc.label}"), ("ada", f"/postmortem edit {inc.label}")):
        found = re.search(r"/enter/([^/]+)/incidents/", await shared.say(name, line))
        assert found
        assert person_of(secret, found[1], today) == id_of(shared, name)


async def test_reviewers_are_asked_in_private_and_sign_there(shared: Stage):
    inc = await closed(shared)
    answer = await shared.say("ada", f"/postmortem review @ben {inc.label}")
    assert f"I ask <@{id_of(shared, 'ben')}> to review" in answer
    message = await asked_of(shared, "ben", inc.label)
    assert [b["text"]["text"] for b in message.blocks[1]["elements"]] == ["Read and sign", "Sign off", "Changes needed"]
    assert message.blocks[1]["elements"][0]["url"].endswith(f"/incidents/{inc.number}/postmortem")
    assert "Ben" not in inc.texts()[-1]  # nothing in the channel yet

    await shared.person("ben").clicks(message.channel, message.ts, "review_sign")
    told = f"<@{id_of(shared, 'ben')}> signed the postmortem of {inc.label}. It is reviewed; open: "
    await soon(lambda: any(told in text for text in inc.texts()))
    assert "draft 1, reviewed; open: " in await shared.say("ada", f"/postmortem {inc.label}")
    await shared.settled()
    await shared.person("ben").clicks(message.channel, message.ts, "review_sign")
    await shared.settled()
    assert sum("signed the postmortem" in text for text in inc.texts()) == 1


async def test_changes_are_asked_for_in_a_form_and_told_to_the_channel(shared: Stage):
    inc = await closed(shared)
    await shared.say("ada", f"/postmortem {inc.label} review @ben")
    message = await asked_of(shared, "ben", inc.label)
    await shared.person("ben").clicks(message.channel, message.ts, "review_changes")
    form = await inc.form("ben")
    empty = await shared.person("ben").submits(form["id"], {"note": {"note": " \u202e "}})
    assert "There are no words in that." in empty["errors"]["note"]
    assert (await shared.person("ben").submits(form["id"], {"note": {"note": "<!channel> *began* earlier, see E2"}}))[
        "ok"
    ]
    line = await soon(lambda: next((text for text in inc.texts() if "asks for changes" in text), ""))
    assert "&lt;!channel&gt; ∗began∗ earlier, see E2" in line
    assert "Ben Haddad asks for changes" in await shared.say("ada", f"/postmortem {inc.label}")


async def test_sign_by_command_names_the_text_as_it_stands(shared: Stage):
    inc = await closed(shared)
    assert "You signed the postmortem of" in await inc.stage.say("ada", "/postmortem sign", inc.channel)
    again = await inc.stage.say("ada", "/postmortem sign off", inc.channel)
    assert re.search(r"You signed this text already\.\nThat was at 14:\d\d UTC, and it says the same today\.", again)
    await do(inc, lambda desk, i: living.write(desk, i, Part.IMPACT, "Worse.", by="U0BEN", revision=0))
    answer = await shared.say("ada", f"/postmortem {inc.label}")
    assert "signed, and the text changed since." in answer and "draft 1, in review; open: " in answer


async def test_late_entries_are_one_line_in_the_channel_that_is_brought_up_to_date(shared: Stage):
    inc = await closed(shared)
    await do(inc, lambda desk, i: living.write(desk, i, Part.IMPACT, "Worse.", by="U0BEN", revision=0))
    files = [f for m in shared.messages(inc.channel) for f in m.files]
    await inc.say("note 13:05 #impact bookings are empty too")
    await shared.settled()
    await inc.say("note 13:06 #cause the index was dropped")
    await shared.settled()
    lines = [text for text in inc.texts() if "follows the record" in text]
    assert len(lines) == 1
    assert f"Draft 3 of {inc.label}" in lines[0] and "Impact" in lines[0] and "offered for sections" in lines[0]
    assert [f for m in shared.messages(inc.channel) for f in m.files] == files
    document = await do(inc, living.document)
    assert document.written[Part.IMPACT].text == "Worse."


@pytest.mark.parametrize(
    ("line", "says", "hint"),
    [
        ("reviw", "I do not know what to do with `reviw`", "Did you mean `/postmortem review`?"),
        ("paint it red", "I do not know what to do with `paint`", "`share #channel`"),
        ("review @nobody", "I cannot tell who `@nobody` is.", "/postmortem review @ada"),
        ("sign INC-99999", "I know no incident `INC-99999`", "/incident list"),
        ("unsign", "I do not know what to do with `unsign`.\nTry `/postmortem", "`edit`"),
        ("sign 999", "I know no incident `INC-999`", "/incident list"),
        ("sign @ben", "Everyone signs for themselves", "To ask somebody: `/postmortem review @ada`."),
        ("sign looks good", "I do not know what to do with `looks good`.", "Sign with `/postmortem sign` alone"),
        ("review ben", "I do not know what to do with `ben`.", "Name people as Slack offers them"),
        ("review @ben by friday", "I do not know what to do with `by friday`.", "Name people as Slack offers them"),
        ("review @here", "I do not know what to do with `@here`.", "Name people as Slack offers them"),
        ("review @muster", "I keep the record and cannot carry anything.", "Name a person"),
        ("edit <script>", "There is no section `<script>`.", "The sections: Summary, Impact, "),
        ("edit impct", "There is no section `impct`.", "Did you mean `/postmortem edit impact`?"),
        ("edit the timeline", "is the record and is not written over.", "`/incident note 12:03 …` adds"),
        ("@channel", "I do not know what to do with `@channel`", "Try `/postmortem"),
    ],
)
async def test_wrong_words_come_back_with_what_to_type(shared: Stage, kept, line, says, hint):
    inc = await one(shared, kept)
    answer = await shared.say("ada", f"/postmortem {line}", inc.channel)
    assert escape(says) in answer
    assert hint in answer
    assert "You typed:" in answer


@pytest.mark.parametrize("word", ["sign", "edit", "review", "share #general", ""])
async def test_an_incident_without_a_draft_says_how_to_get_one(shared: Stage, word):
    inc = await room(shared)
    answer = await shared.say("ada", f"/postmortem {word}", inc.channel)
    assert "has no draft yet" in answer or f"I draft {inc.label}" in answer


async def test_each_who_is_not_asked_again_is_told_with_the_reason(shared: Stage):
    inc = await closed(shared)
    assert f"I ask <@{id_of(shared, 'ada')}> to review" in await shared.say("ada", f"/postmortem review me {inc.label}")
    await shared.say("ada", "/postmortem sign", inc.channel)
    answer = await shared.say("ada", "/postmortem review @ben @ada", inc.channel)
    assert f"I ask <@{id_of(shared, 'ben')}> to review" in answer and answer.endswith("signed already: Ada Okafor.")
    answer = await shared.say("ada", "/postmortem review @ben @ada", inc.channel)
    assert "Ben Haddad was asked before and has not answered yet; Ada Okafor has signed this text." in answer


async def test_a_section_to_write_may_be_named(shared: Stage, kept):
    inc = await one(shared, kept)
    answer = await shared.say("ada", f"/postmortem edit the impact section of {inc.label}")
    assert f"/incidents/{inc.number}/postmortem#impact|Write “Impact” in the postmortem of {inc.label}>" in answer
