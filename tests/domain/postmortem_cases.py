"""Incidents built by hand, for the tests of the postmortem draft and of its documents.

The times and facts of `universe` follow Universe's public write-up of its MongoDB outage. Its clock is a 12-hour one
that starts at noon: 01:10 there is 13:10 here. People, severities and the bot's own entries are made up.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.domain.incident import Incident, Severity, Status
from bot.domain.playbook import Playbook, Step
from bot.domain.postmortem import Facts
from bot.domain.roles import Assignment, Person, Role, Task
from bot.domain.timeline import Entry, Kind, Tag
from bot.domain.walk import Did, Mark, Walk

DAY = datetime(2019, 3, 12, tzinfo=UTC)

SEGFAULT = """Logs of the primary through SSH, and a segfault in them:
```
Invalid access at address: 0
  Got signal: 11
```
is that it?"""

PEOPLE = {
    "U1": Person(user_id="U1", name="Ada Quist"),
    "U2": Person(user_id="U2", name="Ben Okafor"),
    "U3": Person(user_id="U3", name="Chloë Tremblay"),
    "U4": Person(user_id="U4", name="Dev Raman"),
    "U5": Person(user_id="U5", name="Esra Polat"),
    "U6": Person(user_id="U6", name="Finn Larsen"),
    "B1": Person(user_id="B1", name="statuspage", is_bot=True),
}


def at(clock: str, day: datetime = DAY) -> datetime:
    """`13:10` on the day, in UTC."""
    hour, minute = clock.split(":")
    return day + timedelta(hours=int(hour), minutes=int(minute))


def incident(**changes: Any) -> Incident:
    """A closed sev1 with every moment known."""
    whole = Incident(
        id="i7",
        team_id="T1",
        number=7,
        title="Calendar is empty while the countdown sale runs",
        severity=Severity.SEV1,
        status=Status.CLOSED,
        declared_by="U1",
        declared_at=at("12:08"),
        started_at=at("12:02"),
        detected_at=at("12:04"),
        mitigated_at=at("13:50"),
        resolved_at=at("14:20"),
        closed_at=at("14:31"),
        channel_id="C7",
        channel_name="inc-7-calendar-is-empty",
    )
    return replace(whole, **changes)


def entry(
    seq: int, clock: str, text: str, author: str = "U1", kind: Kind = Kind.NOTE, *tags: Tag, **more: Any
) -> Entry:
    """One entry; messages get a permalink."""
    moment = more.pop("at", None) or at(clock)
    link = f"https://universe.example/archives/C7/p155239{seq:04d}" if kind is Kind.MESSAGE else ""
    return Entry(
        id=f"e{seq}",
        team_id="T1",
        incident_id="i7",
        seq=seq,
        at=moment,
        recorded_at=moment,
        kind=kind,
        text=text,
        author=author,
        tags=tags,
        **({"permalink": link} | more),
    )


def walk() -> Walk:
    """Three steps of four: one done, one skipped, one done after going back to it."""
    titles = ("Find out whether the primary still answers", "Ask for a step down", "Close its door", "Watch the vote")
    steps = tuple(Step(number=n, title=title, body="") for n, title in enumerate(titles, 1))
    book = Playbook(name="force-failover", title="Force a failover with the firewall", steps=steps, text="", digest="d")
    marks = (
        Mark(step=1, did=Did.DONE, by="U2", at=at("13:02")),
        Mark(step=2, did=Did.SKIPPED, by="U2", at=at("13:31"), reason="it ignores even a kill"),
        Mark(step=3, did=Did.DONE, by="U4", at=at("13:35")),
    )
    return Walk(id="w1", incident_id="i7", playbook=book, marks=marks, begun_by="U2", begun_at=at("13:01"))


def _universe_entries() -> Iterable[Entry]:
    message, status, step = Kind.MESSAGE, Kind.STATUS, Kind.STEP
    book = {"playbook": "force-failover"}
    yield entry(1, "12:08", "Declared sev2: Calendar is empty while the countdown sale runs", "U1", Kind.DECLARED)
    yield entry(2, "12:08", "<@U1> joined", "U1", Kind.JOINED)
    yield entry(
        3, "12:08", "Slack did not let me set the topic: `ratelimited`. Try again from the card.", "", Kind.ROOM
    )
    yield entry(4, "12:04", "Sales report an empty calendar", "U3", message, Tag.DETECTED, Tag.IMPACT)
    yield entry(
        5, "12:00", "The sale begins; 34,500 requests per minute on the GraphQL API, good response times", "U2", message
    )
    yield entry(6, "12:05", "5000 tickets sold", "U3", message, Tag.IMPACT)
    yield entry(
        7, "12:08", "6000 tickets sold, and more reports that the calendar is unavailable", "U3", message, Tag.IMPACT
    )
    yield entry(8, "12:08", "Bring more application capacity online", "U1", Kind.NOTE, Tag.DECISION, Tag.ACTION)
    yield entry(9, "12:09", "<@U1> is commander", "U1", Kind.ROLE, data={"role": "commander", "user": "U1"})
    yield entry(
        10, "12:13", "New capacity is online. The client reports trouble through sales", "U2", message, Tag.IMPACT
    )
    yield entry(11, "12:13", "`db-primary` sends no telemetry and answers no query; heartbeats go on", "U2", message)
    yield entry(12, "12:14", "Alarms everywhere; the status page says so too", "U4", message)
    yield entry(13, "12:14", "Severity sev2 → sev1", "U1", Kind.SEVERITY, data={"from": "sev2", "to": "sev1"})
    yield entry(
        14, "12:16", "Call begins; prepare a rule to turn the client's traffic away", "U1", Kind.NOTE, Tag.DECISION
    )
    yield entry(15, "12:18", "Edge rule is out: traffic from the client's site bounces", "U4", message, Tag.ACTION)
    yield entry(16, "12:20", "Escalated to <@U5> and <@U6>", "U1")
    yield entry(17, "12:20", "<@U5> joined", "U5", Kind.JOINED)
    yield entry(18, "12:21", "<@U6> joined", "U6", Kind.JOINED)
    yield entry(
        19,
        "12:45",
        SEGFAULT,
        "U5",
        message,
        Tag.HYPOTHESIS,
    )
    yield entry(20, "12:55", "Ticket with MongoDB; their engineer joins the call", "U4", message, Tag.ACTION)
    yield entry(21, "13:00", "Primary still answers health checks, so the secondaries hold no election", "U2", message)
    yield entry(
        22, "13:01", "Took up the playbook “Force a failover with the firewall”", "U2", Kind.PLAYBOOK, data=book
    )
    yield entry(23, "13:02", "Step 1 done", "U2", step, data=book | {"step": 1, "did": "done"})
    yield entry(24, "13:10", "`kill` sent to mongod on the primary", "U2", message, Tag.ACTION)
    yield entry(
        25, "13:20", "mongod ignores it. We wait, hoping that a rollback is written", "U1", Kind.NOTE, Tag.DECISION
    )
    yield entry(26, "13:30", "Wait no longer: firewall the primary off", "U1", Kind.NOTE, Tag.DECISION)
    yield entry(
        27, "13:31", "Step 2 skipped (it ignores even a kill)", "U2", step, data=book | {"step": 2, "did": "skipped"}
    )
    yield entry(28, "13:35", "Primary is out of the AWS security group", "U4", message, Tag.ACTION)
    yield entry(29, "13:35", "Step 3 done", "U4", step, data=book | {"step": 3, "did": "done"})
    yield entry(30, "13:40", "Election is over, a secondary is primary", "U2", message)
    yield entry(
        31, "13:50", "Mitigated: application traffic is back on the database", "U1", status, data={"to": "mitigated"}
    )
    yield entry(
        32, "14:20", "Resolved: the old primary is back in the security group", "U1", status, data={"to": "resolved"}
    )
    yield entry(
        33,
        "14:25",
        "The oplog was long enough for the old primary to catch up without a resync",
        "U2",
        Kind.NOTE,
        Tag.LUCKY,
    )
    yield entry(34, "14:26", "Task 1: Index the queries behind the Stripe webhooks", "U1", Kind.TASK, data={"task": 1})
    yield entry(35, "14:27", "Task 2: Alarm when read tickets run out", "U1", Kind.TASK, data={"task": 2})
    yield entry(36, "12:02", "Impact began", "U1", Kind.NOTE, Tag.IMPACT)
    yield entry(37, "12:02", "Oplog: Stripe webhooks become slow, some 2300 costly queries begin", "U2", Kind.IMPORTED)
    yield entry(38, "12:03", "Read tickets at 0 on the primary, over 1,000 readers queued", "U2", Kind.IMPORTED)
    yield entry(39, "14:31", "Closed", "U1", status, data={"to": "closed"})


def universe(**changes: Any) -> Facts:
    """The whole outage: 39 entries, a walk, a commander, two follow-ups."""
    tasks = (
        Task(
            id="t1",
            number=1,
            text="Index the queries behind the Stripe webhooks",
            owner="U2",
            made_by="U1",
            made_at=at("14:26"),
        ),
        Task(id="t2", number=2, text="Alarm when read tickets run out", made_by="U1", made_at=at("14:27")),
    )
    whole = Facts(
        incident=incident(),
        entries=tuple(_universe_entries()),
        assignments=(Assignment(role=Role.COMMANDER, user_id="U1", since=at("12:09")),),
        tasks=tasks,
        people=PEOPLE,
        walks=(walk(),),
        drafted_at=at("14:32"),
    )
    return replace(whole, **changes)


def bare(**changes: Any) -> Facts:
    """An incident about which nothing was written down but that it was declared."""
    declared = entry(1, "12:08", "Declared sev3: it is slow", "U1", Kind.DECLARED)
    unknown = incident(
        title="it is slow",
        severity=Severity.SEV3,
        status=Status.OPEN,
        started_at=None,
        detected_at=None,
        mitigated_at=None,
        resolved_at=None,
        closed_at=None,
        channel_name="",
    )
    return replace(Facts(incident=unknown, entries=(declared,), people=PEOPLE, drafted_at=at("12:09")), **changes)
