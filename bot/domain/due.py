"""Reading the last day of something as people type it: `by friday`, `by the 3rd of december`, `in 2 weeks`. Pure.

A day counts after `by`, `due` or `until` wherever it stands, as `in 2 weeks` at the beginning or the end, and alone.
One that can be read in two ways is asked about, one that is over is refused, and what only looks like a day is told.
"""

from __future__ import annotations

import re
from calendar import month_name, monthrange
from datetime import date, timedelta
from difflib import get_close_matches

from bot.domain.clocks import DAY, read_day
from bot.errors import UserError

HOW_TO_TYPE = "Type it as `by 2026-12-01`, `by 1 Dec`, `by friday` or `in 2 weeks`."
JUST_OVER = timedelta(days=31)  # a day without a year that is over no longer than this is hardly meant for next year

_MONTHS = tuple(name.lower() for name in month_name if name)
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "today", "tomorrow")
_MONTH = rf"(?:{'|'.join(f'{name[:3]}(?:{name[3:]})?' for name in _MONTHS)}|sept)"
_WEEKDAY = r"(?:mon|tues|wednes|thurs|fri|satur|sun)day"
_NEXT = rf"next\s+(?:week|month|{_WEEKDAY})"
_NTH = r"[0-9]{1,2}(?:st|nd|rd|th)?"
_YEAR = r"(?:,?\s+[0-9]{4}(?![0-9:]))?"
# Written so beside what a time of the timeline takes: `3. december`, `december the 3rd`.
_MORE = rf"(?:[0-9]{{1,2}}\.\s?{_MONTH}\b\.?{_YEAR}|{_MONTH}\s+the\s+{_NTH}\b{_YEAR})"
# The point after the month, or the year, makes it a day; nobody who writes points puts the month first.
_POINTS = r"(?P<day_>[0-9]{1,2})\.\s?(?P<month_>[0-9]{1,2})\.(?:\s?(?P<year_>20[0-9]{2}|[0-9]{2})(?![0-9.]))?(?![0-9])"
_BY = r"(?<![\w-])(?:due(?:\s+(?:by|on))?|by|until|till)\s+"
_ANY = rf"(?P<day>(?:(?:the|this)\s+)?(?:{_NEXT}|{_MORE}|{_POINTS}|{DAY}))(?![\w/-])[,;.]?"
_DUE = re.compile(f"{_BY}{_ANY}", re.IGNORECASE)
_ALONE = re.compile(rf"\s*{_ANY}\s*", re.IGNORECASE)
_IN = r"(?:due\s+in|within|in)\s+(?P<many>an?|one|two|three|[0-9]{1,3})\s+(?P<unit>day|week|month)s?"
_IN_FIRST = re.compile(rf"\s*{_IN}\b[,;:]?\s*", re.IGNORECASE)
_IN_LAST = re.compile(rf"(?<![\w-]){_IN}[.]?\s*\Z", re.IGNORECASE)
_SLASHED = re.compile(
    rf"{_BY}(?P<day>(?P<one>[0-9]{{1,2}})/(?P<other>[0-9]{{1,2}})(?:/(?P<slash_year>[0-9]{{4}}|[0-9]{{2}}))?)(?![\w/])",
    re.IGNORECASE,
)
_VAGUE = re.compile(
    rf"{_BY}(?:(?P<span>(?:the\s+)?(?:end|eod|eow|eom|month|week(?:end)?|tonight|noon|midnight)\b(?:\s+of(?:\s+\w+){{1,2}})?"
    r"|[0-9]{1,2}\s?[ap]m\b|(?:(?:the\s+)?[0-9]{1,2}(?:st|nd|rd|th)|[0-9]{2}\.[0-9]{2})(?=[.]?\s*\Z))"
    rf"|(?P<month>(?:[\w.]+\s+){{1,3}}(?:{'|'.join(_MONTHS)})(?=[.]?\s*\Z))"
    r"|(?P<last>\w+)(?=\s*\Z))",
    re.IGNORECASE,
)
_FULL = (
    rf"(?:today|tomorrow|{_NEXT}|{_WEEKDAY}|[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}"
    rf"|{_MONTH}\.?\s+{_NTH}|{_NTH}\s+(?:of\s+)?{_MONTH}){_YEAR}"
)
_BARE = re.compile(
    rf"\s*(?P<first>{_FULL})(?=[,:])"
    rf"|(?:(?<!\w)(?P<before>\w+)\s+|\A)(?:(?:on|before)\s+)?(?:the\s+)?(?P<last>{_FULL})[.]?\s*\Z",
    re.IGNORECASE,
)
_OF_THEN = frozenset({"of", "from", "since", "after", "last", "like", "than", "between", "and", "until", "at", "to"})
_NUMBER = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3}


def find(text: str, *, today: date) -> tuple[date | None, str]:
    """The day on which it is due, and the text without it. Raises UserError for one that is unsure or over."""
    found = [*_DUE.finditer(text), *(match for match in _SLASHED.finditer(text) if _is_day(match))]
    found = found or [m for m in (_ALONE.fullmatch(text), _IN_FIRST.match(text), _IN_LAST.search(text)) if m]
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


def remark(words: str) -> str:
    """What to say of words in which no day was read and that look as if one was meant; "" for any others."""
    words = " ".join(words.split())  # long runs of blanks would be tried from each of them
    vague = _VAGUE.search(words)
    if vague and (vague["span"] or vague["month"] or _like_a_day(vague["last"])):
        return f"I read no day in `{vague[0].strip()}`; it is kept as typed. {HOW_TO_TYPE}"
    bare = _BARE.search(words)
    if bare and (bare["before"] or "").lower() not in _OF_THEN:
        day = bare["first"] or bare["last"]
        how = HOW_TO_TYPE if day.lower().startswith("next") else f"If it is due then, type `by {day}`."
        return f"I read no day in `{day}`; it is kept as typed. {how}"
    return ""


