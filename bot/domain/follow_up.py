"""Reading a follow-up as people type it: what it is for, until when, where it is tracked, in any order. Pure.

A day counts after `by` or `due` wherever it stands, and as `in 2 weeks` at the beginning or the end. A day that can be
read in two ways is asked about. What is no such piece stays in the words.
"""

from __future__ import annotations

import re
from calendar import month_name, monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from difflib import get_close_matches

from bot.domain.clocks import DAY, read_day
from bot.domain.roles import Aim, Task
from bot.errors import UserError

HOW_TO_TYPE = "Type it as `by 2026-12-01`, `by 1 Dec`, `by friday` or `in 2 weeks`."

_AIMS = {aim.value: aim for aim in Aim} | {
    "prevention": Aim.PREVENT,
    "detection": Aim.DETECT,
    "mitigation": Aim.MITIGATE,
}
_HASH = re.compile(r"\s?(?<![\w#&/<|])#(\w{3,20})(?![\w-])")
_BY = r"(?<![\w-])(?:due(?:\s+(?:by|on))?|by|until)\s+"
_NEXT = r"next\s+(?:week|month|(?:mon|tues|wednes|thurs|fri|satur|sun)day)"
_DUE = re.compile(rf"{_BY}(?P<day>{_NEXT}|{DAY})(?![\w/-])[,;.]?", re.IGNORECASE)
_IN = r"(?:due\s+in|within|in)\s+(?P<many>an?|one|two|three|[0-9]{1,3})\s+(?P<unit>day|week|month)s?"
_IN_FIRST = re.compile(rf"\s*{_IN}\b[,;:]?\s*", re.IGNORECASE)
_IN_LAST = re.compile(rf"(?<![\w-]){_IN}[.]?\s*\Z", re.IGNORECASE)
_EITHER = re.compile(
    rf"{_BY}(?P<typed>[0-9]{{1,2}}(?P<sign>[./])[0-9]{{1,2}}(?P=sign)(?:[0-9]{{4}}|[0-9]{{2}})?(?!\w)"
    r"|[0-9]{1,2}/[0-9]{1,2}(?=\s*\Z))",
    re.IGNORECASE,
)
_VAGUE = re.compile(
    rf"{_BY}(?:(?:the\s+)?(?P<span>end|eod|eow|eom|month|week)\b|(?P<last>\w+)(?=\s*\Z))", re.IGNORECASE
)
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "today", "tomorrow")
_MONTHS = tuple(name.lower() for name in month_name if name)
_NUMBER = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3}
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
        due, words = _due(words, today)
        link, words = _link(words)
        if due is None:
            due, words = _due(words, today)
    except UserError as wrong:
        raise UserError(wrong.message, wrong.hint, typed=text) from None
    return Said(words=" ".join(words.split()), aim=aim, due=due, link=link, note=_note(words, due))


def spelt(day: date) -> str:
    """Return the day as `1 December 2026`."""
    return f"{day.day} {day:%B %Y}"


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
    if due is None and (vague := _VAGUE.search(words)) and (vague["span"] or _like_a_day(vague["last"])):
        return f"I read no day in `{vague[0].strip()}`; it is kept as typed. {HOW_TO_TYPE}"
    return ""


def _like_a_day(word: str) -> bool:
    return bool(get_close_matches(word.lower(), (*_DAYS, *_MONTHS), n=1, cutoff=0.75))


def _due(text: str, today: date) -> tuple[date | None, str]:
    if unsure := _EITHER.search(text):
        raise UserError(f"I read no day as `{unsure['typed']}`: some people put the month first.", hint=HOW_TO_TYPE)
    found = list(_DUE.finditer(text)) or [m for m in (_IN_FIRST.match(text), _IN_LAST.search(text)) if m]
    days = {_day(match, today): match for match in found}
    if not days:
        return None, text
    if len(days) > 1:
        told = " and ".join(f"`{spelt(day)}`" for day in sorted(days))
        raise UserError(f"A follow-up is due on one day; I read {told}.", hint=HOW_TO_TYPE)
    ((day, match),) = days.items()
    if day < today:
        raise UserError(f"`{match[0].strip()}` is {spelt(day)}, which is over.", hint=HOW_TO_TYPE)
    return day, f"{text[: match.start()]} {text[match.end() :]}".strip()


def _day(match: re.Match[str], today: date) -> date:
    said = match.groupdict()
    if said.get("unit"):
        return _ahead(match, today)
    typed = " ".join(said["day"].lower().split())
    if typed.startswith("next "):
        return _next(typed, today)
    read_ = read_day(typed, today=_horizon(typed, today))
    if read_ is None:
        raise UserError(f"I cannot read a day in `{match[0].strip()}`.", hint=HOW_TO_TYPE)
    if typed.isalpha() and read_ == today and typed != "today":
        told = f"{spelt(today)} or {spelt(today + timedelta(days=7))}"
        raise UserError(f"Today is {today:%A}; `{match[0].strip()}` can be {told}.", hint=HOW_TO_TYPE)
    if (weekday := re.match(r"(mon|tue|wed|thu|fri|sat|sun)[a-z]*[.,]?\s+.*[0-9]", typed)) and (
        f"{read_:%a}".lower() != weekday[1]
    ):
        raise UserError(f"{spelt(read_)} is a {read_:%A}, and you typed `{match[0].strip()}`.", hint=HOW_TO_TYPE)
    return read_


def _horizon(typed: str, today: date) -> date:
    """The day against which `read_day`, which looks back, finds the nearest one ahead."""
    if typed in ("today", "yesterday", "tomorrow"):
        return today
    if re.fullmatch(r"[a-z.]+", typed):
        return today + timedelta(days=6)
    leap = (today.month, today.day) == (2, 29)
    return today.replace(year=today.year + 1, day=28 if leap else today.day) - timedelta(days=0 if leap else 1)


def _next(typed: str, today: date) -> date:
    word = typed.removeprefix("next ")
    nearest = read_day(word, today=today + timedelta(days=7))
    if nearest is None:
        raise UserError(f"`{typed}` names no single day.", hint=HOW_TO_TYPE)
    told = f"{spelt(nearest)} or {spelt(nearest + timedelta(days=7))}"
    raise UserError(f"`{typed}` can be {told}.", hint=HOW_TO_TYPE)


def _ahead(match: re.Match[str], today: date) -> date:
    many = _NUMBER.get(match["many"].lower()) or int(match["many"])
    unit = match["unit"].lower()
    if unit != "month":
        return today + timedelta(days=many * (7 if unit == "week" else 1))
    year, month = divmod(today.year * 12 + today.month - 1 + many, 12)
    return date(year, month + 1, min(today.day, monthrange(year, month + 1)[1]))


def _link(text: str) -> tuple[str, str]:
    for pattern in (_LINK_LAST, _LINK_FIRST):
        if found := pattern.search(text) if pattern is _LINK_LAST else pattern.match(text):
            address = found["marked"] or found["bare"].rstrip(".,;)")
            return address, f"{text[: found.start()]} {text[found.end() :]}".strip()
    return "", text
