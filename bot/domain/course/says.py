"""The course of an incident in sentences, for who does not see the picture."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable

from bot.domain.course.paper import Span, clock
from bot.domain.course.phases import FLAGGED, phases
from bot.domain.course.values import Course, Happening, Looked, Sort
from bot.domain.incident import Moment
from bot.domain.metrics import between, spelt_out

MOST_CHANGES = 6  # of a system's verdict
COUNTED = {
    Sort.SIGN: ("sign of trouble", "signs of trouble"),
    Sort.DECISION: ("decision", "decisions"),
    Sort.ACTION: ("action", "actions"),
    Sort.STEP: ("playbook step", "playbook steps"),
    Sort.UPDATE: ("update sent", "updates sent"),
    Sort.STATUS: ("change of status, severity or role", "changes of status, severity or role"),
    Sort.NOTE: ("note", "notes"),
}


def title(course: Course) -> str:
    """What the picture is."""
    return f"The course of {course.label}"


def sentences(course: Course, drawn: Span, people: int) -> str:
    """Moments, phases, severity, entries by sort, waits, systems and people, one sentence each."""
    dated = drawn.begin.date() != drawn.end.date()
    told = [_moments(course, dated), _phases(course), _severity(course, dated), _counts(course)]
    told += [_waits(course, dated), *(_system(one, dated) for one in course.looked), _people(course, dated, people)]
    return " ".join(one for one in told if one)


def outside(course: Course, drawn: Span, left_out: Collection[Sort]) -> list[str]:
    """How many entries are not drawn: of a sort that this paper has no lane for, before or after what is drawn."""
    beside = [one for one in course.happenings if drawn.holds(one.at) and one.sort in left_out]
    before = sum(one.at < drawn.begin for one in course.happenings)
    after = sum(one.at > drawn.end for one in course.happenings)
    told = [f"{_entries(before)} earlier"] * bool(before) + [f"{_entries(after)} later"] * bool(after)
    far = [moment for moment in Moment if moment in course.moments and not drawn.holds(course.moments[moment])]
    told += [f"{FLAGGED[moment]} {clock(course.moments[moment], True)}" for moment in far]
    return [f"Not drawn: {line}" for line in (_counted(beside), ", ".join(told)) if line]


def _moments(course: Course, dated: bool) -> str:
    known = [f"{FLAGGED[one]} {clock(course.moments[one], dated)}" for one in Moment if one in course.moments]
    return f"{', '.join(known)}; times in UTC." if known else ""


def _phases(course: Course) -> str:
    told = [f"{one.name} {one.length}" for one in phases(course)]
    return f"Phases: {', '.join(told)}." if told else ""


def _severity(course: Course, dated: bool) -> str:
    told = [f"{one.severity} from {clock(one.at, dated)}" for one in course.severities]
    return f"Severity: {', then '.join(told)}." if told else ""


def _counts(course: Course) -> str:
    return f"Entries: {_counted(course.happenings)}." if course.happenings else ""


def _counted(some: Iterable[Happening]) -> str:
    counts = Counter(one.sort for one in some)
    return ", ".join(f"{counts[sort]} {words[counts[sort] != 1]}" for sort, words in COUNTED.items() if counts[sort])


def _waits(course: Course, dated: bool) -> str:
    told = [
        f"{spelt_out(between(one.begin, one.end))} {'without an entry' if one.silent else 'waiting'}"
        f" from {clock(one.begin, dated)}"
        for one in course.waits
    ]
    return f"Waits: {', '.join(told)}." if told else ""


def _system(looked: Looked, dated: bool) -> str:
    changes = [
        one
        for number, one in enumerate(looked.sights)
        if not number or looked.sights[number - 1].verdict is not one.verdict
    ]
    told = [f"{one.verdict.value} at {clock(one.at, dated)}" for one in changes[:MOST_CHANGES]]
    more = f" and {len(changes) - MOST_CHANGES} more changes" if len(changes) > MOST_CHANGES else ""
    return f"{looked.system}: {', then '.join(told)}{more}."


def _people(course: Course, dated: bool, most: int) -> str:
    longest = sorted(course.people, key=lambda one: (one.begin - one.end, -len(one.times)))[:most]
    told = [f"{one.name} from {clock(one.begin, dated)} to {clock(one.end, dated)}" for one in longest]
    more = f" and {len(course.people) - most} more" if len(course.people) > most else ""
    return f"People: {', '.join(told)}{more}." if told else ""


def _entries(number: int) -> str:
    return "1 entry" if number == 1 else f"{number} entries"
