"""The postmortem as one HTML file: style and pictures inside, no script, nothing fetched from anywhere."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from bot.domain.postmortem.values import Draft
from bot.domain.postmortem.wording import HAPPENED, stamp, who
from bot.domain.postmortem.written import Document
from bot.domain.roles import Person
from bot.services.postmortem.document import pieces as of
from bot.services.postmortem.document.picture import on_paper, pictures
from bot.services.postmortem.document.prose import to_html

if TYPE_CHECKING:
    from jinja2 import Environment

HERE = Path(__file__).parent
_TAG = re.compile(r"<[^>]*>")
_LONG_WORD = re.compile(r"\S{60}")  # longer than the narrowest line of the printed page


def html(paper: Document | Draft, people: Mapping[str, Person] | None = None) -> str:
    """Return the whole postmortem as one self-contained HTML page. Every string of data is escaped by the template.

    `people` names those who wrote sections and signed.
    """
    page = _templates().get_template("postmortem.html.jinja")
    return page.render(
        **shown(paper, people or {}),
        pictures=pictures(of.whole(paper).draft.course),
        for_paper=False,
        style=(HERE / "postmortem.css").read_text(encoding="utf-8"),
    )


def printed(paper: Document | Draft, people: Mapping[str, Person] | None = None) -> str:
    """Return the postmortem as the plainer page that a PDF is made from.

    What lays it out takes its time by the box, so what nobody misses is left out: anchors that nothing leads to, the
    breaking of long words where there is none, letters of their own for code that is one plain word. The picture
    comes as an image, so that its elements are not looked at for style.
    """
    page = _templates().get_template("printed.html.jinja")
    style = (HERE / "printed.css").read_text(encoding="utf-8")
    drawn = on_paper(of.whole(paper).draft.course)
    picture = drawn and f"data:image/svg+xml,{quote(drawn)}"
    made = page.render(**shown(paper, people or {}), picture=picture, for_paper=True, style=style)
    led_to = set(re.findall(r'href="#([^"]+)"', made))
    made = re.sub(r' id="([^"]+)"', lambda anchor: anchor[0] if anchor[1] in led_to else "", made)
    return made.replace("<body>", '<body class="wrapped">') if _LONG_WORD.search(_TAG.sub(" ", made)) else made


def shown(paper: Document | Draft, people: Mapping[str, Person]) -> dict[str, Any]:
    """Return what both templates are filled with."""
    document = of.whole(paper)
    draft = document.draft
    return {
        "document": document,
        "draft": draft,
        "people": people,
        "zone": of.zone_of(draft),
        "times": of.time_rows(draft),
        "moments": of.moment_rows(draft),
        "signed": of.signatures(document, people),
        "wording": of.wording_note(draft),
        "anchors": {of.anchor(line.label) for line in (*draft.timeline, *draft.aside)} | {of.anchor(draft.label)},
    }


@cache
def _templates() -> Environment:
    # Imported here: it costs a tenth of the bot's start-up time and is wanted once an incident.
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    env = Environment(
        loader=FileSystemLoader(HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    known = (of.anchor, of.by, of.by_whom, of.local, of.numeral, of.pieces, of.safe_link, of.told, stamp, to_html, who)
    env.globals |= {function.__name__: function for function in known}
    env.globals["HAPPENED"] = HAPPENED
    return env
