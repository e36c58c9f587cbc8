"""What a person does at a terminal: `muster <command>`. Mistakes end with one clear sentence and exit status 1."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence

# Each command's module has `add(parser)` and `run(arguments) -> exit status`. A module is imported only when its
# command is given, so that `muster incident note` does not wait for the web server's imports. Nothing that takes time
# is imported here: until `main` has begun, Python answers Ctrl-C, with a traceback.
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
    "runbook": ("bot.cli.runbook", "find, show and print playbooks, check them, and count how they are used"),
    "postmortem": ("bot.cli.postmortem", "an incident's postmortem in every form; import or check one kept by hand"),
}

STOP, STOPPED = "Stopped.", 130  # the status that shells give what Ctrl-C ended


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return the exit status: 0 when it did what was asked, 1 when not, 2 for a wrong call.

    Of `probe`, `preflight`, `diff` and `snapshot`, whose status says what was found, a mistake ends with 3.
    """
    given = list(sys.argv[1:] if argv is None else argv)
    alone = (
        argv is None and signal.getsignal(signal.SIGINT) is signal.default_int_handler
    )  # nobody runs us, or ignores it
    if alone:  # amid imports an exception may be swallowed or wrapped, and nothing is open yet
        signal.signal(signal.SIGINT, _end)
    from bot.cli import answering

    parser = answering.parser(given)
    if alone:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        return answering.answer(parser, given)
    except KeyboardInterrupt:
        print(STOP, file=sys.stderr)
        return STOPPED


def _end(*_: object) -> None:
    os.write(2, f"{STOP}\n".encode())
    os._exit(STOPPED)
