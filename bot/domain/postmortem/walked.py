"""What the walks tell: each press with the entry that recorded it, and what was said of a step at close."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from bot.domain.incident import Moment
from bot.domain.postmortem.evidence import Evidence, joined, labels
from bot.domain.postmortem.values import Sentence
from bot.domain.postmortem.wording import listed
from bot.domain.timeline import Entry, Kind, Tag
from bot.domain.walk import SAID_AT_CLOSE, TRIES, Did, Mark, Walk


@dataclass(frozen=True, kw_only=True)
class Stepped:
    """One press on a step, and the entry that recorded it: None where that is gone."""

    walk: Walk
    mark: Mark
    entry: Entry | None

    @property
    def untimed(self) -> bool:
        """Whether it was told at close only: its entry then knows that it was done, and not when."""
        return self.mark.did is Did.DONE and self.mark.reason == SAID_AT_CLOSE

    @property
    def only_looks(self) -> bool:
        """Whether the step changes nothing of what is ill."""
        return any(one.only_looks for one in self.walk.playbook.steps if one.number == self.mark.step)

    @property
    def variables(self) -> tuple[str, ...]:
        """The names of the step's variables, in the order of their first use."""
        steps = (one for one in self.walk.playbook.steps if one.number == self.mark.step)
        return tuple(gap.name for one in steps for gap in one.variables)


@dataclass(frozen=True, kw_only=True)
class Opinion:
    """What was said after the close of a step that was done: in words, and the entry; None where none was kept."""

    helped: bool
    text: str
    entry: Entry | None


def standing(ev: Evidence, did: Did) -> list[Stepped]:
    """Return the steps of all walks for which this stands, in the order of the walks."""
    found = [(walk, mark) for walk in in_order(ev) for _, mark in sorted(walk.standing.items()) if mark.did is did]
    return [Stepped(walk=walk, mark=mark, entry=step_entry(ev, walk, mark)) for walk, mark in found]


def tries(ev: Evidence) -> list[Stepped]:
    """Return every press that says that a step was done or tried, also one that was gone back on, in time."""
    found: dict[str, Stepped] = {}
    for walk in in_order(ev):
        for mark in walk.marks:
            entry = step_entry(ev, walk, mark) if mark.did in TRIES else None
            if entry:
                found.setdefault(entry.label, Stepped(walk=walk, mark=mark, entry=entry))
    places = {entry.label: place for place, entry in enumerate(ev.entries)}
    return [found[label] for label in sorted(found, key=lambda label: places[label])]


def only_looked(walk: Walk, but: Collection[Mark] = ()) -> bool:
    """Return whether a walk was left before its end and no step that acts stands as done, but for these."""
    looks = {step.number for step in walk.playbook.steps if step.only_looks}
    done = (mark for mark in walk.standing.values() if mark.did is Did.DONE and mark not in but)
    return not walk.over and all(mark.step in looks for mark in done)


def in_order(ev: Evidence) -> list[Walk]:
    """Return the walks as they were begun."""
    return sorted(ev.facts.walks, key=lambda walk: walk.begun_at)


def step_entry(ev: Evidence, walk: Walk, mark: Mark) -> Entry | None:
    """Return the entry that recorded a press: same playbook, step and verdict, nearest in time."""
    fits = ev.presses.get((walk.playbook.name, str(mark.step), mark.did.value), ())
    return min(fits, key=lambda e: abs(e.at - mark.at), default=None)


def taken_up(ev: Evidence, walk: Walk) -> Entry | None:
    """Return the entry by which a walk began."""
    begun = [e for e in ev.of(Kind.PLAYBOOK) if e.data.get("playbook") == walk.playbook.name]
    return min(begun, key=lambda e: abs(e.at - walk.begun_at), default=None)


def put_away(ev: Evidence, walk: Walk) -> Entry | None:
    """Return the entry by which a walk was left before its end."""
    ended = walk.ended_at
    if ended is None:
        return None
    left = [e for e in ev.of(Kind.PLAYBOOK) if e.data.get("put_away") == walk.playbook.name]
    return min(left, key=lambda e: abs(e.at - ended), default=None)


def opinion(ev: Evidence, step: Stepped) -> Opinion | None:
    """Return the last word that was said after the close of a step that stands as done; None where nobody did."""
    helped = ev.facts.verdicts.get((step.walk.id, step.mark.step))
    stands = step.walk.standing.get(step.mark.step) is step.mark
    if helped is None or not stands or step.mark.did is not Did.DONE:
        return None
    said = [
        e
        for e in ev.of(Kind.PLAYBOOK)
        if (e.data.get("judged"), e.data.get("step"), e.data.get("helped"))
        == (step.walk.playbook.name, step.mark.step, helped)
        and e.data.get("walk", step.walk.id) == step.walk.id
    ]
    entry = said[-1] if said else None
    who = ev.name(entry.author) if entry else "people"
    return Opinion(
        helped=helped, text=f"It {'helped' if helped else 'did not help'}, as {who} said afterwards.", entry=entry
    )


def done_in_time(ev: Evidence) -> list[tuple[Entry, Stepped | None]]:
    """Return what was done before the impact stopped, in time: actions that people noted, and steps that stand as done.

    Each comes with its step, None where it is a note. A step that only looks is none of them: it turned nothing.
    """
    end = ev.moments.get(Moment.MITIGATED)
    done = [step for step in standing(ev, Did.DONE) if not (step.untimed or step.only_looks)]
    steps = {step.entry.label: step for step in done if step.entry}
    did = [e for e in ev.entries if Tag.ACTION in e.tags or e.label in steps]
    return [(e, steps.get(e.label)) for e in did if end and e.at <= end.at and ev.text(e)]


def thought(ev: Evidence, told: Sentence, step: Stepped | None) -> Sentence:
    """Return a sentence about a step with what was said of it after the close, and the entry of that."""
    said = opinion(ev, step) if step else None
    if said is None:
        return told
    text = f"{told.text}{'' if told.text[-1:] in ('.', '!', '?') else '.'} {said.text}"
    return replace(told, text=text, refs=joined(told.refs, labels([said.entry] if said.entry else [])))


def steps_named(numbers: Sequence[int]) -> str:
    """Return `step 4` or `steps 4, 5 and 6`."""
    return f"{'step' if len(numbers) == 1 else 'steps'} {listed(map(str, numbers))}"
