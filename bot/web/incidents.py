"""The incidents: those in hand as cards, the closed ones as a table, and each with a page of its own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from starlette.responses import Response

from bot.domain.incident import Incident, Severity, Status
from bot.domain.postmortem.wording import plain, who
from bot.domain.roles import Person, Role
from bot.errors import NotFound
from bot.services import incidents
from bot.services.desk import Desk
from bot.store import incidents as stored
from bot.store import people
from bot.web import page
from bot.web.access import Visit
from bot.web.headers import LIVE_POLICY
from bot.web.record import gather, lasts

MAX_READ = 2000
MAX_SHOWN = 200
MAX_QUERY_CHARS = 200


@dataclass(frozen=True, kw_only=True)
class Listed:
    """One incident as the list shows it."""

    incident: Incident
    title: str
    lasts: timedelta
    commander: str = ""


@dataclass(frozen=True, kw_only=True)
class Listing:
    """The incidents that fit what was asked for; `unshown` closed ones are left out for length."""

    alive: tuple[Listed, ...]
    closed: tuple[Listed, ...]
    unshown: int
    of: int  # all there are


async def listing(visit: Visit) -> Response:
    """The list, narrowed by `q` (words of title, number or channel) and `severity`."""
    asked = visit.request.query_params
    words = " ".join(asked.get("q", "")[:MAX_QUERY_CHARS].split())
    severity = next((s for s in Severity if s == asked.get("severity")), None)
    found = await visit.read(lambda desk: _find(desk, words, severity))
    return _alive(
        await page.html(
            "incidents",
            seen=visit.seen,
            team=visit.team,
            found=found,
            words=words,
            severity=severity,
            severities=tuple(Severity),
            now=visit.deps.now(),
            zone=visit.deps.settings.zone,
        )
    )


async def one(visit: Visit) -> Response:
    """One incident in full."""
    number = number_in(visit)
    record = await visit.read(lambda desk: gather(desk, number))
    channel = record.incident.channel_id
    answer = await page.html(
        "incident",
        seen=visit.seen,
        team=visit.team,
        record=record,
        incident=record.incident,
        draft=record.draft,
        slack=f"{visit.slack_url.rstrip('/')}/archives/{channel}" if visit.slack_url and channel else "",
        now=visit.deps.now(),
        zone=visit.deps.settings.zone,
    )
    return _alive(answer) if record.alive else answer


def number_in(visit: Visit) -> int:
    """The incident number in the address: `12` or `INC-12`. Raises NotFound saying what to type."""
    name = str(visit.request.path_params["name"])
    number = incidents.number_of(name)
    if number is None:
        raise NotFound(f"I know no incident `{name[:40]}`.", hint="List them with `/incident list`.", typed=name)
    return number


def _alive(answer: Response) -> Response:
    """Let the page fetch itself again."""
    answer.headers["content-security-policy"] = LIVE_POLICY
    return answer


def _find(desk: Desk, words: str, severity: Severity | None) -> Listing:
    everything = stored.newest(desk.session, desk.team_id, limit=MAX_READ)
    fits = [i for i in everything if severity in (None, i.severity) and _has(i, words)]
    alive = sorted((i for i in fits if i.status is not Status.CLOSED), key=_urgency)
    closed = [i for i in fits if i.status is Status.CLOSED]
    folk = {key: Person(user_id=key, name=name) for key, name in people.names(desk.session, desk.team_id).items()}
    return Listing(
        alive=tuple(_listed(desk, incident, folk, with_commander=True) for incident in alive),
        closed=tuple(_listed(desk, incident, folk) for incident in closed[:MAX_SHOWN]),
        unshown=max(0, len(closed) - MAX_SHOWN),
        of=len(everything),
    )


def _urgency(incident: Incident) -> tuple[int, Severity, int]:
    """What hurts customers now comes first, the worst of it at the top, the newest of equals."""
    return list(Status).index(incident.status), incident.severity, -incident.number


def _has(incident: Incident, words: str) -> bool:
    text = f"{incident.label} {incident.title} #{incident.channel_name}".casefold()
    return all(word in text for word in words.casefold().split())


def _listed(desk: Desk, incident: Incident, folk: dict[str, Person], *, with_commander: bool = False) -> Listed:
    held = stored.assignments(desk.session, incident.id) if with_commander else ()
    lead = next((a.user_id for a in held if a.role is Role.COMMANDER), "")
    return Listed(
        incident=incident,
        title=plain(incident.title, folk) or incident.label,
        lasts=lasts(incident, desk.now),
        commander=who(lead, folk) if lead else "",
    )
