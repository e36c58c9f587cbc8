"""An app that only listens, for looking at what Slack brings."""

from __future__ import annotations

import asyncio
import json
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import Response


class Ear:
    """An app that writes down what it gets and answers what it is told to."""

    def __init__(self) -> None:
        self.got: list[tuple[dict[str, str], bytes]] = []
        self.answers: list[Response] = []
        self.slow_s = 0.0

    async def hear(self, request: Request) -> Response:
        self.got.append((dict(request.headers), await request.body()))
        await asyncio.sleep(self.slow_s)
        return self.answers.pop(0) if self.answers else Response()

    def events(self) -> list[dict]:
        """Return the events in the order they happened: deliveries may overtake each other, as Slack's do."""
        found = [
            json.loads(body)["event"] for headers, body in self.got if headers["content-type"] == "application/json"
        ]
        return sorted(found, key=lambda event: event["event_ts"])

    def payload(self) -> dict:
        """Return the last interactive payload."""
        return json.loads(dict(parse_qsl(self.got[-1][1].decode()))["payload"])
