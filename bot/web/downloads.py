"""The postmortem to take away: HTML, Markdown, JSON, PDF, and its follow-ups as CSV."""

from __future__ import annotations

from starlette.responses import Response

from bot.services.desk import Desk
from bot.services.postmortem import exporting, laying_out
from bot.services.postmortem.document.in_html import printed
from bot.services.postmortem.exporting import Paper
from bot.web.access import Visit
from bot.web.address import incident_at, number_in
from bot.web.headers import DOCUMENT_POLICY

MEDIA = {
    "md": "text/markdown; charset=utf-8",
    "json": "application/json; charset=utf-8",
    "csv": "text/csv; charset=utf-8",
    "pdf": "application/pdf",
}


async def html(visit: Visit) -> Response:
    """The postmortem as one page with its style inside, and a way back to its incident."""
    paper = await _paper(visit)
    label = paper.document.draft.label
    # Only here: the page as a file has nothing to lead back to.
    back = f'<p class="kicker"><a href="/incidents/{paper.facts.incident.number}">{label}, the incident</a></p>'
    shown = exporting.rendered(paper, "html").replace(b"<main>", f"<main>\n{back}".encode(), 1)
    headers = {"content-security-policy": DOCUMENT_POLICY}
    return Response(shown, headers=headers, media_type="text/html; charset=utf-8")


async def markdown(visit: Visit) -> Response:
    """The postmortem as a Markdown file."""
    return await _file(visit, "md")


async def data(visit: Visit) -> Response:
    """The postmortem as a JSON file, for other programs."""
    return await _file(visit, "json")


async def follow_ups(visit: Visit) -> Response:
    """The follow-ups as CSV."""
    return await _file(visit, "csv")


async def pdf(visit: Visit) -> Response:
    """The postmortem as PDF."""
    paper = await _paper(visit)
    return _download(paper, "pdf", await laying_out.pdf(printed(paper.document, paper.people)))


async def _file(visit: Visit, form: str) -> Response:
    paper = await _paper(visit)
    return _download(paper, form, exporting.rendered(paper, form))


async def _paper(visit: Visit) -> Paper:
    number = number_in(visit)

    def job(desk: Desk) -> Paper:
        return exporting.standing(desk, incident_at(desk, number))

    return await visit.read(job)


def _download(paper: Paper, form: str, made: bytes) -> Response:
    name = f"{paper.name}-{paper.document.version}.{form}"
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(made, headers=headers, media_type=MEDIA[form])
