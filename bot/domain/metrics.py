"""The moments of an incident, how each is known, and the times between them.

A moment comes from the incident's own field if it has one, else from a tag: the earliest `#impact` for its
beginning, the earliest `#detected` for the first signal, the last `#mitigated` for its end. A tag that was recorded
after the field corrects it: with an earlier beginning or signal, or with another end. `#acknowledged` and
`#identified` have no field; without a tag the first is derived by a rule, the second is never guessed. Of an incident
that was read in from a write-up, nobody declared or closed anything here: those moments need an entry that states them,
and none is derived. The definitions of the times follow what incident tools have in common; "MTTR" is avoided because
its R means four things.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.incident import Incident, Moment
from bot.domain.timeline import Entry, Kind, Tag


class How(StrEnum):
    """How a moment is known."""

    OBSERVED = "observed"  # it happened in this bot, which looked at its clock
    SAID = "said"  # a person gave it, by a command, a form or a tag
    DERIVED = "derived"  # a rule took it from an entry that says something else as well


class Measure(StrEnum):
    """The times that people compare."""

    DETECT = "detect"
    ACKNOWLEDGE = "acknowledge"
    DECLARE = "declare"
    IDENTIFY = "identify"
    MITIGATE = "mitigate"
    RESOLVE = "resolve"


TAG_OF = {
    Moment.STARTED: Tag.IMPACT,
    Moment.DETECTED: Tag.DETECTED,
    Moment.ACKNOWLEDGED: Tag.ACKNOWLEDGED,
    Moment.IDENTIFIED: Tag.IDENTIFIED,
    Moment.MITIGATED: Tag.MITIGATED,
}
BOTS_OWN = (Moment.DECLARED, Moment.CLOSED)  # what this bot sees by itself where it is used
_MOMENT_OF = {tag: moment for moment, tag in TAG_OF.items()}
EARLIEST_IMPACT = "the earliest entry tagged #impact"
DECLARED_BY_PERSON = "the declaration, since a person made it"
FIRST_BY_PERSON = "the first entry by a person after the signal"

TELLS_SECONDS = timedelta(minutes=2)

SPANS = {
    Measure.DETECT: (Moment.STARTED, Moment.DETECTED),
    Measure.ACKNOWLEDGE: (Moment.DETECTED, Moment.ACKNOWLEDGED),
    Measure.DECLARE: (Moment.DETECTED, Moment.DECLARED),
    Measure.IDENTIFY: (Moment.DETECTED, Moment.IDENTIFIED),
    Measure.MITIGATE: (Moment.STARTED, Moment.MITIGATED),
    Measure.RESOLVE: (Moment.STARTED, Moment.RESOLVED),
}


@dataclass(frozen=True, kw_only=True)
class Known:
    """When something happened, how we know, and what it rests on: labels of entries, or of the incident itself."""

    at: datetime
    how: How
    refs: tuple[str, ...]
    rule: str = ""  # of DERIVED: the rule that took it, in words


@dataclass(frozen=True, kw_only=True)
class Span:
    """The time from one moment to another. `length` is None when one of them is missing or they contradict."""

    measure: Measure
    start: Moment
    end: Moment
    length: timedelta | None = None
    refs: tuple[str, ...] = ()
    contradiction: bool = False  # the end is recorded as earlier than the start, by the minute


def moments(incident: Incident, entries: Sequence[Entry]) -> dict[Moment, Known]:
    """Return every moment that is known, in the order of Moment. One that nobody recorded is missing."""
    signs = _signs(entries)
    known: dict[Moment, Known] = {}
    for moment in Moment:
        at = incident.moment(moment)
        found = _from_tag(moment, signs.tagged[moment]) if at is None else _from_field(incident, moment, at, signs)
        if found is not None:
            known[moment] = found
    if Moment.ACKNOWLEDGED not in known and not signs.by_hand and (taken := _taken_up(incident, entries, known)):
        known[Moment.ACKNOWLEDGED] = taken
    return {moment: known[moment] for moment in Moment if moment in known}


def read_in(entries: Sequence[Entry]) -> bool:
    """Whether the incident was read in from a write-up: its first entry is a line of it, none its declaration."""
    first = min(entries, key=lambda e: e.seq, default=None)
    return first is not None and first.kind is Kind.IMPORTED and all(e.kind is not Kind.DECLARED for e in entries)


def spans(known: Mapping[Moment, Known]) -> tuple[Span, ...]:
    """Return every time that people compare, in the order of Measure."""
    return tuple(_span(measure, known) for measure in Measure)


def between(start: datetime, end: datetime) -> timedelta:
    """Return the length from `start` to `end` as clocks without seconds tell it; negative when they run backwards.

    Times are shown to the minute, and a length beside them must be their difference. Under TELLS_SECONDS the seconds
    count: 13:50:50 to 13:51:10 is not a minute.
    """
    shown = end.replace(second=0, microsecond=0) - start.replace(second=0, microsecond=0)
    exact = max(timedelta(0), end - start)
    return exact if shown >= timedelta(0) and exact < TELLS_SECONDS else shown


def clashes(known: Mapping[Moment, Known]) -> tuple[tuple[Known, Known], ...]:
    """Return the first signal and the end of the impact where it lies before the impact's beginning, each with that."""
    start = known.get(Moment.STARTED)
    ends = [known[moment] for moment in (Moment.DETECTED, Moment.MITIGATED) if moment in known]
    return tuple((end, start) for end in ends if start and between(start.at, end.at) < timedelta(0))


