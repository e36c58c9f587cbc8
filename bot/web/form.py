"""What a form sends: taken only from our own pages, and only as much as a person types.

A page elsewhere can have a browser send a form here, with the cookie or from this machine. Browsers say where a form
came from, in a header that no page can set: `Sec-Fetch-Site`, or `Origin` where that is missing (plain http).
"""

from __future__ import annotations

import asyncio
from urllib.parse import parse_qsl, urlsplit

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request

from bot.errors import NotAllowed
from bot.web.access import Visit

MAX_BODY_BYTES = 256 * 1024  # 20,000 characters of any script, as a form spells them
MAX_FIELDS = 50
WITHIN_S = 20
TYPE = "application/x-www-form-urlencoded"

Form = dict[str, list[str]]


async def received(visit: Visit) -> Form:
    """Return what one of our own pages sent for somebody who may write. Raises NotAllowed, HTTPException."""
    if not is_ours(visit.request, visit.deps.settings.pages_url):
        raise NotAllowed(
            "That form did not come from a page of mine, so I did nothing.",
            hint="Open the page here, and press the button there.",
        )
    if not visit.user_id:
        raise NotAllowed(
            "This browser does not say who you are, so it reads and does not write.",
            hint="Type `/postmortem edit` in Slack for a link of your own.",
        )
    return await read(visit.request)


def is_ours(request: Request, pages_url: str) -> bool:
    """Whether one of our own pages sent the request."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    origin = request.headers.get("origin", "")
    try:
        host = urlsplit(origin).netloc
    except ValueError:
        return False
    return bool(host) and (host == request.headers.get("host") or origin == _origin(pages_url))


async def read(request: Request) -> Form:
    """Return the fields. Raises HTTPException: 413 for more than a person types, 415 for what is no form, 408."""
    if request.headers.get("content-type", TYPE).partition(";")[0].strip().lower() != TYPE:
        raise HTTPException(415)
    body = bytearray()
    try:
        async with asyncio.timeout(WITHIN_S):
            async for chunk in request.stream():
                body += chunk
                if len(body) > MAX_BODY_BYTES:
                    raise HTTPException(413)
    except (TimeoutError, ClientDisconnect):
        raise HTTPException(408) from None
    try:
        told = bytes(body).decode("ascii", "replace")
        pairs = parse_qsl(told, keep_blank_values=True, errors="replace", max_num_fields=MAX_FIELDS)
    except ValueError:
        raise HTTPException(413) from None
    fields: Form = {}
    for name, value in pairs:
        fields.setdefault(name, []).append(value)
    return fields


def _origin(pages_url: str) -> str:
    parts = urlsplit(pages_url)
    return f"{parts.scheme}://{parts.netloc}"
