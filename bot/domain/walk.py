"""One walk along a playbook: every press on a step, and what follows from them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from bot.domain.playbook import Playbook
from bot.errors import NotAllowed, UserError

NO_HELP = "it did not help"


class Did(StrEnum):
    """What was done with a step."""

    DONE = "done"
    SKIPPED = "skipped"
    TRIED = "tried"  # done, and it did not help
    BACK = "back"


@dataclass(frozen=True, kw_only=True)
class Mark:
    """One press on a step: who, when, what, and why if it was skipped."""

    step: int
    did: Did
    by: str
    at: datetime
    reason: str = ""


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
            position = mark.step if mark.did is Did.BACK else mark.step + 1
        return position

    @property
    def over(self) -> bool:
        """True once the last step is done or skipped."""
        return self.position > len(self.playbook.steps)

    @property
    def in_hand(self) -> bool:
        """True while a step waits to be done."""
        return not self.over and self.ended_at is None


def press(walk: Walk, did: Did, *, step: int, by: str, at: datetime, reason: str = "") -> Walk:
    """Return the walk after one press on `step`.

    Each press applies to the step being shown only, so a second press on an old message changes nothing; on a walk
    that is over, what is shown is one past the last step.
    Raises NotAllowed for a press on another step or on a walk put away, UserError for a skip without a reason.
    """
    if walk.ended_at:
        raise NotAllowed("This playbook was put away.", hint=f"Begin again with `/runbook walk {walk.playbook.name}`.")
    if step != walk.position or (walk.over and did is not Did.BACK):
        raise NotAllowed(f"Step {step} is not the one in hand.", hint="Use the newest step shown in the channel.")
    if did is Did.BACK:
        if walk.position <= 1:
            raise NotAllowed("This is the first step; there is nothing to go back to.")
        return replace(walk, marks=(*walk.marks, Mark(step=walk.position - 1, did=did, by=by, at=at)))
    if did is Did.SKIPPED and not reason.strip():
        raise UserError("A skipped step needs a reason.", hint="A few words are enough, for the people who read later.")
    reason = reason or (NO_HELP if did is Did.TRIED else "")
    return replace(walk, marks=(*walk.marks, Mark(step=step, did=did, by=by, at=at, reason=reason.strip())))


def put_away(walk: Walk, *, at: datetime) -> Walk:
    """Return the walk as left before its end. Raises NotAllowed when no step of it is in hand."""
    if not walk.in_hand:
        raise NotAllowed("This playbook is not in hand any more.", hint="Nothing needs to be put away.")
    return replace(walk, ended_at=at)
