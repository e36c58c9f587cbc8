"""What the page asks and does over HTTP: /page/state, /page/messages, /page/act, /page/knobs, /page/ledger."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, RedirectResponse, Response

from bot.rehearsal import built_in, channels, marks, views
from bot.rehearsal.app import CommandSpec
from bot.rehearsal.live import bookmark_shapes
from bot.rehearsal.refusals import RehearsalError
from bot.rehearsal.things import Json

if TYPE_CHECKING:
    from bot.rehearsal.server import Rehearsal

from pathlib import Path

FILES = Path(__file__).parent / "page"
DEEDS = frozenset({"says", "types", "reacts", "clicks", "clicks_in_view", "submits", "dismisses"})
ACTS = DEEDS | {"joins", "leaves", "archives", "creates_channel", "renames", "invites", "kicks"}
ACTS |= {"pins", "edits", "deletes", "reads"}


class PageApi:
    """The page's side of the server. Anyone on this machine may act as anyone: it is a rehearsal."""

    def __init__(self, rehearsal: Rehearsal) -> None:
        self._rehearsal = rehearsal
        self._ws = rehearsal.workspace

    def viewer(self, request: Request) -> str:
        """Return whose page it is: `as`, or the first person. Raises RehearsalError."""
        wanted = request.query_params.get("as")
        return self._ws.find_person(wanted).id if wanted else next(iter(self._ws.people))

    async def index(self, request: Request) -> Response:
        """Answer `/`: the page."""
        del request
        return _file("index.html")

    async def static(self, request: Request) -> Response:
        """Answer `/page/static/<name>`, for files that are there and no others."""
        return _file(request.path_params["name"])

    async def permalink(self, request: Request) -> Response:
        """Lead a permalink into the page."""
        digits = request.path_params["stamp"].removeprefix("p")
        ts = f"{digits[:-6]}.{digits[-6:]}"
        thread = request.query_params.get("thread_ts", "")
        target = f"/?channel={request.path_params['channel']}&ts={ts}" + (f"&thread_ts={thread}" if thread else "")
        return RedirectResponse(target)

    async def state(self, request: Request) -> Response:
        """Answer `/page/state`."""
        return _answer(lambda: self._state(self.viewer(request)))

    def _state(self, viewer: str) -> Json:
        ws, rehearsal = self._ws, self._rehearsal
        return {
            "me": ws.people[viewer].page_shape(),
            "people": [person.page_shape() for person in ws.people.values()],
            "channels": [c.page_shape(viewer) for c in ws.channels.values() if ws.can_see(viewer, c)],
            "app": {"name": ws.app.name, "bot_user_id": ws.bot.id, "commands": _shapes(ws.app.commands)},
            "built_in": _shapes(built_in.COMMANDS),
            "clock": rehearsal.clock_shape(),
            "team": {"id": ws.team_id, "name": ws.team_name, "domain": ws.team_domain},
            "progress": rehearsal.progress_text,
            "view": views.page_shape(ws, open_view) if (open_view := views.top_of(ws, viewer)) else None,
        }

    async def messages(self, request: Request) -> Response:
        """Answer `/page/messages`, and count the channel as read."""
        wanted, thread = request.query_params.get("channel", ""), request.query_params.get("thread")

        async def found() -> Json:
            actor = self._rehearsal.person(self.viewer(request))
            channel = self._ws.find_channel(wanted)
            if not self._ws.can_see(actor.user_id, channel):
                raise RehearsalError(f"there is no channel `{wanted}`")
            shown = await actor.sees(channel.id, thread_ts=thread)
            channels.mark_read(channel, actor.user_id)
            return {
                "messages": shown,
                "pins": marks.pinned(channel),
                "bookmarks": bookmark_shapes(channel),
                "channel": channel.page_shape(actor.user_id),
            }

        try:
            return JSONResponse(await found())
        except RehearsalError as exc:
            return _sorry(exc)

    async def act(self, request: Request) -> Response:
        """Answer `/page/act`: what the act returned, or 400 and a sentence."""
        try:
            return JSONResponse(await self._act(await _body(request, self._rehearsal.url)))
        except (RehearsalError, TypeError) as exc:  # TypeError: an argument the act does not have
            return _sorry(exc)

    async def _act(self, wanted: Json) -> Any:
        actor = self._rehearsal.person(str(wanted.pop("as", "")))
        do = wanted.pop("do", "")
        if do == "unreacts":
            return await actor.reacts(**wanted, remove=True)
        if do not in ACTS:
            raise RehearsalError(f"`{do}` is not something a person does here")
        people = wanted.pop("people", []) if do == "invites" else []
        if do == "invites":
            return await actor.invites(wanted.get("channel", ""), *people)
        return await getattr(actor, do)(**wanted)

    async def knobs(self, request: Request) -> Response:
        """Answer `/page/knobs`."""
        if request.method == "POST":
            try:
                wanted = await _body(request, self._rehearsal.url)
                if wanted.pop("refresh_sockets", False):
                    await self._rehearsal.refresh_sockets()
                self._rehearsal.knobs.turn(wanted)
            except RehearsalError as exc:
                return _sorry(exc)
        return JSONResponse(self._rehearsal.knobs.as_json())

    async def ledger(self, request: Request) -> Response:
        """Answer `/page/ledger`."""
        since = request.query_params.get("since", "0")
        rows = self._rehearsal.ledger.since(int(since) if since.isdigit() else 0)
        return JSONResponse({"calls": rows, "next": len(self._rehearsal.ledger.entries)})


def _shapes(commands: tuple[CommandSpec, ...]) -> list[Json]:
    return [{"command": c.command, "description": c.description, "usage_hint": c.usage_hint} for c in commands]


async def _body(request: Request, own_url: str) -> Json:
    # another site open in the same browser must not act here
    if request.headers.get("origin", own_url) not in (own_url, own_url.replace("127.0.0.1", "localhost")):
        raise RehearsalError("only this page may act here")
    try:
        body = json.loads(await request.body())
    except ValueError:
        raise RehearsalError("the body must be JSON") from None
    if not isinstance(body, dict):
        raise RehearsalError("the body must be a JSON object")
    return body


def _answer(make: Any) -> Response:
    try:
        return JSONResponse(make())
    except RehearsalError as exc:
        return _sorry(exc)


def _sorry(exc: Exception) -> Response:
    return JSONResponse({"ok": False, "error": str(exc)}, 400)


def _file(name: str) -> Response:
    known = {path.name: path for path in FILES.iterdir() if path.is_file()} if FILES.is_dir() else {}
    if name not in known:
        return Response("There is no such file here.", 404, media_type="text/plain")
    # Drawings are fetched anew for each icon that is drawn, and flicker, unless they are kept.
    keep = "max-age=3600" if name.endswith(".svg") else "no-store"
    return FileResponse(known[name], headers={"cache-control": keep})
