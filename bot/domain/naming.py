"""Names made from what people type: the channel of an incident, and a title that is safe to show."""

from __future__ import annotations

import re
import unicodedata

MAX_CHANNEL_CHARS = 80  # Slack's limit; lower-case letters, digits, - and _
MAX_READ_CHARS = 2000  # of a title; more cannot reach a channel name

# Letters that Unicode does not take apart into a letter and an accent.
_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h"})
_JOINER = "\u200d"  # holds family and profession emoji together
_INVISIBLE = re.compile(
    "[\u200b\u200c\u200e\u200f\u061c\u2060-\u206f\u202a-\u202e\ufeff\u00ad\ufff9-\ufffb\U000e0000-\U000e007f]"
)


def channel_name(number: int, title: str, attempt: int = 0) -> str:
    """`inc-12-checkout-is-failing`: at most 80 of a-z, 0-9 and -, never a dash at an end.

    The number comes first, so the name stays ours whatever the title is; a title without a Latin letter or digit gives
    `inc-12`. `attempt` 1, 2… is for a name that is taken: it ends in -2, -3….
    """
    start, suffix = f"inc-{number}", f"-{attempt + 1}" if attempt > 0 else ""
    room = MAX_CHANNEL_CHARS - len(start) - len(suffix) - 1
    slug = _slug(title)[: max(0, room)].strip("-")
    return f"{start}-{slug}{suffix}" if slug else f"{start}{suffix}"


def clean_title(text: str) -> str:
    """The text on one line, without control, zero-width and direction-changing characters.

    Letters of every script, accents and emoji stay. The length is not judged here.
    """
    kept = "".join(" " if char.isspace() else char for char in text if char.isspace() or not _unprintable(char))
    kept = _INVISIBLE.sub("", kept)
    joined = (
        char
        for place, char in enumerate(kept)
        if char != _JOINER
        or (0 < place < len(kept) - 1 and _pictorial(kept[place - 1]) and _pictorial(kept[place + 1]))
    )
    return " ".join("".join(joined).split())


def _slug(title: str) -> str:
    # Folding may bring out an accent (İ) and taking apart a capital (𝐀), so the title goes through both twice.
    plain = title[:MAX_READ_CHARS]
    for _ in range(2):
        plain = unicodedata.normalize("NFKD", plain).casefold().translate(_LETTERS)
    plain = "".join(char for char in plain if not unicodedata.combining(char))
    return re.sub(r"[^a-z0-9]+", "-", re.sub(r"['’`]", "", plain)).strip("-")


def _unprintable(char: str) -> bool:
    return unicodedata.category(char) in ("Cc", "Cs")


def _pictorial(char: str) -> bool:
    return unicodedata.category(char) in ("So", "Sk") or char == "\ufe0f"
