"""The web app: pages for people, health for monitors, and Slack's routes as they are given."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from bot.errors import NotAllowed, NotFound, UserError
from bot.services.deps import Deps
from bot.web import (
    address,
    downloads,
    followups,
    health,
    incidents,
    insights,
    living,
    living_acts,
    living_since,
    looks,
    page,
    playbooks,
)
from bot.web.access import entrance, guarded
from bot.web.headers import Envelope
from bot.web.health import Report

__all__ = ["Report", "build"]

PAGES = {
    "/": incidents.listing,
    "/incidents": incidents.listing,
    "/incidents/{name}": incidents.one,
    "/incidents/{name}/looks/{look}.json": looks.evidence,
    "/incidents/{name}/postmortem": living.paper,
    "/incidents/{name}/postmortem/changed": living.changed,
    "/incidents/{name}/postmortem/{part}/history": living.history,
    "/incidents/{name}/postmortem/since/{user}": living_since.since,
    "/incidents/{name}/postmortem.html": downloads.html,
    "/incidents/{name}/postmortem.md": downloads.markdown,
    "/incidents/{name}/postmortem.json": downloads.data,
    "/incidents/{name}/postmortem.csv": downloads.follow_ups,
    "/incidents/{name}/postmortem.pdf": downloads.pdf,
    "/follow-ups": followups.listing,
    "/follow-ups.csv": followups.table,
    "/insights": insights.year,
    "/people": insights.people,
    "/playbooks": playbooks.listing,
    "/playbooks/{name}": playbooks.one,
}
FORMS = {
    "/incidents/{name}/postmortem/{part}/renew": living_acts.renew,
    "/incidents/{name}/postmortem/{part}/preview": living_acts.preview,
    "/incidents/{name}/postmortem/{part}/{act}": living_acts.act,
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
        *(Route(path, guarded(deps, take), methods=["POST"]) for path, take in FORMS.items()),
        Mount("/static", StaticFiles(directory=page.HERE / "static")),
    ]
    app.add_exception_handler(HTTPException, _refused)
    app.add_exception_handler(UserError, _explained)
    app.add_middleware(Envelope)
    return app


async def _explained(request: Request, error: Exception) -> Response:
    assert isinstance(error, UserError)
    status = 404 if isinstance(error, NotFound) else 403 if isinstance(error, NotAllowed) else 400
    onward = address.doors(request.url.path, error)
    return await page.trouble(status, error.message, "", error.hint, onward)


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    onward = address.doors(request.url.path)
    answer = await page.trouble(error.status_code, *TROUBLES.get(error.status_code, NOWHERE), onward)
    answer.headers.update(error.headers or {})
    return answer


NOWHERE = (
    "There is no page here",
    "The address may be mistyped.",
    "What there is stands above, and in the list of incidents.",
)
TROUBLES = {
    405: (
        "Nothing can be done at this address",
        "A postmortem is written on its own page; everything else is changed by typing in Slack.",
        "Open the page itself, and press the button there.",
    ),
    408: ("That took too long to arrive", "I did nothing.", "Go back, and press the button again."),
    413: (
        "That is more than I take at once",
        "A section has 20,000 characters at most. I did nothing.",
        "Go back: what you typed is still there. Shorten it.",
    ),
    415: ("That is no form of mine", "I did nothing.", "Open the page here, and press the button there."),
}
