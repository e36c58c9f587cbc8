"""What the record leaves open: moments, contradictions, silences, steps in vain, and what it cannot tell."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

from bot.domain.incident import Moment, Status
from bot.domain.postmortem.evidence import Evidence
from bot.domain.postmortem.response import step_entry, steps_named
from bot.domain.postmortem.values import Part, Question, Section
from bot.domain.postmortem.wording import HAPPENED, plain, quote
from bot.domain.walk import Did

SILENCE = timedelta(minutes=15)  # without an entry while customers were hurt, something is missing from the record
MOST_SILENCES = 3

WHEN = {
    Moment.STARTED: "When did impact begin, and how do we know?",
    Moment.DETECTED: "When was the first sign of it seen, and by whom or what?",
    Moment.MITIGATED: "When did customers stop being hurt?",
    Moment.RESOLVED: "When was the system back to a steady state, and how was that checked?",
    Moment.CLOSED: "When was it closed?",
}

ALWAYS = (
    "What set it off, and which conditions had to come together?",
    "What made it worse or slower to repair?",
    "What surprised us?",
)


def missing(ev: Evidence) -> list[Question]:
    """Ask for the moments that nobody recorded, as far as the incident has come."""
    reached = {Moment.STARTED, Moment.DETECTED}
    order = list(Status)
    reached |= {Moment(status) for status in order[1 : order.index(ev.incident.status) + 1]}
    return [ev.ask(WHEN[moment]) for moment in WHEN if moment in reached and moment not in ev.moments]


def open_questions(ev: Evidence) -> Section:
    """List everything to ask before the draft becomes a postmortem."""
    always = (ev.ask(ask) for ask in ALWAYS)
    asked = (*missing(ev), *_contradictions(ev), *_silences(ev), *_skipped(ev), *_in_vain(ev), *always)
    return Section(part=Part.QUESTIONS, questions=asked)


def _contradictions(ev: Evidence) -> list[Question]:
    asked = []
    known = list(ev.moments.items())
    for place, (later, after) in enumerate(known):
        for earlier, before in known[:place]:
            if after.at < before.at:
                told = f"“{HAPPENED[later]}” is recorded at {ev.clock(after.at)}, ahead of "
                told += f"“{HAPPENED[earlier]}” at {ev.clock(before.at)}. Which is right?"
                asked.append(ev.ask(told, tuple(dict.fromkeys((*before.refs, *after.refs)))))
    return asked


def _silences(ev: Evidence) -> list[Question]:
    """Ask about the longest stretches without an entry between the first moment and the end of the impact."""
    ends = [ev.moments[m].at for m in (Moment.MITIGATED, Moment.RESOLVED) if m in ev.moments]
    begin = min(known.at for known in ev.moments.values())
    during = [e for e in ev.story if e.at >= begin and (not ends or e.at <= ends[0])]
    gaps = [(b.at - a.at, a, b) for a, b in pairwise(during) if b.at - a.at >= SILENCE]
    longest = sorted(sorted(gaps, key=lambda gap: gap[0], reverse=True)[:MOST_SILENCES], key=lambda gap: gap[1].at)
    return [
        ev.ask(
            f"The timeline is silent from {ev.clock(a.at)} to {ev.clock(b.at)}. What happened then?", (a.label, b.label)
        )
        for _, a, b in longest
    ]


def _skipped(ev: Evidence) -> list[Question]:
    asked = []
    for walk in ev.facts.walks:
        marks = [mark for mark in walk.standing.values() if mark.did is Did.SKIPPED]
        if marks:
            steps = steps_named([mark.step for mark in marks]).capitalize()
            told = (
                f"{steps} of {quote(plain(walk.playbook.title, {}))} {'was' if len(marks) == 1 else 'were'} skipped. "
            )
            refs = ev.refs(*(step_entry(ev, walk, mark) for mark in marks))
            asked.append(Question(f"{told}Should the runbook change?", refs, whom=_owner(walk.playbook.owner)))
    return asked


def _in_vain(ev: Evidence) -> list[Question]:
    asked = []
    for walk in ev.facts.walks:
        marks = [mark for mark in walk.standing.values() if mark.did is Did.TRIED]
        if marks:
            steps = steps_named([mark.step for mark in marks]).capitalize()
            told = f"{steps} of {quote(plain(walk.playbook.title, {}))} did not help. "
            refs = ev.refs(*(step_entry(ev, walk, mark) for mark in marks))
            asked.append(Question(f"{told}What did it show instead?", refs, whom=_owner(walk.playbook.owner)))
    return asked


def _owner(owner: str) -> str:
    return f"{plain(owner, {})}, who owns it" if owner.strip() else ""
