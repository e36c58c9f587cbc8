"""One step of a playbook, shown to tired people."""

from __future__ import annotations

import re

from bot.domain.playbook import Fill, Match, Playbook, Step
from bot.domain.walk import Did, Walk
from bot.slack.blocks.pieces import MAX_PART, Block, actions, button, context, header, section
from bot.slack.text import fence, mention, plain, shorten

DID = {
    Did.DONE: ":white_check_mark:",
    Did.SKIPPED: ":fast_forward:",
    Did.TRIED: ":x:",
    Did.BACK: ":leftwards_arrow_with_hook:",
}
_FENCE = re.compile(r"^```[^\n]*\n(.*?)(?:^```\s*$|\Z)", re.MULTILINE | re.DOTALL)  # a cut may leave one open
# A line that was broken only for the width of its file, and goes on: no heading before, no list, quote or table after.
_SOFT_BREAK = re.compile(r"(^(?!#)[^\n]*[^\s\n])\n(?=\S)(?![-*•>] |[#|]|\d+[.)] )", re.MULTILINE)
_GAP = re.compile(r"\{\{([a-z][a-z0-9_]{0,31}):[a-z]+\}\}")  # what may be filled in is said below the step
FILLS = {
    Fill.HOST: "a host",
    Fill.PORT: "a port",
    Fill.NUMBER: "a number",
    Fill.PATH: "a path",
    Fill.WORD: "a word",
}
_LINK = re.compile(r"\[([^\]]+)\]\(([^)]+)\)")


def shown(walk: Walk) -> list[Block]:
    """The step in hand with its buttons, above it what was done so far."""
    book, steps = walk.playbook, walk.playbook.steps
    blocks = [header(f":notebook: {book.title}")]
    if not steps:
        return [*blocks, *prose(book)]
    if walk.marks:
        blocks.append(context("\n".join(_done(walk)[-8:])))
    if walk.over:
        return [*blocks, section(f":checkered_flag: All {len(steps)} steps are walked."), _buttons(walk, over=True)]
    if walk.ended_at:
        left = f"Put away at step {walk.position} of {len(steps)}. `/runbook walk {book.name}` begins it again."
        return [*blocks, section(f":notebook: {left}")]
    step = steps[walk.position - 1]
    blocks.append(section(f"*Step {step.number} of {len(steps)}: {plain(step.title)}*\n{mrkdwn(step.body)}"))
    return [*blocks, *_to_fill_in(step), *_remarks(step), _buttons(walk, over=False)]


def fallback(walk: Walk) -> str:
    """The step in one line."""
    if walk.over:
        return f"{plain(walk.playbook.title)}: all steps walked"
    if walk.ended_at:
        return f"{plain(walk.playbook.title)}: put away"
    return f"{plain(walk.playbook.title)}: step {walk.position} of {len(walk.playbook.steps)}"


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


def prose(book: Playbook) -> list[Block]:
    """A runbook without steps, cut to what one message takes."""
    paragraphs = book.intro or book.text
    return [section(mrkdwn(shorten(paragraphs, 2800)) or "_Nothing is written in it._")]


def found(matches: list[Match], *, in_incident: bool, page_url: str) -> list[Block]:
    """The best match with what made it fit, and the next two."""
    best, *others = matches
    why = f"fits because of: {', '.join(plain(word) for word in best.why[:8])}" if best.why else ""
    title = f"*{plain(best.title)}*" if best.sure else f"May fit: *{plain(best.title)}*"
    head = f":notebook: {title}\n`{best.name}`" + (f"  ·  {why}" if why else "")
    url = f"{page_url}/playbooks/{best.name}"
    buttons = [button("Read it", "runbook_show", best.name, url=url, style="" if best.sure else "primary")]
    if in_incident:
        walk = button("Walk it here", "walk_start", best.name, style="primary" if best.sure else "")
        buttons.insert(0 if best.sure else 1, walk)
    blocks = [section(head, MAX_PART), actions("found:0", buttons)]
    for n, match in enumerate(others[:2], 1):
        blocks.append(section(f"or {plain(match.title)}  ·  `{match.name}`", MAX_PART))
        row = [button("Read it", "runbook_show", match.name, url=f"{page_url}/playbooks/{match.name}")]
        if in_incident:
            row.insert(0, button("Walk it here", "walk_start", match.name))
        blocks.append(actions(f"found:{n}", row))
    return blocks


def mrkdwn(markdown: str) -> str:
    """A playbook's Markdown as Slack's: code fences kept, emphasis and links turned, all else escaped."""
    parts, last = [], 0
    markdown = _GAP.sub(r"{{\1}}", markdown)
    for found in _FENCE.finditer(markdown):
        parts += [_inline(markdown[last : found.start()]), fence(found[1].rstrip("\n"), 2000)]
        last = found.end()
    return "\n".join(part for part in [*parts, _inline(markdown[last:])] if part.strip()).strip()


def _inline(text: str) -> str:
    text = _SOFT_BREAK.sub(r"\1 ", text)
    text = _LINK.sub(lambda m: m[1] if not m[2].startswith("http") else f"{m[1]} ({m[2]})", text)
    text = text.replace("```", "ˋˋˋ").replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    text = re.sub(r"\*\*(.+?)\*\*", r"*\1*", text)
    text = re.sub(r"^(\s*)[-*] ", r"\1• ", text, flags=re.MULTILINE)
    return re.sub(r"^#+ (.*)$", r"*\1*", text, flags=re.MULTILINE).strip("\n")


def _to_fill_in(step: Step) -> list[Block]:
    gaps = [f"`{{{{{gap.name}}}}}` ({FILLS[gap.fill]})" for gap in step.variables[:12]]
    return [context(f":memo: *To fill in:* {', '.join(gaps)}")] if gaps else []


def _remarks(step: Step) -> list[Block]:
    named = (
        (":mag: *Look for:*", step.look_for),
        (":hourglass: *Give it:*", step.give_it),
        (":leftwards_arrow_with_hook: *Undo:*", step.undo),
        (":octagonal_sign: *Stop if:*", step.stop_if),
    )
    lines = [f"{name} {mrkdwn(text)}" for name, text in named if text]
    blocks = [section(f":warning: *Danger:* {mrkdwn(step.danger)}", MAX_PART)] if step.danger else []
    return blocks + ([section("\n".join(lines), MAX_PART)] if lines else [])


def _buttons(walk: Walk, *, over: bool) -> Block:
    value = f"{walk.id}:{walk.position}"
    row = (
        []
        if over
        else [
            button("Done", "step_done", value, style="primary"),
            button("It did not help", "step_no_help", value),
            button("Skip…", "step_skip", value),
        ]
    )
    if walk.position > 1:
        row.append(button("Back", "step_back", value))
    if not over:
        row.append(button("Put away", "walk_stop", value, confirm="Leave this playbook here? It can be begun again."))
    return actions(f"walk:{walk.id}", row)


def _done(walk: Walk) -> list[str]:
    lines = []
    for mark in walk.marks:
        title = plain(shorten(walk.playbook.steps[mark.step - 1].title, 80))
        why = f": {plain(shorten(mark.reason, 120))}" if mark.reason else ""
        lines.append(f"{DID[mark.did]} {mark.step}. {title} ({mark.did} by {mention(mark.by)}{why})")
    return lines
