"""The incidents: those in hand as cards, the closed ones as a table, the days of a year; and each with its page."""

from __future__ import annotations

from datetime import date
from urllib.parse import urlencode

from starlette.datastructures import QueryParams
from starlette.responses import Response

from bot.domain.incident import Severity, Status
from bot.services.overview import PER_PAGE, Wanted, find
from bot.web import page
from bot.web.access import Visit
from bot.web.address import MAX_PAGE, number_in, number_of
from bot.web.headers import LIVE_POLICY
from bot.web.record import gather
from bot.web.year import halves

MAX_QUERY_CHARS = 200


async def listing(visit: Visit) -> Response:
    """The list, narrowed by `q` (words of title, number or channel), severity, status, year, day and system."""
    asked = visit.request.query_params
    wanted = _wanted(asked)
    found = await visit.read(lambda desk: find(desk, wanted, number_of(asked.get("page", ""), MAX_PAGE) or 1))
    kept = [(name, value) for name, value in _as_query(wanted) if name not in ("day", "year")]
    return _with_scripts(
        await page.html(
            "incidents",
            seen=visit.seen,
            team=visit.team,
            found=found,
            wanted=wanted,
            first=(found.page - 1) * PER_PAGE + 1,
            halves=halves(found.year, found.days),
            query=lambda **more: _address([*_as_query(wanted), *more.items()]),
            in_time=lambda **more: _address([*kept, *more.items()]),
            severities=tuple(Severity),
            statuses=tuple(Status),
            now=visit.deps.now(),
            zone=visit.deps.settings.zone,
        )
    )


async def one(visit: Visit) -> Response:
    """One incident in full."""
    number = number_in(visit)
    record = await visit.read(lambda desk: gather(desk, number))
    channel = record.incident.channel_id
    answer = await page.html(
        "incident",
        seen=visit.seen,
        team=visit.team,
        record=record,
        incident=record.incident,
        draft=record.draft,
        slack=f"{visit.slack_url.rstrip('/')}/archives/{channel}" if visit.slack_url and channel else "",
        now=visit.deps.now(),
        zone=visit.deps.settings.zone,
    )
    return _with_scripts(answer)


def _with_scripts(answer: Response) -> Response:
    """Let the page run our own files: to fetch itself again, and to mark the section being read."""
    answer.headers["content-security-policy"] = LIVE_POLICY
    return answer


def _wanted(asked: QueryParams) -> Wanted:
    try:
        day = date.fromisoformat(asked.get("day", "")[:10])
    except ValueError:
        day = None
    return Wanted(
        words=" ".join(asked.get("q", "")[:MAX_QUERY_CHARS].split()),
        severity=next((one for one in Severity if one == asked.get("severity")), None),
        status=next((one for one in Status if one == asked.get("status")), None),
        year=number_of(asked.get("year", ""), 9999),
        day=day,
        system=asked.get("system", "")[:MAX_QUERY_CHARS],
    )


def _as_query(wanted: Wanted) -> list[tuple[str, object]]:
    parts: list[tuple[str, object]] = [
        ("q", wanted.words),
        ("severity", wanted.severity),
        ("status", wanted.status),
        ("year", wanted.year),
        ("day", wanted.day),
        ("system", wanted.system),
    ]
    return [(name, value) for name, value in parts if value]


def _address(parts: list[tuple[str, object]]) -> str:
    # A half surrogate, which no address can carry, becomes a question mark.
    query = urlencode([(name, str(value).encode("utf-8", "replace")) for name, value in parts])
    return f"/incidents?{query}" if query else "/incidents"
