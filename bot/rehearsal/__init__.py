"""Where the bot is tried: a Slack-compatible workspace on localhost, stricter than Slack, and sick databases.

The workspace is fetched when it is first asked for: a member of a patient is a process that needs none of it.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bot.rehearsal.actor import Actor
    from bot.rehearsal.app import AppConfig, CommandSpec
    from bot.rehearsal.clock import Clock
    from bot.rehearsal.knobs import Fault, Knobs
    from bot.rehearsal.ledger import Ledger
    from bot.rehearsal.people import DEFAULT_PEOPLE, PersonSpec
    from bot.rehearsal.refusals import Refusal, RehearsalError
    from bot.rehearsal.server import Rehearsal

HOMES = {
    "actor": ("Actor",),
    "app": ("AppConfig", "CommandSpec"),
    "clock": ("Clock",),
    "knobs": ("Fault", "Knobs"),
    "ledger": ("Ledger",),
    "people": ("DEFAULT_PEOPLE", "PersonSpec"),
    "refusals": ("Refusal", "RehearsalError"),
    "server": ("Rehearsal",),
}

__all__ = [
    "DEFAULT_PEOPLE",
    "Actor",
    "AppConfig",
    "Clock",
    "CommandSpec",
    "Fault",
    "Knobs",
    "Ledger",
    "PersonSpec",
    "Refusal",
    "Rehearsal",
    "RehearsalError",
]


def __getattr__(name: str) -> Any:
    for module, names in HOMES.items():
        if name in names:
            return getattr(import_module(f"bot.rehearsal.{module}"), name)
    raise AttributeError(f"module {__name__} has no {name}")
