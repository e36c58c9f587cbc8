"""The postmortem draft as the channel gets it: a few lines, and where the whole document is."""

from __future__ import annotations

from bot.services.postmortem.drafting import Summary
from bot.slack.blocks.pieces import Block, context, header, section
from bot.slack.text import link, plain, shorten


def summary(made: Summary) -> list[Block]:
    """At most nine blocks; before all else what was found critical when it was closed."""
    lines = [
        f"• {plain(shorten(line.text, 600))} _[{', '.join(plain(ref) for ref in line.refs[:6])}]_"
        for line in made.lines
    ]
    return [
        *_unwell(made),
        header(f":page_facing_up: {title(made)}"),
        section("\n".join(lines) or "Nothing was recorded."),
        section(
            f"{link(made.page_url, 'Read the whole draft')}. The document and a picture of its course follow. "
            "Ask people to review it with `/postmortem review @name`."
        ),
        context("Each line names the timeline entries it rests on. What nobody recorded says so; nothing was added."),
    ]


def _unwell(made: Summary) -> list[Block]:
    if not made.unwell:
        return []
    lines = [f":red_circle: *{plain(system)}*: {plain(shorten(one.says, 400))}" for system, one in made.unwell[:3]]
    head = f"*{made.incident.label} is closed, and the look at its close found this:*"
    return [section("\n".join([head, *lines, "If that is no surprise, leave it; else `/incident open` and say so."]))]


def title(made: Summary) -> str:
    """What it is; from the second draft on with its number."""
    number = f" {made.version}" if made.version > 1 else ""
    return f"Postmortem draft{number} of {made.incident.label}"
