"""What a person does at a terminal: `muster <command>`. Mistakes end with one clear sentence and exit status 1."""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Sequence

import sqlalchemy as sa

from bot.cli.talk import at_a_terminal
from bot.errors import UserError

# Each command's module has `add(parser)` and `run(arguments) -> exit status`. A module is imported only when its
# command is given, so that `muster incident note` does not wait for the web server's imports.
COMMANDS = {
    "demo": ("bot.cli.demo", "watch a real outage being handled, in a workspace that ships with the bot"),
    "rehearse": ("bot.cli.rehearse", "the Slack-compatible workspace alone, for any Slack app you develop"),
    "serve": ("bot.cli.serve", "run the bot against the Slack named by the environment"),
    "doctor": ("bot.cli.doctor", "check settings, token, scopes, database, playbooks and inventory"),
    "manifest": ("bot.cli.manifest", "print the Slack app manifest"),
    "migrate": ("bot.cli.migrate", "bring the database's tables up to date"),
    "incident": ("bot.cli.incident", "list, show, open, note, strike, close incidents, also while Slack is down"),
    "probe": ("bot.cli.probe", "look at a system of the inventory, read-only"),
    "diff": ("bot.cli.diff", "what has changed in a system since last night, or since a day"),
    "snapshot": ("bot.cli.snapshot", "keep what a system is like now, as is done each night"),
    "preflight": ("bot.cli.preflight", "go, wait or stop before a change, from a look of its own"),
    "inventory": ("bot.cli.inventory", "list what may be looked at, and check the file that says so"),
    "runbook": ("bot.cli.runbook", "find and show playbooks"),
    "postmortem": ("bot.cli.postmortem", "print the postmortem draft of an incident"),
}

# Their exit status is a verdict, as monitors know it: 0 well, 1 and 2 not, 3 unknown. A mistake is none of the first.
VERDICTS = ("probe", "preflight", "diff", "snapshot")
UNKNOWN = 3


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return the exit status: 0 when it did what was asked, 1 when not, 2 for a wrong call.

    Of the commands in VERDICTS, whose status says what was found, a mistake ends with 3.
    """
    given = list(sys.argv[1:] if argv is None else argv)
    parser = argparse.ArgumentParser(prog="muster", description="An incident-response bot for Slack.")
    commands = parser.add_subparsers(dest="command", metavar="command", required=True)
    for name, (module, about) in COMMANDS.items():
        sub = commands.add_parser(name, help=about, description=about[0].upper() + about[1:] + ".")
        if name in given[:1]:
            importlib.import_module(module).add(sub)
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
    try:
        return int(importlib.import_module(COMMANDS[arguments.command][0]).run(arguments))
    except UserError as error:
        return _say(error.message, error.hint, verdict)
    except sa.exc.DBAPIError as error:
        return _say(
            f"The database fails: {str(error.orig).splitlines()[0]}.", "See DATABASE_URL; try `muster doctor`.", verdict
        )
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        sys.stderr.close()  # who read us has gone, and wants no word about it
        return 0
    except OSError as error:
        return _say(f"{error.strerror or error}: {error.filename}." if error.filename else f"{error}.", "", verdict)


def _say(message: str, hint: str, verdict: bool) -> int:
    print("\n".join(at_a_terminal(line) for line in (message, hint) if line), file=sys.stderr)
    return UNKNOWN if verdict else 1
