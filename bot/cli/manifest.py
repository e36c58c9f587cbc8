"""`muster manifest`: what to paste where Slack asks for an app manifest."""

from __future__ import annotations

import argparse
import re

import yaml

from bot.cli.talk import as_json
from bot.errors import UserError
from bot.slack.manifest import manifest


def add(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--url", default="", help="the bot's public https address; without it, Socket Mode")
    parser.add_argument("--json", action="store_true", help="print JSON instead of YAML")


def run(arguments: argparse.Namespace) -> int:
    """Print it."""
    if arguments.url and not re.fullmatch(r"https://[^\s/]+(/\S*)?", arguments.url):
        raise UserError(
            f"`{arguments.url[:80]}` is no https address.", hint="Slack needs one such as https://muster.example."
        )
    made = manifest(arguments.url)
    print(as_json(made) if arguments.json else yaml.safe_dump(made, sort_keys=False, allow_unicode=True).rstrip())
    return 0
