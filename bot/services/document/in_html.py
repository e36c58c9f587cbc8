"""The draft as one HTML file: style and pictures inside, no script, nothing fetched from anywhere."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from bot.domain.postmortem.values import Draft
from bot.domain.postmortem.wording import HAPPENED, stamp
from bot.services.document.picture import bar, phases
from bot.services.document.pieces import anchor, by, by_whom, moment_rows, pieces, safe_link, time_rows, told

if TYPE_CHECKING:
    from jinja2 import Template

WIDE_PX, NARROW_PX = 820, 360


def html(draft: Draft) -> str:
    """Return the whole draft as one self-contained HTML page. Every string of data is escaped by the template."""
    return _template().render(
        draft=draft,
        wide=bar(draft, WIDE_PX),
        narrow=bar(draft, NARROW_PX),
        phases=phases(draft),
        times=time_rows(draft),
        moments=moment_rows(draft),
        style=(Path(__file__).parent / "postmortem.css").read_text(encoding="utf-8"),
    )


@cache
def _template() -> Template:
    # Imported here: it costs a tenth of the bot's start-up time and is wanted once an incident.
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    env = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    env.globals |= {f.__name__: f for f in (anchor, by, by_whom, pieces, safe_link, stamp, told)}
    env.globals["HAPPENED"] = HAPPENED
    return env.get_template("postmortem.html.jinja")
