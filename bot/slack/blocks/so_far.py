"""What was done in a walk so far, in lines, for whoever comes in now."""

from __future__ import annotations

from bot.domain.playbook import Step
from bot.domain.walk import Did, Mark, Walk, spans
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
        why = f": {plain(shorten(mark.reason, 120))}" if mark.reason else ""
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
    marks = [mark for mark in here if mark.did in BESIDE or mark is again]
    lines = []
    for mark in marks[-MAX_BESIDE:]:
        who = f"({mention(mark.by)} {_at(mark)})"
        if "\n" in mark.reason:
            lines.append(f"{DID[mark.did]} {who}\n{fence(mark.reason, MAX_NOTE)}")
        else:
            before = f"{mark.did} before" if mark is again and mark.did is not Did.TRIED else ""
            said = plain(shorten(mark.reason, MAX_NOTE)) or ("asked for help" if mark.did is Did.HELP else "")
            lines.append(f"{DID[mark.did]} {': '.join(one for one in (before, said) if one)} {who}")
    return lines


def _at(mark: Mark) -> str:
    return date(mark.at, "{time}")
