"""The moments of a write-up: each stated time on its day, and what contradicts itself taken out and told."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.domain.clocks import describe
from bot.domain.imports import UnreadLine, read_timeline
from bot.domain.incident import Moment
from bot.domain.metrics import TAG_OF
from bot.domain.postmortem.questions import FREE
from bot.domain.postmortem.wording import HAPPENED, listed
from bot.domain.writeup.phases import BASE, Statement, marked_moment
from bot.domain.writeup.riddles import Event

MOST_STATED = 20
GUESSED = (
    "Read as a 12-hour clock",
    "No date given",
)  # of what is assumed, what the days beside the moments do not show
NEIGHBOURS = (0, -1, 1)  # days, around that of the first entry, on which a bare clock time may lie


@dataclass(frozen=True, kw_only=True)
class Said:
    """A moment, the line that states it, and whether an entry of the timeline is that line."""

    at: datetime
    line_number: int
    text: str
    note: str = ""  # what is said of it besides its time
    entry: bool = False


@dataclass(frozen=True, kw_only=True)
class Moments:
    """The moments that can be kept, those that cannot with the reason, and what was assumed."""

    kept: Mapping[Moment, Said]
    unread: tuple[UnreadLine, ...]
    notes: tuple[str, ...]


def moments(
    stated: Iterable[Statement], events: Sequence[Event], *, now: datetime, zone: ZoneInfo, date: date | None
) -> Moments:
    """Return when each moment was, as stated by name and by entries that say nothing but the name."""
    stated = tuple(_some(stated))
    said, unread, notes = _placed([one for one in stated if one.read], events, now=now, zone=zone, date=date)
    for event in events:
        moment = marked_moment(event.text)
        if moment and len(said[moment]) < MOST_STATED:
            said[moment].append(Said(at=event.at, line_number=event.line_number, text=event.text, entry=True))
    unread += _measured([one for one in stated if one.length], said)
    kept = {moment: ones[0] for moment, ones in said.items() if len(_minutes(ones)) == 1}
    for moment, ones in said.items():
        if len(_minutes(ones)) > 1:
            unread += _contradicted(moment, ones)
    for moment in _out_of_order(kept):
        one = kept.pop(moment)
        unread.append(UnreadLine(line_number=one.line_number, text=one.text, why=_order(moment, one)))
    for moment, one in [*kept.items()]:
        if tagged := _tagged(moment, one, events):
            kept.pop(moment)
            unread.append(UnreadLine(line_number=one.line_number, text=one.text, why=tagged))
    return Moments(kept={m: kept[m] for m in Moment if m in kept}, unread=tuple(unread), notes=tuple(notes))


def _some(stated: Iterable[Statement]) -> Iterator[Statement]:
    """Not more statements of a moment than anybody would write."""
    many: Counter[Moment] = Counter()
    for one in stated:
        many[one.moment] += 1
        if many[one.moment] <= MOST_STATED:
            yield one


def _placed(
    stated: Sequence[Statement], events: Sequence[Event], *, now: datetime, zone: ZoneInfo, date: date | None
) -> tuple[dict[Moment, list[Said]], list[UnreadLine], list[str]]:
    """Give each stated time its day: the one given, or the one that lies nearest to the entries."""
    said: dict[Moment, list[Said]] = defaultdict(list)
    order = sorted(stated, key=lambda one: (list(Moment).index(one.moment), one.line_number))
    lines = [f"{one.read.clock.typed} - x" for one in order if one.read]
    first = min((event.at for event in events), default=None)
    last = max((event.at for event in events), default=None)
    days = [first.astimezone(zone).date() + timedelta(days=days) for days in NEIGHBOURS] if first else [date]
    tried = [read_timeline("\n".join(lines), now=now, zone=zone, date=day) for day in days]
    found = tried[0]
    if first and last:
        begin, end = first, last
        found = min(
            tried,
            key=lambda one: (len(one.unread), sum((_outside(line.at, begin, end) for line in one.lines), timedelta())),
        )
    for line in found.lines:
        one = order[line.line_number - 1]
        note = one.read.rest if one.read else ""
        loose = f"{one.read.loose}" if one.read and one.read.loose else ""
        said[one.moment].append(
            Said(at=line.at, line_number=one.line_number, text=one.text, note=": ".join(filter(None, (loose, note))))
        )
    unread = [
        UnreadLine(
            line_number=order[one.line_number - 1].line_number, text=order[one.line_number - 1].text, why=one.why
        )
        for one in found.unread
    ]
    told = GUESSED if first is None else GUESSED[:1]
    guessed = [note for note in found.notes if note.startswith(told)]
    return said, unread, guessed


def _outside(at: datetime, first: datetime, last: datetime) -> timedelta:
    return max(first - at, at - last, timedelta())


def _measured(stated: Sequence[Statement], said: dict[Moment, list[Said]]) -> list[UnreadLine]:
    """Lengths as moments: from the one they begin at, or back from the one they end at."""
    unread = []
    for one in sorted(stated, key=lambda one: list(Moment).index(one.moment)):
        base, length = BASE[one.moment], one.length or timedelta()
        start, end = said.get(base, []), said.get(one.moment, [])
        if start:
            made = Said(at=start[0].at + length, line_number=one.line_number, text=one.text)
            if not any(abs(known.at - made.at) < timedelta(minutes=1, seconds=30) for known in end):
                said[one.moment].append(made)
        elif end:
            said[base].append(Said(at=end[0].at - length, line_number=one.line_number, text=one.text))
        else:
            why = f"a length without the time it is counted from; write `{HAPPENED[base]}: 12:03 UTC` as well"
            unread.append(UnreadLine(line_number=one.line_number, text=one.text, why=why))
    return unread


def _minutes(ones: Sequence[Said]) -> set[datetime]:
    return {one.at.replace(second=0, microsecond=0) for one in ones}


def _contradicted(moment: Moment, ones: Sequence[Said]) -> list[UnreadLine]:
    told = listed([f"{one.at:%Y-%m-%d} {describe(one.at, _UTC)} in line {one.line_number}" for one in ones])
    why = f"“{HAPPENED[moment]}” is given as {told}: none is taken; say it once"
    return [UnreadLine(line_number=one.line_number, text=one.text, why=why) for one in ones]


def _out_of_order(kept: Mapping[Moment, Said]) -> list[Moment]:
    """The fewest moments without which the rest are in an order that can be."""
    left, out = dict(kept), []
    while clashes := {m: sum(_clash(m, other, left) for other in left) for m in left}:
        most = max(clashes.values())
        if not most:
            break
        worst = [moment for moment, many in clashes.items() if many == most]
        out += worst
        for moment in worst:
            left.pop(moment)
    return out


def _clash(one: Moment, other: Moment, said: Mapping[Moment, Said]) -> bool:
    if one == other or {one, other} in FREE:
        return False
    first, second = sorted((one, other), key=list(Moment).index)
    return said[second].at.replace(second=0) < said[first].at.replace(second=0)


def _order(moment: Moment, one: Said) -> str:
    return (
        f"“{HAPPENED[moment]}” at {one.at:%Y-%m-%d} {describe(one.at, _UTC)} contradicts the other moments: it is not"
        " taken; write the right time, with its day"
    )


def _tagged(moment: Moment, one: Said, events: Sequence[Event]) -> str:
    """Why a stated moment is not taken where entries carry its tag, "" where they agree."""
    tagged = [event.at for event in events if TAG_OF.get(moment) in event.tags]
    if not tagged or one.entry:
        return ""
    at = max(tagged) if moment is Moment.MITIGATED else min(tagged)
    agrees = one.at <= at if moment is Moment.STARTED else abs(one.at - at) < timedelta(minutes=1)
    told = f"“{HAPPENED[moment]}” is {describe(at, _UTC)} by the tag #{TAG_OF[moment]} in the timeline, which is taken"
    return "" if agrees else told


_UTC = ZoneInfo("UTC")


def marked(events: Sequence[Event], kept: Mapping[Moment, Said]) -> tuple[Event, ...]:
    """The entries, with the tag of a moment on those that say nothing else."""
    tags = {one.line_number: TAG_OF[m] for m, one in kept.items() if one.entry and m in TAG_OF}
    return tuple(
        replace(event, tags=tuple(dict.fromkeys((*event.tags, tags[event.line_number]))))
        if event.line_number in tags
        else event
        for event in events
    )
