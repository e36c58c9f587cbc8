"""What was decided, how it ended, and how the end was checked."""

from __future__ import annotations

from dataclasses import replace

from bot.domain.incident import Moment, Status
from bot.domain.postmortem.evidence import Evidence
from bot.domain.postmortem.looks import after_mitigation, all_well, not_seen, well_in_part
from bot.domain.postmortem.questions import asked_for
from bot.domain.postmortem.values import Part, Question, Section, Sentence
from bot.domain.postmortem.walked import Stepped, done_in_time, opinion, standing, thought
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
    """List what was done last before the impact stopped and which steps helped, what was looked at since, how the end
    was recorded, and the checks afterwards."""
    did, ends = done_in_time(ev)[-LAST_ACTIONS:], [e for e in ev.entries if _ends(e)]
    seen = _seen(ev, did[-1][0] if did else None)
    looks = list({str(e.data.get("system", "")): e for e in after_mitigation(ev)}.values())  # the last at each system
    steps = {step.entry.label: step for _, step in did if step and step.entry}
    steps |= {step.entry.label: step for step in standing(ev, Did.DONE) if step.entry and _helped(ev, step)}
    sentences = [ev.told(e, "Action") for e, step in did if step is None]
    sentences += [_step(ev, step) for step in steps.values()]
    sentences += [ev.told(e, "Looked") for e in seen if e.label not in steps]
    sentences += [ev.told(e, _sort(e)) for e in ends if not _is_bare(ev, e)]
    sentences += [_checked(ev, e) for e in looks]
    in_time = sorted(sentences, key=lambda sentence: sentence.at or ev.facts.drafted_at)
    bare = [e for e in ends if _is_bare(ev, e)]
    return Section(
        part=Part.RESOLUTION,
        sentences=(*in_time, *_recorded(ev, bare)),
        questions=tuple(_unsure(ev, bool(did), looks, seen)),
    )


def _seen(ev: Evidence, last: Entry | None) -> list[Entry]:
    """Return the last steps that only look: those done after the last action, or after the end where none is known."""
    end = ev.moments.get(Moment.MITIGATED)
    since = last.at if last else end.at if end else None
    looks = [step.entry for step in standing(ev, Did.DONE) if step.entry and step.only_looks and not step.untimed]
    return [e for e in sorted(looks, key=lambda e: (e.at, e.seq)) if since and e.at >= since][-LAST_ACTIONS:]


def _step(ev: Evidence, step: Stepped) -> Sentence:
    assert step.entry is not None
    told = ev.told(step.entry, "Helped" if _helped(ev, step) else "Step")
    return thought(ev, replace(told, at=None) if step.untimed else told, step)


def _helped(ev: Evidence, step: Stepped) -> bool:
    said = opinion(ev, step)
    return said is not None and said.helped


def _checked(ev: Evidence, look: Entry) -> Sentence:
    if not well_in_part(look):
        return ev.told(look, "Checked" if all_well(look) else "Looked")
    told = ev.told(look, "Checked in part")
    return replace(told, text=f"{told.text} What it could not tell: {not_seen(look)}.") if not_seen(look) else told


def _recorded(ev: Evidence, bare: list[Entry]) -> list[Sentence]:
    """Tell the changes of status that say nothing else in one sentence."""
    told = [f"{e.data['to']} at {ev.clock(e.at)}" for e in bare]
    return [Sentence(f"It was recorded as {listed(told)}.", ev.refs(*bare))] if told else []


def _unsure(ev: Evidence, did: bool, looks: list[Entry], seen: list[Entry]) -> list[Question]:
    """Ask what ended it, and how the end was checked: unless a look found all well, or a step looked after the end."""
    asked = [] if did else [ev.ask("What ended it, and who found the way?")]
    end, how = ev.moments.get(Moment.MITIGATED), Moment.RESOLVED in asked_for(ev)  # the times ask how, too
    if any(well_in_part(e) for e in looks):
        asked.append(ev.ask("How was that checked which the look could not see?", ev.refs(*looks[-1:])))
    elif not any(all_well(e) for e in looks) and (looks or not any(end and e.at >= end.at for e in seen)) and not how:
        unsure = [*looks, *seen][-1:]
        asked.append(ev.ask("How was it checked that it was over?", ev.refs(*unsure) if unsure else ()))
    return asked


def _is_bare(ev: Evidence, entry: Entry) -> bool:
    """Whether a change of status tells nothing but itself."""
    return entry.kind is Kind.STATUS and ev.text(entry).casefold().rstrip(".") == str(entry.data.get("to"))


def _ends(entry: Entry) -> bool:
    ended = entry.kind is Kind.STATUS and entry.data.get("to") in (Status.MITIGATED, Status.RESOLVED)
    return ended or Tag.MITIGATED in entry.tags


def _sort(entry: Entry) -> str:
    return "Status" if entry.kind is Kind.STATUS else "Mitigated"
