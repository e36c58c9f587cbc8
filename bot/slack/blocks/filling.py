"""The form that asks for the gaps of a step: fields to write in, and what the inventory's systems offer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from bot.domain.gaps import gaps
from bot.domain.offers import Offer, Offered, hosts_before, of_gap
from bot.domain.playbook import Fill, Step, Variable
from bot.domain.times import spell
from bot.services.playbooks.standing import Stand
from bot.slack.blocks.forms import View, option, text_field, titled, view
from bot.slack.blocks.pieces import context
from bot.slack.blocks.step import FILLS, MAX_GAPS
from bot.slack.text import shorten

CHOSEN = ":chosen"  # behind a gap's name, the menu above its field
MAX_VALUE = 150  # characters of an option's value (Slack, option object)
MAX_GROUP = 75
MAX_OPTIONS = 100  # in all groups of a menu (Slack, select menu)


def fill_step(stand: Stand, step: Step, offers: Sequence[Offer], now: datetime) -> View:
    """Asks for the variables of a step; what was given for this playbook stands there already."""
    book, gaps = stand.walk.playbook, step.variables[:MAX_GAPS]
    menus = {gap.name: _groups(of_gap(offers, book, step, gap), now) for gap in gaps}
    fields = [block for gap in gaps for block in _gap(stand, gap, menus)]
    return view(
        "step_fill",
        f"Fill in step {step.number}",
        "Fill in",
        {"walk": stand.walk.id, "step": step.number},
        [
            titled(step),
            *fields,
            context("The commands of this playbook are shown with these values. Nothing is run."),
        ],
    )


def read(values: Mapping[str, str], shown: Mapping[str, str]) -> tuple[dict[str, str], dict[str, Offered]]:
    """Return what was typed and what was chosen, by gap.

    A value that was written counts more than one that was chosen: a menu cannot be emptied again. One that stood in the
    field when the form was opened (`shown`) was not written now: somebody else may have filled it in since.
    """
    fields = {name: value.strip() for name, value in values.items() if not name.endswith(CHOSEN)}
    typed = {name: value for name, value in fields.items() if value and value != shown.get(name)}
    chosen = {name.removesuffix(CHOSEN): _offered(value) for name, value in values.items() if name.endswith(CHOSEN)}
    return typed, {name: one for name, one in chosen.items() if one and name not in typed}


def _gap(stand: Stand, gap: Variable, menus: Mapping[str, list[dict[str, Any]]]) -> list[dict[str, Any]]:
    """The field of one variable, below a menu where something is offered; while it is empty it tells what is known."""
    label = gap.name if gap.name == gap.fill else f"{gap.name} ({FILLS[gap.fill]})"
    menu = menus[gap.name]
    hint = _hint(stand, gap, menus)
    field = f"{gap.name}, if it is none of these" if menu else label
    written = text_field(gap.name, field, hint, stand.known.get(gap.name, ""), 254, optional=True)
    return [_menu(gap.name, label, menu), written] if menu else [written]


def _hint(stand: Stand, gap: Variable, menus: Mapping[str, list[dict[str, Any]]]) -> str:
    """What an empty field says of its gap: a value that stands elsewhere, or where its own will come from."""
    book = stand.walk.playbook
    if told := stand.elsewhere.get(gap.name):
        return f"in {told.playbook} it was {told.value}"
    if any(menus.get(host) for host in hosts_before(book, gap.name)):
        return "comes with the member that you choose"
    ports = [name for name, one in gaps(book).items() if one.fill is Fill.PORT and name in stand.known]
    return f"{ports[-1]} is {stand.known[ports[-1]]}" if gap.fill is Fill.PORT and ports else ""


def _menu(name: str, label: str, groups: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "type": "input",
        "block_id": name + CHOSEN,
        "label": {"type": "plain_text", "text": label},
        "optional": True,
        "element": {
            "type": "static_select",
            "action_id": name + CHOSEN,
            "placeholder": {"type": "plain_text", "text": "Choose"},
            "option_groups": groups,
        },
    }


def _groups(offers: Sequence[Offer], now: datetime) -> list[dict[str, Any]]:
    """A group for each system, with how old is what it says of roles."""
    groups, left = [], MAX_OPTIONS
    for offer in offers:
        options = [option(_told(one), value) for one in offer.members if (value := _value(one))][:left]
        left -= len(options)
        seen = f"looked at {spell(now - offer.looked_at)} ago" if offer.looked_at else "not looked at yet"
        label = {"type": "plain_text", "text": shorten(f"{offer.system}, {seen}", MAX_GROUP)}
        if options:
            groups.append({"label": label, "options": options})
    return groups


def _told(one: Offered) -> str:
    told = " · ".join(dict.fromkeys(said for said in (one.role, one.part) if said))
    return f"{shorten(one.shown, 50)}{f' · {told}' if told else ''}"


def _value(one: Offered) -> str:
    """How an option names it, "" for one that is too long for that."""
    value = f"{one.value} {one.port}"
    return value if len(value) <= MAX_VALUE else ""


def _offered(value: str) -> Offered | None:
    said, _, port = value.rpartition(" ")
    return Offered(value=said, port=int(port), shown=said) if said and port.isdecimal() else None
