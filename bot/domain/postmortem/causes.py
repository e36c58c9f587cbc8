"""What set it off, what had to come together, what made it worse, what misled. The whys are left as questions.

Only what people marked as such stands here, in their words; nothing is weighed, and no cause is called the one.
"""

from __future__ import annotations

from bot.domain.incident import Moment
from bot.domain.metrics import Measure
from bot.domain.postmortem.evidence import Evidence, joined
from bot.domain.postmortem.response import Stepped, stepped
from bot.domain.postmortem.values import Part, Question, Section, Sentence
from bot.domain.postmortem.wording import quote
from bot.domain.timeline import Entry, Tag
from bot.domain.walk import Did

MARKS = {Tag.TRIGGER: "Trigger", Tag.CAUSE: "Contributing", Tag.WORSE: "Made it worse", Tag.MISLED: "Misled"}
MOST_WHYS = 3  # of each kind
SHORT_CHARS = 110


def causes(ev: Evidence) -> Section:
    """List the trigger, the contributing factors, what made it worse and what misled; then ask why."""
    vain = stepped(ev, Did.TRIED)
    told = [*_told(ev), *(_in_vain(step) for step in vain)]
    return Section(part=Part.CAUSES, sentences=tuple(told), questions=(*_missing(ev), *_whys(ev, vain)))


def _told(ev: Evidence) -> list[Sentence]:
    """Each entry once, under the first of its marks, with all of them named."""
    told = []
    seen: set[str] = set()
    for tag in MARKS:
        for entry in ev.tagged(tag):
            if entry.label not in seen:
                seen.add(entry.label)
                mark = ", ".join(word for each, word in MARKS.items() if each in entry.tags)
                told.append(ev.remark(entry, mark if mark == MARKS[tag] else mark.capitalize()))
    return told


def _in_vain(step: Stepped) -> Sentence:
    return Sentence(f"{step.named} was tried and did not help.", step.refs, at=step.at, mark="Misled")


def _missing(ev: Evidence) -> list[Question]:
    asked = []
    if not ev.tagged(Tag.TRIGGER):
        asked.append(ev.ask("What set it off?"))
    if not ev.tagged(Tag.CAUSE):
        asked.append(ev.ask("Which conditions had to come together, so that it could happen?"))
    if not ev.tagged(Tag.WORSE):
        asked.append(ev.ask("What made it worse or slower to repair?"))
    return asked


def _whys(ev: Evidence, vain: list[Stepped]) -> list[Question]:
    said = {tag: [e for e in ev.tagged(tag) if ev.text(e)] for tag in MARKS}
    felt = ev.told_of(Tag.IMPACT)
    asked = []
    for trigger in said[Tag.TRIGGER][:MOST_WHYS]:
        hurt = next((e for e in felt if e is not trigger), None)
        if hurt:
            asked.append(_why(ev, f"Why did {_short(ev, trigger)} lead to {_short(ev, hurt)}?", trigger, hurt))
    for cause in said[Tag.CAUSE][:MOST_WHYS]:
        asked.append(_why(ev, f"Why was it so: {_short(ev, cause)}?", cause))
    for worse in said[Tag.WORSE][:MOST_WHYS]:
        asked.append(
            _why(ev, f"Why did it make things worse, and what would have held it back: {_short(ev, worse)}?", worse)
        )
    asked += _later(ev)
    for step in vain[:MOST_WHYS]:
        asked.append(ev.ask(f"Why did {step.named[0].lower()}{step.named[1:]} not help?", step.refs))
    return asked


def _later(ev: Evidence) -> list[Question]:
    """Ask why it was not seen, and not mended, sooner."""
    asked = []
    detect, first = ev.spans[Measure.DETECT], ev.moments.get(Moment.DETECTED)
    if first and detect.length:
        asked.append(ev.ask(f"Why was it not seen before {ev.clock(first.at)}?", first.refs))
    last = ev.last_action
    if last:
        asked.append(_why(ev, f"Why was this not done before {ev.clock(last.at)}: {_short(ev, last)}?", last))
    return asked


def _why(ev: Evidence, text: str, *entries: Entry) -> Question:
    return ev.ask(text, joined(ev.refs(*entries)))


def _short(ev: Evidence, entry: Entry) -> str:
    return quote(ev.text(entry), SHORT_CHARS)
