"""The smallest pieces. Limits are those of Slack's Block Kit reference."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from bot.domain.incident import Severity, Status
from bot.slack.text import ELLIPSIS, plain, shorten, units

Block = dict[str, Any]

MAX_SECTION = 3000
MAX_FIELD = 2000
MAX_HEADER = 150
MAX_BUTTON = 75
MAX_CONTEXT = 2000
MAX_MESSAGE = 9_800  # all texts of a message together may have about 10,000
MAX_PART = 1900  # of a section where many of them share a message

SEVERITY_SIGN = {
    Severity.SEV1: ":red_circle:",
    Severity.SEV2: ":large_orange_circle:",
    Severity.SEV3: ":large_yellow_circle:",
}
STATUS_SIGN = {
    Status.OPEN: ":rotating_light:",
    Status.MITIGATED: ":adhesive_bandage:",
    Status.RESOLVED: ":white_check_mark:",
    Status.CLOSED: ":checkered_flag:",
}
_HALF = re.compile(r"(?:<[^<>]*|&[a-z]{0,4})\Z")  # what a cut left of a <…> or an entity
_MENTION = re.compile(
    r"<@([UW][A-Z0-9]+)(?:\|([^>]*))?>|<#([CG][A-Z0-9]+)(?:\|([^>]*))?>|<(https?://[^>|]+)(?:\|([^>]*))?>"
)


def words(text: str, names: Mapping[str, str], limit: int = 300) -> str:
    """Recorded text for mrkdwn: people by name and never as a ping, everything else letter by letter."""

    def name(found: re.Match[str]) -> str:
        user, user_label, channel, channel_label, url, label = found.groups()
        if user:
            return "@" + (names.get(user) or user_label or user)
        if channel:
            return "#" + (channel_label or channel)
        return f"{label} ({url})" if label and label != url else str(url)

    return plain(shorten(_MENTION.sub(name, text), limit))


def section(text: str, most: int = MAX_SECTION) -> Block:
    """A section of mrkdwn that is already safe. Over `most` it is cut, at the end of a line where possible."""
    return {"type": "section", "text": _mrkdwn(text, most)}


def fields(*texts: str) -> Block:
    """Up to ten short texts in two columns."""
    return {"type": "section", "fields": [_mrkdwn(t, MAX_FIELD) for t in texts[:10]]}


def _mrkdwn(text: str, limit: int) -> Block:
    # Verbatim: Slack makes links and mentions of what we mark as such, and of nothing it finds in the text.
    return {"type": "mrkdwn", "text": fit(text, limit), "verbatim": True}


def header(text: str) -> Block:
    """A large line, plain text."""
    return {"type": "header", "text": {"type": "plain_text", "text": shorten(text, MAX_HEADER), "emoji": True}}


def context(*texts: str) -> Block:
    """Small grey lines."""
    return {"type": "context", "elements": [_mrkdwn(t, MAX_CONTEXT) for t in texts[:10]]}


def button(text: str, action_id: str, value: str, *, style: str = "", confirm: str = "", url: str = "") -> Block:
    """A button. `confirm` asks once more in these words."""
    made: Block = {
        "type": "button",
        "action_id": action_id,
        "text": {"type": "plain_text", "text": shorten(text, MAX_BUTTON), "emoji": True},
        "value": value,
    }
    if style:
        made["style"] = style
    if url:
        made["url"] = url
    if confirm:
        made["confirm"] = {
            "title": {"type": "plain_text", "text": "Sure?"},
            "text": {"type": "mrkdwn", "text": shorten(confirm, 300)},
            "confirm": {"type": "plain_text", "text": "Yes"},
            "deny": {"type": "plain_text", "text": "No"},
        }
    return made


def actions(block_id: str, buttons: Sequence[Block]) -> Block:
    """A row of buttons."""
    return {"type": "actions", "block_id": block_id, "elements": list(buttons)}


def chars(content: object) -> int:
    """How many characters all texts of a block have, or of whatever else holds some."""
    if isinstance(content, str):
        return 0
    if isinstance(content, Mapping):
        own = content.get("text")
        return (units(own) if isinstance(own, str) else 0) + sum(map(chars, content.values()))
    return sum(map(chars, content)) if isinstance(content, Sequence) else 0


def fit(text: str, limit: int) -> str:
    """Cut text that is already mrkdwn at a line's end, so that no mark-up is cut in two."""
    if units(text) <= limit:
        return text
    kept: list[str] = []
    room = limit - len("```\n…")
    for line in text.split("\n"):
        room -= units(line) + 1
        if room < 0:
            break
        kept.append(line)
    if not kept:
        return _HALF.sub("", shorten(text, limit - 1).removesuffix(ELLIPSIS)) + ELLIPSIS
    fenced = sum(line.count("```") for line in kept) % 2
    return "\n".join(kept) + ("```" if fenced else "") + "\n…"
