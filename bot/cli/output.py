"""Writing a file that somebody asked for: over an earlier one of the same, and over nothing else."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable
from pathlib import Path

from bot.errors import NotFound, UserError


def path(text: str) -> Path:
    """What was given with --out, for argparse."""
    if not text.strip():
        raise argparse.ArgumentTypeError("it names no file")
    if text.endswith(os.sep) and not Path(text).is_dir():
        raise argparse.ArgumentTypeError(f"there is no folder `{text}`; make it first")
    return Path(text)


def write(
    file: Path,
    data: bytes,
    *,
    what: str,
    is_ours: Callable[[bytes], bool],
    instead: str = "Name another file with --out",
) -> str:
    """Write, and return what to tell. `is_ours` says of a file's bytes whether they are an earlier one of the same.

    `instead` is what to do when it cannot be written there, without its full stop.
    """
    if not file.parent.is_dir():
        raise NotFound(f"There is no folder `{file.parent}`.", hint=f"{instead}, or make it.")
    there = file.exists()
    try:
        if there and not (file.is_file() and is_ours(file.read_bytes())):
            raise UserError(
                f"`{file}` is there already, and is no {what}.",
                hint=f"{instead}, or move that one away.",
            )
        file.write_bytes(data)
    except OSError as error:
        raise UserError(f"`{file}` cannot be written: {error.strerror}.", hint=f"{instead}.") from error
    return f"{file}: written{' over the one from before' if there else ''}."
