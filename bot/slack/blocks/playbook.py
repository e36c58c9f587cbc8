"""A playbook to read, the answer to a look-up, and a playbook's Markdown as Slack's."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from bot.domain.links import worded
from bot.domain.lookup import Said
from bot.domain.playbook import Match, Playbook
from bot.services.playbooks.runbooks import Suggestion
from bot.slack.blocks.pieces import MAX_PART, MAX_SECTION, Block, actions, button, context, fit, header, section
from bot.slack.text import fence, link, mention, plain, shorten, units
from bot.store.folders import Problem

MAX_PROSE = 7000  # characters of a page that one message shows
MAX_PIECE = MAX_SECTION - 100

_FENCE = re.compile(r"^```[^\n]*\n(.*?)(?:^```\s*$|\Z)", re.MULTILINE | re.DOTALL)  # a cut may leave one open
_BEGINS = re.compile(r"[-*•>] |[#|]|\d+[.)] ")  # a list's item, a quote, a heading, a row of a table
_CODE = ("    ", "\t")  # an indented line of Markdown, where it does not go on with an item
_GAP = re.compile(r"\{\{([a-z][a-z0-9_]{0,31})(?::[a-z]+)?\}\}")  # what may be filled in is said below the step


def page(book: Playbook, page_url: str) -> list[Block]:
    """A whole playbook to read: its introduction and every step's title."""
    if not book.steps:
        return [header(f":notebook: {book.title}"), *prose(book, page_url)]
    steps = "\n".join(
        f"{step.number}. {plain(step.title)}" + (" :warning:" if step.danger else "") for step in book.steps
    )
    whole, seen = f"  ·  {link(page_url, 'the whole page')}" if page_url else "", plain(", ".join(book.seen))
    return [
        header(f":notebook: {book.title}"),
        *(sections(book.intro, {}, MAX_PROSE, rest_of(book, page_url)) or [section("_No introduction._")]),
        section(f"*Steps*\n{steps}"),
        context(f"`{book.name}`{whole}  ·  :warning: has a danger" + (f"  ·  seen: {seen}" if book.seen else "")),
    ]


def to_mend(wrong: Sequence[Problem]) -> list[Block]:
    """What is wrong with a page that stands all the same, for whoever keeps it."""
    lines = [f":warning: {plain(shorten(str(one), 300))}" for one in wrong[:5]]
    return [context("\n".join(lines))] if lines else []


def prose(book: Playbook, page_url: str) -> list[Block]:
    """A runbook without steps, as much as one message takes, and where the rest is."""
    shown = sections(book.intro or book.text, {}, MAX_PROSE, rest_of(book, page_url))
    return shown or [section("_Nothing is written in it._")]


def rest_of(book: Playbook, page_url: str, step: int = 0) -> str:
    """Where the rest of a playbook is read that one message does not take."""
    if not page_url:
        return (
            f":page_facing_up: The rest does not fit here: `muster runbook show {book.name}` prints it at the terminal."
        )
    there = link(f"{page_url}#step-{step}" if step else page_url, "read it on the page")
    return f":page_facing_up: The rest does not fit here: {there}"


def found(matches: Sequence[Match], *, in_hand: Mapping[str, int] | None, page_url: str, lookup_id: str) -> list[Block]:
    """The best match with what made it fit, and the next two. A press carries the look-up's id, so that it is known.

    `in_hand` has the playbooks that the incident walks, with their steps; None where there is none to walk them in.
    """
    best, *others = matches

    def name_of(match: Match) -> str:
        step = in_hand.get(match.name) if in_hand else None
        return f"`{match.name}`" + (f"  ·  is being walked here: step {step}" if step else "")

    title = f"*{plain(best.title)}*" if best.sure else f"May fit: *{plain(best.title)}*"
    head = f":notebook: {title}\n{name_of(best)}  ·  fits {plain(best.because)}"

    def row(match: Match, *, strong: str = "") -> list[Block]:
        value = f"{match.name} {lookup_id}"
        read = button(
            "Read it",
            "runbook_show",
            value,
            url=f"{page_url}/playbooks/{match.name}",
            style="primary" if strong == "read" else "",
        )
        if in_hand is None or match.name in in_hand or not match.walkable:
            return [read]
        walk = button("Walk it here", "walk_start", value, style="primary" if strong == "walk" else "")
        return [read, walk] if strong == "read" else [walk, read]

    first = row(best, strong="walk" if best.sure and best.walkable else "read")
    first.append(button("Not this", "not_this", f"{best.name} {lookup_id}"))
    blocks = [section(head, MAX_PART), actions("found:0", first)]
    for n, match in enumerate(others[:2], 1):
        blocks.append(section(f"or {plain(match.title)}  ·  {name_of(match)}", MAX_PART))
        blocks.append(actions(f"found:{n}", row(match)))
    return blocks


