"""What status pages of several makers say, in one shape.

Formats: Atlassian Statuspage, API v2 summary.json (also spoken by incident.io and Rootly); Instatus, summary.json;
Better Stack, index.json; and of any maker the feed of its incidents, RSS or Atom, which says less.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import IntEnum
from typing import Any

from bot.probes.values import mapping, moment, rows, text


class Level(IntEnum):
    """How bad a page says it is, in one scale for all makers."""

    NONE = 0
    MAINTENANCE = 1
    MINOR = 2
    MAJOR = 3


@dataclass(frozen=True, kw_only=True)
class Standing:
    """What a page says now. `level` is None where it uses a word that is not known."""

    name: str
    level: Level | None
    incidents: tuple[str, ...] = ()
    components: Mapping[str, Level | None] = field(default_factory=dict)


UNNAMED = "The page"
FRESH = timedelta(days=1)  # an older entry without an end is more likely forgotten than going on; our own judgement
MOST_READ = 160  # of an entry's text: makers put the newest word first
_OVER = re.compile(
    r"(?<!not )(?<!yet )(?<!be )(?<!not been )\b(resolved|completed|recovered|operating normally|back to normal)\b"
)
_STATE = re.compile(r"^\W*(resolved|update|investigating|identified|monitoring|recovered)\W+", re.IGNORECASE)
# The makers' words for a state, lower case: of pages, of components, of incidents.
LEVELS = {
    "none": Level.NONE,
    "operational": Level.NONE,
    "up": Level.NONE,
    "maintenance": Level.MAINTENANCE,
    "under_maintenance": Level.MAINTENANCE,
    "undermaintenance": Level.MAINTENANCE,
    "minor": Level.MINOR,
    "degraded": Level.MINOR,
    "degraded_performance": Level.MINOR,
    "degradedperformance": Level.MINOR,
    "hasissues": Level.MINOR,
    "minoroutage": Level.MINOR,
    "partial_outage": Level.MAJOR,
    "partialoutage": Level.MAJOR,
    "major": Level.MAJOR,
    "critical": Level.MAJOR,
    "major_outage": Level.MAJOR,
    "majoroutage": Level.MAJOR,
    "full_outage": Level.MAJOR,
    "downtime": Level.MAJOR,
}


def format_of(document: Any) -> str:
    """`statuspage`, `instatus`, `betterstack`, `feed`; "" for what is none of them."""
    found = mapping(document)
    if found.get("format") == "feed" and isinstance(found.get("entries"), list):
        return "feed"
    if isinstance(mapping(found.get("status")).get("indicator"), str):
        return "statuspage"
    if isinstance(mapping(found.get("page")).get("status"), str):
        return "instatus"
    if isinstance(_attributes(found.get("data")).get("aggregate_state"), str):
        return "betterstack"
    return ""


def standing(document: Any, at: datetime) -> Standing | None:
    """What the page says at a moment; None for a document of no known format."""
    if format_of(document) == "feed":
        return _feed(mapping(document), at)
    read = _READERS.get(format_of(document))
    return read(mapping(document)) if read else None


def _level(word: Any) -> Level | None:
    return LEVELS.get(word.strip().lower()) if isinstance(word, str) else None


def _attributes(item: Any) -> Mapping[str, Any]:
    return mapping(mapping(item).get("attributes"))


def _statuspage(found: Mapping[str, Any]) -> Standing:
    return Standing(
        name=text(mapping(found.get("page")).get("name")) or UNNAMED,
        level=_level(mapping(found["status"]).get("indicator")),
        incidents=tuple(text(one.get("name")) for one in rows(found.get("incidents"))),
        components={text(one.get("name")): _level(one.get("status")) for one in rows(found.get("components"))},
    )


def _instatus(found: Mapping[str, Any]) -> Standing:
    page = mapping(found["page"])
    incidents = rows(found.get("activeIncidents"))
    levels = [_level(page.get("status")), *(_level(one.get("impact")) for one in incidents)]
    return Standing(
        name=text(page.get("name")) or UNNAMED,
        level=None if levels[0] is None else max(level for level in levels if level is not None),
        incidents=tuple(text(one.get("name")) for one in incidents),
    )


def _betterstack(found: Mapping[str, Any]) -> Standing:
    page = _attributes(found["data"])
    parts = [(text(one.get("type")), _attributes(one)) for one in rows(found.get("included"))]
    return Standing(
        name=text(page.get("company_name")) or UNNAMED,
        level=_level(page.get("aggregate_state")),
        incidents=tuple(
            text(one.get("title")) for kind, one in parts if kind == "status_report" and not one.get("ends_at")
        ),
        components={
            text(one.get("public_name")): _level(one.get("status")) for kind, one in parts if "resource" in kind
        },
    )


def _feed(found: Mapping[str, Any], at: datetime) -> Standing:
    """Of a feed, which has no field for a state: what the newest entry of the last day on each matter says."""
    told: dict[str, tuple[datetime, str]] = {}
    entries = rows(found.get("entries"))
    dated = [(when, one) for one in entries if (when := moment(one.get("at"))) and when <= at]
    for when, one in sorted(dated, key=lambda pair: pair[0]):
        matter = _STATE.sub("", text(one.get("title"))).strip() or UNNAMED
        told[matter] = (when, f"{text(one.get('title'))} {text(one.get('text'), MOST_READ)}".casefold())
    going = tuple(name for name, (when, said) in told.items() if at - when <= FRESH and not _is_over(said))
    level = Level.MINOR if going else None if entries and not dated else Level.NONE
    return Standing(name=text(found.get("name")) or UNNAMED, level=level, incidents=going)


def _is_over(said: str) -> bool:
    """Whether an entry, newest words first, says that it has ended or is only announced."""
    return bool(_OVER.search(said)) or ("scheduled" in said and "in progress" not in said)


_READERS: dict[str, Callable[[Mapping[str, Any]], Standing]] = {
    "statuspage": _statuspage,
    "instatus": _instatus,
    "betterstack": _betterstack,
}
