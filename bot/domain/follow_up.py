"""Reading a follow-up as people type it: what it is for, until when, where it is tracked, in any order. Pure.

How a day is read stands in due.py. What is no such piece stays in the words.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches

from bot.domain import due as days
from bot.domain.due import spelt
from bot.domain.roles import Aim, Task
from bot.errors import UserError

_AIMS = {aim.value: aim for aim in Aim} | {
    "prevention": Aim.PREVENT,
    "detection": Aim.DETECT,
    "mitigation": Aim.MITIGATE,
}
_HASH = re.compile(r"\s?(?<![\w#&/<|])#(\w{3,20})(?![\w-])")
_ADDRESS = r"https?://[^\s<>|]+"
_LINK = rf"(?:<(?P<marked>{_ADDRESS})(?:\|[^<>]*)?>|(?P<bare>{_ADDRESS}))"
_LINK_FIRST = re.compile(rf"\s*{_LINK}[,;:]?(?=\s|\Z)", re.IGNORECASE)
_LINK_LAST = re.compile(rf"(?:\A|\s){_LINK}[.,;)]?\s*\Z", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Said:
    """What was said of a follow-up beside its words, and a remark on what was left in them."""

    words: str
    aim: Aim | None = None
    due: date | None = None
    link: str = ""
    note: str = ""


def read(text: str, *, today: date) -> Said:
    """Take aim, day and link out of the text. Raises UserError, with the text in `typed`, for an unsure day or aim."""
    try:
        aim, words = _aim(text)
        # Twice: either may stand outside the other.
        due, words = days.find(words, today=today)
        link, words = _link(words)
        if due is None:
            due, words = days.find(words, today=today)
    except UserError as wrong:
        raise UserError(wrong.message, wrong.hint, typed=text) from None
    return Said(words=" ".join(words.split()), aim=aim, due=due, link=link, note=_note(words, due))


def check_aim(words: str) -> None:
    """Raise UserError naming the aims where nothing is left but a #word: it was meant as one."""
    if found := re.fullmatch(r"#([\w-]{1,60})", words.strip()):
        near = get_close_matches(found[1].lower(), _AIMS, n=1, cutoff=0.7)
        guess = f" Did you mean `#{_AIMS[near[0]]}`?" if near else ""
        *most, last = (f"`#{aim}`" for aim in Aim)
        raise UserError(f"`#{found[1]}` is no aim.{guess}", hint=f"The aims are {', '.join(most)} and {last}.")


def overdue(task: Task, today: date) -> bool:
    """Whether the follow-up is open and its last day is over."""
    return task.done_at is None and task.due is not None and task.due < today


def when(task: Task, today: date) -> str:
    """Return `due 1 December 2026`, how late it is while it is open, "" where no day was given."""
    if task.due is None:
        return ""
    if not overdue(task, today):
        return "due today" if task.due == today and task.done_at is None else f"due {spelt(task.due)}"
    late = (today - task.due).days
    return f"due {spelt(task.due)}, {late} day{'' if late == 1 else 's'} overdue"


def _aim(text: str) -> tuple[Aim | None, str]:
    found = [match for match in _HASH.finditer(text) if match[1].lower() in _AIMS]
    aims = {_AIMS[match[1].lower()] for match in found}
    if len(aims) > 1:
        raise UserError(
            f"A follow-up has one aim; you typed {' and '.join(f'`#{aim}`' for aim in Aim if aim in aims)}.",
            hint="Keep the one that counts most, or write two follow-ups.",
        )
    for match in reversed(found):
        text = text[: match.start()] + " " + text[match.end() :]
    return next(iter(aims), None), text.strip()


def _note(words: str, due: date | None) -> str:
    for match in _HASH.finditer(words):
        if near := get_close_matches(match[1].lower(), _AIMS, n=1, cutoff=0.7):
            return f"`#{match[1]}` is kept as typed. Did you mean `#{_AIMS[near[0]]}`?"
    return days.remark(words) if due is None else ""


def _link(text: str) -> tuple[str, str]:
    for pattern in (_LINK_LAST, _LINK_FIRST):
        if found := pattern.search(text) if pattern is _LINK_LAST else pattern.match(text):
            address = found["marked"] or found["bare"].rstrip(".,;)")
            return address, f"{text[: found.start()]} {text[found.end() :]}".strip()
    return "", text
