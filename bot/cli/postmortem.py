"""`muster postmortem INCIDENT --format md|html|json`."""

from __future__ import annotations

import argparse

from bot import settings
from bot.cli.talk import as_json
from bot.domain.postmortem import draft as compose
from bot.errors import UserError
from bot.services import document, incidents, postmortems
from bot.wiring import desk as open_desk


def add(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("incident", help="INC-3, or 3")
    parser.add_argument("--format", choices=("md", "html", "json"), default="md", help="default: md")
    parser.add_argument("--json", action="store_true", help="the same as --format json")


def run(arguments: argparse.Namespace) -> int:
    """Print the draft as it would be made from what is recorded now."""
    number = incidents.number_of(arguments.incident)
    if number is None:
        raise UserError(f"`{arguments.incident}` is no incident's name.", hint="Write INC-3, or 3.")
    with open_desk(settings.read()) as desk:
        draft = compose(postmortems.facts(desk, incidents.find(desk, number=number)))
    wanted = "json" if arguments.json else arguments.format
    if wanted == "json":
        print(as_json(document.as_json(draft)))
    else:
        print(document.html(draft) if wanted == "html" else document.markdown(draft), end="")
    return 0
