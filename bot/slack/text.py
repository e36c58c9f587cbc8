"""Text on its way to Slack: nothing that came from data can ping, link or format.

Data reaches Slack in one of four ways: as `plain_text` or rich text, cut with `shorten`; inside mrkdwn, through `plain`
(shown letter by letter) or `escape` (formatting is welcome, pings are not); in a code block, through `fence`.
Only `mention`, `link` and `date` write the angle brackets that Slack acts on.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from datetime import UTC, datetime
from urllib.parse import urlsplit

ELLIPSIS = "…"
WORD_JOINER = "\u2060"

_ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
# mrkdwn has no escape for these. A zero-width character beside them is not enough, since where Slack sees the edge of a
# word is not written down, and it would be copied along unseen. So those that could open or close a span become their
# look-alikes; inside words (db_1, 2*3) they are harmless and stay.
_LOOKALIKES = {"*": "∗", "_": "ˍ", "~": "∼", "`": "ˋ"}
_SPAN_EDGE = re.compile(r"`|(?<![A-Za-z0-9])[*_~]|[*_~](?![A-Za-z0-9])")
_QUOTE = re.compile(r"(?m)^([ \t]{0,8})>")
_USER_ID = re.compile(r"[UW][A-Z0-9]{1,30}")
_HANGUL_L, _HANGUL_VT = range(0x1100, 0x1160), range(0x1160, 0x1200)


def escape(text: str) -> str:
    """Escape `&`, `<` and `>`, the three characters Slack acts on. Do it once, last, on raw text."""
    return re.sub("[&<>]", lambda found: _ESCAPES[found[0]], text)


def plain(text: str) -> str:
    """The text for mrkdwn, shown letter by letter: escaped, and * _ ~ ` at the edge of a word made look-alikes.

    A `>` that begins a line becomes `›`, because Slack draws a quote even from the escaped one.
    """
    text = _QUOTE.sub(r"\1›", text)
    return escape(_SPAN_EDGE.sub(lambda found: _LOOKALIKES[found[0]], text))


def shorten(text: str, limit: int, *, escaped: bool = False) -> str:
    """Cut the text to `limit` UTF-16 units with an ellipsis, between two characters as people see them.

    With `escaped` the answer comes back escaped, and it is the escaped form that fits; never half an entity. The text
    handed in is raw in both cases. A limit below 1 gives "".
    """
    dress = escape if escaped else str
    if limit < 1:
        return ""
    kept: list[str] = []
    left = limit
    cut = 0  # how many clusters still leave room for the ellipsis
    for cluster in _clusters(text):
        shown = dress(cluster)
        left -= units(shown)
        if left < 0:
            return "".join(kept[:cut]).rstrip() + ELLIPSIS
        kept.append(shown)
        cut = len(kept) if left >= 1 else cut
    return "".join(kept)


def units(text: str) -> int:
    """The length of the text in UTF-16 units, the strictest way Slack may count."""
    return len(text) + sum(char > "\uffff" for char in text)


def fence(text: str, limit: int | None = None) -> str:
    """A code block around the text, escaped, of at most `limit` UTF-16 units; back-ticks inside cannot close it."""
    held = re.sub("`(?=`)", f"`{WORD_JOINER}", text.strip("\n")) or " "
    held = escape(held) if limit is None else shorten(held, limit - 8, escaped=True)
    return f"```\n{held}\n```"


def mention(user_id: str) -> str:
    """`<@U123>` for a well-formed user id, `ada, at the terminal` for `terminal:ada`; anything else as plain text."""
    if login := user_id.removeprefix("terminal:") if user_id.startswith("terminal:") else "":
        return f"{plain(login)}, at the terminal"
    return f"<@{user_id}>" if _USER_ID.fullmatch(user_id) else plain(user_id)


def link(url: str, label: str) -> str:
    """`<url|label>` for an http or https address; anything else is the label as plain text.

    A label that is itself another address gives way to the url, so that no link can pose as another.
    """
    target = re.sub(r"[|<>\s\x00-\x1f\x7f\"`\ud800-\udfff]", _percent, url.strip())
    if not _is_web(target):
        return plain(label)
    shown = " ".join(label.split())
    if not shown or ("://" in shown and shown != url.strip()):
        shown = target
    return f"<{target.replace('&', '&amp;')}|{plain(shown).replace('|', '¦')}>"


def date(at: datetime, fmt: str = "{time}", fallback: str = "") -> str:
    """`<!date^1416488400^{time}|13:00 UTC>`: each reader sees it in their own time zone.

    `fmt` is one of Slack's own formats and never comes from data. `fallback` is shown where Slack cannot draw dates.
    """
    utc = at.astimezone(UTC)
    shown = fallback or f"{utc:%H:%M} UTC" if "date" not in fmt else fallback or f"{utc:%Y-%m-%d %H:%M} UTC"
    inside = re.sub(r"[\^|<>&]", "", fmt)
    return f"<!date^{int(utc.timestamp())}^{inside}|{plain(shown).replace('|', '¦')}>"


def _percent(found: re.Match[str]) -> str:
    return "".join(f"%{byte:02X}" for byte in found[0].encode("utf-8", "replace"))


def _is_web(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:  # an unclosed [ of an IPv6 address
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)


def _clusters(text: str) -> Iterator[str]:
    """Characters as people see them: a letter with its accents, a flag, a family. Close to UAX 29."""
    start = 0
    flags = 0
    for place in range(1, len(text)):
        flags = flags + 1 if _flag_half(text[place - 1]) else 0
        if not _sticks(text[place - 1], text[place], flags):
            yield text[start:place]
            start = place
    if text:
        yield text[start:]


def _sticks(before: str, char: str, flags: int) -> bool:
    if char < "\u0300" and before != "\u200d":
        return before == "\r" and char == "\n"
    if unicodedata.category(char) in ("Mn", "Mc", "Me") or char == "\u200d" or before == "\u200d":
        return True
    if "\U0001f3fb" <= char <= "\U0001f3ff" or "\U000e0020" <= char <= "\U000e007f":  # skin tones, tags
        return True
    if _flag_half(char):
        return flags % 2 == 1
    return ord(char) in _HANGUL_VT and (ord(before) in _HANGUL_L or ord(before) in _HANGUL_VT or "가" <= before <= "힣")


def _flag_half(char: str) -> bool:
    return "\U0001f1e6" <= char <= "\U0001f1ff"
