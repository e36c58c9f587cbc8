"""What the record leaves open: moments, contradictions, silences, steps in vain, and what it cannot tell."""

from __future__ import annotations

from bot.domain.incident import Moment, Status
from bot.domain.metrics import TAG_OF, How, Known
from bot.domain.postmortem.evidence import Evidence, joined
from bot.domain.postmortem.silences import silences
from bot.domain.postmortem.values import Part, Question, Section
from bot.domain.postmortem.walked import step_entry, steps_named
from bot.domain.postmortem.wording import HAPPENED, ended, plain, quote
from bot.domain.timeline import Kind
from bot.domain.walk import Did

WHEN = {
    Moment.STARTED: "When did impact begin, and how do we know?",
    Moment.IDENTIFIED: "When was it known what was wrong, and what showed it?",
    Moment.MITIGATED: "When did customers stop being hurt?",
    Moment.RESOLVED: "When was the system back to a steady state, and how was that checked?",
    Moment.CLOSED: "When was it closed?",
}

ALWAYS = "What did somebody know or see that is not on this record?"

# What may be known in either order, so that neither contradicts the other.
FREE = (
    {Moment.ACKNOWLEDGED, Moment.DECLARED},
    {Moment.IDENTIFIED, Moment.DECLARED},
    {Moment.IDENTIFIED, Moment.ACKNOWLEDGED},
    {Moment.IDENTIFIED, Moment.MITIGATED},
    {Moment.IDENTIFIED, Moment.RESOLVED},
    {Moment.IDENTIFIED, Moment.CLOSED},
)


def missing(ev: Evidence) -> list[Question]:
    """Ask for the moments that nobody recorded."""
    return [ev.ask(WHEN[moment]) for moment in asked_for(ev)]


def asked_for(ev: Evidence) -> list[Moment]:
    """Return the moments that nobody recorded, as far as the incident has come. Of the first sign Detection asks."""
    reached = {Moment.STARTED}
    order = list(Status)
    if ev.incident.status is not Status.OPEN:
        reached.add(Moment.IDENTIFIED)
    reached |= {Moment(status) for status in order[1 : order.index(ev.incident.status) + 1]}
    return [moment for moment in WHEN if moment in reached and moment not in ev.moments]


def open_questions(ev: Evidence) -> Section:
    """List what no other section asks."""
    asked = (*_contradictions(ev), *_said_later(ev), *_silent(ev), *_skipped(ev), *_in_vain(ev), ev.ask(ALWAYS))
    return Section(part=Part.QUESTIONS, questions=asked)


def _contradictions(ev: Evidence) -> list[Question]:
    """Ask which of two moments is right; of an impact whose first entry came late, only when it began."""
    taken_up = ev.moments.get(Moment.ACKNOWLEDGED)
    derived = taken_up and taken_up.how is How.DERIVED  # it says nothing that the moment it comes from does not
    known = [(m, one) for m, one in ev.moments.items() if not (derived and m is Moment.ACKNOWLEDGED)]
    clashes = [
        (later, earlier)
        for place, (later, after) in enumerate(known)
        for earlier, before in known[:place]
        if after.at < before.at and {earlier, later} not in FREE
    ]
    began = ev.moments.get(Moment.STARTED)
    if began is None or began.how is not How.DERIVED:
        return [_which(ev, later, earlier) for later, earlier in clashes]
    asked = [_which(ev, later, earlier) for later, earlier in clashes if earlier is not Moment.STARTED]
    ahead = [later for later, earlier in clashes if earlier is Moment.STARTED]
    return [_began(ev, began, min(ahead, key=lambda m: ev.moments[m].at)), *asked] if ahead else asked


def _which(ev: Evidence, later: Moment, earlier: Moment) -> Question:
    after, before = ev.moments[later], ev.moments[earlier]
    told = f"“{HAPPENED[later]}” is recorded at {ev.clock(after.at)}, ahead of "
    told += f"“{HAPPENED[earlier]}” at {ev.clock(before.at)}. Which is right?"
    return ev.ask(told, joined(before.refs, after.refs))


def _began(ev: Evidence, began: Known, ahead: Moment) -> Question:
    first = ev.moments[ahead]
    told = f"The first #impact on record is of {ev.clock(began.at)}, after “{HAPPENED[ahead]}” at "
    return ev.ask(f"{told}{ev.clock(first.at)}. {WHEN[Moment.STARTED]}", joined(began.refs, first.refs))


def _said_later(ev: Evidence) -> list[Question]:
    """Ask of a beginning or first signal that somebody gave, and noted again as later, before the declaration."""
    asked = []
    for moment in (Moment.STARTED, Moment.DETECTED):
        known, tag = ev.moments.get(moment), TAG_OF[moment]
        first = next((e for e in ev.tagged(tag) if known and known.refs == (e.label,)), None)
        notes = [e for e in ev.tagged(tag) if e.kind is Kind.NOTE and first and e.seq > first.seq]
        again = next((e for e in notes if first and first.at < e.at <= ev.opened.at), None)
        if known and known.how is How.SAID and first and again and ev.text(again):
            told = f"“{HAPPENED[moment]}” is recorded at {ev.clock(first.at)}, and a later note has #{tag} at "
            told += f"{ev.clock(again.at)}: {ended(quote(ev.text(again)))} Was that a further sign, or the right time? "
            told += f"If it is right, strike the entry of {ev.clock(first.at)}."
            asked.append(ev.ask(told, ev.refs(first, again)))
    return asked


def _silent(ev: Evidence) -> list[Question]:
    return [
        ev.ask(
            f"Nothing was written down from {ev.clock(a.at)} to {ev.clock(b.at)}. What happened then?",
            ev.refs(a.entry, b.entry),
        )
        for a, b in silences(ev)
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
        tried = [mark for mark in walk.standing.values() if mark.did is Did.TRIED]
        marks = [mark for mark in tried if not walk.evidence(mark.step)]  # else what it showed is on record
        if marks:
            steps = steps_named([mark.step for mark in marks]).capitalize()
            told = f"{steps} of {quote(plain(walk.playbook.title, {}))} did not help. "
            refs = ev.refs(*(step_entry(ev, walk, mark) for mark in marks))
            it = "it" if len(marks) == 1 else "they"
            asked.append(Question(f"{told}What did {it} show instead?", refs, whom=_owner(walk.playbook.owner)))
    return asked


def _owner(owner: str) -> str:
    return f"{plain(owner, {})}, who owns it" if owner.strip() else ""
