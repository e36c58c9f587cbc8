"""What people say to each other about a postmortem, told to those whom it is for."""

from __future__ import annotations

from bot.domain.postmortem.wording import listed
from bot.services.postmortem.remarks import Remarked
from bot.services.postmortem.signatures import Outdated
from bot.slack.blocks.pieces import Block, context, section, words
from bot.slack.text import link, plain, shorten

MAX_REMARK_CHARS = 2_000


def remarked_line(told: Remarked) -> str:
    """Who remarked on what."""
    label = f"{told.incident.label} ({plain(shorten(told.incident.title, 200))})"
    return f"{plain(told.author)} on “{told.title}” in the postmortem of {label}"


def remarked(told: Remarked) -> list[Block]:
    """The same with the words, and where to answer."""
    return [
        section(f":speech_balloon: {remarked_line(told)}:\n{words(told.comment.text, told.names, MAX_REMARK_CHARS)}"),
        context(f"{link(told.page_url, 'Answer or settle it')}. The link is yours: you write with it."),
    ]


def outdated(told: Outdated) -> str:
    """One line for whoever signed a text that is another now."""
    which = f": {plain(listed(told.titles))}" if told.titles else ""
    where = link(told.page_url, "What changed since")
    sign = f"To sign it as it stands: `/postmortem sign {told.incident.label}`."
    return f":memo: The postmortem of {told.incident.label} has changed since you signed it{which}. {where}. {sign}"
