"""The pinned card: how things stand, in one message that is edited in place."""

from __future__ import annotations

from bot.domain.due import spelt
from bot.domain.incident import Incident, Severity, Status
from bot.domain.roles import Role, Task
from bot.services.rooms import Room
from bot.slack.blocks.pieces import (
    MAX_PART,
    SEVERITY_SIGN,
    STATUS_SIGN,
    Block,
    actions,
    button,
    context,
    fields,
    header,
    section,
    words,
)
from bot.slack.text import date, link, mention, plain, shorten

MAX_TOPIC = 250
MAX_WALKS = 6  # in hand first, then the newest that ended
STEP_NAMES = {
    "channel": "make the channel",
    "card": "post this card",
    "card-edit": "edit this card",
    "topic": "set the topic",
    "pin": "pin this card",
    "announcement": "announce the incident",
    "announcement-edit": "edit the announcement",
    "bookmark": "add the bookmark",
    "review": "ask which steps helped",
}
NEXT = {
    Status.OPEN: ("Mitigated", "card_mitigate", "Customers are no longer hurt?"),
    Status.MITIGATED: ("Resolved", "card_resolve", "Back to a steady state?"),
    Status.RESOLVED: ("Close", "card_close", "Close the incident and draft the postmortem?"),
}


def card(room: Room) -> list[Block]:
    """The card as it stands now; at most 14 blocks."""
    incident = room.incident
    blocks = [
        header(f"{SEVERITY_SIGN[incident.severity]} {incident.label} {incident.title}"),
        fields(
            f"*Status*\n{STATUS_SIGN[incident.status]} {incident.status}",
            f"*Severity*\n{severity_words(incident.severity)}",
            f"*Commander*\n{_commander(room)}",
            f"*Declared*\n{_when(incident)} by {mention(incident.declared_by)}",
        ),
    ]
    blocks += _others(room) + _walks(room) + _tasks(room) + _timeline(room) + _troubles(room)
    if incident.status in NEXT:
        text, action_id, confirm = NEXT[incident.status]
        next_one = button(text, action_id, incident.id, style="primary", confirm=confirm)
        blocks.append(actions("next", [next_one, button("Find a runbook…", "card_find", incident.id)]))
    page = f"<{room.pages_url}/incidents/{incident.number}|Timeline page>"
    blocks.append(
        context(
            f"{page}  ·  `/incident note …` or :pushpin: on a message  ·  `/runbook` what you see  ·  `/incident help`"
        )
    )
    return blocks


def fallback(incident: Incident) -> str:
    """The card in one line, for notifications and screen readers."""
    return f"{incident.label} {incident.severity} {incident.status}: {plain(incident.title)}"


def topic(room: Room) -> str:
    """The channel's topic: plain text of at most 250 characters."""
    incident = room.incident
    lead = next((a.user_id for a in room.assignments if a.role is Role.COMMANDER), "")
    who = f" · commander {room.names.get(lead, lead)}" if lead else ""
    return shorten(f"{incident.severity.upper()} · {incident.status}{who} · {incident.title}", MAX_TOPIC, escaped=True)


def announcement(room: Room) -> list[Block]:
    """One line for the announcement channel, edited as the incident moves on."""
    incident = room.incident
    refused = any(step.step == "channel" and step.state == "failed" for step in room.troubles)
    without = "it has no channel yet" if refused else "its channel is being made"
    where = f"<#{incident.channel_id}>" if incident.channel_id else without
    sign = SEVERITY_SIGN[incident.severity] if incident.status is Status.OPEN else STATUS_SIGN[incident.status]
    return [
        section(f"{sign} *{incident.label}* {incident.severity} · {incident.status}: {plain(incident.title)}\n{where}"),
        context(f"Declared by {_name(room, incident.declared_by)} {_when(incident)}"),
    ]


def severity_words(severity: Severity) -> str:
    """The severity and what it means."""
    meaning = {
        Severity.SEV1: "customers cannot use the product",
        Severity.SEV2: "a part of the product is broken",
        Severity.SEV3: "degraded, nobody is blocked",
    }
    return f"{SEVERITY_SIGN[severity]} {severity}: {meaning[severity]}"


def _when(incident: Incident) -> str:
    return date(incident.declared_at, "{date_short_pretty} {time}")


def _name(room: Room, user_id: str) -> str:
    return plain(room.names.get(user_id, user_id))


def _commander(room: Room) -> str:
    lead = next((a.user_id for a in room.assignments if a.role is Role.COMMANDER), "")
    return mention(lead) if lead else "nobody yet: `/incident lead @name`"


def _others(room: Room) -> list[Block]:
    others = [f"{a.role}: {mention(a.user_id)}" for a in room.assignments if a.role is not Role.COMMANDER]
    return [context("  ·  ".join(others))] if others else []


def _walks(room: Room) -> list[Block]:
    lines = []
    ended = [walk for walk in room.walks if not walk.in_hand]
    for walk in (*(walk for walk in room.walks if walk.in_hand), *reversed(ended)):
        steps = len(walk.playbook.steps)
        where = walk.tally if walk.over else f"step {walk.position} of {steps}"
        if walk.ended_at and not walk.over:
            where = f"put away at {where}"
        elif shown := room.step_links.get(walk.id):
            where = link(shown, where)
        lines.append(f":notebook: {plain(shorten(walk.playbook.title, 120))}: {where}")
    more = [f"and {len(lines) - MAX_WALKS} more"] if len(lines) > MAX_WALKS else []
    return [section("\n".join([*lines[:MAX_WALKS], *more]), MAX_PART)] if lines else []


def _tasks(room: Room) -> list[Block]:
    if not room.open_tasks:
        return []
    lines = [
        f"{task.number}. {words(task.text, room.names, 150)}" + (f" ({carried})" if (carried := _carried(task)) else "")
        for task in room.open_tasks[:8]
    ]
    more = len(room.open_tasks) - len(lines)
    return [section("*Open tasks*\n" + "\n".join(lines) + (f"\nand {more} more" if more > 0 else ""), MAX_PART)]


def _carried(task: Task) -> str:
    owner, due = mention(task.owner) if task.owner else "", f"due {spelt(task.due)}" if task.due else ""
    return ", ".join(filter(None, (owner, due)))


def _timeline(room: Room) -> list[Block]:
    lines = [f"{date(e.at, '{time}')}  {words(e.text, room.names, 160)}" for e in room.last_entries]
    earlier = room.entry_count - len(lines)
    head = "*Timeline*" + (f" (the last {len(lines)} of {room.entry_count})" if earlier > 0 else "")
    return [section(head + "\n" + "\n".join(lines), MAX_PART)] if lines else []


def _troubles(room: Room) -> list[Block]:
    if not room.troubles:
        return []
    lines = []
    for step in room.troubles[:8]:
        what = STEP_NAMES.get(step.step, "")
        if step.step.startswith("invite:"):
            what = f"invite {mention(step.step.removeprefix('invite:'))}"
        later = " I try again by myself." if step.state == "waiting" else ""
        lines.append(f":warning: I could not {what or 'finish a step'}: {plain(shorten(step.trouble, 300))}{later}")
    return [
        section("\n".join(lines), MAX_PART),
        actions("trouble", [button("Try again", "retry_room", room.incident.id)]),
    ]
