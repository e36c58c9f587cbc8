"""A line of a timeline kept by hand, put as a pasted one has it: its time first, and what is said of that time behind.

People write `about 3pm:`, `~15:00`, `15:00ish`, `12:03-12:10`, `14.05 Uhr`, `1403 UTC`, `Alert fired (15:04)`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from bot.domain.clocks import DAY, Clock, read_clock, skip_separator

_MARKS = re.compile(r"[\s\-*•+>_`\[(|#]{0,12}(?:\d{1,3}[.)]\s+)?[*_`\[(]{0,4}(?:at\s{1,4}(?=\d))?", re.I)
_ABOUT = re.compile(
    r"(?:at\s+)?(?:(?:just|shortly|sometime|some time|a little|a bit|right)\s+)?"
    r"(?:about|around|approximately|approx\.?|roughly|circa|ca\.?|c\.|~|≈|before|after|by|from|since|until|till|nearly"
    r"|almost|gegen|um|ab|etwa|ungefähr|kurz nach|kurz vor)\s*(?=\d|[A-Z])",
    re.IGNORECASE,
)
_ISH = re.compile(
    r"\s?-?ish\b|\s?\?+|\s+or so\b|\s*\(\s*(?:about|approx\w*\.?|circa|ca\.?|est\w*\.?|roughly|\?+)\s*\)", re.I
)
_ROUND = re.compile(r"(?P<clock>\d{1,2}(?::\d{2})?\s?(?:[ap]\.?m\.?)?)(?:\s?-?ish\b|\?+)", re.IGNORECASE)
_TO = re.compile(r"\s*(?:-|–|—|to|until|till|bis)\s*", re.IGNORECASE)
_UHR = re.compile(r"(?<![\d.:])(\d{1,2})(?:[.:](\d{2}))?(?::\d{2})?\s?Uhr\b", re.IGNORECASE)
_DOTTED = re.compile(
    r"(\d{1,2})\.(\d{2})(?=\s?(?:[ap]\.?m\b|UTC|GMT|[ECMP]E?[SD]?T\b|[:–—-]\s|\s[–—-]\s))", re.IGNORECASE
)
_TIGHT = re.compile(r"([01]\d|2[0-3])([0-5]\d)(?=(?:\s?(?:Z|UTC|GMT)|\s?h(?:rs?|ours)?)\b)(?:\s?h(?:rs?|ours)?\b)?")
_WITH_H = re.compile(r"(\d{1,2})\s?h\s?([0-5]\d)\b")
_DMY = re.compile(r"(?<![\d./-])(\d{1,2})([./-])(\d{1,2})\2(\d{4}|\d{2})(?![\d/-]|\.\d)")
_DAY = re.compile(rf"(?P<day>{DAY})(?:,\s*|\s+)", re.IGNORECASE)
_LATER = re.compile(
    r"(?P<many>\d{1,3}|an?|one|two|three|four|five|ten|half an)"
    r"\s*(?P<unit>seconds?|secs?|minutes?|mins?|m|hours?|hrs?|h)"
    r"\s+(?:later|after(?:wards)?)\b",
    re.IGNORECASE,
)
_WORDS: Mapping[str, float] = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "ten": 10}
_END = re.compile(r"[\s\])|.*_`]*")


@dataclass(frozen=True, kw_only=True)
class Read:
    """A clock that a line says, the words that limit it ("" where it is plain), and what the line tells besides."""

    clock: Clock
    loose: str
    rest: str
    until: Clock | None = None  # where it is a stretch of time

    @property
    def line(self) -> str:
        """The line as a pasted timeline has it."""
        said = f"({self.loose}) {self.rest}".strip() if self.loose else self.rest
        return f"{self.clock.typed} - {said}" if said else self.clock.typed


def at_start(line: str, *, month_first: bool = False) -> Read | None:
    """Read the time that a line begins with, None for a line that begins with none."""
    marks = _MARKS.match(line)
    begin = marks.end() if marks else 0
    said = line[:begin] + plain(line[begin:], month_first=month_first)
    day = _DAY.match(said, begin)
    about = _ABOUT.match(said, day.end() if day else begin)
    start = about.end() if about else begin
    found = _clock(said, start)
    if found is None and (tight := _WITH_H.match(said, start)):
        said = f"{said[:start]}{tight[1]}:{tight[2]}{said[tight.end() :]}"
        found = _clock(said, start)
    if found is None:
        return None
    clock = found.clock
    if about and day:
        clock = replace(clock, typed=f"{day['day']} {clock.typed}", day=day["day"])
    loose = said[begin : found.end].strip(" :,;*_`[(") if about or found.doubt or found.until else ""
    return Read(clock=clock, loose=loose, rest=_rest(said, found.end), until=found.until)


def at_end(line: str) -> Read | None:
    """Read the time that a line ends with, as in `Alert fired (15:04 UTC)`."""
    marks = _MARKS.match(line)
    said = plain(line[marks.end() if marks else 0 :].rstrip())
    for gap in re.finditer(r"[\s(\[:~@–—-]+(?:at\s+|um\s+)?", said[:-3]):
        clock = read_clock(said, gap.end())
        if clock and _END.fullmatch(said, clock.end):
            about = "~" in gap[0]
            if clock.typed.count(")") > clock.typed.count("("):
                clock = replace(clock, typed=clock.typed.rstrip(")"))
            words = said[: gap.start()].rstrip(" *_`:,(")
            return Read(clock=clock, loose=f"~{clock.typed}" if about else "", rest=words) if words else None
    return None


def plain(text: str, *, month_first: bool = False, anywhere: bool = False) -> str:
    """Text that begins with a day or a clock as some countries write them, as the rest of us do."""
    day = _DMY.search(text, 0, 200 if anywhere else 40)
    if day and (anywhere or len(text[: day.start()].split()) < 3):
        first, second = int(day[1]), int(day[3])
        month_first = (month_first and day[2] == "/") or second > 12
        month, number = (first, second) if month_first else (second, first)
        year = int(day[4]) + (2000 if len(day[4]) == 2 else 0)
        text = f"{text[: day.start()]}{year:04}-{month:02}-{number:02}{text[day.end() :]}"
    head, tail = text[:60], text[60:]
    head = _UHR.sub(lambda said: f"{said[1]}:{said[2] or '00'}", head, count=2)
    head = re.sub(r"^(\S+\s+|)" + _DOTTED.pattern, r"\1\2:\3", head, flags=re.IGNORECASE)
    head = re.sub(r"^((?:\S+\s+)?)" + _TIGHT.pattern, r"\1\2:\3", head)
    return head + tail


def writes_month_first(text: str) -> bool | None:
    """Whether days such as 4/23/2026 have the month first; None where every one of them could be read both ways."""
    found = [(int(day[1]), int(day[3])) for day in _DMY.finditer(text) if day[2] == "/"]
    if any(second > 12 for _, second in found):
        return True
    return False if not found or any(first > 12 for first, _ in found) else None


def later(line: str) -> timedelta | None:
    """How much later than the line above a line says that it happened; None where it gives no length."""
    marks = _MARKS.match(line)
    found = _LATER.match(line, marks.end() if marks else 0)
    if not found:
        return None
    said = found["many"].lower()
    many = float(said) if said.isdigit() else _WORDS.get(said, 0.5)
    unit = {"s": "seconds", "m": "minutes", "h": "hours"}[found["unit"][0].lower()]
    return timedelta(**{unit: many})


def clocks_behind(text: str, words: re.Pattern[str]) -> Iterator[tuple[re.Match[str], Clock]]:
    """Every clock that stands right behind what `words` finds."""
    for word in words.finditer(text):
        if clock := read_clock(text, word.end()):
            yield word, clock


@dataclass(frozen=True)
class _Found:
    """A clock, where it and what limits it end, and whether anything does: a doubt, or another clock."""

    clock: Clock
    end: int
    doubt: bool = False
    until: Clock | None = None


def _clock(said: str, start: int) -> _Found | None:
    clock = read_clock(said, start)
    if clock is None:
        found = _ROUND.match(said, start)
        clock = read_clock(found["clock"].strip()) if found else None
        return _Found(clock, found.end(), doubt=True) if found and clock else None
    if doubt := _ISH.match(said, clock.end):
        return _Found(clock, doubt.end(), doubt=True)
    dash = _TO.match(said, clock.end)
    until = read_clock(said, dash.end()) if dash else None
    if until is None:
        return _Found(clock, clock.end)
    typed = clock.typed
    if until.half and not clock.half and not clock.zone and clock.hour <= until.hour:
        typed += f" {until.half}m"
    if until.zone and not clock.zone:
        typed += f" {until.zone}"
    return _Found(replace(clock, typed=typed), until.end, until=until)


def _rest(said: str, end: int) -> str:
    return said[skip_separator(said, end) :].strip()
