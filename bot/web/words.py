"""What templates say about times, lengths, people's text and the bot's own steps. Pure; the templates escape."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from bot.domain.clocks import describe
from bot.domain.due import spelt
from bot.domain.incident import Severity, Status
from bot.domain.metrics import spelt_out
from bot.domain.playbook import Fill
from bot.domain.postmortem.values import Line
from bot.domain.postmortem.wording import HAPPENED, plain
from bot.domain.timeline import Kind
from bot.services.postmortem.document.pieces import Sort, anchor, in_order, local, pieces, safe_link, zone_of

MEANS = {
    Severity.SEV1: "customers cannot use the product",
    Severity.SEV2: "a part of the product is broken",
    Severity.SEV3: "degraded, nobody is blocked",
}
STANDS = {
    Status.OPEN: "customers are hurt",
    Status.MITIGATED: "customers are no longer hurt",
    Status.RESOLVED: "back to a steady state",
    Status.CLOSED: "over",
}
FILLS = {
    Fill.HOST: "a host name or an address",
    Fill.PORT: "a port, 1 to 65535",
    Fill.NUMBER: "a number",
    Fill.PATH: "an absolute path",
    Fill.KEY: "a key of Redis",
    Fill.WORD: "a word",
}
_STEPS = {
    "channel": "make the channel",
    "card": "post the card",
    "card-edit": "edit the card",
    "topic": "set the topic",
    "pin": "pin the card",
    "announcement": "announce the incident",
    "announcement-edit": "edit the announcement",
    "bookmark": "add the bookmark",
}
_ADDRESS = re.compile(r"https?://[^\s<>\"'`|]+", re.IGNORECASE)
_TRAILING = ".,;:!?)]}”’»"


@dataclass(frozen=True)
class Span:
    """A stretch of text of one sort: `prose`, `code`, `block`, or `link` with its address."""

    sort: str
    text: str
    href: str = ""


def spans(text: str) -> list[Span]:
    """Split people's text into prose, code and addresses. Only http and https become links, shown as they are."""
    found: list[Span] = []
    for piece in pieces(text):
        if piece.sort is not Sort.PROSE:
            found.append(Span(piece.sort.value, piece.text))
            continue
        end = 0
        for match in _ADDRESS.finditer(piece.text):
            address = match[0].rstrip(_TRAILING)
            href = safe_link(address)
            if href:
                found += [Span("prose", piece.text[end : match.start()]), Span("link", address, href)]
                end = match.start() + len(address)
        found.append(Span("prose", piece.text[end:]))
    return [span for span in found if span.text]


def looked_again(lines: Iterable[Line]) -> dict[str, tuple[str, str]]:
    """The looks at a system after the first, by label: the sentence that counts what was found, and the rest."""
    seen: set[str] = set()
    again: dict[str, tuple[str, str]] = {}
    for line in lines:
        head, _, rest = line.text.partition(". ")
        system = head.partition(":")[0]
        if line.kind is Kind.FINDING and rest and system in seen:
            again[line.label] = (f"{head}.", rest)
        if line.kind is Kind.FINDING:
            seen.add(system)
    return again


def day(at: datetime) -> str:
    """`13 March 2014`, in UTC."""
    utc = at.astimezone(UTC)
    return f"{utc.day} {utc:%B %Y}"


def hours(length: timedelta) -> str:
    """`3½`: hours as one counts them, half an hour being the least that shows; `0` for nothing."""
    halves = round(length / timedelta(minutes=30))
    if not halves:
        return "under ½" if length else "0"
    return f"{halves // 2}{'½' if halves % 2 else ''}".removeprefix("0") or "0"


def here(at: datetime, zone: ZoneInfo) -> str:
    """The time on the team's own clocks, with its day where that is another one; "" when they show UTC as well."""
    utc, local = at.astimezone(UTC), at.astimezone(zone)
    if local.utcoffset() == utc.utcoffset():
        return ""
    other_day = "" if local.date() == utc.date() else f"{local.day} {local:%b} "
    return f"{other_day}{describe(at, zone)}"


def step_in_words(step: str, name: Callable[[str], str]) -> str:
    """What the bot tried to do in Slack."""
    if step.startswith("invite:"):
        return f"invite {name(step.removeprefix('invite:'))}"
    return _STEPS.get(step, "finish a step")


def clean(text: str) -> str:
    """Text of people that names nobody: without hidden characters and Slack's markup."""
    return plain(text, {})


@cache
def asset(name: str) -> str:
    """The address of a static file, with a mark of its content so that a new version is fetched."""
    content = (Path(__file__).parent / "static" / name).read_bytes()
    return f"/static/{name}?v={hashlib.sha256(content).hexdigest()[:10]}"


FOR_TEMPLATES: dict[str, Any] = {
    "FILLS": FILLS,
    "HAPPENED": HAPPENED,
    "MEANS": MEANS,
    "STANDS": STANDS,
    "anchor": anchor,
    "asset": asset,
    "clean": clean,
    "day": day,
    "here": here,
    "hours": hours,
    "in_order": in_order,
    "local": local,
    "looked_again": looked_again,
    "safe_link": safe_link,
    "spans": spans,
    "spelt": spelt,
    "spelt_out": spelt_out,
    "zone_of": zone_of,
}
