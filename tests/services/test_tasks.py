"""Things somebody should do."""

from __future__ import annotations

import pytest

from bot.errors import NotAllowed, NotFound, UserError
from bot.services import tasks
from tests.services.conftest import ADA, BEN, Office


def test_a_task_gets_the_next_number_and_an_entry(office: Office):
    incident = office.opened()
    first = office.do(lambda desk: tasks.add(desk, incident, " raise  the limit ", owner=BEN, by=ADA))
    second = office.do(lambda desk: tasks.add(desk, incident, "write it down", owner="", by=ADA))
    assert [(t.number, t.text, t.owner) for t in (first, second)] == [
        (1, "raise the limit", BEN),
        (2, "write it down", ""),
    ]
    assert [e.text for e in office.entries(incident)][1:] == [
        f"Task 1 for <@{BEN}>: raise the limit",
        "Task 2: write it down",
    ]


def test_a_task_is_done_once(office: Office):
    incident = office.opened()
    office.do(lambda desk: tasks.add(desk, incident, "raise the limit", owner=BEN, by=ADA))
    done = office.do(lambda desk: tasks.finish(desk, incident, 1, by=BEN))
    assert done.done_at == office.now
    with pytest.raises(NotAllowed, match="Task 1 was done before"):
        office.do(lambda desk: tasks.finish(desk, incident, 1, by=BEN))
    with pytest.raises(NotFound, match="INC-1 has no task 2"):
        office.do(lambda desk: tasks.finish(desk, incident, 2, by=BEN))
    assert office.do(lambda desk: tasks.all(desk, incident)) == (done,)


@pytest.mark.parametrize(("text", "says"), [("  ", "needs a few words"), ("x" * 501, "501 characters; 500 is")])
def test_a_task_that_says_nothing_or_too_much_is_explained(office: Office, text: str, says: str):
    incident = office.opened()
    with pytest.raises(UserError, match=says):
        office.do(lambda desk: tasks.add(desk, incident, text, owner="", by=ADA))
    assert office.do(lambda desk: tasks.all(desk, incident)) == ()


def test_a_secret_in_a_task_is_never_stored(office: Office):
    incident = office.opened()
    task = office.do(lambda desk: tasks.add(desk, incident, "rotate redis://:hunter2@cache:6379/0", owner="", by=ADA))
    assert "hunter2" not in task.text
