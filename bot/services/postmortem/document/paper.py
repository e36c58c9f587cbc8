"""A playbook for a wall: one HTML file to print, with boxes to tick. Nothing is fetched, colour alone says nothing."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from bot.domain.playbook import Playbook
from bot.services.postmortem.document.reading import rendered
from bot.services.postmortem.document.way import sheets

if TYPE_CHECKING:
    from jinja2 import Template

PICTURE_PX = (780, 1050)  # of the way's picture: its width, and what of it has room on a sheet
DIGEST_CHARS = 12  # of the file's digest: enough to see that a print is older than the page


def paper(book: Playbook) -> str:
    """Return the whole playbook as one self-contained HTML page for A4 or Letter. Every string of data is escaped."""
    return _template().render(
        book=book,
        shown=rendered(book, on_paper=True),
        pictures=sheets(book, *PICTURE_PX),
        digest=book.digest[:DIGEST_CHARS],
        sheet=_sheet(book),
        style=(Path(__file__).parent / "paper.css").read_text(encoding="utf-8"),
    )


def _sheet(book: Playbook) -> str:
    """The foot of each sheet as a string of CSS: which page it is, and which version."""
    name = re.sub(r"[^\w. -]", "", book.name)
    return f'"{name} \u00b7 version {book.digest[:DIGEST_CHARS]}"'


@cache
def _template() -> Template:
    # Imported here: only who prints needs it.
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    env = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return env.get_template("paper.html.jinja")
