"""What an address names: an incident by its number, and what to open instead where it names none."""

from __future__ import annotations

from bot.domain.incident import Incident
from bot.errors import NotFound
from bot.services import incidents
from bot.services.desk import Desk
from bot.web.access import Visit

MAX_PAGE = 1_000_000
ROOMS = {
    "follow-ups": ("/follow-ups", "All follow-ups"),
    "insights": ("/insights", "Insights"),
    "people": ("/people", "People"),
    "playbooks": ("/playbooks", "All playbooks"),
}
LIST = ("/incidents", "All incidents")
HOW = "The list has every one; its search takes words of a title, a number or a channel."


class NoIncident(NotFound):
    """The address names an incident that is not there."""


def number_in(visit: Visit) -> int:
    """The incident number in the address: `12` or `INC-12`. Raises NoIncident."""
    name = str(visit.request.path_params["name"])
    number = incidents.number_of(name)
    if number is None:
        raise NoIncident(f"I know no incident `{name[:40]}`.", hint=HOW, typed=name)
    return number


def incident_at(desk: Desk, number: int) -> Incident:
    """The incident with this number. Raises NoIncident: whoever reads a page is shown a page, not what to type."""
    try:
        return incidents.find(desk, number=number)
    except NotFound as unknown:
        raise NoIncident(unknown.message, hint=HOW, typed=str(number)) from None


def number_of(text: str, most: int) -> int | None:
    """The number that a part of an address is, None where it is none from 1 to `most`."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 and 1 <= int(text) <= most else None


def doors(path: str, error: Exception | None = None) -> tuple[tuple[str, str], ...]:
    """Where to go on from an address that led nowhere: the incident it names, and the list it belongs to."""
    room, name, *deeper = [*path.strip("/").split("/"), ""]
    number = incidents.number_of(name) if room == "incidents" and any(deeper) else None
    if number is None or error is None or isinstance(error, NoIncident):
        return (ROOMS.get(room, LIST),)
    return (f"/incidents/{number}", f"INC-{number}"), LIST
