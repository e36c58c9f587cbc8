"""Where the time went: the phases, waits for somebody outside, silences, and what was done twice."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict

from bot.domain.incident import Moment
from bot.domain.metrics import between, spelt_out
from bot.domain.phases import phases
from bot.domain.postmortem.evidence import Evidence, joined, labels
from bot.domain.postmortem.silences import silences
from bot.domain.postmortem.values import Part, Question, Rule, Section, Sentence
from bot.domain.postmortem.wording import BARE, listed, one_line, quote
from bot.domain.timeline import Entry, Kind, Tag
from bot.domain.walk import Did

MOST_WAITS = 5
MOST_TWICE = 5
SHORT_CHARS = 110
SINCE = {
    Moment.STARTED: "the beginning of the impact",
    Moment.DETECTED: "the first signal",
    Moment.DECLARED: "the declaration",
    Moment.IDENTIFIED: "knowing what was wrong",
    Moment.MITIGATED: "the end of the impact",
}
UNTIL = {
    Moment.DETECTED: "to the first signal",
    Moment.DECLARED: "until it was declared",
    Moment.IDENTIFIED: "until it was known what was wrong",
    Moment.MITIGATED: "until the impact stopped",
    Moment.RESOLVED: "until it was resolved",
}
SAID_BY_PEOPLE = (Kind.NOTE, Kind.MESSAGE)


def waits(ev: Evidence) -> Section:
    """List the phases, the longest waits and silences, and what was done twice, with their lengths."""
    ended, open_ = waited(ev)
    phased = _phased(ev)
    told = [*phased, *(_wait(ev, *wait) for wait in ended), *_silent(ev), *_twice(ev)]
    asked: list[Question] = [
        ev.ask(f"When did this wait end: {quote(ev.text(e), SHORT_CHARS)}?", ev.refs(e)) for e in open_[:MOST_WAITS]
    ]
    longest = "What would have made the longest phase shorter?"  # which one that was is told
    asked.append(ev.ask(longest if phased else "What took longest, and what would have made it shorter?"))
    return Section(part=Part.WAITS, sentences=tuple(told), questions=tuple(asked))


def _phased(ev: Evidence) -> list[Sentence]:
    """Tell the phases as the picture shows them, and which was the longest; the close ends nobody's trouble."""
    some = [one for one in phases({m: k.at for m, k in ev.moments.items()}) if one.until in UNTIL]
    if len(some) < 2:
        return []
    first, *rest = [f"{spelt_out(one.length)} {UNTIL[one.until]}" for one in some]
    longest = max(some, key=lambda one: one.length)
    told = f"From {SINCE[some[0].since]} it took {first}, then {listed(rest)}. The longest phase was the one "
    told += f"{UNTIL[longest.until]}."
    refs = joined(*(ev.moments[moment].refs for one in some for moment in (one.since, one.until)))
    return [Sentence(told, refs, rule=Rule.LENGTH)]


def waited(ev: Evidence) -> tuple[list[tuple[Entry, Entry]], list[Entry]]:
    """Return the longest waits, in order, and those whose end is not on record.

    A wait ends with the next entry of whoever wrote it that is not about waiting too; where they wrote no more, with
    the next action or mitigation of anybody.
    """
    ended: list[tuple[Entry, Entry]] = []
    open_: list[Entry] = []
    waiting: dict[str, Entry] = {}
    for entry in ev.story:
        begun = waiting.get(entry.author)
        if Tag.WAITING in entry.tags:
            waiting.setdefault(entry.author, entry)
        elif begun:
            ended.append((waiting.pop(entry.author), entry))
    acts = ev.tagged(Tag.ACTION, Tag.MITIGATED)
    for begun in waiting.values():
        place = bisect_right(acts, (begun.at, begun.seq), key=lambda e: (e.at, e.seq))
        if place < len(acts):
            ended.append((begun, acts[place]))
        else:
            open_.append(begun)
    longest = sorted(ended, key=lambda wait: wait[1].at - wait[0].at, reverse=True)[:MOST_WAITS]
    return sorted(longest, key=lambda wait: (wait[0].at, wait[0].seq)), open_


def _wait(ev: Evidence, begun: Entry, end: Entry) -> Sentence:
    length = spelt_out(between(begun.at, end.at))
    told = f"{length}, from {ev.clock(begun.at)} to {ev.clock(end.at)}: {quote(ev.text(begun), SHORT_CHARS)}"
    return Sentence(told, ev.refs(begun, end), mark="Waited", rule=Rule.LENGTH)


def _silent(ev: Evidence) -> list[Sentence]:
    return [
        Sentence(
            f"Nothing was written down for {spelt_out(between(a.at, b.at))}, "
            f"from {ev.clock(a.at)} to {ev.clock(b.at)}.",
            ev.refs(a.entry, b.entry),
            rule=Rule.LENGTH,
        )
        for a, b in silences(ev)
    ]


def _twice(ev: Evidence) -> list[Sentence]:
    """Return the steps that were pressed more than once, and what two people wrote down in the same words."""
    presses: dict[tuple[str, str], list[Entry]] = defaultdict(list)
    for (book, step, did), entries in ev.presses.items():
        if did in (Did.DONE, Did.TRIED):
            presses[book, step] += entries
    titles = {walk.playbook.name: walk.playbook.title for walk in ev.facts.walks}
    told = [
        Sentence(
            f"Step {step} of {quote(titles.get(book, book))} was done {len(entries)} times.",
            labels(sorted(entries, key=lambda e: (e.at, e.seq))),
            mark="Twice",
            rule=Rule.COUNT,
        )
        for (book, step), entries in presses.items()
        if len(entries) > 1
    ]
    return (told + _same_words(ev))[:MOST_TWICE]


def _same_words(ev: Evidence) -> list[Sentence]:
    said: dict[str, list[Entry]] = defaultdict(list)
    for entry in ev.of(*SAID_BY_PEOPLE):
        words = one_line(ev.text(entry)).casefold().rstrip(".!")
        if words and ev.text(entry) not in BARE:
            said[words].append(entry)
    return [
        Sentence(
            f"{len(entries)} entries say the same: {quote(ev.text(entries[0]), SHORT_CHARS)}",
            labels(entries),
            mark="Twice",
            rule=Rule.COUNT,
        )
        for entries in said.values()
        if len({entry.author for entry in entries}) > 1
    ]
