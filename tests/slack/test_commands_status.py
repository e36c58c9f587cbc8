"""/incident status, sev, lead and role"""

import pytest

from bot.domain.incident import Severity
from bot.domain.roles import Role
from bot.domain.timeline import Kind
from bot.store import incidents as stored
from tests.conftest import Stage
from tests.slack.rooms import Room, room

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def carried(inc: Room) -> dict[Role, str]:
    incident = await inc.incident()
    held = await inc.stage.muster.deps.door.read(lambda session: stored.assignments(session, incident.id))
    return {one.role: inc.stage.rehearsal.workspace.people[one.user_id].name for one in held}


@pytest.mark.parametrize("verb", ["status", "show", "info"])
async def test_status_shows_the_card_to_the_asker_alone(inc: Room, verb):
    answer = await inc.say(verb, "ben")
    assert answer.startswith(f"{inc.label} sev2 open: checkout is failing")
    shown = (await inc.stage.person("ben").sees(inc.channel))[-1]
    assert shown["ephemeral"] and len(shown["blocks"]) >= 4


async def test_status_elsewhere_takes_the_name_in_any_form_and_links_the_channel(inc: Room):
    for name in (inc.label, inc.label.lower(), f"#{inc.number}", str(inc.number), f"of {inc.label} please"):
        assert (await inc.stage.say("dana", f"/incident status {name}")).startswith(inc.label)
    shown = (await inc.stage.person("dana").sees("#general"))[-1]
    assert f"<#{inc.channel}>" in repr(shown["blocks"])


async def test_status_of_an_unknown_incident_says_how_to_list_them(shared: Stage):
    assert "I know no incident `INC-9999`" in (said := await shared.say("ada", "/incident status INC-9999"))
    assert "`/incident list`" in said


@pytest.mark.parametrize(
    "line", ["sev sev1", "severity 1", "priority critical", "sev SEV-1.", "sev to sev1", "sev --sev1"]
)
async def test_the_severity_changes(inc: Room, line):
    answer = await inc.say(line)
    assert (await inc.incident()).severity is Severity.SEV1
    assert (await inc.last()).text == "Severity sev2 → sev1"
    assert f"{inc.label}: sev2 → " in answer and "customers cannot use the product" in answer


@pytest.mark.parametrize("line", ["sev 1 nobody can pay", "sev sev1: nobody can pay", "sev1 nobody can pay at 14:00"])
async def test_the_reason_for_a_severity_is_kept(inc: Room, line):
    answer = await inc.say(line if line.startswith("sev ") else f"sev {line}")
    assert (await inc.last()).text == "Severity sev2 → sev1: nobody can pay"
    assert "nobody can pay" in answer


async def test_sev_alone_lists_the_choices_and_changes_nothing(inc: Room):
    answer = await inc.say("sev")
    assert f"{inc.label} is sev2." in answer
    for each in Severity:
        assert f"`/incident sev {each}`" in answer
    assert (await inc.incident()).severity is Severity.SEV2


@pytest.mark.parametrize("word", ["sev0", "4", "-1", "1e9", "٣", "sev١", "urgent", "<b>"])
async def test_what_is_no_severity_is_named_with_the_choices(inc: Room, word):
    answer = await inc.say(f"sev {word}")
    assert "is not a severity" in answer and "Use sev1, sev2 or sev3." in answer
    assert f"/incident sev {word.replace('<', '&lt;').replace('>', '&gt;')}" in answer
    assert (await inc.incident()).severity is Severity.SEV2


async def test_the_same_severity_again_is_told(inc: Room):
    assert f"{inc.label} is already sev2" in await inc.say("sev sev2")


async def test_a_severity_can_be_changed_from_elsewhere(inc: Room):
    await inc.stage.say("dana", f"/incident sev {inc.label} sev3")
    assert (await inc.incident()).severity is Severity.SEV3


@pytest.mark.parametrize(
    ("line", "role", "who"),
    [
        ("lead @ben", Role.COMMANDER, "ben"),
        ("lead me", Role.COMMANDER, "ada"),
        ("role commander @ben", Role.COMMANDER, "ben"),
        ("role @ben commander", Role.COMMANDER, "ben"),
        ("commander @ben", Role.COMMANDER, "ben"),
        ("assign ic @ben", Role.COMMANDER, "ben"),
        ("role scribe @ben", Role.SCRIBE, "ben"),
        ("role @ben notes", Role.SCRIBE, "ben"),
        ("role comms me", Role.COMMUNICATIONS, "ada"),
        ("role me comms", Role.COMMUNICATIONS, "ada"),
        ("assign ops @ben", Role.OPERATIONS, "ben"),
        ("lead @ben at 14:00", Role.COMMANDER, "ben"),
        ("roles Communications: @ben", Role.COMMUNICATIONS, "ben"),
    ],
)
async def test_a_role_is_given_in_any_order(inc: Room, line, role, who):
    answer = await inc.say(line)
    assert f"is {role} of {inc.label}" in answer
    assert await carried(inc) == {role: who}
    assert (await inc.last()).kind is Kind.ROLE


async def test_who_gets_a_role_is_invited(inc: Room):
    await inc.say("lead @chidi")
    await inc.stage.settled()
    assert inc.stage.person("chidi").user_id in inc.stage.rehearsal.workspace.channels[inc.channel].members


async def test_a_role_alone_says_who_carries_what(inc: Room):
    assert "Nobody carries a role yet." in await inc.say("role")
    await inc.say("role scribe @ben")
    assert f"scribe: <@{inc.stage.person('ben').user_id}>" in await inc.say("roles")


async def test_a_role_passes_from_one_to_the_next(inc: Room):
    await inc.say("lead @ben")
    await inc.say("lead @chidi")
    assert await carried(inc) == {Role.COMMANDER: "chidi"}
    assert "That person is already commander" in await inc.say("lead @chidi")


async def test_an_unknown_role_gets_the_nearest(inc: Room):
    answer = await inc.say("role scrib @ben")
    assert "`scrib` is not a role. Did you mean `scribe`?" in answer.replace("\n", " ")
    assert await carried(inc) == {}


async def test_a_plain_name_is_asked_about_because_it_may_be_anybody(inc: Room):
    answer = await inc.say("lead @bob")
    assert "I cannot tell who `@bob` is." in answer and "/incident lead @bob" in answer
    assert await carried(inc) == {}


async def test_two_people_for_one_role_are_asked_about(inc: Room):
    assert "You named 2 people; a role has one carrier." in await inc.say("lead @ben @chidi")
    assert await carried(inc) == {}


async def test_roles_of_a_closed_incident_stay(shared: Stage):
    inc = await room(shared)
    await inc.say("close now")
    assert "is closed" in await inc.say("lead @ben")
    assert "is closed" in await inc.say("sev sev1")
    assert await carried(inc) == {}


async def test_a_role_is_carried_as_of_the_time_said(inc: Room):
    assert f"is scribe of {inc.label} as of 14:00 UTC" in await inc.say("role scribe @ben at 14:00")


async def test_what_lies_before_the_declaration_is_told_with_the_day_of_it(inc: Room):
    answer = await inc.say("resolve at 13:10")
    assert f"{inc.label} was declared at 14:0" in answer and "after that time" in answer