def spelt(day: date) -> str:
    """Return the day as `1 December 2026`."""
    return f"{day.day} {day:%B %Y}"


def _is_day(slashed: re.Match[str]) -> bool:
    """Whether `1/2` can be meant as a day: with a year, or at an end. `by 1/2 of the load` in the middle is a share."""
    before, after = slashed.string[: slashed.start()], slashed.string[slashed.end() :]
    return bool(slashed["slash_year"]) or not before.strip() or not after.strip(" .")


def _like_a_day(word: str) -> bool:
    return bool(get_close_matches(word.lower(), (*_DAYS, *_MONTHS), n=1, cutoff=0.75))


def _day(match: re.Match[str], today: date) -> date:
    said, shown = match.groupdict(), match[0].strip()
    if said.get("unit"):
        return _ahead(match, today)
    typed = _slashed(match) if said.get("one") else _plain(match)
    if typed.startswith("next "):
        raise _next(typed, today)
    read_ = _read(typed, today, shown)
    if typed.isalpha() and read_ == today and typed != "today":
        told = f"{spelt(today)} or {spelt(_days_on(today, 7))}"
        raise UserError(f"Today is {today:%A}; `{shown}` can be {told}.", hint=HOW_TO_TYPE)
    weekday = re.match(r"(mon|tue|wed|thu|fri|sat|sun)[a-z]*[.,]?\s+.*[0-9]", typed)
    if weekday and f"{read_:%a}".lower() != weekday[1]:
        raise UserError(f"{spelt(read_)} is a {read_:%A}, and you typed `{shown}`.", hint=HOW_TO_TYPE)
    return read_


def _read(typed: str, today: date, shown: str) -> date:
    """The day, the next one where no year is given. Raises UserError for one that is none, or has just been."""
    plain = typed.isalpha() or re.search("[0-9]{4}", typed)
    ahead = 6 if typed.isalpha() and typed not in ("today", "yesterday", "tomorrow") else 0
    try:
        last = read_day(typed, today=_days_on(today, ahead))
        coming = last if plain else read_day(typed, today=_in_a_year(today))
    except UserError:
        last = coming = None
    if last is None or coming is None:
        raise UserError(f"`{shown}` is not a date.", hint=HOW_TO_TYPE)
    if plain or last == today:
        return last
    if coming < today:
        raise UserError(f"There is no `{typed}` within a year.", hint="Type it with its year, as in `by 2028-02-29`.")
    if today <= last + JUST_OVER:
        hint = f"For the next one, type the year: `by {coming.isoformat()}`."
        raise UserError(f"`{shown}` is {spelt(last)}, which is over.", hint=hint)
    return coming


def _in_a_year(today: date) -> date:
    """The last day before the same one comes again."""
    leap = (today.month, today.day) == (2, 29)
    return today.replace(year=today.year + 1, day=28 if leap else today.day) - timedelta(days=0 if leap else 1)


def _plain(match: re.Match[str]) -> str:
    """The day as `read_day` knows it: `3. december` and `03.12.` as `3 december`."""
    typed = " ".join(match["day"].lower().split()).removeprefix("the ").removeprefix("this ")
    if match["day_"]:
        return _named(match["day_"], match["month_"], match["year_"], match)
    return re.sub(r"^([0-9]{1,2})\.\s?", r"\1 ", typed).replace(" the ", " ")


def _slashed(match: re.Match[str]) -> str:
    """The same for `13/12`. Raises UserError where day and month can be either."""
    one, other = int(match["one"]), int(match["other"])
    if one <= 12 and other <= 12 and one != other and one and other:
        told = " or ".join(f"{day} {_MONTHS[month - 1].title()}" for day, month in ((one, other), (other, one)))
        raise UserError(f"`{match['day']}` can be {told}: some people put the month first.", hint=HOW_TO_TYPE)
    day, month = (one, other) if other <= 12 else (other, one)
    return _named(str(day), str(month), match["slash_year"], match)


def _named(day: str, month: str, year: str | None, match: re.Match[str]) -> str:
    if not 1 <= int(month) <= 12:
        raise UserError(f"`{match['day']}` is not a date.", hint=HOW_TO_TYPE)
    return f"{int(day)} {_MONTHS[int(month) - 1]}{f' {2000 + int(year) % 2000}' if year else ''}"


def _next(typed: str, today: date) -> UserError:
    word = typed.removeprefix("next ")
    if word == "month":
        year, month = divmod(today.year * 12 + today.month, 12)
        first, last = date(year, month + 1, 1), date(year, month + 1, monthrange(year, month + 1)[1])
    elif word == "week":
        first = _days_on(today, 7 - today.weekday())
        last = _days_on(first, 4)
    else:
        first = read_day(word, today=_days_on(today, 7)) or today
        return UserError(f"`{typed}` can be {spelt(first)} or {spelt(_days_on(first, 7))}.", hint=HOW_TO_TYPE)
    told = f"`{typed}` names no single day; it is {spelt(first)} to {spelt(last)}."
    return UserError(told, hint=f"Type the day, as in `by {last.isoformat()}`.")


def _days_on(day: date, many: int) -> date:
    return day + timedelta(days=many)


def _ahead(match: re.Match[str], today: date) -> date:
    many = _NUMBER.get(match["many"].lower()) or int(match["many"])
    unit = match["unit"].lower()
    if unit != "month":
        return _days_on(today, many * (7 if unit == "week" else 1))
    year, month = divmod(today.year * 12 + today.month - 1 + many, 12)
    return date(year, month + 1, min(today.day, monthrange(year, month + 1)[1]))
