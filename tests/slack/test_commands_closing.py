"""/incident mitigate, resolve and close; /postmortem"""

from datetime import timedelta

import pytest

from bot.domain.incident import Status
from bot.domain.timeline import Kind, Tag
from bot.services import picture
from tests.conftest import Stage, soon
from tests.slack.rooms import Room, room

pytestmark = pytest.mark.asyncio(loop_scope="module")


def clock(at):
    return f"{at:%H:%M}" if at else None


@pytest.mark.parametrize("verb", ["mitigate", "mitigated"])
async def test_mitigate_says_so_to_the_channel_with_time_and_reason(inc: Room, verb):
    answer = await inc.say(f"{verb} at 13:50 traffic is back on db2")
    incident = await inc.incident()
    assert (incident.status, clock(incident.mitigated_at)) == (Status.MITIGATED, "13:50")
    assert f"{inc.label} is mitigated as of 13:50 UTC: traffic is back on db2, says <@" in answer
    entry = await inc.last()
    assert (entry.kind, clock(entry.at), entry.text) == (Kind.STATUS, "13:50", "Mitigated: traffic is back on db2")
    shown = (await inc.stage.person("ben").sees(inc.channel))[-1]
    assert not shown.get("ephemeral")


@pytest.mark.parametrize("verb", ["resolve", "resolved", "fixed"])
async def test_resolve_moves_on_and_never_twice(inc: Room, verb):
    await inc.say(f"{verb} the old primary is back")
    assert (await inc.incident()).status is Status.RESOLVED
    again = await inc.say(verb)
    assert f"{inc.label} is already resolved" in again and "/incident status" in again
    assert "already resolved" in await inc.say("mitigate")


async def test_a_resolution_before_the_declaration_is_refused(inc: Room):
    answer = await inc.say("resolve at 02:00")
    assert "after that time" in answer and "/incident resolve" in answer
    assert (await inc.incident()).status is Status.OPEN


async def closed(inc: Room):
    incident = await inc.incident()
    assert incident.status is Status.CLOSED
    return incident


async def test_close_asks_nothing_when_nothing_is_missing(inc: Room):
    await inc.say("note 13:02 #impact calendars are empty")
    await inc.say("note 13:04 #detected the pager rang")
    await inc.say("mitigate at 13:50")
    answer = await inc.say("close")
    assert f"{inc.label} is closed" in answer and "I draft the postmortem now" in answer
    assert "Not recorded" not in answer
    assert await inc.stage.person("ada").open_view() is None
    await closed(inc)


async def test_close_takes_every_moment_in_one_line(inc: Room):
    answer = await inc.say("close started 13:02 detected 13:04 GMT mitigated 13:50 all is back")
    assert f"{inc.label} is closed: all is back" in answer
    incident = await closed(inc)
    assert [clock(at) for at in (incident.started_at, incident.detected_at, incident.mitigated_at)] == [
        "13:02",
        "13:04",
        "13:50",
    ]


async def test_the_close_says_what_nobody_recorded_and_what_to_type(inc: Room):
    await inc.say("note 13:04 #detected the pager rang")
    said = await inc.say("close now")
    assert (
        ":question: Not recorded: when the impact began, when the impact stopped. The draft is made anew from what you "
        "add: `/incident note 12:02 GMT #impact …`, `/incident note 12:02 GMT #mitigated …`\n"
    ) in said
    await inc.say("note 13:02 GMT #impact nobody can pay")
    assert clock((await inc.last()).at) == "13:02"


async def test_close_asks_for_just_what_is_missing(inc: Room):
    await inc.say("note 13:02 #impact calendars are empty")
    assert await inc.say("close mitigated 13:50") == ""
    view = await inc.form()
    assert [b["block_id"] for b in view["blocks"] if b["type"] == "input"] == ["detected"]
    await inc.stage.person("ada").dismisses(view["id"])


async def test_an_empty_form_closes_all_the_same(inc: Room):
    assert await inc.say("close") == ""
    view = await inc.form()
    said = await inc.stage.person("ada").submits(view["id"], {})
    assert said["ok"], said
    incident = await closed(inc)
    assert (incident.started_at, incident.detected_at, incident.mitigated_at) == (None, None, None)
    assert await soon(lambda: [t for t in inc.texts() if f"{inc.label} is closed" in t])


async def test_the_forms_moments_are_kept_with_the_words_beside_them(inc: Room):
    await inc.say("resolve")
    await inc.say("close")
    view = await inc.form()
    values = {
        "started": {"started": "13:02 GMT"},
        "detected": {"detected": "13:04, the pager rang"},
        "mitigated": {"mitigated": "13:50 db2 took over"},
    }
    said = await inc.stage.person("ada").submits(view["id"], values)
    assert said["ok"], said
    incident = await closed(inc)
    assert [clock(at) for at in (incident.started_at, incident.detected_at, incident.mitigated_at)] == [
        "13:02",
        "13:04",
        "13:50",
    ]
    texts = {tag: e.text for e in await inc.entries() for tag in e.tags}
    assert texts == {
        Tag.IMPACT: "Impact began",
        Tag.DETECTED: "First signal seen: the pager rang",
        Tag.MITIGATED: "Impact stopped: db2 took over",
    }


