"""/incident task, list and help; unknown verbs"""

import pytest

from bot.domain.timeline import Kind
from bot.slack.commands import VERBS
from bot.store import incidents as stored
from tests.conftest import Stage
from tests.slack.rooms import Room, newest, room

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def tasks(inc: Room):
    incident = await inc.incident()
    return await inc.stage.muster.deps.door.read(lambda session: stored.tasks(session, incident.id))


@pytest.mark.parametrize(
    "line",
    [
        "task @ben raise the file handle limit",
        "task raise the file handle limit @ben",
        "todo add @ben raise the file handle limit",
        "action raise @ben the file handle limit",
        "follow-up @ben raise the file handle limit",
    ],
)
async def test_a_task_has_its_owner_wherever_they_are_named(inc: Room, line):
    answer = await inc.say(line)
    (task,) = await tasks(inc)
    assert (task.text, task.owner) == ("raise the file handle limit", inc.stage.person("ben").user_id)
    assert "1. raise the file handle limit" in answer
    assert (await inc.last()).kind is Kind.TASK


async def test_a_second_person_in_a_task_stays_in_its_words(inc: Room):
    answer = await inc.say("task @ben ask @chidi about db2")
    (task,) = await tasks(inc)
    assert task.owner == inc.stage.person("ben").user_id
    assert "ask @chidi about db2" in answer or "ask @Chidi Eze about db2" in answer


async def test_a_task_may_wait_for_somebody_to_take_it(inc: Room):
    assert "(nobody yet)" in await inc.say("task call the provider")
    assert [t.owner for t in await tasks(inc)] == [""]


@pytest.mark.parametrize("line", ["task done 1", "task 1 done", "task 1 is done", "task finished #1", "todo close 1"])
async def test_a_task_gets_done_once(inc: Room, line):
    await inc.say("task call the provider")
    assert "Task 1 is done: call the provider" in await inc.say(line, "ben")
    assert (await tasks(inc))[0].done_at is not None
    again = await inc.say(line)
    assert "Task 1 was done before." in again and "`/incident task`" in again


async def test_task_alone_lists_them(inc: Room):
    assert "No tasks yet." in await inc.say("task")
    await inc.say("task call the provider")
    await inc.say("task @ben watch db2")
    await inc.say("task done 1")
    listed = await inc.say("tasks")
    assert ":white_check_mark: 1. call the provider" in listed and "2. watch db2" in listed


async def test_an_unknown_task_and_a_task_without_words_say_what_to_type(inc: Room):
    assert f"{inc.label} has no task 7" in await inc.say("task done 7")
    assert "A task needs a few words" in await inc.say("task @ben")
    said = await inc.say("task " + "x" * 501)
    assert "That task has 501 characters; 500 is the most." in said and "x" * 501 in said
    assert await tasks(inc) == ()


async def test_a_plain_name_in_a_task_is_asked_about(inc: Room):
    answer = await inc.say("task @bob look at db1")
    assert "I cannot tell who `@bob` is." in answer and "/incident task @bob look at db1" in answer


@pytest.mark.parametrize("verb", ["list", "ls", "all"])
async def test_list_shows_what_is_not_closed(inc: Room, verb):
    done = await room(inc.stage, "an old thing")
    await done.say("close now")
    answer = await inc.stage.say("dana", f"/incident {verb}")
    assert f"*{inc.label}* open" in answer and f"<#{inc.channel}>" in answer
    assert done.label not in answer
    assert f"*{done.label}* closed" in await inc.stage.say("dana", "/incident list all")


@pytest.mark.parametrize("line", ["/incident help", "/incident ?", "/incident", "/incident   "])
async def test_help_names_every_verb_with_an_example(shared: Stage, line):
    answer = await shared.say("dana", line)
    for verb in VERBS:
        assert f"`/incident {verb.usage}`" in answer
    assert "/runbook" in answer and "/postmortem" in answer and ":pushpin:" in answer


async def test_each_example_in_the_help_works_as_typed(inc: Room):
    for verb in VERBS:
        if verb.names[0] not in ("open", "close", "import", "runbook"):
            answer = await inc.say(verb.usage.replace("@name", "@ben").replace("INC-3", inc.label))
            assert "I do not know" not in answer and "I failed" not in answer, verb.usage


@pytest.mark.parametrize(
    ("typed", "near"),
    [("statsu", "status"), ("mitgate", "mitigate"), ("clos", "close"), ("nte hello", "note"), ("res", "resolve")],
)
async def test_an_unknown_verb_gets_the_nearest_and_runs_none(inc: Room, typed, near):
    before = await inc.incident()
    answer = await inc.say(typed)
    assert f"I do not know `{typed.split()[0]}`." in answer
    assert f"`/incident {near} …`" in answer
    assert f"/incident {typed}" in answer
    assert (await inc.incident()).status is before.status


async def test_words_that_are_no_verb_are_offered_as_a_title(shared: Stage):
    before = await newest(shared)
    answer = await shared.say("ada", "/incident zookeeper lost its quorum")
    assert "`/incident open sev2 zookeeper lost its quorum`" in answer
    assert await newest(shared) == before


@pytest.mark.parametrize("line", ["task done", "task finished", "todo close"])
async def test_a_task_that_is_done_needs_its_number(inc: Room, line):
    answer = await inc.say(line)
    assert "Which task is done?" in answer and "`/incident task done 2`" in answer
    assert await tasks(inc) == ()
