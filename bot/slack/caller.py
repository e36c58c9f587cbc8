"""Calls Slack's Web API: one wall-clock deadline around each call, and every failure sorted into one of three.

ChatDown: it did not happen, try later. ChatRefused: Slack said no. ChatUnknown: it may have happened; look first.
The SDK's own retries are off, because its default repeats a post that Slack had already taken.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import ChatDown, ChatRefused, ChatUnknown

log = logging.getLogger(__name__)

QUIET = {"unfurl_links": False, "unfurl_media": False}  # Slack would fetch every address in a post, from outside

DEADLINE_S = 10.0
UPLOAD_CALLS = 2  # files.upload_v2 is three calls, one of which carries the file
LIMITED = frozenset({"ratelimited", "rate_limited", "message_limit_exceeded"})
AWAY = frozenset({"service_unavailable", "request_timeout", "team_added_to_org", "accesslimited"})
PERHAPS = frozenset({"fatal_error", "internal_error"})  # "some aspect of the operation" may have succeeded
LONGEST_RETRY_AFTER_S = 300.0
DEFAULT_RETRY_AFTER_S = 10.0

# A repeat of these changes nothing, so an unknown outcome is simply tried again.
BEARS_REPEAT = frozenset(
    {
        "auth.test",
        "bookmarks.list",
        "chat.getPermalink",
        "chat.update",
        "conversations.history",
        "conversations.info",
        "conversations.invite",
        "conversations.join",
        "conversations.list",
        "conversations.replies",
        "conversations.setTopic",
        "pins.add",
        "users.conversations",
        "users.info",
    }
)


def http_session() -> aiohttp.ClientSession:
    """A session for Slack's API: no cookies, no limits of its own, and never on to where an answer redirects it."""
    trace = aiohttp.TraceConfig()
    trace.on_request_redirect.append(_stay)
    return aiohttp.ClientSession(
        timeout=aiohttp.ClientTimeout(total=None), cookie_jar=aiohttp.DummyCookieJar(), trace_configs=[trace]
    )


async def _stay(_session: object, _context: object, found: aiohttp.TraceRequestRedirectParams) -> None:
    raise aiohttp.ClientError(f"Slack's API does not redirect; {found.url.host} answered {found.response.status}")


class Caller:
    """`await caller("chat.postMessage", channel=…, text=…)` returns Slack's answer."""

    def __init__(self, client: AsyncWebClient, *, deadline_s: float = DEADLINE_S) -> None:
        self._client = client
        self._deadline_s = deadline_s

    async def __call__(self, method: str, **arguments: Any) -> Mapping[str, Any]:
        """Call one method. Raises ChatDown, ChatRefused or ChatUnknown."""
        limit = self._deadline_s * (UPLOAD_CALLS if method == "files.upload_v2" else 1)
        call = getattr(self._client, method.replace(".", "_"))
        try:
            async with asyncio.timeout(limit):
                response = await call(**arguments)
        except SlackApiError as error:
            raise sorted_out(method, error) from error
        except aiohttp.ClientConnectorError as error:
            raise ChatDown(f"Slack cannot be reached ({method}).") from error
        except TimeoutError as error:
            raise self._perhaps(method, f"Slack gave no answer to {method} within {limit:g} s.") from error
        except (aiohttp.ClientError, SlackClientError, OSError, ValueError, AttributeError, RecursionError) as error:
            # The last three: an answer that is no JSON, JSON that is no object, or JSON nested without end.
            raise self._perhaps(method, f"Slack's answer to {method} was cut off or unreadable.") from error
        if not isinstance(response.data, dict):
            raise self._perhaps(method, f"Slack's answer to {method} was unreadable.")
        return response.data | {"_headers": dict(response.headers or {})} if method == "auth.test" else response.data

    @staticmethod
    def _perhaps(method: str, says: str) -> ChatDown | ChatUnknown:
        return ChatDown(says) if method in BEARS_REPEAT else ChatUnknown(says)


def sorted_out(method: str, error: SlackApiError) -> ChatDown | ChatRefused | ChatUnknown:
    """Which of the three an error answer is."""
    response = error.response
    status = int(getattr(response, "status_code", 0) or 0)
    data = getattr(response, "data", None)
    code = str(data.get("error") or "") if isinstance(data, dict) else ""
    if status == 429 or code in LIMITED:
        return ChatDown(f"Slack asks us to wait ({method}).", retry_after_s(getattr(response, "headers", None) or {}))
    if code in AWAY:
        return ChatDown(f"Slack is away ({method}: {code}).")
    if code in PERHAPS or status >= 500 or not code:
        says = f"Slack failed in {method} ({code or status})."
        return ChatDown(says) if method in BEARS_REPEAT else ChatUnknown(says)
    return ChatRefused(method, code, str(data.get("needed") or "") if isinstance(data, dict) else "")


def retry_after_s(headers: Mapping[str, Any]) -> float:
    """Seconds that Slack wants us to wait; a sane default for anything odd, and never over five minutes."""
    said = next((value for name, value in headers.items() if name.lower() == "retry-after"), "")
    text = str(said[0] if isinstance(said, list) and said else said).strip()
    if not text.isascii() or not text.isdecimal() or not int(text):
        return DEFAULT_RETRY_AFTER_S
    return min(float(text[:9]), LONGEST_RETRY_AFTER_S)
