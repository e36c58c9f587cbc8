"""What the services say for Slack, with each command as it is typed at a terminal."""

from __future__ import annotations

import re
import shlex

EXAMPLE = "INC-3"  # where nobody has named an incident yet

_SAID = re.compile(r"`/(incident|runbook|postmortem)\b ?(open --force .*(?=`\.\Z)|[^`\n]*)`")  # a title may hold a `
_CHANNEL = re.compile(r" in <#[A-Z0-9]+(?:\|[^>]*)?>")  # an address that only Slack can show
_AND_WORDS = re.compile(r"`/runbook` and (?:words|what you see)")
_INCIDENT = re.compile(r"(?:inc-?|#)?([0-9]{1,9})", re.IGNORECASE | re.ASCII)
_NEEDS_QUOTES = re.compile(r"[^\w\s@%+=:,./…-]|\s\s")
_OPTIONS = re.compile(r"(?:--\w+(?:\s+|\Z))*")
_OF_ONE = {"note": "note", "strike": "strike", "show": "show", "status": "show", "close": "close"}


def at_a_terminal(text: str, incident: str = "") -> str:
    """The text with commands that work here. `incident` is the one that the person named, if any.

    What can be done in Slack alone stays as it is.
    """
    text = _AND_WORDS.sub("`/runbook what you see`", _CHANNEL.sub("", text))
    named = _INCIDENT.fullmatch(incident.strip())
    label = f"INC-{named[1]}" if named else EXAMPLE
    return _SAID.sub(lambda said: f"`{_typed(said[1], said[2], label) or said[0].strip('`')}`", text)


def _typed(command: str, words: str, incident: str) -> str:
    """The line to type; "" for what only Slack has."""
    verb, _, rest = words.partition(" ")
    if command == "postmortem":
        return f"muster postmortem {words or incident}"
    if command == "runbook":
        return f"muster runbook show {rest}" if verb == "show" else f"muster runbook find {_quoted(words)}"
    if verb in ("preflight", "diff"):
        return f"muster {words}"
    if verb == "check":
        return f"muster probe {rest}".strip()
    if verb == "list":
        return "muster incident list --all" if rest else "muster incident list"
    if verb == "open":
        options = _OPTIONS.match(rest)
        end = options.end() if options else 0
        return f"muster incident open {rest[:end]}{_quoted(rest[end:])}"
    if verb not in _OF_ONE:
        return ""
    first, _, others = rest.partition(" ")
    if first.upper().startswith("INC-"):
        incident, rest = first, others
    here = "show" if verb == "note" and not rest else _OF_ONE[verb]
    return f"muster incident {here} {incident} {_quoted(rest)}".strip()


def _quoted(words: str) -> str:
    """Words as a shell takes them, as they are where it takes nothing of them for itself."""
    return shlex.quote(words) if _NEEDS_QUOTES.search(words) else words
