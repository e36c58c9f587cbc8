"""What the looks at systems found: before, while it lasted, and after; what they called for; what luck they show."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from bot.domain.finding import Verdict
from bot.domain.incident import Moment
from bot.domain.playbook import Playbook
from bot.domain.postmortem.evidence import Evidence
from bot.domain.postmortem.values import Part, Section, Sentence
from bot.domain.timeline import Entry, Kind

NEWEST_COPY = "backup.newest"  # the probe whose value is the age of the newest copy
SPEAKS = (Verdict.WARNING.value, Verdict.CRITICAL.value)


def findings(ev: Evidence) -> Section:
    """Set the looks at each system side by side: before it began, the first and last while it lasted, and after."""
    looks: dict[str, list[Entry]] = defaultdict(list)
    for entry in ev.of(Kind.FINDING):
        looks[str(entry.data.get("system", ""))].append(entry)
    if not looks:
        ask = "What did the systems themselves show while it lasted and afterwards, and where is that kept?"
        return Section(part=Part.FINDINGS, questions=(ev.ask(ask),))
    sentences = [sentence for taken in looks.values() for sentence in _side_by_side(ev, taken)]
    ask = "Which of this would have shown it sooner, had somebody looked?"
    return Section(part=Part.FINDINGS, sentences=tuple(sentences), questions=(ev.ask(ask),))


def found(entry: Entry) -> list[Mapping[str, Any]]:
    """Return the findings of a look, as they were put down; a comparison has none."""
    rows = entry.data.get("findings", ())
    return [row for row in rows if isinstance(row, Mapping)] if isinstance(rows, list | tuple) else []


def all_well(entry: Entry) -> bool:
    """Return whether a look found something to say and all of it well."""
    rows = found(entry)
    return bool(rows) and all(row.get("verdict") == Verdict.OK.value for row in rows)


def after_mitigation(ev: Evidence) -> list[Entry]:
    """Return the looks taken when customers were no longer hurt."""
    end = ev.moments.get(Moment.MITIGATED)
    return [e for e in ev.of(Kind.FINDING) if end and e.at >= end.at]


def called_for(ev: Evidence) -> list[tuple[Playbook, list[Entry]]]:
    """Return the playbooks of the shelf that something found called for, each with the looks that found it."""
    spoke: dict[str, list[Entry]] = defaultdict(list)
    for entry in ev.of(Kind.FINDING):
        for signal in dict.fromkeys(str(row.get("signal")) for row in found(entry) if row.get("verdict") in SPEAKS):
            spoke[signal].append(entry)
    books = []
    for book in ev.facts.proposals:
        entries = {e.label: e for signal in book.called_by for e in spoke.get(signal, ())}
        if entries:
            books.append((book, sorted(entries.values(), key=lambda e: (e.at, e.seq))))
    return books


def newest_copies(ev: Evidence) -> list[Sentence]:
    """Return how old the newest copy was at the first look that knew it, for each place it is kept."""
    told: dict[str, Sentence] = {}
    for entry in ev.of(Kind.FINDING):
        place = str(entry.data.get("system", ""))
        for row in found(entry):
            well = row.get("verdict") == Verdict.OK.value and row.get("value")
            if row.get("probe") == NEWEST_COPY and well and place not in told:
                text = f"The newest copy in {place} was {row['value']} old when it was first looked at."
                told[place] = Sentence(text, (entry.label,), at=entry.at)
    return list(told.values())


def _side_by_side(ev: Evidence, taken: list[Entry]) -> list[Sentence]:
    start, end = ev.moments.get(Moment.STARTED), ev.moments.get(Moment.MITIGATED)
    before = [e for e in taken if start and e.at < start.at]
    after = [e for e in taken if end and e.at >= end.at and e not in before]
    during = [e for e in taken if e not in before and e not in after]
    told = [ev.told(before[-1], "Before")] if before else []
    if len(during) == 1:
        told.append(ev.told(during[0], "Seen"))
    elif during:
        told += [ev.told(during[0], "First"), ev.told(during[-1], "Last")]
    return told + ([ev.told(after[-1], "After")] if after else [])
