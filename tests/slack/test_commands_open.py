"""/incident open"""

from datetime import timedelta

import pytest

from bot.domain.incident import Severity
from bot.domain.timeline import Kind, Tag
from tests.conftest import Stage, soon
from tests.slack.rooms import field, form_of, newest

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def opened(stage: Stage, line: str, who: str = "ada", channel: str = "#general"):
    before = await newest(stage)
    answer = await stage.say(who, line, channel)
    assert await newest(stage) == before + 1, answer
    return await stage.incident(before + 1), answer


@pytest.mark.parametrize("verb", ["open", "new", "declare", "create", "start", "OPEN:"])
async def test_each_name_of_the_verb_opens(shared: Stage, verb):
    incident, answer = await opened(shared, f"/incident {verb} sev3 try {len(verb)} {verb[::-1]}")
    assert incident.title == f"try {len(verb)} {verb[::-1]}"
    assert incident.severity is Severity.SEV3
    assert incident.label in answer


@pytest.mark.parametrize(
    ("line", "severity", "title"),
    [
        ("sev1 the queue is stuck", Severity.SEV1, "the queue is stuck"),
        ("the queue is stuck again sev1", Severity.SEV1, "the queue is stuck again"),
        ("the queue sev-1 is stuck still", Severity.SEV1, "the queue is stuck still"),
        ("--sev=1 the queue is stuck more", Severity.SEV1, "the queue is stuck more"),
        ("—sev1 the phone made a long dash", Severity.SEV1, "the phone made a long dash"),
        ("critical nobody can pay", Severity.SEV1, "nobody can pay"),
        ("“smart quotes” are kept sev 3", Severity.SEV3, '"smart quotes" are kept'),
    ],
)
async def test_the_severity_may_stand_anywhere(shared: Stage, line, severity, title):
    incident, answer = await opened(shared, f"/incident open {line}")
    assert (incident.severity, incident.title) == (severity, title)
    assert "I took" not in answer


async def test_without_a_severity_it_is_sev2_and_says_so(shared: Stage):
    incident, answer = await opened(shared, "/incident open the search is slow")
    assert incident.severity is Severity.SEV2
    assert "I took sev2; change it with `/incident sev sev1`" in answer


@pytest.mark.parametrize(
    "line", ["@ben mail bounces sev2", "sev2 mail bounces @ben today", "mail bounces since noon @ben"]
)
async def test_a_person_anywhere_becomes_the_commander(shared: Stage, line):
    incident, _ = await opened(shared, f"/incident open {line}")
    roles = [e for e in await shared.entries(incident.number) if e.kind is Kind.ROLE]
    assert [e.data["user"] for e in roles] == [shared.person("ben").user_id]
    assert "ben" not in incident.title and "  " not in incident.title


async def test_a_second_person_stays_in_the_title_by_name(shared: Stage):
    incident, _ = await opened(shared, "/incident open sev2 @ben login fails for @chidi in #general")
    assert incident.title == "login fails for @chidi in #general"


async def test_moments_named_anywhere_are_read_and_leave_the_title(shared: Stage):
    line = "/incident open sev1 started 13:40 GMT downloads fail detected 13:42 GMT"
    incident, answer = await opened(shared, line)
    assert incident.title == "downloads fail"
    assert incident.started_at and incident.detected_at
    assert (incident.detected_at - incident.started_at) == timedelta(minutes=2)
    assert "Impact since 13:40 UTC. First seen at 13:42 UTC." in answer


@pytest.mark.parametrize(
    "words", ["started 12:99 logins fail", "logins fail since 12:99", "logins fail detected 25:00"]
)
async def test_a_time_that_cannot_be_opens_nothing_and_hands_the_words_back(shared: Stage, words):
    before = await newest(shared)
    answer = await shared.say("ada", f"/incident open sev1 {words}", "#general")
    assert await newest(shared) == before
    assert "is not a time of day" in answer and "Type it as `at 12:03`" in answer and "logins fail" in answer


async def test_since_sets_when_the_impact_began(shared: Stage):
    incident, answer = await opened(shared, "/incident open sev1 uploads fail since 13:40 GMT @ben")
    assert f"{incident.started_at:%H:%M}" == "13:40"
    assert incident.title == "uploads fail"
    assert "Impact since 13:40 UTC" in answer
    impact = [e for e in await shared.entries(incident.number) if Tag.IMPACT in e.tags]
    assert [e.at for e in impact] == [incident.started_at]


async def test_the_same_title_again_within_two_minutes_is_taken_for_a_second_try(shared: Stage):
    first, _ = await opened(shared, "/incident open sev2 twice typed")
    again = await shared.say("ada", "/incident open sev1  Twice typed ")
    assert await newest(shared) == first.number
    assert f"You opened {first.label} with this title a moment ago" in again
    assert "`/incident open --force sev1 Twice typed`" in again
    await opened(shared, "/incident open sev2 twice typed", who="ben")  # somebody else may mean another outage
    await opened(shared, "/incident open --force sev2 twice typed")
    await opened(shared, "/incident open —force sev2 twice typed")


async def test_after_two_minutes_the_same_title_opens_again(shared: Stage):
    await opened(shared, "/incident open sev2 it is back")
    shared.rehearsal.clock.set(shared.rehearsal.clock.now() + timedelta(minutes=2, seconds=1))
    await opened(shared, "/incident open sev2 it is back")


async def test_without_a_title_a_form_opens_with_what_was_typed(shared: Stage):
    before = await newest(shared)
    assert await shared.say("ada", "/incident open sev3 @ben") == ""
    view = await form_of(shared)
    assert field(view, "severity")["initial_option"]["value"] == "sev3"
    assert field(view, "lead")["initial_user"] == shared.person("ben").user_id
    assert await newest(shared) == before
    said = await shared.person("ada").submits(view["id"], {"title": {"title": "a form was filled in"}})
    assert said["ok"], said
    incident = await shared.incident(before + 1)
    assert (incident.title, incident.severity) == ("a form was filled in", Severity.SEV3)
    roles = [e.data["user"] for e in await shared.entries(incident.number) if e.kind is Kind.ROLE]
    assert roles == [shared.person("ben").user_id]


async def test_after_the_form_the_declarer_reads_the_answer_though_the_bot_is_not_in_that_channel(shared: Stage):
    before = await newest(shared)
    await shared.say("ada", "/incident open", "#general")
    view = await form_of(shared)
    await shared.person("ada").submits(view["id"], {"title": {"title": "nobody is told"}})
    posts = shared.rehearsal.ledger.posts
    heard = await soon(lambda: [post for post in posts if f"*INC-{before + 1}*" in post.text])
    assert len(heard) == 1


async def test_an_empty_title_in_the_form_is_refused_beside_its_field(shared: Stage):
    before = await newest(shared)
    await shared.say("ada", "/incident open")
    view = await form_of(shared)
    said = await shared.person("ada").submits(view["id"], {"title": {"title": "\u200b\u202e \u2066"}})
    assert list(said["errors"]) == ["title"]
    assert "An incident needs a title" in said["errors"]["title"]
    assert await newest(shared) == before
    await shared.person("ada").dismisses(view["id"])


async def test_when_the_form_cannot_open_the_words_come_back(shared: Stage):
    shared.rehearsal.knobs.turn({"faults": [{"method": "views.open", "error": "expired_trigger_id"}]})
    await shared.say("ada", "/incident open sev1 @ben")
    posts = shared.rehearsal.ledger.posts
    told = await soon(lambda: next((p.text for p in posts if "Type it in one line instead" in p.text), ""))
    assert "/incident open sev1 @ben" in told
