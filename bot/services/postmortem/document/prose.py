"""The Markdown of a section that people wrote over: as HTML without any of theirs, and fit to stand in a document."""

from __future__ import annotations

import html
import re
from collections.abc import Collection, MutableMapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from bot.services.postmortem.document.pieces import safe_link

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.renderer import RendererHTML
    from markdown_it.token import Token

Env = MutableMapping[str, Any]

_ENTRY = re.compile(r"#((?:e|inc-)\d{1,9})", re.ASCII)
_AUTOLINK = re.compile(r"<https?://[^\s<>]*>")
_RUN = re.compile(r"`+")
_ATX = re.compile(r"^((?:[\s>]|[-*+]\s|\d{1,9}[.)]\s)*)(#{1,6})(?=\s|$)")


def to_html(text: str, anchors: Collection[str] = ()) -> str:
    """Return what people wrote as HTML. Raw HTML stays text; a link to an entry that is not in `anchors` is none."""
    return str(_reader().render(text, {"anchors": anchors}))


def in_place(text: str) -> str:
    """Return the Markdown as it was written, but for what would break out of its section.

    Raw HTML becomes text, headings stand below the section's own, and a fence left open is closed.
    """
    safe = _escaped(text)
    if any(_has_html(safe, table=table) for table in (False, True)):
        safe = text.replace("<", "&lt;")  # a table's cells may end code where paragraphs do not
    return _closed(_lowered(safe)).strip("\n")


def _escaped(text: str) -> str:
    """Every `<` outside code that is no web address gets a backslash."""
    lines = text.split("\n")
    for token in _plain().parse(text):
        if token.type == "inline" and token.map:
            first, after = token.map
            lines[first:after] = _without_tags("\n".join(lines[first:after])).split("\n")
    return "\n".join(lines)


def _without_tags(text: str) -> str:
    """One block's text, read from left to right as CommonMark does: escapes, code, then tags."""
    told, at = [], 0
    while at < len(text):
        if text[at] == "\\":
            step = 2
        elif text[at] == "`":
            step = _code(text, at)
        elif text[at] == "<" and (link := _AUTOLINK.match(text, at)):
            step = len(link[0])
        else:
            step = 1
            if text[at] == "<":
                told.append("\\")
        told.append(text[at : at + step])
        at += step
    return "".join(told)


def _code(text: str, at: int) -> int:
    """How many characters the code span that begins here has; of backticks that open none, those alone."""
    opening = _RUN.match(text, at)
    assert opening
    closing = next((run for run in _RUN.finditer(text, opening.end()) if len(run[0]) == len(opening[0])), None)
    return (closing.end() if closing else opening.end()) - at


def _has_html(text: str, *, table: bool) -> bool:
    tokens = _plain(html=True, table=table).parse(text)
    every = [inner for token in tokens for inner in (token, *(token.children or ()))]
    return any(token.type in ("html_block", "html_inline") for token in every)


def _lowered(text: str) -> str:
    lines, gone = text.split("\n"), set()
    for token in _plain().parse(text):
        if token.type == "heading_open" and token.map:
            first, last = token.map[0], token.map[1] - 1
            level = "#" * min(6, int(token.tag[1:]) + 2)
            if _ATX.match(lines[first]):
                lines[first] = _ATX.sub(rf"\g<1>{level}", lines[first])
            else:
                lines[first] = f"{level} {' '.join(line.strip() for line in lines[first:last])}"
                gone |= set(range(first + 1, last + 1))
    return "\n".join(line for number, line in enumerate(lines) if number not in gone)


def _closed(text: str) -> str:
    lines = text.split("\n")
    last = next((token for token in reversed(_plain().parse(text)) if token.level == 0), None)
    if last is None or last.type != "fence" or not last.map or last.map[1] < len(lines):
        return text
    mark = re.escape(last.markup[0])
    ends = len(lines) - last.map[0] > 1 and re.fullmatch(rf" {{0,3}}{mark}{{{len(last.markup)},}}[ \t]*", lines[-1])
    return text if ends else f"{text}\n{last.markup}"


@cache
def _plain(*, html: bool = False, table: bool = False) -> MarkdownIt:
    # Imported here, as below: only a document with sections that people wrote over needs it.
    from markdown_it import MarkdownIt

    reader = MarkdownIt("commonmark", {"html": html})
    return reader.enable("table") if table else reader


@cache
def _reader() -> MarkdownIt:
    from markdown_it import MarkdownIt

    reader = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"]).disable("image")
    reader.validateLink = lambda url: bool(_ENTRY.fullmatch(url) or safe_link(url))  # type: ignore[method-assign]
    for name, rule in (("link_open", _link), ("link_close", _link_end)):
        reader.add_render_rule(name, rule)
    for name in ("heading_open", "heading_close"):
        reader.add_render_rule(name, _heading)
    return reader


def _link(_reader: RendererHTML, tokens: Sequence[Token], at: int, _options: Any, env: Env) -> str:
    """A link to the web, or to an entry, which is told like the references of a drafted sentence."""
    href = str(tokens[at].attrs.get("href", ""))
    entry = _ENTRY.fullmatch(href)
    env["end"] = "</a>"
    if entry and entry[1] in env["anchors"]:
        shown = tokens[at + 1]
        if shown.content.lower() != entry[1]:
            return f'<a href="{href}">'
        shown.content, env["end"] = shown.content.removeprefix("E"), "</a></sup>"
        return f'<sup class="refs"><a href="{href}">'
    if entry:
        env["end"] = ""
        return ""
    return f'<a href="{html.escape(safe_link(href))}" rel="noopener noreferrer nofollow">'


def _link_end(_reader: RendererHTML, _tokens: Sequence[Token], _at: int, _options: Any, env: Env) -> str:
    return str(env["end"])


def _heading(_reader: RendererHTML, tokens: Sequence[Token], at: int, _options: Any, _env: Env) -> str:
    """Headings of a text stand below the section's own."""
    token = tokens[at]
    level = min(6, int(token.tag[1:]) + 2)
    return f"<h{level}>" if token.nesting == 1 else f"</h{level}>\n"
