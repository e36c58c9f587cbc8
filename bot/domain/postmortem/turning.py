"""What was decided, how it ended, and how the end was checked."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.domain.incident import Moment, Status
from bot.domain.postmortem.evidence import Evidence, joined, labels
from bot.domain.postmortem.looks import Critical, after_mitigation, all_well, criticals, named, not_seen, well_in_part
from bot.domain.postmortem.questions import asked_for
from bot.domain.postmortem.values import Part, Question, Section, Sentence
from bot.domain.postmortem.walked import Stepped, done_in_time, only_looked, opinion, standing, thought
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
    was recorded, and the checks: the looks that found gone what was critical, and the last at each system since."""
    did, ends = done_in_time(ev)[-LAST_ACTIONS:], [e for e in ev.entries if _ends(e)]
    end = ev.moments.get(Moment.MITIGATED)
    since = did[-1][0].at if did else end.at if end else None
    seen, ill = _seen(ev, since), criticals(ev, since) if since else []
    gone = {one.gone.label for one in ill if one.gone}
    gone |= {e.label for e in {str(e.data.get("system", "")): e for e in after_mitigation(ev)}.values()}
    looks = [e for e in ev.of(Kind.FINDING) if e.label in gone]
    steps = {step.entry.label: step for _, step in did if step and step.entry}
    steps |= {step.entry.label: step for step in standing(ev, Did.DONE) if step.entry and _helped(ev, step)}
    sentences = [ev.told(e, "Action") for e, step in did if step is None]
    sentences += [_step(ev, step) for step in steps.values()]
    sentences += [ev.told(e, "Looked") for e in seen if e.label not in steps]
    sentences += [ev.told(e, _sort(e)) for e in ends if not _is_bare(ev, e)]
    sentences += [_checked(ev, e, [one for one in ill if one.gone is e]) for e in looks]
    in_time = sorted(sentences, key=lambda sentence: sentence.at or ev.facts.drafted_at)
    bare = [e for e in ends if _is_bare(ev, e)]
    return Section(
        part=Part.RESOLUTION,
        sentences=(*in_time, *_recorded(ev, bare)),
        questions=tuple(_unsure(ev, bool(did), looks, seen, ill)),
    )


def _seen(ev: Evidence, since: datetime | None) -> list[Entry]:
    """Return the last steps that only look, done since then, but for those of pages put away after nothing else."""
    looks = [
        step.entry
        for step in standing(ev, Did.DONE)
        if step.entry and step.only_looks and not step.untimed and not only_looked(step.walk)
    ]
    return [e for e in sorted(looks, key=lambda e: (e.at, e.seq)) if since and e.at >= since][-LAST_ACTIONS:]


def _step(ev: Evidence, step: Stepped) -> Sentence:
    assert step.entry is not None
    told = ev.told(step.entry, "Helped" if _helped(ev, step) else "Step")
    return thought(ev, replace(told, at=None) if step.untimed else told, step)


def _helped(ev: Evidence, step: Stepped) -> bool:
    said = opinion(ev, step)
    return said is not None and said.helped


def _checked(ev: Evidence, look: Entry, gone: list[Critical]) -> Sentence:
    part = bool(gone) or well_in_part(look)
    told = ev.told(look, "Checked" if all_well(look) else "Checked in part" if part else "Looked")
    refs, text = joined(told.refs, labels(one.found for one in gone)), told.text
    if gone:
        text += f"{'' if text[-1:] in ('.', '!', '?') else '.'} Critical before, and gone by then: "
        text += f"{named(one.signal for one in gone)}."
    if part and not_seen(look):
        text += f" What it could not tell: {not_seen(look)}."
    return replace(told, text=text, refs=refs)


def _recorded(ev: Evidence, bare: list[Entry]) -> list[Sentence]:
    """Tell the changes of status that say nothing else in one sentence."""
    told = [f"{e.data['to']} at {ev.clock(e.at)}" for e in bare]
    return [Sentence(f"It was recorded as {listed(told)}.", ev.refs(*bare))] if told else []


def _unsure(ev: Evidence, did: bool, looks: list[Entry], seen: list[Entry], ill: list[Critical]) -> list[Question]:
    """Ask what ended it, and how the end was checked: unless looks found gone all that was critical, or all well where
    nothing was, or a step looked after the end."""
    asked = [] if did else [ev.ask("What ended it, and who found the way?")]
    end, how = ev.moments.get(Moment.MITIGATED), Moment.RESOLVED in asked_for(ev)  # the times ask how, too
    part = [e for e in looks if well_in_part(e)]
    checked = all(one.gone for one in ill) if ill else any(all_well(e) for e in looks)
    if part:
        asked.append(ev.ask("How was that checked which the look could not see?", ev.refs(*part[-1:])))
    elif not checked and (looks or not any(end and e.at >= end.at for e in seen)) and not how:
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
