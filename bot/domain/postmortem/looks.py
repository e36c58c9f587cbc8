"""What the looks at systems found: before, while it lasted, and after; what they called for; what luck they show."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from bot.domain.finding import Verdict
from bot.domain.incident import Moment
from bot.domain.playbook import Playbook
from bot.domain.postmortem.evidence import Evidence
from bot.domain.postmortem.values import Part, Section, Sentence
from bot.domain.postmortem.wording import listed, one_line, plain, quote
from bot.domain.timeline import Entry, Kind

NEWEST_COPY = "backup.newest"  # the probe whose value is the age of the newest copy
HOLDER = "best_replica"  # under this name a finding tells who holds what its master has lost
MOST_NAMED = 4  # of what one look could not tell
MOST_CHANGES = 6  # of what the looks at one system found
SPEAKS = (Verdict.WARNING.value, Verdict.CRITICAL.value)


def findings(ev: Evidence) -> Section:
    """Set the looks at each system side by side: before it began, while it lasted, and afterwards."""
    looks: dict[str, list[Entry]] = defaultdict(list)
    for entry in ev.of(Kind.FINDING):
        looks[str(entry.data.get("system", ""))].append(entry)
    if not looks:
        ask = "What did the systems themselves show while it lasted and afterwards, and where is that kept?"
        return Section(part=Part.FINDINGS, questions=(ev.ask(ask),))
    sentences = [sentence for taken in looks.values() for sentence in _side_by_side(ev, taken)]
    sooner = ev.ask("Which of this would have shown it sooner, had somebody looked?")
    asked = () if Moment.DETECTED in ev.moments else (sooner,)  # else the detection asks what would have shown it
    return Section(part=Part.FINDINGS, sentences=tuple(sentences), questions=asked)


def found(entry: Entry) -> list[Mapping[str, Any]]:
    """Return the findings of a look, as they were put down; a comparison has none."""
    rows = entry.data.get("findings", ())
    return [row for row in rows if isinstance(row, Mapping)] if isinstance(rows, list | tuple) else []


def all_well(entry: Entry) -> bool:
    """Return whether a look found something to say and all of it well."""
    return _verdicts(entry) == {Verdict.OK.value}


def well_in_part(entry: Entry) -> bool:
    """Return whether a look found nothing ill, and could not see everything."""
    return _verdicts(entry) == {Verdict.OK.value, Verdict.UNKNOWN.value}


def not_seen(entry: Entry) -> str:
    """Return what a look could not tell, in words: each signal, and on which members."""
    where: dict[str, list[str]] = defaultdict(list)
    for row in found(entry):
        if row.get("verdict") == Verdict.UNKNOWN.value:
            members = where[_shown(row.get("signal", "")).replace("-", " ")]
            members += [_shown(row["member"])] if row.get("member") else []
    told = [f"{signal} ({listed(members)})" if members else signal for signal, members in where.items() if signal]
    return listed(told[:MOST_NAMED] + ["more"] * bool(told[MOST_NAMED:])) if told else ""


def _verdicts(entry: Entry) -> set[str]:
    return {str(row.get("verdict")) for row in found(entry)}


def _by_signal(entry: Entry) -> Mapping[str, set[str]]:
    verdicts: dict[str, set[str]] = defaultdict(set)
    for row in found(entry):
        verdicts[str(row.get("signal"))].add(str(row.get("verdict")))
    return verdicts


def after_mitigation(ev: Evidence) -> list[Entry]:
    """Return the looks taken when customers were no longer hurt."""
    end = ev.moments.get(Moment.MITIGATED)
    return [e for e in ev.of(Kind.FINDING) if end and e.at >= end.at]


@dataclass(frozen=True)
class Critical:
    """What a look found critical: the last look that did, and the last one since then that found it well, if any."""

    signal: str
    found: Entry
    gone: Entry | None = None


def criticals(ev: Evidence, since: datetime) -> list[Critical]:
    """Return what was critical at each system, and the look that found it gone, of those taken at `since` or later.

    A look that did not ask for it or could not tell changes nothing; a warning of the same is not well yet.
    """
    known: dict[tuple[str, str], Critical] = {}
    for entry in ev.of(Kind.FINDING):
        for signal, said in _by_signal(entry).items():
            about = (str(entry.data.get("system", "")), signal)
            if Verdict.CRITICAL.value in said:
                known[about] = Critical(signal, entry)
            elif about in known and Verdict.WARNING.value in said:
                known[about] = replace(known[about], gone=None)
            elif about in known and said == {Verdict.OK.value} and entry.at >= since:
                known[about] = replace(known[about], gone=entry)
    return list(known.values())


def named(signals: Iterable[str]) -> str:
    """Return signals in words, at most MOST_NAMED of them, each once."""
    words = list(dict.fromkeys(_shown(signal).replace("-", " ") for signal in signals))
    return listed(words[:MOST_NAMED] + ["more"] * bool(words[MOST_NAMED:]))


@dataclass(frozen=True)
class Called:
    """A playbook that looks called for; `allowed` are those of them that found nothing which forbids it."""

    playbook: Playbook
    looks: tuple[Entry, ...]
    allowed: tuple[Entry, ...]


def called_for(ev: Evidence) -> list[Called]:
    """Return the playbooks of the shelf that something found called for, each with the looks that found it."""
    spoke: dict[str, dict[str, Entry]] = defaultdict(dict)  # the looks at which a signal spoke, by label
    for entry in ev.of(Kind.FINDING):
        for row in found(entry):
            if row.get("verdict") in SPEAKS:
                spoke[str(row.get("signal"))][entry.label] = entry
    called = []
    for book in ev.facts.proposals:
        looks = {label: one for signal in book.called_by for label, one in spoke.get(signal, {}).items()}
        forbidden = {label for signal in book.forbidden_by for label in spoke.get(signal, ())}
        if looks:
            in_time = sorted(looks.values(), key=lambda e: (e.at, e.seq))
            called.append(Called(book, tuple(in_time), tuple(e for e in in_time if e.label not in forbidden)))
    return called


def spared(ev: Evidence) -> list[Sentence]:
    """Return what the looks show to have been luck: how old the newest copy was, and who still held the data."""
    told: dict[tuple[str, str], Sentence] = {}
    for entry in ev.of(Kind.FINDING):
        system = str(entry.data.get("system", ""))
        for row in found(entry):
            about = (system, str(row.get("signal")))
            if about not in told and (text := _newest_copy(row, system) or _held(row, system)):
                told[about] = Sentence(text, (entry.label,), at=entry.at)
    return list(told.values())


def _newest_copy(row: Mapping[str, Any], system: str) -> str:
    well = row.get("probe") == NEWEST_COPY and row.get("verdict") == Verdict.OK.value and row.get("value")
    if not well:
        return ""
    return f"The newest copy in {_shown(system)} was {_shown(row['value'])} old when it was first looked at."


def _held(row: Mapping[str, Any], system: str) -> str:
    data = row.get("data")
    if row.get("verdict") not in SPEAKS or not isinstance(data, Mapping) or not data.get(HOLDER):
        return ""
    says = quote(plain(str(row.get("says", "")), {}))
    return f"When {_shown(system)} was looked at, {_shown(data[HOLDER])} still held its data: {says}"


def _shown(value: object) -> str:
    return one_line(plain(str(value), {}))


def _side_by_side(ev: Evidence, taken: list[Entry]) -> list[Sentence]:
    """Tell the last look before it began, and of the others the first, each that found something else, and the last.

    A last one that found the same is left out, unless the others were taken before the impact stopped.
    """
    start, end = ev.moments.get(Moment.STARTED), ev.moments.get(Moment.MITIGATED)
    before = [e for e in taken if start and e.at < start.at]
    since = taken[len(before) :]
    told = [e for number, e in enumerate(since) if not number or _ill(e) != _ill(since[number - 1])]
    told = told[: MOST_CHANGES - 1]

    def mark(entry: Entry) -> str:
        return "Afterwards" if end and entry.at >= end.at else "While it lasted"

    def tells(entry: Entry) -> tuple[object, ...]:
        return mark(entry), _ill(entry), ev.text(entry)

    told += [e for e in since[-1:] if tells(e) != tells(told[-1])]
    marked = [(e, mark(e)) for e in told]
    return [ev.told(e, word) for e, word in [*((e, "Before") for e in before[-1:]), *marked]]


def _ill(entry: Entry) -> set[tuple[str, str]]:
    return {(str(row.get("signal")), str(row["verdict"])) for row in found(entry) if row.get("verdict") in SPEAKS}
