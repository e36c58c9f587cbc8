"""The newest postmortem draft of an incident: to read, and to take away as Markdown or JSON."""

from __future__ import annotations

import json

from starlette.responses import Response

from bot.domain.incident import Incident
from bot.services import incidents, postmortems
from bot.services.desk import Desk
from bot.store.postmortems import Kept
from bot.web.access import Visit
from bot.web.headers import DOCUMENT_POLICY
from bot.web.incidents import number_in


async def document(visit: Visit) -> Response:
    """The draft as it was kept, with a way back to its incident: one page with its style inside."""
    incident, kept = await _newest(visit)
    # Only here: the draft as a file has nothing to lead back to.
    back = f'<p class="kicker"><a href="/incidents/{incident.number}">{incident.label}, the incident</a></p>'
    shown = kept.html.replace("<main>", f"<main>\n{back}", 1)
    headers = {"content-security-policy": DOCUMENT_POLICY}
    return Response(shown.encode("utf-8", "replace"), headers=headers, media_type="text/html; charset=utf-8")


async def markdown(visit: Visit) -> Response:
    """The draft as a Markdown file."""
    incident, kept = await _newest(visit)
    return _download(kept.markdown, f"{_name(incident, kept)}.md", "text/markdown; charset=utf-8")


async def data(visit: Visit) -> Response:
    """The draft as a JSON file, for other programs."""
    incident, kept = await _newest(visit)
    told = {key: value for key, value in kept.document.items() if key != "made_for"} | {"version": kept.version}
    text = json.dumps(told, ensure_ascii=False, indent=2) + "\n"
    return _download(text, f"{_name(incident, kept)}.json", "application/json; charset=utf-8")


async def _newest(visit: Visit) -> tuple[Incident, Kept]:
    number = number_in(visit)

    def job(desk: Desk) -> tuple[Incident, Kept]:
        incident = incidents.find(desk, number=number)
        return incident, postmortems.newest(desk, incident)

    return await visit.read(job)


def _name(incident: Incident, kept: Kept) -> str:
    return f"{incident.label.lower()}-postmortem-{kept.version}"


def _download(text: str, filename: str, media_type: str) -> Response:
    headers = {"content-disposition": f'attachment; filename="{filename}"'}
    return Response(text.encode("utf-8", "replace"), headers=headers, media_type=media_type)
