"""Every error this bot raises on purpose.

    BotError
      UserError        the person can fix it; the text is shown to them
        NotFound       no such incident, step or playbook
        NotAllowed     the incident's state forbids it
      ChatDown         Slack did not answer, or asked us to wait; trying again later can help
      ChatRefused      Slack said no; trying again unchanged cannot help
      ChatUnknown      the call went out and nothing readable came back; look before repeating

Anything else is a bug: it is logged with a reference and never shown raw.
"""

from __future__ import annotations


class BotError(Exception):
    """Root of everything this bot raises on purpose."""


class UserError(BotError):
    """A mistake the person can correct, worded for that person.

    `message` says what is wrong, `hint` says what to type instead, `typed` is what they typed,
    handed back so that nothing is lost.
    """

    def __init__(self, message: str, hint: str = "", typed: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.typed = typed


class NotFound(UserError):
    """No such incident, step or playbook."""


class NotAllowed(UserError):
    """The incident's state forbids it."""


class ChatDown(BotError):
    """Slack did not answer, or asked us to wait. `retry_after_s` is Slack's own wish, if it gave one."""

    def __init__(self, message: str, retry_after_s: float | None = None) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class ChatRefused(BotError):
    """Slack said no. `code` is Slack's error code, `needed` the missing scope when it names one."""

    def __init__(self, method: str, code: str, needed: str = "") -> None:
        super().__init__(f"{method}: {code}" + (f" (needs {needed})" if needed else ""))
        self.method = method
        self.code = code
        self.needed = needed


class ChatUnknown(BotError):
    """The call went out and nothing readable came back: it may have happened."""
