"""Random incidents, hostile ones included, for the property tests of the draft and its documents."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from bot.domain.finding import Verdict
from bot.domain.incident import Severity, Status
from bot.domain.playbook import Fill, Playbook, Step, Variable
from bot.domain.postmortem import Facts
from bot.domain.roles import Aim, Assignment, Person, Role, Task
from bot.domain.timeline import Entry, Kind, Tag
from bot.domain.walk import Did, Mark, Walk
from tests.domain.postmortem_cases import DAY, entry, incident

HOSTILE = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "![picture](http://evil.test/p.png)",
    "[click](javascript:alert(1))",
    "<javascript:alert(1)>",
    "# heading",
    "Title\n=====",
    "Title\n---",
    "- item\n1. item\n> quoted",
    "| a | b |\n|---|---|\n| c | d |",
    "```\n</code></pre><script>\n```",
    "`` ` `` `code` ~~gone~~ **bold** __init__ $x$",
    "<!channel> <@U1> <!subteam^S1|@all> @here &lt;b&gt; &#60;b&#62;",
    "[ref]: http://evil.test 'x'",
    '" onmouseover="alert(1)" x=\'',
    "{{ 7 * 7 }} {% include 'x' %}",
    "ends in a backslash \\",
    "at 09:41 and 23:59",
    "\u202egnp.exe \u0645\u0631\u062d\u0628\u0627",
    "***\n___\n    four spaces",
    "]]></style><style>*{display:none}",
)

texts = st.one_of(st.sampled_from(HOSTILE), st.text(max_size=60), st.lists(st.sampled_from(HOSTILE)).map(" ".join))
times = st.integers(0, 2000).map(lambda minutes: DAY + timedelta(minutes=minutes))
signals = st.sampled_from(("zombie-primary", "backup-old"))
users = st.sampled_from(("U1", "U2", "U99", "", "terminal:<b>root</b>"))
links = st.sampled_from(("", "https://x.test/a", "javascript:alert(1)", 'http://x.test/"><script>', "data:text/html,x"))


@st.composite
def facts(draw: st.DrawFn) -> Facts:
    """An incident with anything in it, and nothing that the types forbid."""
    gaps = (Variable(name="host", fill=Fill.WORD),)
    titles = draw(st.lists(texts, max_size=4))
    steps = tuple(Step(number=n + 1, title=title, body="", variables=gaps) for n, title in enumerate(titles))
    marks = draw(
        st.lists(
            st.builds(
                Mark,
                step=st.integers(1, 4),
                did=st.sampled_from(Did),
                by=users,
                at=times,
                reason=texts,
                values=st.sampled_from(({}, {"host": ""}, {"host": "db1:9"})),
            ),
            max_size=5,
        )
    )
    book = Playbook(name="book", title=draw(texts), owner=draw(texts), steps=steps, text="", digest="")
    walks = (
        Walk(id="w", incident_id="i7", playbook=book, marks=tuple(marks), begun_by=draw(users), begun_at=draw(times)),
    )
    tasks = [
        Task(
            id=f"t{n}",
            number=n,
            text=draw(texts),
            owner=draw(users),
            made_by="U1",
            made_at=draw(times),
            done_at=draw(st.none() | times),
            aim=draw(st.none() | st.sampled_from(Aim)),
            due=draw(st.none() | st.dates(date(2019, 3, 1), date(2019, 5, 1))),
            link=draw(links),
        )
        for n in range(1, draw(st.integers(1, 3)))
    ]
    size = draw(st.integers(0, 12))
    maybe = st.none() | times
    return Facts(
        incident=incident(
            title=draw(texts),
            severity=draw(st.sampled_from(Severity)),
            status=draw(st.sampled_from(Status)),
            declared_by=draw(users),
            declared_at=draw(times),
            started_at=draw(maybe),
            detected_at=draw(maybe),
            mitigated_at=draw(maybe),
            resolved_at=draw(maybe),
            closed_at=draw(maybe),
            channel_name=draw(texts),
        ),
        entries=tuple(_entry(draw, seq) for seq in range(1, size + 1)),
        assignments=tuple(
            draw(st.lists(st.builds(Assignment, role=st.sampled_from(Role), user_id=users, since=times), max_size=2))
        ),
        tasks=tuple(tasks),
        people={"U1": Person(user_id="U1", name=draw(texts)), "U2": Person(user_id="U2", name="Ben")},
        walks=walks if draw(st.booleans()) else (),
        verdicts=draw(st.dictionaries(st.tuples(st.just("w"), st.integers(1, 4)), st.booleans(), max_size=3)),
        proposals=tuple(_proposing(draw, name) for name in ("book", "other")[: draw(st.integers(0, 2))]),
        drafted_at=draw(times),
        zone=draw(st.sampled_from((ZoneInfo("UTC"), ZoneInfo("America/Los_Angeles"), ZoneInfo("Asia/Kathmandu")))),
    )


def _proposing(draw: st.DrawFn, name: str) -> Playbook:
    proposed = draw(st.lists(st.sampled_from(Aim).flatmap(lambda aim: texts.map(lambda text: f"{aim}: {text}"))))
    return Playbook(
        name=name,
        title=draw(texts),
        called_by=tuple(draw(st.lists(signals, max_size=2, unique=True))),
        forbidden_by=tuple(draw(st.lists(signals, max_size=1))),
        follow_ups=tuple(proposed[:3]),
        text="",
        digest="",
    )


def _looked(draw: st.DrawFn) -> dict[str, Any]:
    row = st.fixed_dictionaries(
        {
            "probe": st.sampled_from(("backup.newest", "mongodb.zombie")),
            "signal": signals,
            "verdict": st.sampled_from([verdict.value for verdict in Verdict]),
            "value": st.sampled_from(("", "3 min", "26 h", "<b>9</b>")),
            "says": texts,
            "data": st.sampled_from(({}, None, {"best_replica": "r:6379"})),
        }
    )
    odd = st.sampled_from((None, "9", {"a": 1}, ["9"]))
    return {"system": draw(st.sampled_from(("db", "s3", ""))), "findings": draw(st.lists(row, max_size=3) | odd)}


def _entry(draw: st.DrawFn, seq: int) -> Entry:
    kind = draw(st.sampled_from((*Kind, Kind.STEP, Kind.STEP, Kind.NOTE)))
    data: dict[Kind, dict[str, Any]] = {
        Kind.STATUS: {"to": draw(st.sampled_from(Status)).value},
        Kind.SEVERITY: {"from": "sev3", "to": "sev1"},
        Kind.ROLE: {"role": draw(st.sampled_from(Role)).value, "user": draw(users)},
        Kind.TASK: {"task": draw(st.integers(1, 3))},
        Kind.PLAYBOOK: {"playbook": "book"},
        Kind.FINDING: _looked(draw),
        Kind.STEP: {
            "playbook": "book",
            "step": draw(st.sampled_from((1, 1, 1, 4))),
            "did": draw(st.sampled_from(Did)).value,
        },
    }
    tags = draw(st.lists(st.sampled_from(Tag), unique=True, max_size=3))
    made = entry(
        seq,
        "",
        draw(texts | st.sampled_from(("the same words", "Impact began", "host = db1:9"))),
        draw(users),
        kind,
        *tags,
        at=draw(times),
        data=data.get(kind, {}),
    )
    return replace(made, permalink=draw(links))
