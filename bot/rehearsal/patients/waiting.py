"""Waiting for a patient to become what it should become, and the error when it does not."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress

from redis.exceptions import RedisError

from bot.errors import BotError

PATIENCE_S = 10.0
LOOK_EVERY_S = 0.02

Look = Callable[[], Awaitable[bool]]


class PatientError(BotError):
    """A server of the rehearsal did not come up, or did not become what it should have become."""


async def until(look: Look, what: str, within_s: float = PATIENCE_S) -> None:
    """Wait until `look` says yes. A server that does not answer has not said it. Raises PatientError naming `what`."""
    end = time.monotonic() + within_s
    task = asyncio.current_task()
    cancelled = task.cancelling() if task else 0
    while time.monotonic() < end:
        with suppress(RedisError, OSError):
            if await look():
                return
        if task and task.cancelling() > cancelled:  # a driver that was hanging up took our cancelling for its own
            raise asyncio.CancelledError
        await asyncio.sleep(LOOK_EVERY_S)
    raise PatientError(f"waited {within_s:g} s in vain: {what}")
