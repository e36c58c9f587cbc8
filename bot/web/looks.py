"""What the members of a system answered at one look, as it was kept: the raw evidence of the findings."""

from __future__ import annotations

import json
from typing import Any

from starlette.responses import Response

from bot.domain.check import written
from bot.errors import NotFound
from bot.services.desk import Desk
from bot.store import checks
from bot.web.access import Visit
from bot.web.address import incident_at, number_in


async def evidence(visit: Visit) -> Response:
    """One look of an incident as JSON: findings, and every member's answers without secrets. Raises NotFound."""
    number, wanted = number_in(visit), str(visit.request.path_params["look"])
    told = await visit.read(lambda desk: _told(desk, number, wanted))
    text = json.dumps(told, ensure_ascii=False, indent=2) + "\n"
    headers = {"content-disposition": f'inline; filename="{told["incident"].lower()}-{told["system"]}.json"'}
    return Response(text.encode("utf-8", "replace"), headers=headers, media_type="application/json; charset=utf-8")


def _told(desk: Desk, number: int, wanted: str) -> dict[str, Any]:
    incident = incident_at(desk, number)
    check = checks.load(desk.session, wanted)
    if check is None or check.incident_id != incident.id or check.taken_at is None:
        raise NotFound(f"{incident.label} has no such look.", hint="Its page lists those that were taken.")
    return {
        "incident": incident.label,
        "system": check.system,
        "why": check.why.value,
        "taken_at": check.taken_at.isoformat(),
        "took_s": round(check.took_s, 3),
        "verdict": check.verdict.value,
        "findings": written(check.findings),
        "answers": checks.evidence(desk.session, check.id),
    }
