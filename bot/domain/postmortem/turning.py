"""The moments that turned the course, how it ended, and how the end was checked."""

from __future__ import annotations

from bot.domain.incident import Moment, Status
from bot.domain.postmortem.evidence import Evidence
from bot.domain.postmortem.looks import after_mitigation, all_well, well_in_part
from bot.domain.postmortem.response import stepped
from bot.domain.postmortem.values import Part, Section, Sentence
from bot.domain.timeline import Entry, Kind, Tag
from bot.domain.walk import Did

LAST_ACTIONS = 3


def decisions(ev: Evidence) -> Section:
    """List what was decided, and the changes of status and severity, in time."""
    turns = [e for e in ev.entries if _turns(e)]
    decided = any(Tag.DECISION in e.tags for e in turns)
    ask = "Which decisions turned the course, and what was known when they were made?"
    told = tuple(ev.told(entry, _sort(entry)) for entry in turns)
    return Section(part=Part.DECISIONS, sentences=told, questions=() if decided else (ev.ask(ask),))


def resolution(ev: Evidence) -> Section:
    """List what was done last before the impact stopped, how the end was recorded, and what was checked afterwards."""
    did = _last_done(ev)
    looks = after_mitigation(ev)
    checks, in_part = [e for e in looks if all_well(e)], [e for e in looks if well_in_part(e)]
    sentences = [ev.told(e, "Step" if e.kind is Kind.STEP else "Action") for e in did]
    sentences += [ev.told(e, _sort(e)) for e in ev.entries if _ends(e)]
    sentences += [ev.told(e, "Checked") for e in checks] + [ev.told(e, "Checked in part") for e in in_part]
    sentences += [] if checks or in_part else [ev.told(e, "Looked") for e in looks[-1:]]
    asked = []
    if not did:
        asked.append(ev.ask("What ended it, and who found the way?"))
    if not checks:
        ask = (
            "How was that checked which the look could not see?" if in_part else "How was it checked that it was over?"
        )
        asked.append(ev.ask(ask, ev.refs(*looks[-1:]) if looks else ()))
    in_time = sorted(sentences, key=lambda sentence: sentence.at or ev.facts.drafted_at)
    helped = [
        Sentence(f"{step.named} helped.", step.refs, at=step.at, mark="Helped")
        for step in stepped(ev, Did.DONE)
        if ev.facts.verdicts.get((step.walk.id, step.mark.step))
    ]
    return Section(part=Part.RESOLUTION, sentences=(*in_time, *helped), questions=tuple(asked))


def _last_done(ev: Evidence) -> list[Entry]:
    end = ev.moments.get(Moment.MITIGATED)
    did = [e for e in ev.entries if _is_done(e) and end and e.at <= end.at and ev.text(e)]
    return did[-LAST_ACTIONS:]


def _is_done(entry: Entry) -> bool:
    return Tag.ACTION in entry.tags or (entry.kind is Kind.STEP and entry.data.get("did") == Did.DONE)


def _turns(entry: Entry) -> bool:
    if entry.kind is Kind.STATUS:
        return entry.data.get("to") != Status.CLOSED
    return Tag.DECISION in entry.tags or entry.kind is Kind.SEVERITY


def _ends(entry: Entry) -> bool:
    ended = entry.kind is Kind.STATUS and entry.data.get("to") in (Status.MITIGATED, Status.RESOLVED)
    return ended or Tag.MITIGATED in entry.tags


def _sort(entry: Entry) -> str:
    if entry.kind is Kind.STATUS:
        return "Status"
    if entry.kind is Kind.SEVERITY:
        return "Severity"
    return "Decision" if Tag.DECISION in entry.tags else "Mitigated"
