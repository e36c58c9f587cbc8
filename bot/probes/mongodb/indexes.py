"""Have indexes been lost: since the list that was kept, between the members, or all of a large collection?

After Havoc's migration every collection had only _id_ left. The database answered, and each query read whole
collections: nine hours. One comparison with the list of the night before shows it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.domain.finding import Finding, Verdict
from bot.domain.index_diff import Definition, IndexDiff, diff, is_cut
from bot.domain.inventory import SystemKind
from bot.probes.mongodb.answers import number
from bot.probes.mongodb.index_lists import IndexList, index_list, index_parts, only_on_id
from bot.probes.mongodb.wording import sentence, short, who
from bot.probes.probe import Probe, why
from bot.probes.seen import Look, Seen

NAME = "mongodb.indexes"
SIGNAL = "indexes-lost"
MANY_DOCUMENTS = 10_000  # with only _id_ each query by anything else reads all of them; our own judgement
MOST_SHOWN = 20  # in the finding's data

Kept = dict[str, Any]


@dataclass(frozen=True)
class Known:
    """What the members of a set are held against: the list that was kept, what any has, and documents by collection."""

    was: Mapping[str, Any] | None
    elsewhere: Kept
    counts: Mapping[str, float]


@dataclass(frozen=True)
class Lost:
    """What a member lacks: large collections with only _id, what was kept of it, and what other members have."""

    large: Mapping[str, float]  # with its documents
    since: IndexDiff
    lacks: Mapping[str, Sequence[str]]

    @property
    def verdict(self) -> Verdict:
        """A large collection without indexes is CRITICAL, any other loss a WARNING."""
        return Verdict.CRITICAL if self.large else Verdict.WARNING

    @property
    def says(self) -> str:
        """The worst of it as the end of a sentence, "" when nothing is lost."""
        if self.large:
            name, documents = next(iter(self.large.items()))
            more = f" and {len(self.large) - 1} more" if len(self.large) > 1 else ""
            return f"has no index but _id on {short(name)} ({documents:,.0f} documents){more}"
        for word, names in (("lost", self.since.lost), ("has changed", self.since.changed)):
            if names:
                return f"{word} {_count(names)} since the list that was kept: {_first(names)}"
        return f"lacks {_count(self.lacks)} that other members have: {_first(self.lacks)}" if self.lacks else ""


def judge(seen: Seen) -> list[Finding]:
    """One finding for each member that should have all indexes."""
    before = seen.before.get(NAME)
    found: list[Finding] = []
    for part, looks in index_parts(seen).items():
        was = before.get(part) if isinstance(before, Mapping) else None
        lists = [index_list(look) for look in looks]
        known = Known(was if isinstance(was, Mapping) else None, _together(lists), _counts(looks))
        found += [_of(look, mine, known) for look, mine in zip(looks, lists, strict=True)]
    return found or [PROBE.unknown(SIGNAL, "No member that holds data was looked at.")]


def keep(seen: Seen) -> Mapping[str, Any]:
    """The ready indexes of each set, all members together. Where none told them, the list from before stays."""
    before = seen.before.get(NAME)
    kept: Kept = {}
    for part, looks in index_parts(seen).items():
        lists = [index_list(look) for look in looks]
        if any(lists):
            kept[part] = _together(lists)
        elif isinstance(before, Mapping) and part in before:
            kept[part] = before[part]
    return kept


def _of(look: Look, mine: IndexList | None, known: Known) -> Finding:
    counts = known.counts
    if mine is None or mine.odd:
        answer = look["indexes"]
        reason = why(answer) if not answer.ok else "lists what cannot be read as an index"
        return PROBE.unknown(SIGNAL, sentence(f"{who(look)} {reason}."), member=look.member.name)
    bare = [name for name, ready in mine.ready.items() if only_on_id(ready)]
    largest = sorted((name for name in bare if counts.get(name, 0) > MANY_DOCUMENTS), key=lambda name: -counts[name])
    now = _plain(mine)
    since = IndexDiff() if known.was is None else diff(known.was, now)
    lost = Lost({name: counts[name] for name in largest}, since, diff(known.elsewhere, now).lost)
    if lost.says:
        return _finding(look, lost.verdict, f"{who(look)} {lost.says}.", lost)
    if doubt := _doubt(look, mine, known.was, since) or _uncounted(bare, counts):
        return PROBE.unknown(SIGNAL, sentence(f"{who(look)} {doubt}."), member=look.member.name)
    indexes = sum(len(ready) for ready in mine.ready.values())
    says = f"{who(look)} has all its indexes, {indexes} on {len(mine.ready)} collections."
    return _finding(look, Verdict.OK, says, lost)


def _doubt(look: Look, mine: IndexList, was: Mapping[str, Any] | None, since: IndexDiff) -> str:
    """Why it cannot be told whether indexes are lost; "" when it can."""
    if not look["currentOp"].ok:
        return f"has indexes, whether they are ready is unknown: it {why(look['currentOp'])}"
    if was is None:
        return "has indexes, and no earlier list is kept to compare them with"
    if mine.cut or is_cut(was):
        return "lost no index that was looked at; not all collections were"
    if since.gone:
        more = f" and {len(since.gone) - 1} more collections" if len(since.gone) > 1 else ""
        return f"shows nothing of {short(since.gone[0])}{more}, seen before: dropped, or not used since a restart"
    return "" if mine.ready else "shows no collection"


def _uncounted(bare: Sequence[str], counts: Mapping[str, float]) -> str:
    unknown = [name for name in bare if name not in counts]
    return f"has no index but _id on {short(unknown[0])}, of unknown size" if unknown else ""


def _plain(mine: IndexList) -> Kept:
    """A member's list in the form that is kept, with what it is building: that is not lost."""
    names = {name: [*ready.values(), *mine.building[name].values()] for name, ready in mine.ready.items()}
    return ({"...": mine.cut} if mine.cut else {}) | names


