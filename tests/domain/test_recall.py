"""Which values a walk's commands are shown with, and which are only told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.domain.moves import fill_in
from bot.domain.playbook import Fill, Playbook, Step, Variable
from bot.domain.recall import elsewhere, known
from bot.domain.walk import Walk

AT = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)


def walk(name: str, fill: Fill = Fill.HOST, systems: tuple[str, ...] = (), **given: str) -> Walk:
    """A walk along a page with the one gap `target`, filled with what is given."""
    step = Step(number=1, title="One", body="", variables=(Variable(name="target", fill=fill),))
    book = Playbook(name=name, title=name, systems=systems, steps=(step,), text="", digest="")
    begun = Walk(id=name, incident_id="i", playbook=book, begun_by="U1", begun_at=AT)
    return fill_in(begun, given, step=1, by="U1", at=AT)


def test_the_last_value_of_the_same_playbook_counts():
    first, second = walk("a", target="db1"), walk("a", target="db2")
    assert known(walk("a"), [first, second]) == {"target": "db2"}
    assert known(walk("a", target="db3"), [first, second]) == {"target": "db3"}


def test_another_playbooks_value_is_told_and_is_no_value():
    other = walk("b", target="db1")
    assert known(walk("a"), [other]) == {}
    assert [(one.playbook, one.value) for one in elsewhere(walk("a"), [other]).values()] == [("b", "db1")]


def test_a_value_that_the_page_no_longer_takes_is_left_out():
    old = walk("a", Fill.PATH, target="/srv/rescue")
    assert known(walk("a", Fill.PORT), [old]) == {}


def test_a_folder_is_not_told_where_a_host_is_asked_for():
    assert elsewhere(walk("a"), [walk("b", Fill.PATH, target="/srv/rescue")]) == {}


def test_pages_about_different_kinds_of_system_tell_each_other_nothing():
    redis, mongo = (walk(kind, systems=(kind, "linux"), target="db1") for kind in ("redis", "mongodb"))
    assert elsewhere(redis, [mongo]) == {}
    both = walk("both", systems=("redis", "mongodb"))
    assert elsewhere(both, [mongo])["target"].value == "db1"
    assert elsewhere(walk("edge", systems=("nginx",)), [mongo])["target"].value == "db1"


def test_a_value_that_was_taken_away_is_none_here_nor_elsewhere():
    earlier = walk("a", target="db1")
    emptied = fill_in(walk("a"), {"target": None}, step=1, by="U1", at=AT)
    assert known(emptied, [earlier]) == {}
    assert elsewhere(walk("b"), [earlier, emptied])["target"].value == "db1"
    assert elsewhere(walk("b"), [emptied]) == {}


def lined(given: dict[str, str], begun_s: int) -> Walk:
    """A walk of a page whose one line has a host and its port."""
    gaps = (Variable(name="host", fill=Fill.HOST), Variable(name="port", fill=Fill.PORT))
    step = Step(number=1, title="One", body="mongosh --host {{host}} --port {{port}}", variables=gaps)
    book = Playbook(name="a", title="a", steps=(step,), text="", digest="")
    begun = Walk(
        id=str(begun_s), incident_id="i", playbook=book, begun_by="U1", begun_at=AT + timedelta(seconds=begun_s)
    )
    return fill_in(begun, given, step=1, by="U1", at=AT)


def test_the_port_of_another_walks_host_is_not_that_of_this_ones():
    earlier, later = lined({"host": "db1", "port": "27018"}, 0), lined({"host": "db9"}, 1)
    assert known(later, [earlier]) == {"host": "db9"}
    assert known(lined({}, 2), [earlier]) == {"host": "db1", "port": "27018"}
    assert known(earlier, [lined({"host": "db2", "port": "27019"}, 3)]) == {"host": "db1", "port": "27018"}
