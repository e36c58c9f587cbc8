"""A playbook to read, the answer to a look-up, and a playbook's Markdown as Slack's."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from bot.domain.links import worded
from bot.domain.lookup import Said
from bot.domain.playbook import Match, Playbook
from bot.services.playbooks.runbooks import Suggestion
from bot.slack.blocks.pieces import MAX_PART, Block, actions, button, context, header, section
from bot.slack.text import fence, mention, plain, shorten
from bot.store.folders import Problem

_FENCE = re.compile(r"^```[^\n]*\n(.*?)(?:^```\s*$|\Z)", re.MULTILINE | re.DOTALL)  # a cut may leave one open
# A line that was broken only for the width of its file, and goes on: no heading before, no list, quote or table after.
_SOFT_BREAK = re.compile(r"(^(?!#)[^\n]*[^\s\n])\n(?=\S)(?![-*•>] |[#|]|\d+[.)] )", re.MULTILINE)
_GAP = re.compile(r"\{\{([a-z][a-z0-9_]{0,31})(?::[a-z]+)?\}\}")  # what may be filled in is said below the step


def page(book: Playbook) -> list[Block]:
    """A whole playbook to read: its introduction and every step's title."""
    if not book.steps:
        return [header(f":notebook: {book.title}"), *prose(book)]
    steps = "\n".join(
        f"{step.number}. {plain(step.title)}" + (" :warning:" if step.danger else "") for step in book.steps
    )
    return [
        header(f":notebook: {book.title}"),
        section(mrkdwn(book.intro) or "_No introduction._"),
        section(f"*Steps*\n{steps}"),
        context(f"`{book.name}`" + (f"  ·  seen: {plain(', '.join(book.seen))}" if book.seen else "")),
    ]


def to_mend(wrong: Sequence[Problem]) -> list[Block]:
    """What is wrong with a page that stands all the same, for whoever keeps it."""
    lines = [f":warning: {plain(shorten(str(one), 300))}" for one in wrong[:5]]
    return [context("\n".join(lines))] if lines else []


def prose(book: Playbook) -> list[Block]:
    """A runbook without steps, cut to what one message takes."""
    paragraphs = book.intro or book.text
    return [section(mrkdwn(shorten(paragraphs, 2800)) or "_Nothing is written in it._")]


def found(matches: Sequence[Match], *, in_incident: bool, page_url: str, lookup_id: str) -> list[Block]:
    """The best match with what made it fit, and the next two. A press carries the look-up's id, so that it is known."""
    best, *others = matches
    why = f"fits because of: {', '.join(plain(word) for word in best.why[:8])}" if best.why else ""
    title = f"*{plain(best.title)}*" if best.sure else f"May fit: *{plain(best.title)}*"
    head = f":notebook: {title}\n`{best.name}`" + (f"  ·  {why}" if why else "")

    def row(match: Match, *, strong: str = "") -> list[Block]:
        value = f"{match.name} {lookup_id}"
        read = button(
            "Read it",
            "runbook_show",
            value,
            url=f"{page_url}/playbooks/{match.name}",
            style="primary" if strong == "read" else "",
        )
        walk = button("Walk it here", "walk_start", value, style="primary" if strong == "walk" else "")
        return [walk, read] if in_incident and strong != "read" else [read, walk] if in_incident else [read]

    first = row(best, strong="walk" if best.sure else "read")
    first.append(button("Not this", "not_this", f"{best.name} {lookup_id}"))
    blocks = [section(head, MAX_PART), actions("found:0", first)]
    for n, match in enumerate(others[:2], 1):
        blocks.append(section(f"or {plain(match.title)}  ·  `{match.name}`", MAX_PART))
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
    row = [button("Walk it here", "walk_start", value)] if made.open else []
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
    why = made.match.why if made.match else ()
    return f"`{made.playbook.name}`" + (f"  ·  because of: {', '.join(plain(word) for word in why[:8])}" if why else "")


def mrkdwn(markdown: str, values: Mapping[str, str] | None = None) -> str:
    """A playbook's Markdown as Slack's: fences kept, emphasis and links turned, known gaps filled, all else escaped."""
    known = values or {}
    parts, last = [], 0
    markdown = _GAP.sub(lambda gap: known.get(gap[1], f"{{{{{gap[1]}}}}}"), markdown)
    for found in _FENCE.finditer(markdown):
        parts += [_inline(markdown[last : found.start()]), fence(found[1].rstrip("\n"), 2000)]
        last = found.end()
    return "\n".join(part for part in [*parts, _inline(markdown[last:])] if part.strip()).strip()


def _inline(text: str) -> str:
    text = _SOFT_BREAK.sub(r"\1 ", text)
    text = worded(text, addresses=True)
    text = text.replace("```", "ˋˋˋ").replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    text = re.sub(r"\*\*(.+?)\*\*", r"*\1*", text)
    text = re.sub(r"^([ \t]*)[-*] ", r"\1• ", text, flags=re.MULTILINE)
    return re.sub(r"^#+ (.*)$", r"*\1*", text, flags=re.MULTILINE).strip("\n")
