"""What of a place of backups is kept each night: how many there are, and the newest. Pure."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from bot.probes.backup.sets import every, listed, no_list
from bot.probes.seen import Seen
from bot.probes.values import moment

ASKS = ("files",)


def take(seen: Seen) -> dict[str, Any]:
    """Return the sections of a snapshot (`domain/snapshot.py`)."""
    files = listed(seen)
    if files is None:
        return {"gaps": [no_list(seen).rstrip(".")]}
    dated = [(when, one) for one in files if (when := moment(one.get("modified")))]
    when, newest = max(dated, key=lambda pair: pair[0], default=(None, {}))
    return {
        "backups": {
            "files": len(files),
            "newest": newest.get("name"),
            "newest_at": when.isoformat() if when else None,
            "newest_bytes": newest.get("size"),
            "age_s": (seen.at - when).total_seconds() if when else None,
            "every_h": every(seen.system) / timedelta(hours=1),
        },
        "gaps": [] if dated or not files else ["the age of the backups: the storage does not say"],
    }
