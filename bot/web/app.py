"""The web app: pages for people, health for monitors, and Slack's routes as they are given."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from bot.errors import NotFound, UserError
from bot.services.deps import Deps
from bot.web import followups, health, incidents, insights, looks, page, playbooks, postmortem
from bot.web.access import entrance, guarded
from bot.web.headers import Envelope
from bot.web.health import Report

__all__ = ["Report", "build"]

PAGES = {
    "/": incidents.listing,
    "/incidents": incidents.listing,
    "/incidents/{name}": incidents.one,
    "/incidents/{name}/looks/{look}.json": looks.evidence,
    "/incidents/{name}/postmortem": postmortem.document,
    "/incidents/{name}/postmortem.md": postmortem.markdown,
    "/incidents/{name}/postmortem.json": postmortem.data,
    "/follow-ups": followups.listing,
    "/follow-ups.csv": followups.table,
    "/insights": insights.year,
    "/people": insights.people,
    "/playbooks": playbooks.listing,
    "/playbooks/{name}": playbooks.one,
}


def build(
    deps: Deps, routes: Sequence[BaseRoute] = (), report: Callable[[], Awaitable[Report]] | None = None
) -> FastAPI:
    """Return the app. `routes` are served as they are; they do their own checking."""
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None, redirect_slashes=False)
    app.router.routes += [
        *routes,
        Route("/health", health.endpoint(report)),
        Route("/enter/{opener}", entrance(deps)),
        Route("/enter/{opener}/{to:path}", entrance(deps)),
        *(Route(path, guarded(deps, look)) for path, look in PAGES.items()),
        Mount("/static", StaticFiles(directory=page.HERE / "static")),
    ]
    app.add_exception_handler(HTTPException, _refused)
    app.add_exception_handler(UserError, _explained)
    app.add_middleware(Envelope)
    return app


async def _explained(_request: Request, error: Exception) -> Response:
    assert isinstance(error, UserError)
    return await page.trouble(404 if isinstance(error, NotFound) else 400, error.message, "", error.hint)


async def _refused(_request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if error.status_code == 405:
        answer = await page.trouble(405, "These pages are for reading", "To change something, type in Slack.", TYPE)
    else:
        answer = await page.trouble(error.status_code, "There is no page here", "The address may be mistyped.", GO)
    answer.headers.update(error.headers or {})
    return answer


TYPE = "`/incident help` lists what can be typed."
GO = "Go to the incidents or the playbooks above, or type `/incident list` in Slack."
