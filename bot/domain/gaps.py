"""What may be filled into a gap of a command, and nothing else."""

from __future__ import annotations

import ipaddress
import re

from bot.domain.playbook import Fill, Playbook, Variable
from bot.errors import UserError


class BadValue(UserError):
    """A value that its variable cannot have."""

    def __init__(self, name: str, message: str, hint: str) -> None:
        super().__init__(message, hint)
        self.name = name


_SHAPES = {
    Fill.NUMBER: (re.compile(r"[0-9]+"), "digits only", "`500`"),
    Fill.PATH: (re.compile(r"/[A-Za-z0-9._/@+,=:-]*"), "a path from / on, without blanks", "`/var/lib/mongodb`"),
    Fill.KEY: (
        re.compile(r"[A-Za-z0-9_.:/@+=][A-Za-z0-9._/@+,=:-]*"),
        "a key of letters, digits and . _ - : / @ + , =; any other you type in the line itself, in single quotes",
        "`cart:1234`",
    ),
    Fill.WORD: (
        re.compile(r"[A-Za-z0-9_.][A-Za-z0-9_.-]*"),
        "letters, digits, dot, hyphen, underscore",
        "`orders`",
    ),
}
_MOST = {Fill.HOST: 253, Fill.NUMBER: 18, Fill.PATH: 255, Fill.KEY: 200, Fill.WORD: 128}  # characters
_LABEL = r"[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9])?"
_HOST = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")


def gaps(book: Playbook) -> dict[str, Variable]:
    """The gaps of all steps, by name."""
    return {gap.name: gap for step in book.steps for gap in step.variables}


def check(variable: Variable, value: str) -> str:
    """Return a value as it may stand in a command: never a blank, a quote or a sign that a shell would act on, and at
    most as many characters as its fill may have, 255 for the longest.

    Raises BadValue with what to type instead.
    """
    said = value.strip().strip("`").strip()
    if variable.fill in _MOST and len(said) > _MOST[variable.fill]:
        raise BadValue(
            variable.name,
            f"`{variable.name}` has {len(said):,} characters; {_MOST[variable.fill]} is the most.",
            "Write the value alone. One that is longer you type in the line itself, in single quotes.",
        )
    if variable.fill is Fill.HOST:
        if _HOST.fullmatch(said) or _is_address(said):
            return said
        shape, example = "a host's name or address, without a port", "`db2.example.com`"
    elif variable.fill is Fill.PORT:
        if re.fullmatch(r"[0-9]{1,5}", said, re.ASCII) and 1 <= int(said) <= 65535:
            return said
        shape, example = "a number from 1 to 65535", "`27017` for MongoDB, `6379` for Redis"
    else:
        pattern, shape, example = _SHAPES[variable.fill]
        if pattern.fullmatch(said):
            return said
    raise BadValue(variable.name, f"`{variable.name}` takes {shape}.", f"For example {example}.")


def same(variable: Variable, one: str, other: str) -> bool:
    """Return whether two values mean the same; a host may be spelt in capitals, an address in more ways than one."""
    if variable.fill is not Fill.HOST:
        return one == other
    spelt = [str(ipaddress.ip_address(said)) if _is_address(said) else said.lower() for said in (one, other)]
    return spelt[0] == spelt[1]


def _is_address(said: str) -> bool:
    try:
        ipaddress.ip_address(said)
    except ValueError:
        return False
    return "%" not in said
