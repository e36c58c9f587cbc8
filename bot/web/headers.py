"""What every response carries, and what becomes of a crash: the one place of the pages that catches."""

from __future__ import annotations

import logging
import secrets

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.web import page
from bot.web.address import LIST

log = logging.getLogger(__name__)

POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; frame-ancestors 'none'; "
    "base-uri 'none'"
)
LIVE_POLICY = f"{POLICY}; script-src 'self'; connect-src 'self'"
# A postmortem is one file with its style inside; it may do nothing else.
DOCUMENT_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'"
)
DEFAULTS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
}


class Envelope:
    """Wraps the whole app: a header that a response does not set itself is set here."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun = False

        async def dressed(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                headers = MutableHeaders(scope=message)
                for name, value in DEFAULTS.items():
                    headers.setdefault(name, value)
                if scope["path"].startswith("/static/"):
                    headers["cache-control"] = "no-cache"  # kept by the browser, and asked for anew
            await send(message)

        try:
            await self._app(scope, receive, dressed)
        except Exception as bug:
            ref = secrets.token_hex(3)
            log.error("unexpected error on %s, ref %s", _harmless(scope["path"]), ref, exc_info=bug)
            if begun:
                raise
            await (await _crashed(ref))(scope, receive, dressed)


async def _crashed(ref: str) -> ASGIApp:
    return await page.trouble(
        500,
        "That failed, and it is my fault",
        f"You did nothing wrong, and looking changes nothing. The reference is `{ref}`; it stands in my log.",
        "Try again in a moment. `/incident status` in Slack shows the same without this page.",
        (LIST,),
    )


def _harmless(path: str) -> str:
    """The path for the log, without the key that an entrance carries."""
    return "/enter/…" if path.startswith("/enter/") else path[:200]
