"""Who sits at this machine, as the timeline and a postmortem's history name them."""

from __future__ import annotations

import getpass


def me() -> str:
    """`terminal:<login>`; the name that the operating system knows whoever started the process by."""
    try:
        return f"terminal:{getpass.getuser()}"
    except (KeyError, OSError):
        return "terminal:somebody"
