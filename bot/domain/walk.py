"""One walk along a playbook: every press on a step, and where it stands after them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from bot.domain.playbook import Playbook, Step

SAID_AT_CLOSE = "said at close"  # the reason of a press that tells that a step was done, and not when
NO_MORE = "no other step is needed"  # the reason of a press that says that the step is done and ends the walk


class Did(StrEnum):
    """What was done with a step. The first five lead to another step; the others leave it in hand."""

    DONE = "done"
    SKIPPED = "skipped"
    TRIED = "tried"  # done, and it did not help
    BACK = "back"
    WENT = "gone to"  # taken up from wherever the walk was; what was passed over stays open
    NOTED = "noted"  # what was seen, or an output, kept as evidence
    FILLED = "filled"  # variables of the step got their values
    HELP = "help"  # somebody else was asked to look


TRIES = frozenset({Did.DONE, Did.TRIED})  # a step was carried out
ONWARD = TRIES | {Did.SKIPPED}
MOVES = ONWARD | {Did.BACK, Did.WENT}  # after which another step is in hand


@dataclass(frozen=True, kw_only=True)
class Mark:
    """One press on a step: who, when, what; why if it was skipped, what was seen if it was noted."""

    step: int
    did: Did
    by: str
    at: datetime
    reason: str = ""
    values: Mapping[str, str] = field(default_factory=dict)  # of FILLED only: variable -> value, "" for one taken away


@dataclass(frozen=True, kw_only=True)
class Walk:
    """One walk along a playbook inside an incident. It keeps the playbook's text it began with."""

    id: str
    incident_id: str
    playbook: Playbook
    marks: tuple[Mark, ...] = ()
    begun_by: str
    begun_at: datetime
    ended_at: datetime | None = None  # when it was put away before its end
    version: int = 0

    @property
    def position(self) -> int:
        """The number of the step to show now; one past the last when the walk is over."""
        return self.way[-1]

    @property
    def way(self) -> tuple[int, ...]:
        """The steps that were in hand, one after the other, up to `position`; what was gone back from is left out, and
        an end that was not the last."""
        way, end = [1], len(self.playbook.steps) + 1
        for mark in self.marks:
            if len(way) > 1 and (mark.did is Did.BACK or (mark.did is Did.WENT and way[-1] == end)):
                way.pop()
            if mark.did in MOVES and (step := self.leads_to(mark)) != way[-1]:
                way.append(step)
        return tuple(way)

    def leads_to(self, mark: Mark) -> int:
        """The number of the step that is in hand after a mark of MOVES; one past the last for none."""
        if mark.did in (Did.BACK, Did.WENT):
            return mark.step
        ends = mark.did is Did.DONE and mark.reason in (SAID_AT_CLOSE, NO_MORE)
        return len(self.playbook.steps) + 1 if ends else mark.step + 1

    @property
    def taken_up_at(self) -> datetime:
        """When the step in hand was taken up."""
        return next((mark.at for mark in reversed(self.marks) if mark.did in MOVES), self.begun_at)

    @property
    def over(self) -> bool:
        """True once the last step is left behind, or somebody said that no other is needed or was done too."""
        return self.position > len(self.playbook.steps)

    @property
    def in_hand(self) -> bool:
        """True while a step waits to be done."""
        return not self.over and self.ended_at is None

    @property
    def step(self) -> Step | None:
        """The step to show now, None when the walk is over."""
        return None if self.over else self.playbook.steps[self.position - 1]

    @property
    def standing(self) -> dict[int, Mark]:
        """What stands for each step: the last press that left it behind, also while it is in hand again; in time."""
        kept: dict[int, Mark] = {}
        for mark in self.marks:
            if mark.did in ONWARD:
                kept.pop(mark.step, None)
                kept[mark.step] = mark
        return kept

    @property
    def again(self) -> Mark | None:
        """What stands for the step in hand, where it was left behind before and taken up again; else None."""
        return self.standing.get(self.position)

    @property
    def finished(self) -> bool:
        """True where somebody said that no other step is needed, and took none up since."""
        last = next((mark for mark in reversed(self.marks) if mark.did in MOVES), None)
        return last is not None and last.did is Did.DONE and last.reason == NO_MORE

    @property
    def walked(self) -> bool:
        """True once a step stands as done or tried in vain: to take it up or to skip through it is no walk yet."""
        return any(mark.did in TRIES for mark in self.standing.values())

    @property
    def open_steps(self) -> tuple[int, ...]:
        """The numbers of the steps that were neither done nor skipped."""
        standing = self.standing
        return tuple(step.number for step in self.playbook.steps if step.number not in standing)

    @property
    def passed_over(self) -> tuple[int, ...]:
        """The open steps before the one in hand or before one that was left behind: somebody went past them. None where
        somebody said that they are not needed."""
        if self.finished:
            return ()
        reached = max([self.position, *self.standing])
        return tuple(number for number in self.open_steps if number < reached and number != self.position)

    @property
    def tally(self) -> str:
        """`all 9 steps done`, or `4 of 9 steps done, 5 skipped` and what else became of them."""
        dids, steps = [mark.did for mark in self.standing.values()], len(self.playbook.steps)
        done = dids.count(Did.DONE)
        told = [f"all {steps} steps done" if done == steps else f"{done} of {steps} steps done"]
        if vain := dids.count(Did.TRIED):
            told.append(f"{vain} done in vain")
        if skipped := dids.count(Did.SKIPPED):
            told.append(f"{skipped} skipped")
        if left := self.open_steps:
            told.append(f"not {'needed' if self.finished else 'walked'}: {spans(left)}")
        return ", ".join(told)

    @property
    def filled(self) -> dict[str, str]:
        """The variables' values by name; the last one given counts, "" where it was taken away."""
        return {name: value for mark in self.marks for name, value in mark.values.items()}

    def vain(self, step: int) -> bool:
        """Whether somebody said of a step that it did not help, also when it was taken up again since."""
        return any(mark.did is Did.TRIED and mark.step == step for mark in self.marks)

    def evidence(self, step: int) -> tuple[Mark, ...]:
        """What was noted on a step, oldest first."""
        return tuple(mark for mark in self.marks if mark.did is Did.NOTED and mark.step == step)


def spans(steps: Iterable[int]) -> str:
    """`2, 3, 5 to 8` for the numbers of steps in their order: three and more in a row are told by their ends."""
    runs: list[list[int]] = []
    for step in steps:
        if runs and step == runs[-1][-1] + 1:
            runs[-1].append(step)
        else:
            runs.append([step])
    return ", ".join(f"{run[0]} to {run[-1]}" if len(run) > 2 else ", ".join(map(str, run)) for run in runs)
