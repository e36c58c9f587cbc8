"""What changed in a postmortem since somebody signed it: every section that says something else today."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.responses import Response

from bot.domain.postmortem.values import TITLES
from bot.domain.postmortem.written import Review
from bot.services.desk import Desk
from bot.services.postmortem import signatures
from bot.services.postmortem.sections import name
from bot.web import page
from bot.web.access import Visit
from bot.web.address import incident_at, number_in
from bot.web.living import differing


@dataclass(frozen=True, kw_only=True)
class Since:
    """A signature and what changed after it, section by section: the anchor, the title, the lines near each change."""

    label: str
    address: str
    signer: str
    review: Review
    sections: tuple[tuple[str, str, tuple[tuple[str, str], ...]], ...]


async def since(visit: Visit) -> Response:
    """The page. Raises NotFound for somebody who has not signed."""
    number, user = number_in(visit), str(visit.request.path_params["user"])
    shown = await visit.read(lambda desk: _told(desk, number, user))
    return await page.html("living_since", team=visit.team, since=shown)


def _told(desk: Desk, number: int, user: str) -> Since:
    incident = incident_at(desk, number)
    review, found = signatures.since(desk, incident, user)
    return Since(
        label=incident.label,
        address=f"/incidents/{incident.number}/postmortem",
        signer=name(desk, user),
        review=review,
        sections=tuple((one.part.value, TITLES[one.part], tuple(differing(one.before, one.after))) for one in found),
    )
