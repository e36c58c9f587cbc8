"""The follow-ups of all incidents: open, overdue, by owner, by aim; as a page and as a file for spreadsheets."""

from __future__ import annotations

from urllib.parse import urlencode

from starlette.datastructures import QueryParams
from starlette.responses import Response

from bot.domain.roles import Aim
from bot.services.followups import PER_PAGE, UNSORTED, Asked, Shown, State, find
from bot.services.postmortem.document.in_csv import COLUMNS, written
from bot.web import page
from bot.web.access import Visit
from bot.web.address import MAX_PAGE, number_of

MAX_OWNER_CHARS = 80


async def listing(visit: Visit) -> Response:
    """The list, narrowed by `state`, `owner` and `aim`."""
    query = visit.request.query_params
    asked = _asked(query)
    found = await visit.read(lambda desk: find(desk, asked))
    pages = max(1, -(-len(found.found) // PER_PAGE))
    number = min(pages, number_of(query.get("page", ""), MAX_PAGE) or 1)
    return await page.html(
        "follow_ups",
        team=visit.team,
        found=found,
        shown=found.found[(number - 1) * PER_PAGE : number * PER_PAGE],
        first=(number - 1) * PER_PAGE + 1,
        number=number,
        pages=pages,
        asked=asked,
        states=tuple(State),
        narrowed=lambda path="/follow-ups", **more: _address(asked, path, more),
    )


async def table(visit: Visit) -> Response:
    """All that fit, as CSV."""
    asked = _asked(visit.request.query_params)
    found = await visit.read(lambda desk: find(desk, asked))
    text = written([COLUMNS, *(_row(one) for one in found.found)])
    headers = {"content-disposition": f'attachment; filename="follow-ups-{found.today.isoformat()}.csv"'}
    return Response(text.encode("utf-8", "replace"), headers=headers, media_type="text/csv; charset=utf-8")


def _asked(query: QueryParams) -> Asked:
    aim = query.get("aim", "")
    return Asked(
        state=next((state for state in State if state == query.get("state")), State.OPEN),
        owner=query.get("owner", "")[:MAX_OWNER_CHARS],
        aim=aim if aim in (UNSORTED, *Aim) else "",
    )


def _address(asked: Asked, path: str, more: dict[str, object]) -> str:
    parts = {"state": asked.state.value, "owner": asked.owner, "aim": asked.aim} | more
    query = urlencode([(name, str(value).encode("utf-8", "replace")) for name, value in parts.items() if value])
    return f"{path}?{query}"


def _row(one: Shown) -> tuple[str, ...]:
    task = one.task
    return (
        f"INC-{one.incident}",
        one.title,
        str(task.number),
        one.text,
        task.aim or "",
        "done" if task.done_at else "to do",
        one.owner,
        task.due.isoformat() if task.due else "",
        task.link,
        "",
    )