def suggested(made: Suggestion) -> list[Block]:
    """A playbook that nobody asked for, in two lines; what was answered takes the buttons' place."""
    head = f":notebook: {_because(made)}: *{plain(made.playbook.title)}*\n{_reason(made)}"
    lookup = made.lookup
    if lookup.said is Said.OPENED:
        return [section(head), context(f":white_check_mark: opened by {mention(lookup.said_by)}")]
    if lookup.said is Said.NOT_THIS:
        return [context(f":notebook: {plain(made.playbook.title)}: not this, says {mention(lookup.said_by)}")]
    value = f"{made.playbook.name} {lookup.id}"
    row = [button("Walk it here", "walk_start", value)] if made.open and made.playbook.steps else []
    row += [button("Read it", "runbook_show", value, url=made.page_url), button("Not this", "not_this", value)]
    return [section(head), actions(f"suggested:{lookup.id}", row)]


def suggested_line(made: Suggestion) -> str:
    """The suggestion in one line."""
    return f"{_because(made)}: {plain(made.playbook.title)} (`{made.playbook.name}`)"


def _because(made: Suggestion) -> str:
    if made.line:
        return "This line is known"
    return "Fits the title" if made.match and made.match.sure else "May fit the title"


def _reason(made: Suggestion) -> str:
    if made.line:
        return f"because of “{plain(made.line)}”"
    return f"`{made.playbook.name}`" + (f"  ·  {plain(made.match.because)}" if made.match else "")


def mrkdwn(markdown: str, values: Mapping[str, str] | None = None) -> str:
    """A playbook's Markdown as Slack's: fences kept, emphasis and links turned, known gaps filled, all else escaped."""
    return "\n".join(_parts(markdown, values or {})).strip()


def sections(markdown: str, values: Mapping[str, str], room: int, rest: str, head: str = "") -> list[Block]:
    """A playbook's Markdown over as many sections as it needs, below `head`; none has a command cut in two.

    After `room` characters it ends, and `rest` says where to read on. `head` and `rest` are Slack's already.
    """
    packed = [head] if head else []
    for piece in (piece for part in _parts(markdown, values) for piece in _pieces(part)):
        room -= units(piece) + 1
        if room < 0:
            return [*map(section, packed), context(rest)]
        if packed and units(packed[-1]) + units(piece) < MAX_SECTION:
            packed[-1] += f"\n{piece}"
        else:
            packed.append(piece)
    return [section(text) for text in packed]


def _parts(markdown: str, known: Mapping[str, str]) -> list[str]:
    """What stands between the fences and in them, in turn, as Slack's."""
    parts, last = [], 0
    markdown = _GAP.sub(lambda gap: known.get(gap[1], f"{{{{{gap[1]}}}}}"), markdown)
    for found in _FENCE.finditer(markdown):
        parts += [_inline(markdown[last : found.start()]), fence(found[1].rstrip("\n"))]
        last = found.end()
    return [part for part in [*parts, _inline(markdown[last:])] if part.strip()]


def _pieces(part: str) -> list[str]:
    """A part whole where a section takes it, else cut between its lines, a fence with its marks on every piece."""
    if units(part) <= MAX_PIECE:
        return [part]
    lines, around = part.split("\n"), ""
    if lines[0] == lines[-1] == "```":
        lines, around = lines[1:-1], "```"
    pieces: list[list[str]] = [[]]
    for line in lines:
        if units("\n".join([*pieces[-1], line])) > MAX_PIECE and pieces[-1]:
            pieces.append([])
        pieces[-1].append(fit(line, MAX_PIECE))
    return ["\n".join([around, *piece, around]).strip("\n") for piece in pieces]


def _unbroken(text: str) -> str:
    """Text whose lines were broken only for the width of their file, each paragraph and item in one."""
    kept: list[list[str]] = [[""]]
    for line in text.split("\n"):
        (begun, *_), before, bare = kept[-1], kept[-1][-1], line.lstrip()
        ended = not before or before[-1].isspace() or begun.startswith("#")
        if ended or not bare or _BEGINS.match(bare) or (line.startswith(_CODE) and begun.startswith(_CODE)):
            kept.append([line])
        else:
            kept[-1].append(bare)
    return "\n".join(" ".join(pieces) for pieces in kept[1:])


def _inline(text: str) -> str:
    text = worded(_unbroken(text), addresses=True)
    text = text.replace("```", "ˋˋˋ").replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    text = re.sub(r"\*\*(.+?)\*\*", r"*\1*", text)
    text = re.sub(r"^([ \t]*)[-*] ", r"\1• ", text, flags=re.MULTILINE)
    return re.sub(r"^#+ (.*)$", r"*\1*", text, flags=re.MULTILINE).strip("\n")
