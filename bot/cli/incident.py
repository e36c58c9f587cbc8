"""`muster incident list|show|open|note|close`. Works while Slack is down; what it did is told there later."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from typing import Any

from bot import settings
from bot.cli import record
from bot.cli.hints import at_a_terminal
from bot.cli.talk import as_json, table, wrapped
from bot.domain import incident as rules
from bot.domain import metrics, opening
from bot.domain.arguments import find_severity, near_tags
from bot.domain.follow_up import when
from bot.domain.incident import Incident, Moment, Severity
from bot.domain.naming import clean_title
from bot.domain.postmortem.wording import plain
from bot.domain.roles import Person
from bot.domain.timeline import Entry, Source
from bot.domain.times import describe_day
from bot.errors import UserError
from bot.services import closing, incidents, striking, tasks, timeline
from bot.services.desk import Desk
from bot.services.terminal import me
from bot.settings import Settings
from bot.store import incidents as stored
from bot.store import people
from bot.wiring import wall


def add(parser: argparse.ArgumentParser) -> None:
    """Declare the verbs and their options."""
    verbs = parser.add_subparsers(dest="verb", metavar="verb", required=True)
    listing = verbs.add_parser("list", help="incidents that are not closed, newest first")
    listing.add_argument("--all", action="store_true", help="the last ones of all")
    show = verbs.add_parser("show", help="one incident with its timeline")
    show.add_argument("incident", help="INC-3, or 3")
    opening = verbs.add_parser("open", help="open one: muster incident open sev2 checkout is failing")
    opening.add_argument("words", nargs="+", help="a severity (sev1, sev2, sev3) and the title")
    opening.add_argument("--force", action="store_true", help="open a second one with the same title")
    note = verbs.add_parser(
        "note", help="write into the timeline: muster incident note INC-3 12:03 GMT calendar is empty"
    )
    note.add_argument("incident", help="INC-3, or 3")
    note.add_argument("words", nargs="+", help="a time if it was not just now, #tags, and the text")
    strike = verbs.add_parser(
        "strike", help="take a wrong entry out: muster incident strike INC-3 E7 it was another day"
    )
    strike.add_argument("incident", help="INC-3, or 3")
    strike.add_argument("words", nargs="+", help="the entry, as in E7, and the reason")
    close = verbs.add_parser("close", help="close one; the postmortem is drafted")
    close.add_argument("incident", help="INC-3, or 3")
    close.add_argument("words", nargs="*", help="started 12:02 GMT, detected 12:04 GMT, and how it ended")
    for verb in (listing, show, opening, note, strike, close):
        verb.add_argument("--json", action="store_true", help="print data")


def run(arguments: argparse.Namespace) -> int:
    """Do it and print what came of it."""
    found = settings.read()
    if arguments.verb == "open":
        said, data = _open(found, arguments)
    else:
        with record.read(found) as desk:
            said, data = _VERBS[arguments.verb](desk, arguments)
    print(as_json(data) if arguments.json else wrapped(said))
    return 0


def _list(desk: Desk, arguments: argparse.Namespace) -> tuple[str, Any]:
    found = incidents.newest(desk, everything=arguments.all)
    rows = [
        (
            i.label,
            i.severity.value,
            i.status.value,
            f"{i.declared_at:%Y-%m-%d %H:%M} UTC",
            f"#{i.channel_name}" if i.channel_name else "",
            i.title,
        )
        for i in found
    ]
    nothing = "No incidents." if arguments.all else "No open incidents. `muster incident list --all` shows the closed."
    return table(rows) or nothing, [_data(i) for i in found]


def _show(desk: Desk, arguments: argparse.Namespace) -> tuple[str, Any]:
    incident = _find(desk, arguments.incident)
    entries = timeline.entries(desk, incident)
    names, folk = people.names(desk.session, desk.team_id), _folk(desk)
    assignments = stored.assignments(desk.session, incident.id)
    todo = tasks.all(desk, incident)
    lines = [f"{incident.label}  {incident.severity}  {incident.status}  {plain(incident.title, folk)}"]
    lines += [f"{held.role}: {names.get(held.user_id, held.user_id)}" for held in assignments]
    rows = [
        (
            f"{e.at:%Y-%m-%d %H:%M:%S}",
            e.label,
            names.get(e.author, e.author),
            " ".join(f"#{t}" for t in e.tags),
            plain(e.text, folk),
        )
        for e in entries
    ]
    lines += ["", "Timeline (UTC)", table(rows)]
    if todo:
        today = desk.now.astimezone(desk.zone).date()
        told = [
            (
                "[x]" if t.done_at else "[ ]",
                str(t.number),
                names.get(t.owner, t.owner),
                ", ".join(filter(None, (str(t.aim or ""), when(t, today)))),
                " ".join(filter(None, (plain(t.text, folk), t.link))),
            )
            for t in todo
        ]
        lines += ["", "Tasks", table(told)]
    data = _data(incident) | {
        "roles": {held.role.value: held.user_id for held in assignments},
        "tasks": [asdict(task) for task in todo],
        "timeline": [_entry(entry) for entry in entries],
    }
    return "\n".join(lines), data


def _open(found: Settings, arguments: argparse.Namespace) -> tuple[str, Any]:
    severity, words = find_severity(" ".join(arguments.words))
    asked = opening.read(words, now=wall(), zone=found.zone)
    rules.check_title(clean_title(asked.title))  # a mistake leaves no new database behind
    with record.write(found) as desk:
        incident = incidents.open(
            desk,
            title=asked.title,
            severity=severity or Severity.SEV2,
            by=me(),
            source=Source.TERMINAL,
            force=arguments.force,
        )
        incident = incidents.set_moments(
            desk, incident, by=me(), started_at=asked.started, detected_at=asked.detected, source=Source.TERMINAL
        )
        clashes = _clashes(desk, incident)
    chosen = "" if severity else " I took sev2, as you gave none."
    lines = [f"{incident.label} {incident.severity} is open: {incident.title}.{chosen} {_LATER}"]
    for moment, at in (("Impact since", asked.started), ("First seen at", asked.detected)):
        lines += [f"{moment} {describe_day(at, found.zone, wall())}."] if at else []
    return "\n".join(filter(None, [*lines, asked.note, *clashes])), _data(incident)


def _note(desk: Desk, arguments: argparse.Namespace) -> tuple[str, Any]:
    incident = _find(desk, arguments.incident)
    at, tags, text, remark = timeline.read_note(desk, incident, " ".join(arguments.words))
    entry = timeline.note(desk, incident, text, by=me(), at=at, tags=tags, source=Source.TERMINAL)
    when = describe_day(entry.at, desk.zone, desk.now)
    says = f"{incident.label} {entry.label} at {when}: {plain(entry.text, _folk(desk))}"
    asks = [
        f"`#{word}` is no tag. Did you mean `#{tag}`? Then `muster incident strike {incident.label} {entry.label}`."
        for word, tag in near_tags(text)
    ]
    return "\n".join([says, *([remark] if remark else []), *asks, *_clashes(desk, incident)]), _entry(entry)


def _strike(desk: Desk, arguments: argparse.Namespace) -> tuple[str, Any]:
    incident = _find(desk, arguments.incident)
    numbers, why = striking.read(" ".join(arguments.words))
    if not numbers:
        raise UserError(
            f"`{arguments.words[0]}` is no entry's name.",
            hint=f"Write E7. `muster incident show {incident.label}` shows them.",
        )
    struck = [striking.strike(desk, incident, n, by=me(), why=why, source=Source.TERMINAL) for n in numbers]
    lines = [f"{incident.label} {entry.label} is struck: {plain(entry.text, _folk(desk))}" for entry in struck]
    return "\n".join([*lines, *_clashes(desk, incident)]), [_entry(entry) for entry in struck]


def _close(desk: Desk, arguments: argparse.Namespace) -> tuple[str, Any]:
    incident = _find(desk, arguments.incident)
    asked = closing.read(desk, incident, " ".join(arguments.words))
    missing = closing.missing(desk, incident, asked.given)
    left = closing.to_put_away(desk, incident, asked)
    closed = closing.close(desk, incident, asked, by=me(), source=Source.TERMINAL)
    from bot.services.postmortem import drafting  # what renders is wanted by this verb only

    drafting.at_terminal(desk, closed.id)
    lines = [f"{closed.label} is closed. Its postmortem is drafted: see it with `muster postmortem {closed.label}`."]
    lines += [f"{line}." for line in closing.told_away(left)]
    if missing:
        lines.append(f"Not recorded: {', '.join(missing)}. The draft is made anew from what you add:")
        tags = [metrics.TAG_OF[Moment(name)] for name in missing]
        lines += [f"`muster incident note {closed.label} 12:02 GMT '#{tag} …'`" for tag in tags]
    away = [{"playbook": w.playbook.name, "step": w.position, "steps": len(w.playbook.steps)} for w in left]
    data = _data(closed) | {"not_recorded": list(missing), "put_away": away}
    return "\n".join([*lines, *_clashes(desk, closed)]), data


_VERBS = {"list": _list, "show": _show, "note": _note, "strike": _strike, "close": _close}
_LATER = "Its channel is made when the bot runs and Slack answers."


def _find(desk: Desk, said: str) -> Incident:
    number = incidents.number_of(said)
    if number is None:
        raise UserError(
            f"`{said}` is no incident's name.", hint="Write INC-3, or 3. `muster incident list` shows them."
        )
    return incidents.find(desk, number=number)


def _folk(desk: Desk) -> dict[str, Person]:
    """Everyone we know, so that a mention is shown by name."""
    return {user: Person(user_id=user, name=name) for user, name in people.names(desk.session, desk.team_id).items()}


def _clashes(desk: Desk, incident: Incident) -> list[str]:
    return at_a_terminal(striking.contradiction(desk, incident), incident.label).splitlines()


def _data(incident: Incident) -> dict[str, Any]:
    return {"label": incident.label} | asdict(incident)


def _entry(entry: Entry) -> dict[str, Any]:
    return {"label": entry.label} | asdict(entry)