def _together(lists: Sequence[IndexList | None]) -> Kept:
    """The ready indexes that any member has, by collection."""
    ready: dict[str, dict[Definition, Mapping[str, Any]]] = {}
    for one in filter(None, lists):
        for name, indexes in one.ready.items():
            ready.setdefault(name, {}).update(indexes)
    cut = max((one.cut for one in lists if one), default=0)
    return ({"...": cut} if cut else {}) | {name: [*indexes.values()] for name, indexes in ready.items()}


def _counts(looks: Sequence[Look]) -> dict[str, float]:
    """The documents of each collection, by the member that has most; one may answer for another that did not."""
    found: dict[str, float] = {}
    for look in looks:
        told = look["counts"].value
        for name, count in told.items() if isinstance(told, Mapping) else ():
            if (known := number(count)) is not None and known >= 0:
                found[str(name)] = max(known, found.get(str(name), 0.0))
    return found


def _count(names: Mapping[str, Sequence[str]]) -> str:
    count = sum(len(some) for some in names.values())
    return f"{count} index" if count == 1 else f"{count} indexes"


def _first(names: Mapping[str, Sequence[str]]) -> str:
    namespace, some = next(iter(names.items()))
    return f"{short(namespace, 30)} {short(some[0], 30)}"


def _finding(look: Look, verdict: Verdict, says: str, lost: Lost) -> Finding:
    count = sum(len(some) for some in lost.since.lost.values())
    return Finding(
        probe=NAME,
        signal=SIGNAL,
        verdict=verdict,
        says=sentence(says),
        member=look.member.name,
        value=f"{count} lost, {len(lost.large)} large collections with only _id",
        limit=f"0 lost, only _id on no more than {MANY_DOCUMENTS:,} documents",
        data={
            "lost": count,
            "only_on_id": list(lost.large)[:MOST_SHOWN],
            "since": list(lost.since.lines()[:MOST_SHOWN]),
            "lacks": [f"{name} {index}" for name, some in lost.lacks.items() for index in some][:MOST_SHOWN],
        },
    )


PROBE = Probe(
    name=NAME,
    kind=SystemKind.MONGODB,
    about="indexes that were lost: since the last list, between members, or all of a large collection",
    signals=(SIGNAL,),
    asks=("hello", "currentOp", "indexes", "counts"),
    judge=judge,
    keep=keep,
    light=False,
)
