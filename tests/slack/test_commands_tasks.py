"""/incident task, list and help; unknown verbs"""

from dataclasses import replace
from datetime import date

import pytest

from bot.domain.roles import Aim
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
    assert again == "Task 1 was done before.\n:white_check_mark: 1. call the provider (nobody yet)"


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


@pytest.mark.parametrize(
    "line",
    [
        "task @ben raise the limit by 2026-12-01 #prevent https://tracker.test/1",
        "task https://tracker.test/1 by 1 Dec #prevent raise the limit @ben",
        "follow-up #prevention @ben raise the limit due 2026-12-01 https://tracker.test/1",
    ],
)
async def test_a_follow_up_has_its_day_aim_and_link_in_any_order(inc: Room, line):
    answer = await inc.say(line)
    (task,) = await tasks(inc)
    assert (task.text, task.owner) == ("raise the limit", inc.stage.person("ben").user_id)
    assert (task.aim, task.due, task.link) == (Aim.PREVENT, date(2026, 12, 1), "https://tracker.test/1")
    assert "prevent, due 1 December 2026" in answer and "https://tracker.test/1" in answer
    assert "(to prevent, due 1 December 2026, tracked at https://tracker.test/1)" in (await inc.last()).text


async def test_one_piece_of_a_task_is_changed_and_the_rest_stays(inc: Room):
    await inc.say("task @ada raise the limit by 2026-12-01 #prevent https://tracker.test/1")
    for change, told in (
        ("task 1 by 5 Dec", "due 5 December 2026"),
        ("task 1 @ben", "for <@"),
        ("task 1 #detect", "to detect"),
        ("task 1 https://tracker.test/2", "tracked at https://tracker.test/2"),
    ):
        await inc.say(change)
        assert f"Task 1 is now {told}" in (await inc.last()).text
    (task,) = await tasks(inc)
    assert (task.text, task.owner) == ("raise the limit", inc.stage.person("ben").user_id)
    assert (task.aim, task.due, task.link) == (Aim.DETECT, date(2026, 12, 5), "https://tracker.test/2")
    assert "Task 1 is like that already." in await inc.say("task 1 by 5 Dec")
    assert "task 1 by friday" in (await inc.say("task 1")).replace("\n", " ")


async def test_a_task_is_changed_from_elsewhere_by_the_name_of_its_incident(inc: Room):
    await inc.say("task raise the limit")
    answer = await inc.stage.say("ada", f"/incident task {inc.label} 1 by 5 Dec")
    assert "due 5 December 2026" in answer
    assert (await tasks(inc))[0].due == date(2026, 12, 5)
    await inc.stage.say("ada", f"/incident task {inc.label} done 1")
    assert (await tasks(inc))[0].done_at is not None


async def test_a_task_that_begins_with_a_number_is_a_new_one(inc: Room):
    await inc.say("task 2 more disks for db1 by 1 Dec")
    (task,) = await tasks(inc)
    assert (task.number, task.text, task.due) == (1, "2 more disks for db1", date(2026, 12, 1))


@pytest.mark.parametrize(
    "day", ["by the 3rd of december", "3 December", "@ben by Dec 3", "03.12.", "by 2026-12-03 @ben"]
)
async def test_the_day_of_a_task_is_given_as_people_write_days(inc: Room, day):
    await inc.say("task call the provider")
    assert "due 3 December 2026" in await inc.say(f"task 1 {day}")
    (task,) = await tasks(inc)
    assert (task.text, task.due) == ("call the provider", date(2026, 12, 3))


async def test_a_day_that_stays_in_the_words_is_told_with_what_to_type(inc: Room):
    answer = await inc.say("task call the provider on friday @ben")
    told = "I read no day in `friday`; it is kept as typed. If it is due then, type `by friday`."
    assert f"_{told}_ Change it with `/incident task 1 …`." in answer
    (task,) = await tasks(inc)
    assert (task.text, task.due) == ("call the provider on friday", None)
    assert "due 24 April 2026" in await inc.say("task 1 by friday")


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("task raise the limit by 1/12", "some people put the month first"),
        ("task raise the limit by 03/05", "can be 3 May or 5 March"),
        ("task raise the limit by next week", "it is 27 April 2026 to 1 May 2026"),
        ("task raise the limit by 20 April", "is 20 April 2026, which is over"),
        ("task 1 by frday", "I cannot tell what to change of task 1."),
        ("task 1 #foo", "`#foo` is no aim.\nThe aims are `#prevent`, `#detect`, `#mitigate` and `#process`."),
        ("task 1 #prevnt @ben", "`#prevnt` is no aim. Did you mean `#prevent`?"),
        ("task 9 by 1 Dec", "has no task 9"),
        ("task done foo", "`foo` is no task's number"),
        ("task -1 done", "`-1` is no task's number"),
        ("task raise it https://u:hunter2secret@tracker.test/1", "holds a secret"),
        ("task raise the limit by 2020-01-01", "which is over"),
    ],
)
async def test_an_unsure_follow_up_is_asked_about_and_comes_back_as_typed(inc: Room, line, says):
    await inc.say("task call the provider")
    answer = await inc.say(line)
    assert says in answer
    assert "hunter2secret" in line or f"/incident {line}" in answer
    (task,) = await tasks(inc)
    assert task.due is None


async def test_a_follow_up_lives_on_after_the_close(inc: Room):
    await inc.say("task call the provider")
    await inc.say("close now")
    await inc.say("task 1 by 1 Dec #process")
    await inc.say("task done 1")
    assert "Which task is not done?" in await inc.say("task not done")
    answer = await inc.say("task 1 not done", "ben")
    assert "1. call the provider (nobody yet, process, due 1 December 2026)" in answer
    (task,) = await tasks(inc)
    assert task.done_at is None
    assert (await inc.last()).text == "Task 1 is not done: call the provider"
    again = await inc.say("task reopen 1")
    assert again == "Task 1 is open already.\n1. call the provider (nobody yet, process, due 1 December 2026)"


async def test_what_is_late_says_so_in_the_list(inc: Room):
    await inc.say("task call the provider by 2026-05-05")
    incident = await inc.incident()

    def late(session):
        (task,) = stored.tasks(session, incident.id)
        stored.save_task(session, incident, replace(task, due=date(2026, 4, 20)))

    await inc.stage.muster.deps.door.write(late)
    assert "due 20 April 2026, 3 days overdue" in await inc.say("task")
