"""What was decided, how it ended, and how the end was checked."""

from __future__ import annotations

from dataclasses import replace

from bot.domain.incident import Moment, Status
from bot.domain.postmortem.evidence import Evidence
from bot.domain.postmortem.looks import after_mitigation, all_well, not_seen, well_in_part
from bot.domain.postmortem.response import stepped
from bot.domain.postmortem.values import Part, Question, Section, Sentence
from bot.domain.postmortem.wording import listed
from bot.domain.timeline import Entry, Kind, Tag
from bot.domain.walk import Did

LAST_ACTIONS = 3


def decisions(ev: Evidence) -> Section:
    """List what was decided, in time. Changes of status and severity stand in the summary and among the times."""
    told = tuple(ev.told(entry, "Decision") for entry in ev.tagged(Tag.DECISION))
    ask = "Which decisions turned the course, and what was known when they were made?"
    return Section(part=Part.DECISIONS, sentences=told, questions=() if told else (ev.ask(ask),))


def resolution(ev: Evidence) -> Section:
    """List what was done last before the impact stopped, how the end was recorded, and what was checked afterwards."""
    did, ends = _last_done(ev), [e for e in ev.entries if _ends(e)]
    looks = list({str(e.data.get("system", "")): e for e in after_mitigation(ev)}.values())  # the last at each system
    sentences = [ev.told(e, "Step" if e.kind is Kind.STEP else "Action") for e in did]
    sentences += [ev.told(e, _sort(e)) for e in ends if not _is_bare(ev, e)]
    sentences += [_checked(ev, e) for e in looks]
    in_time = sorted(sentences, key=lambda sentence: sentence.at or ev.facts.drafted_at)
    bare = [e for e in ends if _is_bare(ev, e)]
    helped = [
        Sentence(f"{step.named} helped.", step.refs, at=step.at, mark="Helped")
        for step in stepped(ev, Did.DONE)
        if ev.facts.verdicts.get((step.walk.id, step.mark.step))
    ]
    return Section(
        part=Part.RESOLUTION,
        sentences=(*in_time, *_recorded(ev, bare), *helped),
        questions=tuple(_unsure(ev, did, looks)),
    )


def _checked(ev: Evidence, look: Entry) -> Sentence:
    if not well_in_part(look):
        return ev.told(look, "Checked" if all_well(look) else "Looked")
    told = ev.told(look, "Checked in part")
    return replace(told, text=f"{told.text} What it could not tell: {not_seen(look)}.") if not_seen(look) else told


def _recorded(ev: Evidence, bare: list[Entry]) -> list[Sentence]:
    """Tell the changes of status that say nothing else in one sentence."""
    told = [f"{e.data['to']} at {ev.clock(e.at)}" for e in bare]
    return [Sentence(f"It was recorded as {listed(told)}.", ev.refs(*bare))] if told else []


def _unsure(ev: Evidence, did: list[Entry], looks: list[Entry]) -> list[Question]:
    asked = [] if did else [ev.ask("What ended it, and who found the way?")]
    in_part = any(well_in_part(e) for e in looks)
    if in_part or not any(all_well(e) for e in looks):
        ask = (
            "How was that checked which the look could not see?" if in_part else "How was it checked that it was over?"
        )
        asked.append(ev.ask(ask, ev.refs(*looks[-1:]) if looks else ()))
    return asked


def _is_bare(ev: Evidence, entry: Entry) -> bool:
    """Whether a change of status tells nothing but itself."""
    return entry.kind is Kind.STATUS and ev.text(entry).casefold().rstrip(".") == str(entry.data.get("to"))


def _last_done(ev: Evidence) -> list[Entry]:
    end = ev.moments.get(Moment.MITIGATED)
    did = [e for e in ev.entries if _is_done(e) and end and e.at <= end.at and ev.text(e)]
    return did[-LAST_ACTIONS:]


def _is_done(entry: Entry) -> bool:
    return Tag.ACTION in entry.tags or (entry.kind is Kind.STEP and entry.data.get("did") == Did.DONE)


def _ends(entry: Entry) -> bool:
    ended = entry.kind is Kind.STATUS and entry.data.get("to") in (Status.MITIGATED, Status.RESOLVED)
    return ended or Tag.MITIGATED in entry.tags


def _sort(entry: Entry) -> str:
    return "Status" if entry.kind is Kind.STATUS else "Mitigated"
