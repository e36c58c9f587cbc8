"""How the rehearsal says no: to the app in Slack's codes, to a person in a sentence."""

from __future__ import annotations

from typing import Any


class Refusal(Exception):
    """Slack says no. `code` is Slack's error code, `messages` say where, `extra` goes into the answer as it is."""

    def __init__(self, code: str, *, messages: list[str] | None = None, **extra: Any) -> None:
        super().__init__(code if not messages else f"{code}: {messages[0]}")
        self.code = code
        self.messages = messages or []
        self.extra = extra


class RehearsalError(Exception):
    """Somebody asked the rehearsal for something impossible; the text says what."""
