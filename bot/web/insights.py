"""What incidents tell together, year by year; and what they asked of people lately."""

from __future__ import annotations

from datetime import UTC

from starlette.responses import Response

from bot.domain.insights import FEW, Case
from bot.domain.metrics import Measure, spelt_out
from bot.services import insights, loads
from bot.services.insights import Insights
from bot.services.postmortem.document.pieces import MEASURED
from bot.web import page
from bot.web.access import Visit
from bot.web.address import number_of
from bot.web.dots import plot

PLOTS_PX = (520, 340)  # for a wide window and for a phone
FIRST = 12  # rows that are shown before one asks for more


async def year(visit: Visit) -> Response:
    """The year in the address, `all`, or this one."""
    asked = visit.request.query_params.get("year", "")
    chosen = None if asked == "all" else number_of(asked, 9998) or visit.deps.now().astimezone(UTC).year
    found = await visit.read(lambda desk: insights.gather(desk, chosen))
    return await page.html(
        "insights",
        team=visit.team,
        found=found,
        plots={one.measure: [plot(one.cases, width) for width in PLOTS_PX] for one in found.measures},
        measured=MEASURED,
        few=FEW,
        alone=_alone(found) if found.incidents < FEW else (),
        most=FIRST,
    )


def _alone(found: Insights) -> tuple[tuple[Case, dict[Measure, str]], ...]:
    """Each incident of a few with its times in words, in the order of their numbers."""
    told: dict[int, tuple[Case, dict[Measure, str]]] = {}
    for one in found.measures:
        for case in one.cases:
            told.setdefault(case.number, (case, {}))[1][one.measure] = spelt_out(case.length)
    return tuple(told[number] for number in sorted(told))


async def people(visit: Visit) -> Response:
    """What incidents asked of each person lately."""
    found = await visit.read(loads.gather)
    return await page.html("people", team=visit.team, found=found, windows=loads.WINDOWS)
