"""A playbook's Markdown as HTML: raw HTML stays text, no picture is fetched, links lead to the web or a neighbour."""

from __future__ import annotations

import html
import re
from collections.abc import MutableMapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from bot.domain.playbook import Playbook, Step
from bot.services.postmortem.document.pieces import safe_link

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.renderer import RendererHTML
    from markdown_it.token import Token

MAX_MARKS = 20_000  # of a page, each of which may begin a link, emphasis or a cell: a quarter of a second's work
REMARKS = (("Look for", "look_for"), ("Give it", "give_it"), ("Undo", "undo"), ("Stop if", "stop_if"))

_NEIGHBOUR = re.compile(r"(?:\./)?([A-Za-z0-9][A-Za-z0-9-]{0,63})\.md(#.*)?")
_GAP = re.compile(r"\{\{([a-z][a-z0-9_]{0,31})(?::[a-z]+)?\}\}")


@dataclass(frozen=True, kw_only=True)
class ShownStep:
    """One step with its texts as HTML; `remarks` are (name, key, HTML) of those that are there."""

    step: Step
    body: str
    danger: str
    remarks: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A playbook with its texts as HTML that is safe to put into a page."""

    book: Playbook
    intro: str
    steps: tuple[ShownStep, ...]
    notes: str


def rendered(book: Playbook, *, on_paper: bool = False) -> Shown:
    """Return the playbook ready for its template; on paper a link to a neighbour says that page's name.

    A page with more than MAX_MARKS marks, which nobody writes, is shown letter by letter: it would hold up all others.
    """
    as_it_is = sum(book.text.count(mark) for mark in "[*_|") > MAX_MARKS

    def shown(markdown: str) -> str:
        return _preformatted(markdown) if as_it_is and markdown else to_html(markdown, on_paper=on_paper)

    steps = tuple(
        ShownStep(
            step=step,
            body=shown(step.body),
            danger=shown(step.danger),
            remarks=tuple((name, key, shown(text)) for name, key in REMARKS if (text := getattr(step, key))),
        )
        for step in book.steps
    )
    return Shown(book=book, intro=shown(book.intro), steps=steps, notes=shown(book.notes))


def to_html(markdown: str, *, on_paper: bool = False) -> str:
    """Return Markdown as HTML; everything in it that is no Markdown is escaped."""
    return _reader().render(markdown, {"on_paper": on_paper}) if markdown.strip() else ""


def address(target: str) -> str:
    """Return where a link of a playbook may lead: the web, a neighbour's page, a place on this page; else ""."""
    if neighbour := _NEIGHBOUR.fullmatch(target):
        to = "/playbooks" if neighbour[1].lower() == "readme" else f"/playbooks/{neighbour[1]}"
        return to + (_step(neighbour[2]) or "")
    return (_step(target) or target) if re.fullmatch(r"#[\w-]+", target) else safe_link(target)


def _step(place: str | None) -> str:
    """`#step-7` for the place `#7-drop-the-old-one`, as other readers of Markdown name a step's heading."""
    step = re.match(r"#(?:step-)?([0-9]{1,2})(?![0-9])", place or "")
    return f"#step-{step[1]}" if step else ""


@cache
def _reader() -> MarkdownIt:
    # Imported here: only who looks at a playbook's page needs it.
    from markdown_it import MarkdownIt

    reader = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")
    reader.validateLink = lambda url: bool(address(url))  # type: ignore[method-assign]
    for name, rule in (("fence", _fence), ("code_inline", _code), ("text", _text), ("link_open", _link)):
        reader.add_render_rule(name, rule)
    for name in ("heading_open", "heading_close"):
        reader.add_render_rule(name, _heading)
    for name in ("table_open", "table_close"):
        reader.add_render_rule(name, _table)
    return reader


Env = MutableMapping[str, Any]


def _fence(reader: RendererHTML, tokens: Sequence[Token], at: int, options: Any, env: Env) -> str:
    token = tokens[at]
    language, _, rest = token.info.strip().partition(" ")
    if "run" in rest.split():
        label = f'<figcaption>Run<span class="quiet"> {html.escape(language)}</span></figcaption>'
        return f'<figure class="run">{label}<pre tabindex="0"><code>{_gaps(token.content)}</code></pre></figure>\n'
    return _preformatted(token.content)


def _preformatted(text: str) -> str:
    return f'<pre tabindex="0"><code>{html.escape(text)}</code></pre>\n'


def _code(reader: RendererHTML, tokens: Sequence[Token], at: int, options: Any, env: Env) -> str:
    return f"<code>{_gaps(tokens[at].content)}</code>"


def _text(reader: RendererHTML, tokens: Sequence[Token], at: int, options: Any, env: Env) -> str:
    return _gaps(tokens[at].content)


def _gaps(text: str) -> str:
    """Escaped text with its variables marked. The braces stay: a command copied with a gap must not run."""
    return _GAP.sub(r"<var>{{\1}}</var>", html.escape(text))


def _link(reader: RendererHTML, tokens: Sequence[Token], at: int, options: Any, env: Env) -> str:
    href = address(str(tokens[at].attrs.get("href", "")))
    if env.get("on_paper") and not href.startswith("http"):
        page, _, step = href.removeprefix("/playbooks").removeprefix("/").partition("#")
        said = page + step.replace("step-", ", step ") if page else href
        return f'<a class="page" data-page="{html.escape(said)}">'
    outside = ' rel="noopener noreferrer nofollow"' if href.startswith("http") else ""
    return f'<a href="{html.escape(href)}"{outside}>'


def _heading(reader: RendererHTML, tokens: Sequence[Token], at: int, options: Any, env: Env) -> str:
    """Headings inside a text stand below the page's own."""
    token = tokens[at]
    level = max(2, int(token.tag[1:]))
    return f"<h{level}>" if token.nesting == 1 else f"</h{level}>\n"


def _table(reader: RendererHTML, tokens: Sequence[Token], at: int, options: Any, env: Env) -> str:
    return '<div class="wide-table" tabindex="0"><table>\n' if tokens[at].nesting == 1 else "</table></div>\n"
