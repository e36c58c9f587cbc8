"""Words that several judges of MongoDB share, so that every sentence fits one line of a phone."""

from __future__ import annotations

from bot.probes.mongodb.answers import is_mongos, role
from bot.probes.seen import Look

MOST_CHARS = 160  # of a finding's sentence
MOST_NAME_CHARS = 60  # of a namespace or an index in it


def who(look: Look) -> str:
    """`db1:27017, secondary of shard01,`."""
    part = f" of {short(look.member.part, 30)}" if look.member.part and not is_mongos(look) else ""
    return f"{short(look.member.name)}, {role(look)}{part},"


def short(text: str, most: int = MOST_NAME_CHARS) -> str:
    """The text with its end cut where it is too long."""
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def sentence(text: str) -> str:
    """A finding's sentence, of one line and no longer than it may be."""
    return short(" ".join(text.split()), MOST_CHARS)


def counted(count: int, word: str, plural: str) -> str:
    """`1 query`, `3 queries`."""
    return f"{count:,} {word if count == 1 else plural}"


def share(part: float, whole: float) -> str:
    """`80 %`."""
    return f"{part / whole * 100:.0f} %"


def span(seconds: float) -> str:
    """`40 s`, `12 min`, `3 h`."""
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.0f} h"


def ago(seconds: float) -> str:
    """`40 s ago`, `12 min ago`; `a moment ago` for less than a second."""
    return f"{span(seconds)} ago" if seconds >= 1 else "a moment ago"


def size(count: float) -> str:
    """Bytes as people say them: `12 GB`."""
    for unit in ("bytes", "kB", "MB", "GB"):
        if abs(count) < 1000:
            return f"{count:.0f} {unit}"
        count /= 1000
    return f"{count:.3g} TB"