def spelt_out(length: timedelta) -> str:
    """Return a length as `1 h 37 min`, in whole minutes rounded down, from `under 1 min` to days."""
    minutes = int(length.total_seconds() // 60)
    if minutes < 1:
        return "under 1 min"
    days, rest = divmod(minutes, 24 * 60)
    parts = ((days, "d"), (rest // 60, "h"), (rest % 60, "min"))
    return " ".join(f"{number} {unit}" for number, unit in parts if number)


def _span(measure: Measure, known: Mapping[Moment, Known]) -> Span:
    start, end = SPANS[measure]
    first, last = known.get(start), known.get(end)
    if first is None or last is None:
        return Span(measure=measure, start=start, end=end)
    refs = tuple(dict.fromkeys(first.refs + last.refs))
    length = between(first.at, last.at)
    if length < timedelta(0):
        return Span(measure=measure, start=start, end=end, refs=refs, contradiction=True)
    return Span(measure=measure, start=start, end=end, length=length, refs=refs)


@dataclass(frozen=True)
class _Signs:
    """The entries that may tell a moment: the declaration and the changes of status, and those with its tag."""

    changes: list[Entry]
    tagged: Mapping[Moment, list[Entry]]
    by_hand: bool  # it was read in from a write-up, so that the bot itself saw nothing


def _signs(entries: Sequence[Entry]) -> _Signs:
    changes = [e for e in entries if e.kind in (Kind.DECLARED, Kind.STATUS) or (e.kind is Kind.IMPORTED and e.data)]
    tagged: dict[Moment, list[Entry]] = {moment: [] for moment in Moment}
    for entry in entries:
        for tag in entry.tags:
            if moment := _MOMENT_OF.get(tag):
                tagged[moment].append(entry)
    return _Signs(changes, tagged, read_in(entries))


def _from_field(incident: Incident, moment: Moment, at: datetime, signs: _Signs) -> Known | None:
    entry = _recording(moment, at, signs)
    if entry is None and signs.by_hand and moment in BOTS_OWN:
        return None  # the row needs a time, and the write-up gives none
    later = _from_tag(moment, [e for e in signs.tagged[moment] if entry and e.seq > entry.seq])
    if later and (moment is Moment.MITIGATED or later.at < at):
        return later
    seen = moment in BOTS_OWN and not signs.by_hand
    return Known(at=at, how=How.OBSERVED if seen else How.SAID, refs=(entry.label if entry else incident.label,))


def _recording(moment: Moment, at: datetime, signs: _Signs) -> Entry | None:
    """Find the entry that a moment of the incident rests on: its declaration, its status change, or its tag.

    Of several, the nearest in time: a moment given later than its status change has an entry at its own time.
    """
    fits = [e for e in signs.tagged[moment] if e.at == at]
    for entry in signs.changes:
        declared = entry.kind is Kind.DECLARED and moment is Moment.DECLARED
        if declared or (entry.kind is not Kind.DECLARED and entry.data.get("to") == moment):
            fits.append(entry)
    return min(fits, key=lambda e: (abs(e.at - at), e.seq), default=None)


def _from_tag(moment: Moment, tagged: Sequence[Entry]) -> Known | None:
    if not tagged:
        return None
    # Impact that was thought to be over and came back was not over: the last `#mitigated` counts.
    pick = max if moment is Moment.MITIGATED else min
    entry = pick(tagged, key=lambda e: (e.at, e.seq))
    if moment is Moment.STARTED:
        return Known(at=entry.at, how=How.DERIVED, refs=(entry.label,), rule=EARLIEST_IMPACT)
    return Known(at=entry.at, how=How.SAID, refs=(entry.label,))


def _taken_up(incident: Incident, entries: Sequence[Entry], known: Mapping[Moment, Known]) -> Known | None:
    """Derive when it was taken up: by the declaration where a person made it, else by what a person did first."""
    declared = known[Moment.DECLARED]
    if incident.declared_by:
        return Known(at=declared.at, how=How.DERIVED, refs=declared.refs, rule=DECLARED_BY_PERSON)
    signal = known.get(Moment.DETECTED, declared)
    after = [e for e in entries if e.author and e.at >= signal.at and Tag.DETECTED not in e.tags]
    first = min(after, key=lambda e: (e.at, e.seq), default=None)
    return Known(at=first.at, how=How.DERIVED, refs=(first.label,), rule=FIRST_BY_PERSON) if first else None
