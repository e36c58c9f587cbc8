"""The front gate: every HTTP request of Slack's is checked here before anything parses it.

Size, headers, age, signature, replay, UTF-8, in this order and without a traceback. The facts: Slack signs
`v0:{timestamp}:{raw body}` with HMAC-SHA256, and five minutes is the age it recommends to allow.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import logging
import re
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Sequence

log = logging.getLogger(__name__)

MAX_BODY_BYTES = 1_000_000
MAX_AGE_S = 300
MAX_REMEMBERED = 100_000  # signatures; at Slack's event limit of 30,000 an hour that is hours
READ_WITHIN_S = 5.0

_TIMESTAMP = re.compile(rb"[0-9]{1,12}")
_SIGNATURE = re.compile(rb"v0=[0-9a-f]{64}")
_TYPES = (b"application/x-www-form-urlencoded", b"application/json")

Headers = Sequence[tuple[bytes, bytes]]


class Refused(Exception):
    """The request is not let in: an HTTP status from 400 to 413, and a word for the log."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason


class Gate:
    """Lets through what Slack signed with `secret` in the last five minutes, each request once."""

    def __init__(self, secret: str, clock: Callable[[], float] = time.time) -> None:
        self._secret = secret.encode()
        self._clock = clock
        self._seen: OrderedDict[bytes, float] = OrderedDict()

    async def read(self, headers: Headers, stream: AsyncIterator[bytes]) -> str:
        """Return the body as text. Raises Refused."""
        _one(headers, b"content-type", _TYPES)
        length = [value for name, value in headers if name.lower() == b"content-length"]
        if length and (not length[0].isdigit() or int(length[0][:20]) > MAX_BODY_BYTES):
            raise Refused(413, "too large")
        try:
            async with asyncio.timeout(READ_WITHIN_S):
                body = await _read(stream)
        except TimeoutError:
            raise Refused(408, "too slow") from None
        self.check(headers, body)
        try:
            return body.decode()
        except UnicodeDecodeError:
            raise Refused(400, "not UTF-8") from None

    def check(self, headers: Headers, body: bytes) -> None:
        """Check who signed it, when, and that it did not come before. Raises Refused."""
        stamp = _header(headers, b"x-slack-request-timestamp", _TIMESTAMP)
        signature = _header(headers, b"x-slack-signature", _SIGNATURE)
        now = self._clock()
        if abs(now - int(stamp)) > MAX_AGE_S:
            log.warning("refused a request signed %+d s from our clock; is it right?", int(stamp) - int(now))
            raise Refused(401, "too old or too new")
        expected = hmac.new(self._secret, b"v0:" + stamp + b":" + body, hashlib.sha256).hexdigest()
        if not self._secret or not hmac.compare_digest(signature, b"v0=" + expected.encode()):
            raise Refused(401, "signature")
        self._once(signature, now)

    def forget(self, headers: Headers) -> None:
        """Let this request in again: nothing came of it, and a repeat within the second bears the same signature."""
        for name, value in headers:
            if name.lower() == b"x-slack-signature":
                self._seen.pop(value, None)

    def _once(self, signature: bytes, now: float) -> None:
        while self._seen and (
            len(self._seen) > MAX_REMEMBERED or next(iter(self._seen.values())) < now - 2 * MAX_AGE_S
        ):
            self._seen.popitem(last=False)
        if signature in self._seen:
            raise Refused(409, "replay")
        self._seen[signature] = now


async def _read(stream: AsyncIterator[bytes]) -> bytes:
    body = bytearray()
    async for chunk in stream:
        body += chunk
        if len(body) > MAX_BODY_BYTES:
            raise Refused(413, "too large")
    return bytes(body)


def _header(headers: Headers, name: bytes, shape: re.Pattern[bytes]) -> bytes:
    values = [value for key, value in headers if key.lower() == name]
    if len(values) != 1 or not shape.fullmatch(values[0]):
        raise Refused(401, name.decode())
    return values[0]


def _one(headers: Headers, name: bytes, allowed: Sequence[bytes]) -> None:
    values = [value.split(b";")[0].strip().lower() for key, value in headers if key.lower() == name]
    if len(values) != 1 or values[0] not in allowed:
        raise Refused(415, name.decode())
