"""The form that asks for the gaps of a step: fields to write in, and what the inventory's systems offer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from bot.domain.offers import NONE, Offer, Offered, hosts_before, of_gap
from bot.domain.playbook import Fill, Playbook, Step, Variable
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
TAKEN_BACK = "none"  # the value of the option that takes a choice back: people cannot empty a menu again


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
    """Return what was typed and what was chosen, by gap; a gap may have both.

    A value that stood in the field when the form was opened (`shown`) was not typed now: somebody else may have filled
    it in since.
    """
    fields = {name: value.strip() for name, value in values.items() if not name.endswith(CHOSEN)}
    typed = {name: value for name, value in fields.items() if value and value != shown.get(name)}
    chosen = {name.removesuffix(CHOSEN): _offered(value) for name, value in values.items() if name.endswith(CHOSEN)}
    return typed, {name: one for name, one in chosen.items() if one}


def asked_anew(book: Playbook, step: int, before: Mapping[str, str], now: Mapping[str, str]) -> str:
    """What the person who filled in `step` has to know besides: which ports went with the host before, "" for none."""
    return "\n".join(_port_gone(book, step, port, before, now) for port in before if port not in now)


def _port_gone(book: Playbook, step: int, port: str, before: Mapping[str, str], now: Mapping[str, str]) -> str:
    hosts = sorted({f"`{now[host]}`" for host in hosts_before(book, port) if host in now})
    steps = [one.number for one in book.steps if any(gap.name == port for gap in one.variables)]
    where = "Press *Fill in…* and write it" if step in steps else f"Write it in *Fill in…* of step {steps[0]}"
    why = f"{before[port]} went with the host before, and I do not know the port of {', '.join(hosts)}"
    if len(hosts) > 1:
        why = f"it stands for the ports of {' and '.join(hosts)}, which I do not know to be the same"
    return f":warning: `{port}` is to be filled in anew: {why}. {where}, before you copy a command."


def _gap(stand: Stand, gap: Variable, menus: Mapping[str, list[dict[str, Any]]]) -> list[dict[str, Any]]:
    """The field of one variable, below a menu where something is offered; while it is empty it tells what is known."""
    label = gap.name if gap.name == gap.fill else f"{gap.name} ({FILLS[gap.fill]})"
    menu = menus[gap.name]
    known = _known_hosts(stand, gap)
    # The port of a host never stands in its field: below another host it would read as that one's, unsaid.
    stands = "" if known else stand.known.get(gap.name, "")
    field = f"{gap.name}, if it is {NONE}" if menu else label
    written = text_field(gap.name, field, _hint(stand, gap, menus, known), stands, 254, optional=True)
    return [_menu(gap.name, label, menu), written] if menu else [written]


def _known_hosts(stand: Stand, gap: Variable) -> str:
    """The hosts whose port a gap is, as far as they are filled in."""
    hosts = hosts_before(stand.walk.playbook, gap.name) if gap.fill is Fill.PORT else set()
    return ", ".join(stand.known[name] for name in sorted(hosts) if name in stand.known)


def _hint(stand: Stand, gap: Variable, menus: Mapping[str, list[dict[str, Any]]], hosts: str) -> str:
    """What an empty field says of its gap: what it keeps, a value that stands elsewhere, or where its own will come
    from."""
    book = stand.walk.playbook
    if hosts and gap.name in stand.known:
        return f"Empty keeps {stand.known[gap.name]}; any host but {hosts} needs its own"
    if told := stand.elsewhere.get(gap.name):
        return f"in {told.playbook} it was {told.value}"
    if gap.fill is not Fill.PORT:
        return ""
    if hosts:
        return f"the port of {hosts}"
    offered = any(menus.get(host) for host in hosts_before(book, gap.name))
    return "comes with the member that you choose" if offered else ""


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
    groups, left = [], MAX_OPTIONS - 1
    for offer in offers:
        options = [option(_told(one), value) for one in offer.members if (value := _value(one))][:left]
        left -= len(options)
        seen = (
            f"{offer.verdict}, looked at {spell(now - offer.looked_at)} ago" if offer.looked_at else "not looked at yet"
        )
        label = {"type": "plain_text", "text": shorten(f"{offer.system}, {seen}", MAX_GROUP)}
        if options:
            groups.append({"label": label, "options": options})
    none = {"label": {"type": "plain_text", "text": "Not in this list"}}
    return [*groups, none | {"options": [option(f"{NONE}, I write it below", TAKEN_BACK)]}] if groups else []


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
