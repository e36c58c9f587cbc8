"""What the demo leaves in its folder: the database, that of the demo before, and the draft."""

from __future__ import annotations

import contextlib
from pathlib import Path

from bot.store import postmortems

SUFFIXES = ("", "-wal", "-shm")  # SQLite's own, beside the file


def put_aside(database: Path) -> Path | None:
    """Move the database of the demo before to where one is kept, over the one there, and return where; None for none.

    `database` must be nobody's by now: whoever holds the port it is named after may move it.
    """
    kept = database.with_name(f"{database.stem}.before{database.suffix}")
    if not database.exists():
        return None
    clear(kept)
    for suffix in SUFFIXES:
        with contextlib.suppress(FileNotFoundError):
            database.with_name(database.name + suffix).rename(kept.with_name(kept.name + suffix))
    return kept


def clear(database: Path) -> Path:
    """Delete what lies at `database`, and return it."""
    for suffix in SUFFIXES:
        database.with_name(database.name + suffix).unlink(missing_ok=True)
    return database


def write(draft: postmortems.Kept, folder: Path, name: str) -> list[Path]:
    """Write the draft in both its forms, over those of the demo before; return the files."""
    texts = {"md": draft.markdown, "html": draft.html}
    files = [folder / f"{name}-postmortem.{ending}" for ending in texts]
    for file, text in zip(files, texts.values(), strict=True):
        file.write_text(text, encoding="utf-8")
    return files
