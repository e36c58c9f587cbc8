"""What incidents tell together, and what they asked of people."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from bot.domain.check import written
from bot.domain.finding import Finding, Verdict
from bot.domain.incident import Severity, Status
from bot.domain.lookup import Lookup, Said
from bot.domain.roles import Person, Role
from bot.domain.timeline import Kind, Tag
from bot.domain.walk import Did
from bot.services import incidents, tasks, timeline
from bot.services.playbooks import reviewing, walking
from bot.store import lookups, people
from bot.store.review_tables import ReviewRow
from tests.web import sale
from tests.web.house import TEAM, House
from tests.web.test_hostile import SCRIPT
from tests.web.test_incident_pages import text_of

BOOK = "stop-respawn"


def outage(house: House, minutes: int, severity: Severity = Severity.SEV2, until: Status = Status.CLOSED) -> int:
    """An incident whose impact lasted that long; closed, or left as it is `until` then."""
    house.now += timedelta(days=3)
    begun = house.now
    number = sale.begin(house, "checkout is failing", severity).number
    house.do(lambda desk: incidents.set_moments(desk, at(desk, number), by=sale.ADA, started_at=begun))
    house.now = begun + timedelta(minutes=minutes)
    for status in (Status.MITIGATED, Status.RESOLVED, Status.CLOSED):
        house.do(lambda desk, to=status: incidents.reach(desk, at(desk, number), to, by=sale.ADA))
        if status is until:
            break
    return number


def at(desk: Any, number: int) -> Any:
    return incidents.find(desk, number=number)


async def told(browser: httpx.AsyncClient, path: str = "/insights") -> str:
    page = await browser.get(path)
    assert page.status_code == 200
    return text_of(page.text)


async def test_an_empty_house_has_nothing_to_tell(browser: httpx.AsyncClient) -> None:
    assert "Nothing to tell of 2014" in await told(browser)
    assert "Nothing to tell of yet" in await told(browser, "/insights?year=all")
    assert "Nobody was asked for anything" in await told(browser, "/people")


async def test_a_figure_comes_with_its_count_and_what_lies_far_out_is_named(
    house: House, browser: httpx.AsyncClient
) -> None:
    for minutes in (10, 20, 30, 40, 50):
        outage(house, minutes)
    far = outage(house, 3000, Severity.SEV1)
    page = (await browser.get("/insights")).text
    mitigate = text_of("<body>" + page[page.index('id="m-mitigate"') : page.index('id="m-resolve"')])
    assert "Known of 6 of 6." in mitigate
    assert "all 6 35 min 2 d 2 h" in mitigate
    assert "sev1 1 2 d 2 h sev2 5 30 min 50 min" in mitigate
    assert f"Far out: INC-{far} (sev1, 2 d 2 h)." in mitigate.replace(" (", " (")
    assert f'<a href="/incidents/{far}">INC-{far}</a>' in page
    assert not re.search(r"\b(mean|average)\b[^,]", page.replace("there is no mean", ""))
    identify = page[page.index('id="m-identify"') : page.index('id="m-mitigate"')]
    assert "Known of 0 of 6." in identify
    assert "<table" not in identify


async def test_a_few_incidents_stand_for_themselves(house: House, browser: httpx.AsyncClient) -> None:
    numbers = [outage(house, minutes) for minutes in (10, 75)]
    page = (await browser.get("/insights")).text
    shown = text_of(page)
    assert shown.count("too few to say") == 1
    assert "INC-1 sev2 INC-2 sev2" in shown
    assert "Time to mitigate from the beginning of the impact to its end 10 min 1 h 15 min" in shown
    assert "known what was wrong not recorded not recorded" in shown
    assert all(f'<a href="/incidents/{number}">' in page for number in numbers)
    assert "Median" not in shown and "<svg" not in page


async def test_every_dot_leads_to_its_incident(house: House, browser: httpx.AsyncClient) -> None:
    numbers = [outage(house, minutes) for minutes in (5, 5, 5, 5, 500)]
    page = (await browser.get("/insights")).text
    plot = page[page.index('id="m-mitigate"') :]
    plot = plot[plot.index("<svg") : plot.index("</svg>")]
    assert [int(number) for number in re.findall(r'<a href="/incidents/(\d+)" tabindex="-1">', plot)] == numbers
    places = re.findall(r'cx="([\d.]+)" cy="([\d.]+)"', plot)
    assert len(set(places)) == 5  # three of the same length do not hide one another


async def test_a_year_shows_its_own_incidents(house: House, browser: httpx.AsyncClient) -> None:
    outage(house, 10)
    house.now = datetime(2016, 1, 1, tzinfo=UTC)
    outage(house, 20)
    assert "1 incident declared in 2016" in await told(browser)
    assert "1 incident declared in 2014" in await told(browser, "/insights?year=2014")
    assert "Nothing to tell of 2015" in await told(browser, "/insights?year=2015")
    assert "2 incidents declared in all" in await told(browser, "/insights?year=all")
    for odd in ("0", "-5", "99999", "x", "9999", "²"):
        assert (await browser.get("/insights", params={"year": odd})).status_code == 200


async def test_what_incidents_with_a_cause_had_in_common_is_counted_once_each(
    house: House, browser: httpx.AsyncClient
) -> None:
    bad = Finding(probe="p", signal="tickets-gone", verdict=Verdict.CRITICAL, says="gone")
    fine = Finding(probe="p", signal="lag", verdict=Verdict.OK, says="fine")
    for tags in ((Tag.CAUSE,), (Tag.TRIGGER,), ()):
        number = outage(house, 10)
        house.do(lambda desk, n=number, t=tags: timeline.note(desk, at(desk, n), "a deploy", by=sale.ADA, tags=t))
        for _ in range(2):
            data = {"check": "c", "system": "s", "why": "opened", "findings": written((bad, fine))}
            house.do(lambda desk, n=number, d=data: timeline.record(desk, at(desk, n), Kind.FINDING, "x", data=d))
    page = (await browser.get("/insights")).text
    assert "2 of 3 incidents have an entry tagged #cause or #trigger" in text_of(page)
    signals = text_of("<body>" + page[page.index('id="by-signals"') : page.index('id="by-systems"')])
    assert "tickets-gone 2 of 2 INC-2 , INC-1" in signals
    assert "lag" not in signals


async def test_which_playbooks_helped_and_how_long_their_steps_took(house: House, browser: httpx.AsyncClient) -> None:
    for minutes in (1, 2, 3, 4, 50):
        number = outage(house, 10, until=Status.MITIGATED)
        walk = house.do(lambda desk, n=number: walking.begin(desk, at(desk, n), BOOK, by=sale.ADA))
        house.now += timedelta(minutes=minutes)
        house.do(lambda desk, w=walk: walking.mark(desk, w.id, Did.DONE, step=1, by=sale.ADA))
        house.do(lambda desk, w=walk, m=minutes: reviewing.judge(desk, w.id, 1, helped=m != 50, by=sale.ADA))
        offer = Lookup(id=f"l{number}", words="x", playbook=BOOK, said=Said.OPENED, made_at=house.now)
        house.do(lambda desk, o=offer: lookups.keep(desk.session, o, TEAM))
    shown = await told(browser)
    assert f"{BOOK} 5 5 0 5 4 of 5" in shown
    first = house.deps.shelf.current()
    title = next(book for book in first.playbooks if book.name == BOOK).steps[0].title
    assert f"{title} 5 3 min 50 min 0 0" in shown


async def test_words_for_which_nothing_was_found_are_told_once(house: House, browser: httpx.AsyncClient) -> None:
    outage(house, 10)
    for number, words in enumerate(("the lift is slow", SCRIPT, "the lift is slow")):
        look = Lookup(id=f"l{number}", words=words, playbook="", made_at=house.now + timedelta(minutes=number))
        house.do(lambda desk, one=look: lookups.keep(desk.session, one, TEAM))
    page = (await browser.get("/insights")).text
    vain = page[page.index("Looked for in vain") : page.index('id="reviews-title"')]
    assert vain.count("the lift is slow") == 1
    assert vain.index("the lift is slow") < vain.index("alert(1)")
    assert "<script" not in vain


async def test_how_many_postmortems_are_reviewed_is_told(house: House, browser: httpx.AsyncClient) -> None:
    for answers in (("signed", "signed"), ("signed", ""), ("signed", "changes"), ("",), ()):
        number = outage(house, 10)
        incident = house.do(lambda desk, n=number: at(desk, n))
        for user, said in zip(("U1", "U2"), answers, strict=False):
            row = ReviewRow(
                incident_id=incident.id, user_id=user, team_id=TEAM, asked_by="U2", asked_at=house.now, said=said
            )
            house.do(lambda desk, r=row: desk.session.add(r))
    shown = await told(browser)
    assert "Closed 5 Drafted 0 of 5 closed Review asked 4 of 5 closed Reviewed 1 of 5 closed Changes wanted 1" in shown


@pytest.fixture
def tired(house: House) -> House:
    """Ada carries the command from noon to two, and Ben writes in his night."""
    sale.begin(house)
    house.do(
        lambda desk: people.remember(
            desk.session, TEAM, Person(user_id=sale.BEN, name="Ben Okri", timezone="Asia/Tokyo"), desk.now
        )
    )
    house.do(lambda desk: incidents.assign(desk, at(desk, 1), Role.COMMANDER, sale.ADA, by=sale.ADA))
    house.at("14:00").do(lambda desk: timeline.note(desk, at(desk, 1), "still down", by=sale.BEN))  # 23:00 in Tokyo
    return house


async def test_what_each_person_was_asked_for_is_told_by_name(tired: House, browser: httpx.AsyncClient) -> None:
    shown = await told(browser, "/people")
    assert "Ada UTC, the team's 1 2 0 1 2 0 INC-1 commander Ben Okri Asia/Tokyo 1 0 1 1 0 1" in shown
    assert "This is for sharing the load and for rest" in shown
    tired.now += timedelta(days=40)
    tired.do(lambda desk: incidents.reach(desk, at(desk, 1), Status.CLOSED, by=sale.ADA, at=sale.NOON))
    shown = await told(browser, "/people")
    assert "Ben Okri Asia/Tokyo 0 0 0 1 0 1" in shown
    tired.now += timedelta(days=100)
    assert "Ben Okri" not in await told(browser, "/people")


async def test_who_owns_an_open_follow_up_carries_it(tired: House, browser: httpx.AsyncClient) -> None:
    for owner in (sale.ADA, sale.CLEO, sale.CLEO):
        tired.do(lambda desk, to=owner: tasks.add(desk, at(desk, 1), "raise the limit", owner=to, by=sale.ADA))
    page = (await browser.get("/people")).text
    assert "INC-1 commander, 1 follow-up" in " ".join(text_of(page).split()).replace(" ,", ",")
    assert f'<a href="/follow-ups?owner={sale.CLEO}">2 follow-ups</a>' in page
    assert "Carries now: roles in incidents" in text_of(page)


async def test_a_bot_is_nobody_to_relieve(tired: House, browser: httpx.AsyncClient) -> None:
    robot = Person(user_id="UBOT", name="Robot", is_bot=True)
    tired.do(lambda desk: people.remember(desk.session, TEAM, robot, desk.now))
    tired.do(lambda desk: timeline.note(desk, at(desk, 1), "beep", by="UBOT"))
    assert "Robot" not in await told(browser, "/people")
