"""Bring something to the app: through an open socket if there is one, else by signed HTTP."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import time
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import urlencode

import httpx

from bot.rehearsal.app import AppConfig
from bot.rehearsal.knobs import Knobs
from bot.rehearsal.ledger import Ledger
from bot.rehearsal.sockets import NotConnected, SocketHub

Kind = Literal["slash_commands", "interactive", "events_api"]
NOT_CONNECTED = "the app is not connected"


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """How the app took a delivery. `error` is Slack's word for what the person sees, "" when all is well."""

    ok: bool
    status: int = 0
    ack_ms: float = 0.0
    body: Any = None  # a parsed JSON body, the plain text, or None
    error: str = ""
    says: str = ""
    reason: str = ""  # the x-slack-retry-reason that a repeat would carry
    no_retry: bool = False


class Delivery:
    """Signs, sends, waits as long as Slack would, and writes down how it went."""

    def __init__(self, app: AppConfig, knobs: Knobs, ledger: Ledger, hub: SocketHub) -> None:
        self.app = app
        self._knobs = knobs
        self._ledger = ledger
        self._hub = hub
        self._http: httpx.AsyncClient | None = None

    async def start(self) -> None:
        """Open the HTTP client; environment proxies are not used."""
        limits = httpx.Limits(max_connections=200, max_keepalive_connections=50)
        self._http = httpx.AsyncClient(trust_env=False, follow_redirects=False, limits=limits)

    async def stop(self) -> None:
        """Close the HTTP client."""
        if self._http is not None:
            await self._http.aclose()
            self._http = None

    async def ask(self, kind: Kind, payload: dict[str, Any], *, retry: int = 0, reason: str = "") -> Outcome:
        """Bring one payload to the app and return how it took it. Never raises for what the app does wrong."""
        started_s = time.monotonic()
        if self._knobs.down:
            outcome = Outcome(ok=False, error="dispatch_failed", says="Slack is down", reason="connection_failed")
        elif self._hub.connections:
            outcome = await self._by_socket(kind, payload, started_s, retry, reason)
        elif self.app.request_url and self._http is not None:
            outcome = await self._by_http(self._http, kind, payload, started_s, retry, reason)
        else:
            outcome = Outcome(ok=False, error="dispatch_failed", says=NOT_CONNECTED, reason="connection_failed")
        self._ledger.note(
            "to_app",
            kind,
            started_s=started_s,
            ok=outcome.ok,
            error=outcome.error,
            status=outcome.status,
            args=payload,
            answer=outcome.body,
            refusal=outcome.says,
            retry=retry,
        )
        return outcome

    async def _by_socket(
        self, kind: Kind, payload: dict[str, Any], started_s: float, retry: int, reason: str
    ) -> Outcome:
        try:
            acked, body = await self._hub.ask(
                kind, payload, limit_s=self._knobs.ack_limit_s, retry=retry, reason=reason
            )
        except NotConnected:
            return Outcome(ok=False, error="dispatch_failed", says=NOT_CONNECTED, reason="connection_failed")
        if not acked:
            return _late(started_s)
        return Outcome(ok=True, status=200, ack_ms=_ms(started_s), body=body)

    async def _by_http(
        self, http: httpx.AsyncClient, kind: Kind, payload: dict[str, Any], started_s: float, retry: int, reason: str
    ) -> Outcome:
        body, content_type = _encoded(kind, payload)
        headers = signed(body, self.app.signing_secret, now_s=int(time.time())) | {"content-type": content_type}
        if retry:
            headers |= {"x-slack-retry-num": str(retry), "x-slack-retry-reason": reason}
        try:
            async with asyncio.timeout(self._knobs.ack_limit_s):  # the client's own limit is per read, not per call
                answer = await http.post(self.app.request_url, content=body, headers=headers, timeout=None)
        except TimeoutError:
            return _late(started_s)
        except httpx.HTTPError as exc:
            says = f"{NOT_CONNECTED} ({type(exc).__name__})"
            return Outcome(ok=False, error="dispatch_failed", says=says, reason="connection_failed")
        return _read(kind, answer, _ms(started_s))


def signed(body: bytes, secret: str, *, now_s: int) -> dict[str, str]:
    """Return Slack's two signature headers for this body."""
    base = b"v0:%d:%s" % (now_s, body)
    signature = "v0=" + hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()
    return {
        "x-slack-request-timestamp": str(now_s),
        "x-slack-signature": signature,
        "user-agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
    }


def _encoded(kind: Kind, payload: dict[str, Any]) -> tuple[bytes, str]:
    if kind == "events_api":
        return json.dumps(payload).encode(), "application/json"
    form = {"payload": json.dumps(payload)} if kind == "interactive" else payload
    return urlencode(form).encode(), "application/x-www-form-urlencoded"


def _read(kind: Kind, answer: httpx.Response, ack_ms: float) -> Outcome:
    no_retry = "x-slack-no-retry" in answer.headers
    if not (answer.is_success if kind == "events_api" else answer.status_code == 200):
        return Outcome(
            ok=False,
            status=answer.status_code,
            ack_ms=ack_ms,
            error="dispatch_failed",
            says=f"the app answered with status {answer.status_code}",
            reason="http_error",
            no_retry=no_retry,
        )
    body: Any = answer.text.strip() or None
    if body is not None and answer.headers.get("content-type", "").startswith("application/json"):
        try:
            body = json.loads(body)
        except ValueError:
            says = "the app's answer says it is JSON, and is not"
            return Outcome(ok=False, status=answer.status_code, ack_ms=ack_ms, error="dispatch_failed", says=says)
    return Outcome(ok=True, status=answer.status_code, ack_ms=ack_ms, body=body)


def _late(started_s: float) -> Outcome:
    says = "the app did not answer in time"
    return Outcome(ok=False, ack_ms=_ms(started_s), error="operation_timeout", says=says, reason="http_timeout")


def _ms(started_s: float) -> float:
    return round((time.monotonic() - started_s) * 1000, 3)
