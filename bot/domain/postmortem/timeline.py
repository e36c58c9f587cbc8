"""The timeline: what happened, by whom, with the phases marked."""

from __future__ import annotations

from bot.domain.incident import Moment
from bot.domain.metrics import How
from bot.domain.postmortem.evidence import ASIDE, Evidence
from bot.domain.postmortem.values import Line
from bot.domain.postmortem.wording import HAPPENED
from bot.domain.timeline import Entry


def lines(ev: Evidence) -> tuple[Line, ...]:
    """Return the lines that tell the story, in order; a moment that no entry stands for gets a line of its own."""
    marks: dict[str, tuple[Moment, ...]] = {}
    bare = []
    ats = {entry.label: entry.at for entry in ev.story}
    for moment, known in ev.moments.items():
        if moment is Moment.ACKNOWLEDGED and known.how is How.DERIVED:
            continue  # nobody said so where it happened; the table of times tells it with its rule
        label = known.refs[0]
        if ats.get(label) == known.at:
            marks[label] = (*marks.get(label, ()), moment)
        else:
            bare.append(_mark(moment, ev))
    told = [_line(ev, entry, marks.get(entry.label, ())) for entry in ev.story]
    return tuple(sorted(bare + told, key=lambda line: (line.at, line.seq)))


def aside(ev: Evidence) -> tuple[Line, ...]:
    """Return the entries left out of the story, in order."""
    return tuple(_line(ev, entry, ()) for entry in ev.of(*ASIDE))


def _mark(moment: Moment, ev: Evidence) -> Line:
    known = ev.moments[moment]
    order = list(Moment).index(moment) - len(Moment)  # before the entries of the same minute, in the order of phases
    return Line(
        label="",
        at=known.at,
        seq=order,
        kind=None,
        author="",
        text=f"{HAPPENED[moment]}.",
        marks=(moment,),
        refs=known.refs,
    )


def _line(ev: Evidence, entry: Entry, marks: tuple[Moment, ...]) -> Line:
    return Line(
        label=entry.label,
        at=entry.at,
        seq=entry.seq,
        kind=entry.kind,
        author="" if ev.was_read(entry) else ev.name(entry.author),
        text=ev.text(entry),
        tags=entry.tags,
        permalink=entry.permalink,
        marks=marks,
        refs=(entry.label,),
    )
