"""What status pages of several makers say, in one shape.

Formats: Atlassian Statuspage, API v2 summary.json (also spoken by incident.io and Rootly); Instatus, summary.json;
Better Stack, index.json.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

from bot.probes.values import mapping, rows, text


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
    """`statuspage`, `instatus`, `betterstack`; "" for what is none of them."""
    found = mapping(document)
    if isinstance(mapping(found.get("status")).get("indicator"), str):
        return "statuspage"
    if isinstance(mapping(found.get("page")).get("status"), str):
        return "instatus"
    if isinstance(_attributes(found.get("data")).get("aggregate_state"), str):
        return "betterstack"
    return ""


def standing(document: Any) -> Standing | None:
    """What the page says; None for a document of no known format."""
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


_READERS: dict[str, Callable[[Mapping[str, Any]], Standing]] = {
    "statuspage": _statuspage,
    "instatus": _instatus,
    "betterstack": _betterstack,
}
