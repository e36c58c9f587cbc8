"""A postmortem that somebody wrote by hand, in Markdown or plain text: reading it, and looking for what it lacks."""

from bot.domain.writeup.checking import Found, check
from bot.domain.writeup.reading import Writeup, read

__all__ = ["Found", "Writeup", "check", "read"]
