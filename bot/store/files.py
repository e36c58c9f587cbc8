"""The files of a playbook folder: what changes when one is edited, and its text, read without leaving the folder."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from bot.store.frontmatter import Fault

MAX_BYTES = 256 * 1024

Stamp = tuple[int, ...]


def stamps(folder: Path, ending: str | tuple[str, ...] = ".md") -> dict[str, Stamp]:
    """Return the files of `folder` that end so by name, each with what changes when it is edited. Raises OSError."""
    found: dict[str, Stamp] = {}
    with os.scandir(folder) as entries:
        for entry in entries:
            if not entry.name.endswith(ending) or entry.name.startswith(".") or entry.name.lower() == "readme.md":
                continue
            try:
                at = entry.stat()
                found[entry.name] = (at.st_mtime_ns, at.st_ctime_ns, at.st_size, at.st_ino)
            except OSError:
                found[entry.name] = ()
    return dict(sorted(found.items()))


def text(folder: Path, file: str, most: int = MAX_BYTES) -> str:
    """Return the text of one file, byte for byte. Raises Fault; never opens a device and never leaves the folder."""
    try:
        real = folder / file
        if not stat.S_ISREG(real.lstat().st_mode):
            real = _resolved(folder, file)
        # A FIFO put in its place since the look above must not make us wait.
        with os.fdopen(os.open(real, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW), "rb") as stream:
            data = stream.read(most + 1)
    except RuntimeError as error:  # how Python 3.11 and 3.12 name a link that points to itself
        raise Fault(1, "this link points to itself", "copy the file here instead") from error
    except OSError as error:
        raise Fault(1, f"this file cannot be read: {error.strerror}") from error
    if len(data or b"") > most:
        raise Fault(1, f"this file has more than {most // 1024} KB", "split it")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise Fault(line, "this is not UTF-8 text", "save the file as UTF-8") from error


def _resolved(folder: Path, file: str) -> Path:
    """Where a link leads. Raises Fault for what is no file of the folder; OSError and RuntimeError as Path.resolve."""
    real = (folder / file).resolve(strict=True)
    if not real.is_relative_to(folder.resolve()):
        raise Fault(1, "this link leads out of the folder", "copy the file here instead")
    if not stat.S_ISREG(real.stat().st_mode):
        raise Fault(1, "this is not a regular file", "a playbook is a plain Markdown file")
    return real
