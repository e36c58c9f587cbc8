"""What set it off, what had to come together, what made it worse, what misled. The whys are left as questions.

Only what people marked as such stands here, in their words; nothing is weighed, and no cause is called the one. That a
step helped or did not is no cause of anything: it stands with what was tried.
"""

from __future__ import annotations

from datetime import timedelta
from itertools import islice, zip_longest

from bot.domain.incident import Moment
from bot.domain.metrics import between
from bot.domain.postmortem.evidence import Evidence, joined
from bot.domain.postmortem.values import Part, Question, Section, Sentence
from bot.domain.postmortem.wording import quote
from bot.domain.timeline import Entry, Tag

MARKS = {Tag.TRIGGER: "Trigger", Tag.CAUSE: "Contributing", Tag.WORSE: "Made it worse", Tag.MISLED: "Misled"}
MOST_WHYS = 3
SHORT_CHARS = 110


def causes(ev: Evidence) -> Section:
    """List the trigger, the contributing factors, what made it worse and what misled; then ask why."""
    return Section(part=Part.CAUSES, sentences=tuple(_told(ev)), questions=(*_missing(ev), *_whys(ev)))


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


def _missing(ev: Evidence) -> list[Question]:
    asked = []
    if not ev.tagged(Tag.TRIGGER):
        asked.append(ev.ask("What set it off?"))
    if not ev.tagged(Tag.CAUSE):
        asked.append(ev.ask("Which conditions had to come together, so that it could happen?"))
    return asked


def _whys(ev: Evidence) -> list[Question]:
    """Ask MOST_WHYS of what can be asked: one of each kind before a second of any."""
    said = {tag: list(islice((e for e in ev.tagged(tag) if ev.text(e)), MOST_WHYS)) for tag in MARKS}
    kinds = (
        [_led_to(ev, e) for e in said[Tag.TRIGGER]],
        [_why(ev, f"Why was it so: {_short(ev, e)}?", e) for e in said[Tag.CAUSE]],
        [_why(ev, f"Why was this not done before {ev.clock(e.at)}: {_short(ev, e)}?", e) for e in _last_done(ev)],
        [_why(ev, f"What would have held this back: {_short(ev, e)}?", e) for e in said[Tag.WORSE]],
    )
    in_turn = (one for rank in zip_longest(*kinds) for one in rank if one)
    return list(islice(in_turn, MOST_WHYS))


def _led_to(ev: Evidence, trigger: Entry) -> Question:
    """Ask how the trigger became an impact; the first one after it, while it lasted, is named and not quoted."""
    end = ev.moments.get(Moment.MITIGATED)
    after = (e for e in ev.told_of(Tag.IMPACT) if e is not trigger and between(trigger.at, e.at) >= timedelta(0))
    felt = next((e for e in after if not end or e.at <= end.at), None)
    refs = ev.refs(*(e for e in (trigger, felt) if e))
    return ev.ask(f"How did this lead to what customers felt: {_short(ev, trigger)}?", refs)


def _last_done(ev: Evidence) -> list[Entry]:
    return [ev.last_action] if ev.last_action else []


def _why(ev: Evidence, text: str, *entries: Entry) -> Question:
    return ev.ask(text, joined(ev.refs(*entries)))


def _short(ev: Evidence, entry: Entry) -> str:
    return quote(ev.text(entry), SHORT_CHARS)
