"""Making a page: Jinja with everything escaped, drawn in a thread, and the page for what went wrong."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from starlette.responses import HTMLResponse, Response

from bot.web import words

if TYPE_CHECKING:
    from jinja2 import Environment

HERE = Path(__file__).parent


async def html(template: str, *, status: int = 200, seen: str = "", **values: Any) -> Response:
    """Return a page drawn from `templates/<template>.html.jinja`.

    `seen` is the tag of what the browser shows already (If-None-Match): the same again is an empty 304.
    """
    body = await asyncio.to_thread(lambda: _environment().get_template(f"{template}.html.jinja").render(**values))
    tag = f'"{hashlib.sha256(body.encode("utf-8", "replace")).hexdigest()[:24]}"'
    if seen == tag:
        return Response(status_code=304, headers={"etag": tag})
    return HTMLResponse(body.encode("utf-8", "replace"), status, headers={"etag": tag})


async def trouble(
    status: int, title: str, says: str, hint: str = "", doors: Sequence[tuple[str, str]] = ()
) -> Response:
    """Return a page that says what is wrong, what to do next, and where to go: address and name of each door.

    Backticks mark what can be typed.
    """
    shown: dict[str, Any] = {"number": status, "title": title, "says": says, "hint": hint, "doors": doors}
    return await html("trouble", status=status, team="", **shown)


@cache
def _environment() -> Environment:
    # Imported here: it costs a tenth of the bot's start-up time, and nobody may ever look at a page.
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    env = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    env.globals.update(words.FOR_TEMPLATES)
    return env
