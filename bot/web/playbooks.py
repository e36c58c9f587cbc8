"""The playbooks: the set with a search, and each as a page that a tired person can read and print."""

from __future__ import annotations

import asyncio
from typing import Any

from starlette.responses import Response

from bot.domain.playbook import Match
from bot.services.deps import Deps
from bot.services.playbooks import runbooks
from bot.services.playbooks.flaws import STANDS, flaws
from bot.services.postmortem.document.reading import Shown, rendered
from bot.services.postmortem.document.way import way
from bot.store import verdicts
from bot.store.folders import Loaded, Problem
from bot.web import page
from bot.web.access import Visit

MAX_QUERY_CHARS = 2000  # a pasted error line fits; browsers and proxies cut addresses not far above
MAX_FOUND = 10
PICTURES_PX = (720, 340)  # the picture of the way, for a wide window and for a phone


async def listing(visit: Visit) -> Response:
    """All playbooks, or with `q` those that fit, each with what made it fit."""
    words = visit.request.query_params.get("q", "")[:MAX_QUERY_CHARS].strip()
    loaded, fitting = await asyncio.to_thread(_look, visit.deps, words)
    found = await visit.read(lambda desk: runbooks.in_order(desk, words, fitting))
    books = {book.name: book for book in loaded.playbooks}
    return await page.html(
        "playbooks",
        team=visit.team,
        words=words,
        books=loaded.playbooks,
        found=[(match, books[match.name]) for match in found if match.name in books],
        problems=loaded.problems,
        flaws=await asyncio.to_thread(flaws, loaded),
    )


async def one(visit: Visit) -> Response:
    """One playbook. Raises NotFound naming the nearest ones."""
    name = str(visit.request.path_params["name"])
    shown, wrong = await asyncio.to_thread(_read, visit.deps, name[:80])
    helped = await visit.deps.door.read(lambda session: verdicts.helped(session, visit.team_id, shown.book.name))
    pictures = [way(shown.book, width, page=lambda name: f"/playbooks/{name}") for width in PICTURES_PX]
    steps = [(f"step-{one.step.number}", one.step.title) for one in shown.steps]
    told: dict[str, Any] = {"shown": shown, "book": shown.book, "steps": steps, "pictures": pictures, "helped": helped}
    return await page.html("playbook", team=visit.team, flaws=wrong, stands=STANDS, **told)


def _read(deps: Deps, name: str) -> tuple[Shown, list[Problem]]:
    book = runbooks.get(deps.shelf, name)
    return rendered(book), flaws(deps.shelf.current(), book.name)


def _look(deps: Deps, words: str) -> tuple[Loaded, list[Match]]:
    return deps.shelf.current(), runbooks.find(deps.shelf, words, limit=MAX_FOUND) if words else []
