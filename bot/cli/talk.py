"""Speaking to a terminal: tables, JSON, numbers that were typed, and a quiet log."""

from __future__ import annotations

import argparse
import json
import logging
import re
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

_IN_SLACK = re.compile(
    r"/(incident (?:list all|list|open|show|status|note|strike|close|preflight|diff)"
    r"|runbook (?:show|list)|runbook|postmortem)\b"
)
_HERE = {
    "incident list all": "incident list --all",
    "incident status": "incident show",
    "incident preflight": "preflight",
    "runbook list": "runbook find --help",
    "runbook": "runbook find",
}


def at_a_terminal(text: str) -> str:
    """What the services say for Slack, with the commands as they are typed here."""
    return _IN_SLACK.sub(lambda found: f"muster {_HERE.get(found[1], found[1])}", text)


def number(least: int, most: int) -> Callable[[str], int]:
    """A reader of whole numbers from `least` to `most`, for argparse."""

    def read(text: str) -> int:
        if not re.fullmatch(r"[0-9]{1,9}", text) or not least <= int(text) <= most:
            raise argparse.ArgumentTypeError(f"`{text[:40]}` is not a number from {least} to {most}")
        return int(text)

    return read


def as_json(value: Any) -> str:
    """Indented JSON; datetimes in ISO 8601 with their zone."""
    return json.dumps(value, indent=2, ensure_ascii=False, default=_plain)


def table(rows: Sequence[Sequence[str]]) -> str:
    """Columns, each as wide as its widest cell; the last is left ragged."""
    if not rows:
        return ""
    widths = [max(len(row[n]) for row in rows) for n in range(len(rows[0]))]
    return "\n".join(
        "  ".join([*(cell.ljust(width) for cell, width in zip(row[:-1], widths, strict=False)), row[-1]]).rstrip()
        for row in rows
    )


def quiet_logging() -> None:
    """Warnings and worse, one line each; nothing from a request is ever logged as it came."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    # Bolt warns that it will not use the token from the environment, which is as we want it.
    logging.getLogger("slack_bolt").setLevel(logging.ERROR)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    return str(value)
