"""What the picture of the incident tells, from the evidence: each entry as one sign, on a look, or counted as aside."""

from __future__ import annotations

from collections import defaultdict

from bot.domain.course.values import Course, Graded, Happening, Looked, Presence, Sight, Sort, Wait
from bot.domain.finding import Verdict, rank
from bot.domain.incident import Moment
from bot.domain.metrics import How
from bot.domain.postmortem.evidence import ASIDE, Evidence
from bot.domain.postmortem.looks import found
from bot.domain.postmortem.presence import signs
from bot.domain.postmortem.silences import silences
from bot.domain.postmortem.waits import waited
from bot.domain.postmortem.wording import BARE, one_line
from bot.domain.timeline import Entry, Kind, Tag
from bot.domain.walk import Did

MOST_CHARS = 120  # of what an entry says; no picture has room for more
SIGNS = frozenset({Tag.IMPACT, Tag.DETECTED, Tag.TRIGGER, Tag.CAUSE, Tag.WORSE, Tag.MISLED})
STEPS = (Kind.STEP, Kind.PLAYBOOK)
BESIDE = frozenset({Did.NOTED, Did.FILLED, Did.HELP})  # they leave the step in hand, and are no step of their own
STATUSES = (Kind.DECLARED, Kind.STATUS, Kind.SEVERITY, Kind.ROLE)
WEIGHTY = frozenset({Tag.TRIGGER, Tag.WORSE, Tag.DETECTED, Tag.MITIGATED, Tag.IDENTIFIED, Tag.MISLED})


def course(ev: Evidence) -> Course:
    """Return what is drawn. Nothing in it is concluded."""
    looked = _looked(ev)
    on_looks = {sight.label for one in looked for sight in one.sights}
    return Course(
        label=ev.incident.label,
        title=ev.title,
        moments={m: k.at for m, k in ev.moments.items() if m is not Moment.ACKNOWLEDGED or k.how is not How.DERIVED},
        severities=_severities(ev),
        happenings=tuple(_happening(ev, one) for one in ev.story if one.label not in on_looks),
        people=_people(ev),
        looked=looked,
        waits=_waits(ev),
        aside=len(ev.of(*ASIDE)),
        zone=ev.zone,
    )


def _happening(ev: Evidence, entry: Entry) -> Happening:
    text = one_line(ev.text(entry))
    return Happening(
        label=entry.label,
        at=entry.at,
        sort=_sort(entry),
        text="" if text in BARE else _short(text),
        sign=str(entry.data.get("did", "")) if entry.kind is Kind.STEP else "",
        weight=sum(tag in WEIGHTY for tag in entry.tags),
    )


def _short(text: str) -> str:
    clean = text.replace("`", "")
    return clean if len(clean) <= MOST_CHARS else f"{clean[:MOST_CHARS].rstrip()}…"


def _sort(entry: Entry) -> Sort:
    if Tag.DECISION in entry.tags:
        return Sort.DECISION
    if Tag.ACTION in entry.tags:
        return Sort.ACTION
    if entry.kind in STEPS:
        return Sort.NOTE if str(entry.data.get("did")) in BESIDE else Sort.STEP
    if Tag.UPDATE in entry.tags:
        return Sort.UPDATE
    if SIGNS.intersection(entry.tags):
        return Sort.SIGN
    return Sort.STATUS if entry.kind in STATUSES else Sort.NOTE


def _severities(ev: Evidence) -> tuple[Graded, ...]:
    changes = [e for e in ev.of(Kind.SEVERITY) if e.data.get("from") and e.data.get("to")]
    first = str(changes[0].data["from"]) if changes else ev.incident.severity.value
    held = [Graded(at=ev.opened.at, severity=first)]
    return (*held, *(Graded(at=e.at, severity=str(e.data["to"])) for e in changes if e.at >= held[0].at))


def _people(ev: Evidence) -> tuple[Presence, ...]:
    """Return everybody who came or wrote, from their first sign of life to their last."""
    return tuple(
        Presence(
            name=ev.name(user),
            begin=some[0].at,
            end=some[-1].at,
            times=tuple(sign.at for sign in some if sign.entry.kind is not Kind.JOINED),
        )
        for user, some in signs(ev).items()
    )


def _looked(ev: Evidence) -> tuple[Looked, ...]:
    """Return the looks at each system that found something to say; a comparison or an answer is a note."""
    sights: dict[str, list[Sight]] = defaultdict(list)
    for entry in ev.of(Kind.FINDING):
        verdicts = [Verdict(row["verdict"]) for row in found(entry) if row.get("verdict") in list(Verdict)]
        if verdicts:
            worst = max(verdicts, key=rank)
            name = one_line(str(entry.data.get("system", ""))) or "a system"
            sights[name].append(Sight(label=entry.label, at=entry.at, verdict=worst))
    return tuple(Looked(system=name, sights=tuple(some)) for name, some in sights.items())


def _waits(ev: Evidence) -> tuple[Wait, ...]:
    """Return the longest waits, and the longest silences that are no such wait."""
    ended, _ = waited(ev)
    told = [Wait(begin=a.at, end=b.at, silent=False, text=_short(one_line(ev.text(a)))) for a, b in ended]
    silent = [
        Wait(begin=a.at, end=b.at, silent=True)
        for a, b in silences(ev)
        if not any(wait.begin <= a.at and b.at <= wait.end for wait in told)
    ]
    return tuple(sorted((*told, *silent), key=lambda wait: wait.begin))