@pytest.mark.parametrize(
    ("said", "why"),
    [("soon", "I cannot read a time"), ("25:00", "is not a time of day"), ("2031-01-01 12:00", "has not happened yet")],
)
async def test_a_bad_time_goes_back_into_the_form_beside_its_field(inc: Room, said, why):
    await inc.say("close")
    view = await inc.form()
    answer = await inc.stage.person("ada").submits(view["id"], {"detected": {"detected": said}})
    assert list(answer["errors"]) == ["detected"]
    assert why in answer["errors"]["detected"]
    assert (await inc.incident()).status is Status.OPEN
    assert await inc.stage.person("ada").open_view() is not None
    again = await inc.stage.person("ada").submits(view["id"], {"detected": {"detected": "13:04"}})
    assert again["ok"]
    await closed(inc)


@pytest.mark.parametrize("line", ["close now", "close anyway", "close --force", "end all is back now", "finish now"])
async def test_close_now_asks_nothing(inc: Room, line):
    assert f"{inc.label} is closed" in await inc.say(line)
    await closed(inc)


async def test_a_second_close_is_told_and_changes_nothing(inc: Room):
    await inc.say("close now")
    before = await closed(inc)
    for line in ("close", "close now", "close at 14:00 once more"):
        answer = await inc.say(line)
        assert f"{inc.label} is already closed." in answer
        assert f"`/incident status {inc.label}`" in answer
    assert await inc.incident() == before


async def test_two_forms_to_close_close_once(inc: Room):
    await inc.say("close", "ada")
    await inc.say("close", "ben")
    first, second = await inc.form("ada"), await inc.form("ben")
    assert (await inc.stage.person("ada").submits(first["id"], {}))["ok"]
    late = await inc.stage.person("ben").submits(second["id"], {})
    assert f"{inc.label} is already closed." in next(iter(late["errors"].values()))
    assert len([e for e in await inc.entries(Kind.STATUS) if e.data["to"] == "closed"]) == 1


async def test_close_from_elsewhere_with_its_own_time(inc: Room):
    at = (inc.stage.rehearsal.clock.now() + timedelta(minutes=1)).strftime("%H:%M")
    answer = await inc.stage.say("dana", f"/incident close {inc.label} at {at} now")
    assert f"{inc.label} is closed" in answer
    assert clock((await closed(inc)).closed_at) == at


async def test_the_draft_comes_into_the_channel_after_the_close(inc: Room):
    await inc.say("note 13:02 calendars are empty")
    await inc.say("close now")
    await inc.stage.settled()
    assert [t for t in inc.texts() if t.startswith(f"Postmortem draft of {inc.label}")]
    number = (await inc.incident()).number
    files = {f["name"]: f for m in inc.stage.messages(inc.channel) for f in m.files}
    assert list(files) == [f"inc-{number}-postmortem-1.md", f"inc-{number}-course-1.png"]
    shown = files[f"inc-{number}-course-1.png"]
    assert inc.stage.rehearsal._stage.uploads[shown["id"]][:8] == b"\x89PNG\r\n\x1a\n"
    asked = [call.args for call in inc.stage.rehearsal.ledger.done("files.getUploadURLExternal")]
    said = next(args["alt_txt"] for args in asked if args["filename"] == shown["name"])
    assert "Declared" in said and "People: " in said


async def test_a_picture_that_cannot_be_painted_keeps_no_document_back(inc: Room, monkeypatch):
    def torn(_):
        raise OSError("no typeface")

    monkeypatch.setattr(picture, "png", torn)
    await inc.say("close now")
    await inc.stage.settled()
    number = (await inc.incident()).number
    files = [f["name"] for m in inc.stage.messages(inc.channel) for f in m.files]
    assert files == [f"inc-{number}-postmortem-1.md"]


@pytest.mark.parametrize(
    "line", ["/postmortem {}", "/incident postmortem {}", "/incident pm {}", "/incident retro of {}"]
)
async def test_the_draft_is_pointed_to_and_made_anew_for_news(shared: Stage, line):
    inc = await room(shared)
    await inc.say("close now")
    await inc.stage.settled()
    first = await shared.say("dana", line.format(inc.label))
    assert f"*Postmortem of {inc.label}*: draft 1, draft; open: " in first and "recorded since" not in first
    await inc.say("note one more thing")
    await shared.settled()
    assert f"*Postmortem of {inc.label}*: draft 2, draft; open: " in await shared.say("dana", line.format(inc.label))


async def test_a_draft_of_an_open_incident_is_made_on_demand(inc: Room):
    assert f"I draft {inc.label}" in await inc.stage.say("ada", "/postmortem", inc.channel)


async def test_postmortem_elsewhere_asks_for_the_incident(shared: Stage):
    answer = await shared.say("ada", "/postmortem")
    assert "This channel is no incident's." in answer


async def test_the_time_stands_with_the_status_and_not_with_who_says_so(inc: Room):
    assert "is mitigated as of 13:50 UTC: db2 serves, says <@" in await inc.say("mitigate at 13:50 db2 serves")
    declared = f"{(await inc.incident()).declared_at:%H:%M}"
    assert f"is resolved as of {declared} UTC, says <@" in await inc.say(f"resolve at {declared}")
    assert "is closed as of 2026-04-23" not in await inc.say("close now")


async def test_a_changed_severity_says_why_in_a_sentence_of_its_own(inc: Room):
    answer = await inc.say("sev sev1 it spreads")
    assert "customers cannot use the product, says <@" in answer and answer.endswith(">. Why: it spreads")


async def test_a_note_after_the_close_ends_its_line_before_the_hint(inc: Room):
    await inc.say("close now")
    answer = await inc.say("note 13:40 one more thing")
    assert answer.endswith("one more thing at 13:40 UTC\nThe incident is closed: its draft is made anew with this.")
