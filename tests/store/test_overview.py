"""Many incidents at once, on both databases."""

from __future__ import annotations

from datetime import date, timedelta

from sqlmodel import Session

from bot.domain.check import Check, Why
from bot.domain.incident import Severity, Status
from bot.domain.lookup import Lookup, Said
from bot.domain.roles import Aim, Assignment, Role, Task
from bot.domain.timeline import Entry, Kind, Tag
from bot.domain.walk import Did, Mark, Walk
from bot.store import checks, incidents, insights, lookups, overview, playbooks, postmortems, timeline, verdicts, walks
from bot.store.door import Door
from bot.store.postmortems import Kept
from bot.store.review_tables import ReviewRow
from bot.store.verdicts import Verdict
from tests.store.conftest import NOW, incident

YEAR = timedelta(days=365)


def fill(session: Session) -> None:
    """Two incidents of ours a year apart, and one of another workspace."""
    first = incident(1, status=Status.CLOSED)
    second = incident(2, declared_at=NOW + YEAR, severity=Severity.SEV1, title="search is slow")
    for one in (first, second, incident(3, team_id="T2")):
        incidents.add(session, one)
    incidents.assign(session, second, Assignment(role=Role.COMMANDER, user_id="U2", since=NOW))
    for number, (kind, tags, author) in enumerate(
        (
            (Kind.DECLARED, (), "U1"),
            (Kind.NOTE, (), "U1"),
            (Kind.NOTE, (Tag.CAUSE,), "U1"),
            (Kind.FINDING, (), ""),
            (Kind.NOTE, (Tag.IMPACT,), "U1"),
        )
    ):
        entry = Entry(
            id=f"e{number}",
            team_id="T1",
            incident_id="i1",
            seq=0,
            at=NOW,
            recorded_at=NOW,
            kind=kind,
            text="x",
            author=author,
            tags=tags,
            data={"findings": []},
        )
        timeline.add(session, entry)
    timeline.strike(session, timeline.entries(session, "i1")[-1], NOW)
    for owner, due, aim in (("U1", date(2026, 3, 20), Aim.PREVENT), ("", None, None)):
        number = len(incidents.tasks(session, "i1")) + 1
        task = Task(
            id=f"t{number}", number=number, text="x", owner=owner, made_by="U1", made_at=NOW, due=due, aim=aim, link="l"
        )
        incidents.add_task(session, first, task)
    for number, system in enumerate(("orders-db", "orders-db", "users-db")):
        look = Check(id=f"c{number}", team_id="T1", system=system, why=Why.ASKED, asked_at=NOW, incident_id="i1")
        checks.add(session, look)
    book = playbooks.parse("---\ntitle: T\n---\n## 1. Look\n\nDo it.\n", "t")
    walk = Walk(id="w1", incident_id="i1", playbook=book, begun_by="U1", begun_at=NOW)
    walks.add(session, walk, "T1")
    marked = Walk(
        id="w1",
        incident_id="i1",
        playbook=book,
        marks=(Mark(step=1, did=Did.DONE, by="U1", at=NOW),),
        begun_by="U1",
        begun_at=NOW,
    )
    walks.save(session, marked)
    verdict = Verdict(walk_id="w1", step=1, helped=True, said_by="U1")
    verdicts.keep(session, verdict, team_id="T1", incident_id="i1", playbook="t", title="Look", now=NOW)
    for number, said in enumerate((Said.OPENED, Said.OPENED, Said.NOTHING)):
        lookups.keep(session, Lookup(id=f"l{number}", words="x", playbook="t", said=said, made_at=NOW), "T1")
    for number, words in enumerate(("no disk", "late mail", "x", "no disk", "late mail")):
        asked = Lookup(id=f"v{number}", words=words, playbook="", made_at=NOW + timedelta(minutes=number))
        lookups.keep(session, asked, "T1")
    postmortems.keep(session, first, Kept(version=1, drafted_at=NOW, document={}, markdown="", html=""))
    session.add(ReviewRow(incident_id="i1", user_id="U1", team_id="T1", asked_by="U2", asked_at=NOW, said="signed"))
    session.flush()


def test_all_incidents_of_a_workspace_are_read_lightly(door: Door) -> None:
    with door.writes() as session:
        fill(session)
    with door.reads() as session:
        briefs = overview.briefs(session, "T1")
        assert [(one.label, one.severity, one.status) for one in briefs] == [
            ("INC-2", Severity.SEV1, Status.OPEN),
            ("INC-1", Severity.SEV2, Status.CLOSED),
        ]
        assert overview.load(session, ["i2"]) == {"i2": incidents.load(session, "i2")}
        assert [one.id for one in overview.declared(session, "T1", None, None)] == ["i1", "i2"]
        assert [one.id for one in overview.declared(session, "T1", NOW + timedelta(days=1), None)] == ["i2"]
        assert [one.id for one in overview.declared(session, "T1", NOW, NOW + YEAR)] == ["i1"]
        assert overview.systems(session, "T1") == {"i1": ("orders-db", "users-db")}
        assert overview.commanders(session, ["i1", "i2"]) == {"i2": "U2"}
        told = overview.follow_ups(session, "T1")
        assert tuple(one.task for one in told) == incidents.tasks(session, "i1")
        assert [(one.number, one.task.aim, one.task.due) for one in told] == [
            (1, Aim.PREVENT, date(2026, 3, 20)),
            (1, None, None),
        ]
        assert overview.follow_ups(session, "T2") == []


def test_what_tells_of_many_incidents_is_read_without_the_rest(door: Door) -> None:
    with door.writes() as session:
        fill(session)
    ids = ["i1", "i2"]
    with door.reads() as session:
        told = insights.telling(session, ids)
        assert {key: [entry.seq for entry in some] for key, some in told.items()} == {"i1": [1, 3, 4]}
        assert told["i1"][1].tags == (Tag.CAUSE,)
        assert [entry.seq for entry in insights.deeds(session, ids)["i1"]] == [1, 2, 3]
        assert [(walk.id, walk.standing[1].did) for walk in insights.walks(session, ids)] == [("w1", Did.DONE)]
        assert [(one.playbook, one.helped) for one in insights.judged(session, ids)] == [("t", True)]
        assert insights.lookups(session, "T1", None, None) == {("t", "opened"): 2, ("t", ""): 1, ("", ""): 5}
        assert insights.lookups(session, "T1", NOW + YEAR, None) == {}
        assert insights.in_vain(session, "T1", NOW, None, 2) == ["late mail", "no disk"]
        assert insights.in_vain(session, "T1", NOW + YEAR, None, 2) == []
        reviews = insights.reviews(session, ids)
        assert (reviews.drafted, reviews.asked, reviews.reviewed) == ({"i1"}, {"i1"}, {"i1"})
        assert insights.years(session, "T1") == (2027, 2026)
        assert insights.years(session, "T9") == ()


def test_more_incidents_than_one_question_holds_are_read_in_portions(door: Door) -> None:
    with door.writes() as session:
        fill(session)
    ids = [f"n{number}" for number in range(2 * insights.AT_ONCE)] + ["i1"]
    with door.reads() as session:
        assert list(insights.telling(session, ids)) == ["i1"]
