"""After the close: which steps helped, one click each."""

from __future__ import annotations

from bot.services.playbooks.reviewing import Review, Reviewed
from bot.slack.blocks.pieces import Block, actions, button, context, section
from bot.slack.text import mention, plain, shorten

MAX_ASKED = 15  # each takes two blocks and up to 200 characters


def review(made: Review) -> list[Block]:
    """Each step that was done with its two buttons; an answer takes their place and can be changed."""
    blocks = [section(":question: *Which steps helped?* One click each; it is shown to whoever walks them next.")]
    title = ""
    for one in made.steps[:MAX_ASKED]:
        if one.walk.playbook.title != title:
            title = one.walk.playbook.title
            blocks.append(context(f":notebook: {plain(shorten(title, 150))}"))
        blocks += _asked(one)
    left = len(made.steps) - MAX_ASKED
    if left > 0:
        blocks.append(context(f"and {left} more {'step' if left == 1 else 'steps'} that nobody needs to judge"))
    return blocks


def _asked(one: Reviewed) -> list[Block]:
    value = f"{one.walk.id}:{one.step.number}"
    name = f"{one.step.number}. {plain(shorten(one.step.title, 120))}"
    yes, no = button("Helped", "helped_yes", value), button("Did not", "helped_no", value)
    if one.verdict is None:
        return [section(name), actions(f"helped:{value}", [yes, no])]
    said = ":white_check_mark: helped" if one.verdict.helped else ":x: did not help"
    other = no if one.verdict.helped else yes
    return [section(f"{name}\n{said}, says {mention(one.verdict.said_by)}") | {"accessory": other}]
