"""What was done in a walk so far, in lines, for whoever comes in now."""

from __future__ import annotations

from bot.domain.playbook import Step
from bot.domain.walk import NO_MORE, Did, Mark, Walk, spans
from bot.slack.text import date, fence, mention, plain, shorten

DID = {
    Did.DONE: ":white_check_mark:",
    Did.SKIPPED: ":fast_forward:",
    Did.TRIED: ":x:",
    Did.NOTED: ":memo:",
    Did.FILLED: ":wrench:",
    Did.HELP: ":busts_in_silhouette:",
}
BESIDE = frozenset({Did.NOTED, Did.FILLED, Did.HELP, Did.TRIED})
MAX_BEHIND = 10  # steps left behind that are listed above the one in hand
MAX_BESIDE = 6  # notes, values and calls for help of the step in hand
MAX_NOTE = 240  # characters of each of them


def behind(walk: Walk) -> list[str]:
    """A line for each step left behind, for whoever comes in now."""
    standing = [mark for number, mark in walk.standing.items() if number != walk.position]
    lines = []
    for mark in standing[-MAX_BEHIND:]:
        title = plain(shorten(walk.playbook.steps[mark.step - 1].title, 80))
        notes = len(walk.evidence(mark.step))
        why = f": {plain(shorten(mark.reason, 120))}" if mark.reason not in ("", NO_MORE) else ""
        why += "; the time before it did not help" * (mark.did is not Did.TRIED and walk.vain(mark.step))
        kept = f", {notes} {'note' if notes == 1 else 'notes'}" if notes else ""
        lines.append(f"{DID[mark.did]} {mark.step}. {title} ({mark.did} by {mention(mark.by)} {_at(mark)}{why}{kept})")
    if earlier := len(standing) - len(lines):
        lines.insert(0, f"{earlier} {'step' if earlier == 1 else 'steps'} before these")
    if walk.passed_over:
        lines.append(f":white_circle: not walked: {spans(walk.passed_over)}")
    return lines


def beside(walk: Walk, step: Step) -> list[str]:
    """What was noted, filled in, asked and tried in vain on the step in hand, and how it was left before."""
    again = walk.again
    here = [mark for mark in walk.marks if mark.step == step.number]
    marks = [mark for mark in here if mark.did in BESIDE and mark is not again]
    lines = [f"{DID[again.did]} {_left(again)} ({mention(again.by)} {_at(again)})"] if again else []
    for mark in marks[-MAX_BESIDE:]:
        who = f"({mention(mark.by)} {_at(mark)})"
        if "\n" in mark.reason:
            lines.append(f"{DID[mark.did]} {who}\n{fence(mark.reason, MAX_NOTE)}")
        else:
            lines.append(f"{DID[mark.did]} {plain(shorten(mark.reason, MAX_NOTE)) or 'asked for help'} {who}")
    return lines


def _left(mark: Mark) -> str:
    """How a step that is in hand again was left before."""
    reason = " ".join(mark.reason.split())
    before = "" if mark.did is Did.TRIED else f"{mark.did} before"
    return ": ".join(one for one in (before, plain(shorten(reason, MAX_NOTE))) if one and one != NO_MORE)


def _at(mark: Mark) -> str:
    return date(mark.at, "{time}")
