"""Where the bot is tried: a Slack-compatible workspace on localhost, stricter than Slack."""

from bot.rehearsal.actor import Actor
from bot.rehearsal.app import AppConfig, CommandSpec
from bot.rehearsal.clock import Clock
from bot.rehearsal.knobs import Fault, Knobs
from bot.rehearsal.ledger import Ledger
from bot.rehearsal.people import DEFAULT_PEOPLE, PersonSpec
from bot.rehearsal.refusals import Refusal, RehearsalError
from bot.rehearsal.server import Rehearsal

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
