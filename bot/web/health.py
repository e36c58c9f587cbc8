"""Whether the bot is well, for monitors: no key needed, and no secret told."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Report:
    """How the bot is: `ok`, `degraded` or `down`, and what was looked at, each as {"ok": bool, "says": str}."""

    status: str
    checks: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


def endpoint(report: Callable[[], Awaitable[Report]] | None) -> Callable[[Request], Awaitable[Response]]:
    """Return the endpoint of /health. Without a report it says no more than that the pages answer."""

    async def health(request: Request) -> Response:
        found = await _ask(report) if report else Report(status="ok")
        body = {"status": found.status, "checks": {name: dict(check) for name, check in found.checks.items()}}
        return JSONResponse(body, status_code=503 if found.status == "down" else 200)

    return health


async def _ask(report: Callable[[], Awaitable[Report]]) -> Report:
    try:
        return await report()
    except Exception as bug:
        ref = secrets.token_hex(3)
        log.error("the health report failed, ref %s", ref, exc_info=bug)
        return Report(status="down", checks={"report": {"ok": False, "says": f"could not be made (ref {ref})"}})
