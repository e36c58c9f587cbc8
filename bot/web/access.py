"""The door of the pages: who is let in, to which workspace, and as whom."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC
from typing import TypeVar
from urllib.parse import quote, urlsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.domain import access
from bot.services.deps import Deps
from bot.services.desk import Desk
from bot.store import people
from bot.web import page

T = TypeVar("T")

COOKIE = "muster_pages"
PASSED_ON = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via")


@dataclass(frozen=True, kw_only=True)
class Visit:
    """One look at one page by somebody who may look."""

    deps: Deps
    request: Request
    team_id: str
    user_id: str = ""  # who looks; "" came without a link of their own, and may read but not write
    team: str = ""  # the workspace's name
    slack_url: str = ""  # where the workspace is in a browser, "" when unknown

    async def read(self, job: Callable[[Desk], T]) -> T:
        """Do the reading in one transaction."""
        return await self.deps.door.read(lambda session: job(self.deps.desk(session, self.team_id)))

    async def write(self, job: Callable[[Desk], T]) -> T:
        """Carry out one wish in one transaction, and have what it promised started."""
        return await self.deps.at_desk(self.team_id, job)

    @property
    def seen(self) -> str:
        """The tag of the page that the browser shows already."""
        return self.request.headers.get("if-none-match", "")


Page = Callable[[Visit], Awaitable[Response]]
Endpoint = Callable[[Request], Awaitable[Response]]


def guarded(deps: Deps, look: Page) -> Endpoint:
    """Return the page as an endpoint that only those who may read it reach."""

    async def answer(request: Request) -> Response:
        is_open = access.are_open(deps.settings)
        if is_open and not _from_here(request, deps.settings.muster_url):
            return await _not_from_here(request)
        opener = request.cookies.get(COOKIE, "")
        team_id = _let_in(deps, opener)
        if team_id is None and not is_open:
            return await _no_key()
        return await look(await _visit(deps, request, team_id, _person(deps, opener)))

    return answer


def entrance(deps: Deps) -> Endpoint:
    """Return the endpoint that takes a link's key, keeps it as a cookie and goes on to the page."""

    async def enter(request: Request) -> Response:
        onward = RedirectResponse(_local(request.path_params["to"]), status_code=303)
        opener = request.path_params["opener"]
        team_id = _let_in(deps, opener)
        if team_id is None:
            return onward if access.are_open(deps.settings) else await _no_key()
        held = request.cookies.get(COOKIE, "")
        if not _person(deps, opener) and _person(deps, held) and _let_in(deps, held) == team_id:
            return onward  # who may write there does not lose that by following a link that is for everybody
        onward.set_cookie(
            COOKIE,
            opener,
            max_age=access.VALID_DAYS * 86400,
            path="/",
            secure=deps.settings.pages_url.startswith("https://"),
            httponly=True,
            samesite="lax",
        )
        return onward

    return enter


def _let_in(deps: Deps, opener: str) -> str | None:
    return access.team_of(access.page_secret(deps.settings), opener, deps.wall().astimezone(UTC).date())


def _person(deps: Deps, opener: str) -> str:
    return access.person_of(access.page_secret(deps.settings), opener, deps.wall().astimezone(UTC).date())


async def _visit(deps: Deps, request: Request, team_id: str | None, user_id: str) -> Visit:
    """The visit, in the workspace of the key; without a key in the one met last."""
    known = await deps.door.read(lambda session: people.workspace(session, team_id))
    if known is None:
        return Visit(deps=deps, request=request, team_id=team_id or people.NOT_MET_YET, user_id=user_id)
    return Visit(
        deps=deps, request=request, team_id=known.team_id, user_id=user_id, team=known.name, slack_url=known.url
    )


def _from_here(request: Request, muster_url: str) -> bool:
    """Whether a browser on this machine asked, by a name of this machine.

    A page elsewhere may point a name of its own at 127.0.0.1 and have a browser here read for it; a tunnel may pass
    strangers on as if they were here. Both show in the headers.
    """
    try:
        host = urlsplit(f"//{request.headers.get('host', '')}").hostname or ""
    except ValueError:
        return False
    ours = access.is_loopback(host) or (bool(muster_url) and host == urlsplit(muster_url).hostname)
    return ours and not any(name in request.headers for name in PASSED_ON)


def _local(path: str) -> str:
    """A path on this site, whatever was asked for: one slash first, and nothing a browser reads as a host."""
    return "/" + quote(path.lstrip("/\\"), safe="/.-_")


async def _not_from_here(request: Request) -> Response:
    _, port = request.scope.get("server") or ("", 0)
    return await page.trouble(
        403,
        "These pages are for this machine",
        "I answer only to a browser on the machine I run on, by its own name.",
        f"There, open `http://127.0.0.1:{port}`. To show the pages to others, set `MUSTER_URL` and "
        "`HOST`: links from Slack then carry a key.",
    )


async def _no_key() -> Response:
    return await page.trouble(
        403,
        "This page needs a link from Slack",
        f"Links to the pages carry a key that lasts {access.VALID_DAYS} days. This browser has none, or an old one.",
        "Type `/incident status` in Slack for a fresh link.",
    )
