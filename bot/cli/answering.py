"""Reading the words of a command, running it, and saying a mistake."""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Sequence
from typing import Any, NoReturn

import sqlalchemy as sa

from bot.cli import COMMANDS
from bot.cli.hints import at_a_terminal
from bot.cli.talk import wrapped
from bot.errors import UserError

# Their exit status is a verdict, as monitors know it: 0 well, 1 and 2 not, 3 unknown. A mistake is none of the first.
VERDICTS = ("probe", "preflight", "diff", "snapshot")
UNKNOWN = 3


class Parser(argparse.ArgumentParser):
    """Says what is wrong with the words of a verb beside the usage of that verb, not of `muster`."""

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """As argparse does; but words that mean nothing are an error right here."""
        found, left = super().parse_known_args(args, namespace)
        if left:
            self.error(f"I do not know what `{' '.join(left)}` is for")
        return found, left

    def error(self, message: str) -> NoReturn:
        """As argparse does, in lines of the terminal's width."""
        self.print_usage(sys.stderr)
        self.exit(2, f"{wrapped(f'{self.prog}: error: {message}', sys.stderr)}\n")


def parser(given: Sequence[str]) -> Parser:
    """All commands, with the options of the one that was given. Its module is imported."""
    whole = Parser(prog="muster", description="An incident-response bot for Slack.")
    commands = whole.add_subparsers(dest="command", metavar="command", required=True)
    for name, (module, about) in COMMANDS.items():
        sub = commands.add_parser(name, help=about, description=about[0].upper() + about[1:] + ".")
        if name in given[:1]:
            importlib.import_module(module).add(sub)
    return whole


def answer(parser: Parser, given: Sequence[str]) -> int:
    """Run the command that was given and return its exit status; a mistake is said in a sentence or two."""
    if not given:
        parser.print_help(sys.stderr)
        return 2
    verdict = given[0] in VERDICTS
    try:
        arguments = parser.parse_args(given)
    except SystemExit as end:
        if verdict and end.code == 2:
            return UNKNOWN
        raise
    wrong = UNKNOWN if verdict else 1
    named = str(getattr(arguments, "incident", ""))
    try:
        return int(importlib.import_module(COMMANDS[arguments.command][0]).run(arguments))
    except UserError as error:
        _say(error.message, error.hint, named)
    except sa.exc.DBAPIError as error:
        _say(f"The database fails: {str(error.orig).splitlines()[0]}.", "See DATABASE_URL; try `muster doctor`.")
    except BrokenPipeError:
        sys.stderr.close()  # who read us has gone, and wants no word about it
        return 0
    except OSError as error:
        _say(f"{error.strerror or error}: {error.filename}." if error.filename else f"{error}.")
    return wrong


def _say(message: str, hint: str = "", incident: str = "") -> None:
    lines = [at_a_terminal(line, incident) for line in (message, hint) if line]
    print("\n".join(wrapped(line, sys.stderr) for line in lines), file=sys.stderr)
