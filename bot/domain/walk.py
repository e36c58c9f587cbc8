"""One walk along a playbook: every press on a step, and what follows from them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from bot.domain.gaps import check, gaps
from bot.domain.playbook import Playbook, Step
from bot.errors import NotAllowed, UserError

NO_HELP = "it did not help"
SAID_AT_CLOSE = "said at close"  # the reason of a press that tells that a step was done, and not when
MAX_NOTE_CHARS = 3000


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
        position = 1
        for mark in self.marks:
            if mark.did in (Did.BACK, Did.WENT):
                position = mark.step
            elif mark.did in ONWARD:
                at_close = mark.did is Did.DONE and mark.reason == SAID_AT_CLOSE
                position = len(self.playbook.steps) + 1 if at_close else mark.step + 1
        return position

    @property
    def taken_up_at(self) -> datetime:
        """When the step in hand was taken up."""
        return next((mark.at for mark in reversed(self.marks) if mark.did in MOVES), self.begun_at)

    @property
    def over(self) -> bool:
        """True once the last step is left behind, or the close said that the others were done too."""
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
        """What stands for each step that was left behind. Going back takes up that step and all after it again."""
        kept: dict[int, Mark] = {}
        for mark in self.marks:
            if mark.did is Did.BACK:
                kept = {step: one for step, one in kept.items() if step < mark.step}
            elif mark.did in ONWARD:
                kept[mark.step] = mark
        return kept

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
        """The open steps before the one in hand or before one that was left behind: somebody went past them."""
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
            told.append(f"not walked: {', '.join(map(str, left))}")
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


def press(walk: Walk, did: Did, *, step: int, by: str, at: datetime, reason: str = "") -> Walk:
    """Return the walk after one press on `step`.

    Each press applies to the step being shown only, so a second press on an old message changes nothing; on a walk
    that is over, what is shown is one past the last step. Evidence may be added to every step that was reached.
    Raises NotAllowed for a press on another step or on a walk put away, UserError for a skip without a reason or
    a note without words.
    """
    if walk.ended_at:
        raise NotAllowed("This playbook was put away.", hint=f"Begin again with `/runbook walk {walk.playbook.name}`.")
    if did is Did.NOTED:
        return _marked(walk, _noted(walk, step, by, at, reason))
    if step != walk.position or (walk.over and did is not Did.BACK):
        raise NotAllowed(f"Step {step} is not the one in hand.", hint="Use the newest step shown in the channel.")
    if did is Did.BACK:
        if walk.position <= 1:
            raise NotAllowed("This is the first step; there is nothing to go back to.")
        return _marked(walk, Mark(step=walk.position - 1, did=did, by=by, at=at))
    if did is Did.SKIPPED and not reason.strip():
        raise UserError("A skipped step needs a reason.", hint="A few words are enough, for the people who read later.")
    reason = reason or (NO_HELP if did is Did.TRIED else "")
    return _marked(walk, Mark(step=step, did=did, by=by, at=at, reason=reason.strip()))


def go(walk: Walk, step: int, *, by: str, at: datetime) -> Walk:
    """Return the walk with `step` in hand, from wherever it was, its end included. All that stands keeps standing.

    Raises NotAllowed for a walk put away and for the step in hand, UserError for a number that is no step's.
    """
    check_step(walk.playbook, step)
    if walk.ended_at:
        raise NotAllowed("This playbook was put away.", hint=f"Begin again with `/runbook walk {walk.playbook.name}`.")
    if step == walk.position:
        raise NotAllowed(f"Step {step} is in hand already.", hint="It is the step shown in the channel.")
    return _marked(walk, Mark(step=step, did=Did.WENT, by=by, at=at))


def check_step(playbook: Playbook, step: int) -> None:
    """Raise UserError for a number that is no step's of the playbook."""
    steps = len(playbook.steps)
    if 1 <= step <= steps:
        return
    if not steps:
        raise UserError(f"`{playbook.name}` has no steps to go to.", hint=f"Read it: `/runbook show {playbook.name}`.")
    raise UserError(
        f"`{playbook.name}` has {steps} {'step' if steps == 1 else 'steps'}, and no step {step}.",
        hint=f"Type one from 1 to {steps}, as in `/runbook walk {playbook.name} {steps}`.",
    )


def said_done(walk: Walk, step: int, *, by: str, at: datetime) -> Walk:
    """Return the walk with an open step done, as somebody says at close; no step is in hand afterwards."""
    return _marked(walk, Mark(step=step, did=Did.DONE, by=by, at=at, reason=SAID_AT_CLOSE))


def fill_in(walk: Walk, given: Mapping[str, str | None], *, step: int, by: str, at: datetime) -> Walk:
    """Return the walk with values for its playbook's variables, given at `step`; None takes a value away, and an empty
    one leaves its variable as it is.

    Raises BadValue (a UserError that knows its variable) for a value of the wrong kind, NotAllowed for another step.
    """
    if walk.ended_at or not 1 <= step <= len(walk.playbook.steps):
        raise NotAllowed("This step is not in hand any more.", hint="Use the newest step shown in the channel.")
    known = gaps(walk.playbook)
    read = {
        name: check(known[name], value) for name, value in given.items() if name in known and value and value.strip()
    }
    read |= {name: "" for name, value in given.items() if name in known and value is None}
    changed = {name: value for name, value in read.items() if walk.filled.get(name) != value}
    if not changed:
        return walk
    told = ", ".join(
        f"{name} = {value}" if value else f"{name} to be filled in anew" for name, value in changed.items()
    )
    return _marked(walk, Mark(step=step, did=Did.FILLED, by=by, at=at, reason=told, values=changed))


def put_away(walk: Walk, *, at: datetime) -> Walk:
    """Return the walk as left before its end. Raises NotAllowed when no step of it is in hand."""
    if not walk.in_hand:
        raise NotAllowed("This playbook is not in hand any more.", hint="Nothing needs to be put away.")
    return replace(walk, ended_at=at)


def _noted(walk: Walk, step: int, by: str, at: datetime, text: str) -> Mark:
    reached = max([walk.position, *(mark.step for mark in walk.marks)])
    if not 1 <= step <= min(reached, len(walk.playbook.steps)):
        raise NotAllowed(f"Step {step} was not reached yet.", hint="Use the newest step shown in the channel.")
    if not text.strip():
        raise UserError("Evidence needs a few words.", hint="Paste what the command printed, or say what you saw.")
    if len(text) > MAX_NOTE_CHARS:
        raise UserError(
            f"That has {len(text):,} characters; {MAX_NOTE_CHARS:,} is the most.",
            hint="Keep the lines that tell, or post it as a file and put :pushpin: on it.",
        )
    return Mark(step=step, did=Did.NOTED, by=by, at=at, reason=text.strip("\n"))


def _marked(walk: Walk, mark: Mark) -> Walk:
    return replace(walk, marks=(*walk.marks, mark))
