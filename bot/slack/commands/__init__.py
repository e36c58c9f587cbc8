"""The commands, one file each. A new one is its file, one line here, its test and its line in docs/commands.md."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bot.domain.arguments import find_severity, nearest, normalise, split_verb
from bot.domain.incident import Severity
from bot.errors import UserError
from bot.services.desk import Desk
from bot.slack.asked import Answer, Asked, as_typed
from bot.slack.commands import (
    check,
    close,
    diff,
    importing,
    listing,
    mitigate,
    note,
    open,
    postmortem,
    preflight,
    resolve,
    role,
    runbook,
    sev,
    status,
    strike,
    task,
)
from bot.slack.commands.reading import here


@dataclass(frozen=True, kw_only=True)
class Verb:
    """One verb of /incident: its names (the first is shown), an example, and what it is for."""

    names: tuple[str, ...]
    usage: str
    about: str
    run: Callable[[Desk, Asked], Answer]


_ROOMS = (
    open, status, sev, role, note, strike, importing, task, check, diff, preflight, runbook, listing, mitigate,
    resolve, close, postmortem,
)  # fmt: skip


def _help(desk: Desk, asked: Asked) -> Answer:
    lines = [f"`/incident {verb.usage}`  {verb.about}" for verb in VERBS]
    lines += [
        "`/runbook primary answers heartbeats but no queries`  find a playbook; `/runbook list` shows them all",
        "`/postmortem INC-3`  the postmortem; `review @ada`, `sign`, `edit` and `share #channel` go with it",
        ":pushpin: on a message writes it into the timeline, also inside a thread",
    ]
    return Answer(text="\n".join(lines))


VERBS = (
    *(Verb(names=room.NAMES, usage=room.USAGE, about=room.ABOUT, run=room.run) for room in _ROOMS),
    Verb(names=("help", "?"), usage="help", about="this list", run=_help),
)
BY_NAME = {name: verb for verb in VERBS for name in verb.names}


def incident(desk: Desk, asked: Asked) -> Answer:
    """/incident: the first word is the verb. Raises UserError naming the nearest ones for an unknown verb."""
    text = normalise(asked.text).strip()
    verb, rest = split_verb(text)
    if verb.lstrip("/") in BY_NAME:
        return BY_NAME[verb.lstrip("/")].run(desk, asked.rest(rest, verb.lstrip("/")))
    if not verb:
        return _help(desk, asked)
    near, shown = nearest(verb, BY_NAME), as_typed(verb)[:60]
    if severity := _severity(verb):
        if here(desk, asked):
            hint = f"To change the severity: `/incident sev {severity}`."
        else:
            hint = f"To open an incident: `/incident open {severity} {as_typed(rest)[:80] or 'checkout is failing'}`."
        raise UserError(f"`{shown}` is no command.", hint=f"{hint} `/incident help` lists all.")
    if near:
        tries = " or ".join(f"`/incident {name} …`" for name in near)
        raise UserError(f"I do not know `{shown}`.", hint=f"Did you mean {tries}? `/incident help` lists all.")
    raise UserError(
        f"I do not know `{shown}`.",
        hint=f"To open an incident: `/incident open sev2 {as_typed(text)[:80]}`. `/incident help` lists all commands.",
    )


def _severity(word: str) -> Severity | None:
    try:
        severity, more = find_severity(word)
    except UserError:
        return None
    return None if more else severity


def playbook(desk: Desk, asked: Asked) -> Answer:
    """/runbook"""
    return runbook.run(desk, asked)


def draft(desk: Desk, asked: Asked) -> Answer:
    """/postmortem"""
    return postmortem.run(desk, asked)


COMMANDS: dict[str, Callable[[Desk, Asked], Answer]] = {
    "/incident": incident,
    "/runbook": playbook,
    "/postmortem": draft,
}
