"""Slack's rate tiers, for rehearsals that want them: calls a minute per method, one post a second per channel."""

from __future__ import annotations

import math
import re
import time
from collections import defaultdict, deque
from collections.abc import Callable

WINDOW_S = 60.0
SPECIAL_PER_WINDOW = 600  # auth.test and the like: "special", meaning high
POST_BURST = 5  # Slack tolerates short bursts of posts and does not say how short


class Rates:
    """Counts calls in a sliding minute. Real time: the app waits in real time."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._calls: dict[str, deque[float]] = defaultdict(deque)

    def wait_s(self, method: str, rate_limit: str, channel: str) -> int:
        """Count one call; return 0, or after how many whole seconds it may be tried again (it was not counted then)."""
        if method == "chat.postMessage":
            return self._take(f"{method}:{channel}", POST_BURST, float(POST_BURST))
        found = re.search(r"(\d+)\+? per minute", rate_limit)
        return self._take(method, int(found.group(1)) if found else SPECIAL_PER_WINDOW, WINDOW_S)

    def _take(self, key: str, most: int, window_s: float) -> int:
        now_s = self._monotonic()
        calls = self._calls[key]
        while calls and now_s - calls[0] >= window_s:
            calls.popleft()
        if len(calls) >= most:
            return max(1, math.ceil(window_s - (now_s - calls[0])))
        calls.append(now_s)
        return 0
