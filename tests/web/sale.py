"""A small outage, told through the services: enough of everything for a page to show."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.domain.incident import Incident, Severity, Status
from bot.domain.roles import Person, Role
from bot.domain.timeline import Tag
from bot.domain.walk import Did
from bot.services import incidents, tasks, timeline
from bot.services.desk import Desk
from bot.services.playbooks import walking
from bot.services.postmortem import drafting
from bot.store import incidents as stored
from bot.store import people, work
from tests.web.house import TEAM, House

NOON = datetime(2014, 3, 13, 12, 0, tzinfo=UTC)
ADA, BEN, CLEO = "U0ADA", "U0BEN", "U0CLEO"
LINK = "https://shop.slack.test/archives/C01/p1394713620000100"


def begin(house: House, title: str = "checkout is failing", severity: Severity = Severity.SEV1) -> Incident:
    """Open an incident at the clock's time, by Ada."""

    def job(desk: Desk) -> Incident:
        for user, name in ((ADA, "Ada"), (BEN, "Ben Okri"), (CLEO, "Cleo Marsh")):
            people.remember(desk.session, desk.team_id, Person(user_id=user, name=name), desk.now)
        return incidents.open(desk, title=title, severity=severity, by=ADA, force=True)

    return house.do(job)


def go_on(house: House, number: int = 1) -> None:
    """People take roles, notes are made, a playbook is walked two steps, Slack refuses a bookmark."""

    def found(desk: Desk) -> Incident:
        return incidents.find(desk, number=number)

    house.do(lambda desk: incidents.assign(desk, found(desk), Role.COMMANDER, ADA, by=ADA))
    house.at("12:13").do(
        lambda desk: timeline.note(
            desk, found(desk), "primary is silent, see <https://graphs.test/db|the graph>", by=BEN, tags=(Tag.DETECTED,)
        )
    )
    house.at("12:14").do(
        lambda desk: timeline.note(desk, found(desk), "kill `mongod` on db1", by=ADA, tags=(Tag.DECISION,))
    )
    house.do(lambda desk: tasks.add(desk, found(desk), "raise the limit on <@U0BEN>'s box", owner=BEN, by=ADA))
    walk = house.at("12:20").do(lambda desk: walking.begin(desk, found(desk), "force-failover-via-firewall", by=BEN))
    house.at("12:24").do(lambda desk: walking.mark(desk, walk.id, Did.DONE, step=1, by=BEN))
    house.at("12:31").do(lambda desk: walking.mark(desk, walk.id, Did.SKIPPED, step=2, by=BEN, reason="no time"))
    house.do(
        lambda desk: work.note_outbound(
            desk.session,
            team_id=TEAM,
            subject=found(desk).id,
            step="bookmark",
            state="failed",
            now=desk.wall,
            trouble="Slack said missing_scope (needs bookmarks:write).",
        )
    )


def pinned(house: House, incident: Incident, text: str, permalink: str = LINK) -> None:
    """Somebody pins a message in the incident's channel."""

    def job(desk: Desk) -> None:
        stored.set_channel(desk.session, incident.id, "C01", "inc-1-checkout-is-failing")
        timeline.pin(
            desk,
            channel_id="C01",
            ts="1394713620.000100",
            author=BEN,
            text=text,
            at=desk.now,
            permalink=permalink,
            pinned_by=ADA,
        )

    house.do(job)


def end(house: House, number: int = 1) -> None:
    """Mitigated, resolved, closed, and the draft kept."""

    def job(desk: Desk) -> None:
        incident = incidents.find(desk, number=number)
        for status in (Status.MITIGATED, Status.RESOLVED, Status.CLOSED):
            incident = incidents.reach(desk, incident, status, by=ADA)
        drafting.draft(desk, incident.id)

    house.do(job)
