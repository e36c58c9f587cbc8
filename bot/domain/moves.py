"""What may be pressed in a walk, and what the walk is afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from bot.domain.gaps import check, gaps
from bot.domain.playbook import Playbook
from bot.domain.walk import NO_MORE, SAID_AT_CLOSE, Did, Mark, Walk
from bot.errors import NotAllowed, UserError

NO_HELP = "it did not help"
MAX_NOTE_CHARS = 3000


def press(walk: Walk, did: Did, *, step: int, by: str, at: datetime, reason: str = "") -> Walk:
    """Return the walk after one press on `step`.

    Each press applies to the step being shown only, so a second press on an old message changes nothing; on a walk
    that is over, what is shown is one past the last step. Evidence may be added to every step that was reached.
    Raises NotAllowed for a press on another step or on a walk put away, UserError for a skip without a reason, a note
    without words, and either of more than MAX_NOTE_CHARS.
    """
    if walk.ended_at:
        raise NotAllowed("This playbook was put away.", hint=f"Begin again with `/runbook walk {walk.playbook.name}`.")
    if did is Did.NOTED:
        return _marked(walk, _noted(walk, step, by, at, reason))
    if step != walk.position or (walk.over and did is not Did.BACK):
        raise NotAllowed(f"Step {step} is not the one in hand.", hint="Use the newest step shown in the channel.")
    if did is Did.BACK:
        if len(walk.way) == 1:
            raise NotAllowed("This is the first step; there is nothing to go back to.")
        return _marked(walk, Mark(step=walk.way[-2], did=did, by=by, at=at))
    if len(reason) > MAX_NOTE_CHARS:
        raise _too_long(reason, "Say it in a few words, and keep the rest with *Add evidence…*.")
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


def finish(walk: Walk, *, step: int, by: str, at: datetime) -> Walk:
    """Return the walk with `step` done as the last one that is needed; any other can still be gone to.

    Raises NotAllowed where another step is in hand.
    """
    return press(walk, Did.DONE, step=step, by=by, at=at, reason=NO_MORE)


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
        raise _too_long(text, "Keep the lines that tell, or post it as a file and put :pushpin: on it.")
    return Mark(step=step, did=Did.NOTED, by=by, at=at, reason=text.strip("\n"))


def _too_long(text: str, hint: str) -> UserError:
    return UserError(f"That has {len(text):,} characters; {MAX_NOTE_CHARS:,} is the most.", hint=hint)


def _marked(walk: Walk, mark: Mark) -> Walk:
    return replace(walk, marks=(*walk.marks, mark))
