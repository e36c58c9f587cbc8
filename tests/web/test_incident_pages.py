"""The list of incidents and the page of one."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest

from bot.domain.check import Check, Why
from bot.domain.incident import Severity, Status
from bot.domain.timeline import Kind, Tag
from bot.domain.walk import Did
from bot.services import incidents, timeline
from bot.services.desk import Desk
from bot.services.playbooks import walking
from bot.services.postmortem import drafting
from bot.store import checks, work
from tests.web import sale
from tests.web.house import TEAM, House


def text_of(page: str) -> str:
    """What a reader sees, on one line."""
    return " ".join(re.sub(r"<[^>]+>", " ", page.partition("<body>")[2]).split())


async def test_an_empty_house_says_what_to_type(browser: httpx.AsyncClient) -> None:
    page = await browser.get("/")
    assert page.status_code == 200
    assert "/incident open sev2 checkout is failing" in page.text


async def test_what_hurts_most_stands_first_and_closed_ones_in_a_table(
    house: House, browser: httpx.AsyncClient
) -> None:
    for title, severity in (
        ("old news", Severity.SEV1),
        ("slow search", Severity.SEV3),
        ("all is down", Severity.SEV1),
    ):
        sale.begin(house, title, severity)
    sale.end(house, 1)
    page = (await browser.get("/")).text
    cards, _, table = page.partition("<table")
    assert cards.index("all is down") < cards.index("slow search")
    assert "old news" not in cards
    assert "old news" in table
    assert 'href="/incidents/1/postmortem"' in table


async def test_a_card_says_who_commands_and_how_long(house: House, browser: httpx.AsyncClient) -> None:
    sale.begin(house)
    sale.go_on(house)
    shown = text_of((await browser.get("/")).text)
    assert "sev1 INC-1 open checkout is failing Commander Ada So far 31 min Declared 12:00 UTC" in shown


@pytest.mark.parametrize(
    ("query", "there"),
    [("q=CHECKOUT+inc-1", True), ("q=search", False), ("severity=sev1", True), ("severity=sev3", False)],
)
async def test_the_list_is_narrowed_by_words_and_severity(
    house: House, browser: httpx.AsyncClient, query: str, there: bool
) -> None:
    sale.begin(house)
    assert ("checkout is failing" in text_of((await browser.get(f"/?{query}")).text)) is there


async def test_the_page_shows_everything_that_was_recorded(house: House, browser: httpx.AsyncClient) -> None:
    sale.begin(house)
    sale.go_on(house)
    page = (await browser.get("/incidents/1")).text
    shown = text_of(page)
    for said in (
        "First signal 12:13 UTC 13 Mar 2014",
        "Impact began not recorded",
        "Commander Ada",
        "Follow-ups 1 open open 1. raise the limit on @Ben Okri",
        "step 3 of 9",
        "done 1. Prove that it answers hello and nothing else Ben Okri 12:24",
        "skipped 2. See whether another member can take over Ben Okri 12:31 no time",
        "in hand 3.",
        "to come 9.",
        "I could not add the bookmark: Slack said missing_scope (needs bookmarks:write).",
    ):
        assert said in shown
    assert 'id="e3"' in page
    assert '<a href="https://graphs.test/db" rel="noopener noreferrer nofollow">https://graphs.test/db</a>' in page
    assert "<code>mongod</code>" in page


async def test_a_pinned_message_links_to_itself(house: House, browser: httpx.AsyncClient) -> None:
    incident = sale.begin(house)
    sale.pinned(house, incident, "read tickets are at 0")
    page = (await browser.get("/incidents/INC-1")).text
    assert f'href="{sale.LINK}"' in page
    assert 'href="https://shop.slack.test/archives/C01"' in page


async def test_a_timeline_that_crosses_midnight_shows_its_days(house: House, browser: httpx.AsyncClient) -> None:
    sale.begin(house)
    house.now += timedelta(hours=13)
    house.do(lambda desk: timeline.note(desk, incidents.find(desk, number=1), "still down", by=sale.ADA))
    page = (await browser.get("/incidents/1")).text
    assert re.findall(r'class="day"[^>]*>([^<]+)<', page) == ["13 March 2014", "14 March 2014"]


async def test_times_are_also_told_on_the_clocks_of_the_team(make_house: type[House]) -> None:
    house = make_house(muster_timezone="Europe/Helsinki")
    house.meet()
    sale.begin(house)
    house.now += timedelta(hours=11)
    house.do(lambda desk: incidents.set_moments(desk, incidents.find(desk, number=1), by="U1", detected_at=desk.now))
    async with house.browser() as browser:
        shown = text_of((await browser.get("/incidents/1")).text)
    assert "12:00 UTC 13 Mar 2014 14:00 EET" in shown
    assert "23:00 UTC 13 Mar 2014 14 Mar 01:00 EET" in shown


async def test_going_back_takes_a_step_up_again(house: House, browser: httpx.AsyncClient) -> None:
    sale.begin(house)
    walk = house.do(lambda desk: walking.begin(desk, incidents.find(desk, number=1), "stop-respawn", by=sale.ADA))
    house.do(lambda desk: walking.mark(desk, walk.id, Did.DONE, step=1, by=sale.ADA))
    house.do(lambda desk: walking.mark(desk, walk.id, Did.BACK, step=2, by=sale.ADA))
    shown = text_of((await browser.get("/incidents/1")).text)
    assert "in hand 1." in shown
    assert "to come 2." in shown


async def test_a_step_that_waits_for_slack_says_so(house: House, browser: httpx.AsyncClient) -> None:
    incident = sale.begin(house)
    house.do(
        lambda desk: work.note_outbound(
            desk.session,
            team_id=TEAM,
            subject=incident.id,
            step="invite:U0BEN",
            state="waiting",
            now=desk.wall,
            trouble="Slack gave no answer within 10 s",
        )
    )
    shown = text_of((await browser.get("/incidents/1")).text)
    assert "I could not invite Ben Okri: Slack gave no answer within 10 s. I try again by myself." in shown


async def test_an_open_incident_keeps_itself_up_to_date_and_a_closed_one_is_still(
    house: House, browser: httpx.AsyncClient
) -> None:
    sale.begin(house)
    opened = await browser.get("/incidents/1")
    assert "/static/live.js" in opened.text
    assert "script-src 'self'" in opened.headers["content-security-policy"]
    sale.end(house)
    closed = await browser.get("/incidents/1")
    assert "/static/live.js" not in closed.text and "data-live" not in closed.text


async def test_a_page_that_did_not_change_is_not_sent_again(house: House, browser: httpx.AsyncClient) -> None:
    sale.begin(house)
    tag = {"If-None-Match": (await browser.get("/incidents/1")).headers["etag"]}
    again = await browser.get("/incidents/1", headers=tag)
    assert (again.status_code, again.content) == (304, b"")
    assert "script-src 'self'" in again.headers["content-security-policy"]
    house.do(lambda desk: timeline.note(desk, incidents.find(desk, number=1), "news", by="U1", tags=(Tag.ACTION,)))
    assert (await browser.get("/incidents/1", headers=tag)).status_code == 200


@pytest.mark.parametrize("name", ["7", "INC-7", "x", "99999999999999999999", "-1", "%3Cscript%3E"])
async def test_an_unknown_incident_leads_to_the_list(house: House, browser: httpx.AsyncClient, name: str) -> None:
    for more in ("", "/postmortem", "/postmortem.md", "/postmortem/impact/history", "/looks/x.json"):
        page = await browser.get(f"/incidents/{name}{more}")
        assert page.status_code == 404
        assert '<a href="/incidents">All incidents</a>' in page.text
        assert "/incident list" not in page.text and f"/incidents/{name}" not in page.text
    assert "<script" not in page.text


async def test_what_an_incident_lacks_leads_back_to_it(house: House, browser: httpx.AsyncClient) -> None:
    sale.begin(house)
    sale.end(house)
    for more in ("/looks/x.json", "/postmortem/nothing/history"):
        page = await browser.get(f"/incidents/INC-1{more}")
        assert page.status_code == 404
        assert '<a href="/incidents/1">INC-1</a><a href="/incidents">All incidents</a>' in page.text
    assert '<a href="/playbooks">All playbooks</a>' in (await browser.get("/playbooks/nothing")).text


async def test_the_moments_stand_in_the_order_of_time(house: House, browser: httpx.AsyncClient) -> None:
    sale.begin(house)

    def reached(status: Status) -> Any:
        return lambda desk: incidents.reach(desk, incidents.find(desk, number=1), status, by=sale.ADA)

    def known(desk: Desk) -> None:
        timeline.note(desk, incidents.find(desk, number=1), "it was the limit", by=sale.ADA, tags=(Tag.IDENTIFIED,))

    house.at("12:20").do(reached(Status.MITIGATED))
    house.at("12:40").do(known)
    house.at("12:50").do(reached(Status.RESOLVED))
    house.do(reached(Status.CLOSED))
    house.do(lambda desk: drafting.draft(desk, incidents.find(desk, number=1).id))
    for path in ("/incidents/1", "/incidents/1/postmortem"):
        page = text_of((await browser.get(path)).text)
        when = page[page.index("When Time How we know") :] if "postmortem" in path else page
        assert when.index("Declared") < when.index("Mitigated") < when.index("Identified") < when.index("Closed")


async def test_only_the_workspace_met_last_is_shown_here(house: House) -> None:
    sale.begin(house, "ours")
    house.now = datetime.fromisoformat("2014-03-14T00:00:00+00:00")
    house.meet("T1NEW", "Another shop")
    house.do(lambda desk: incidents.open(desk, title="theirs", severity=Severity.SEV2, by="U9"), team_id="T1NEW")
    async with house.browser() as browser:
        shown = text_of((await browser.get("/")).text)
    assert "theirs" in shown
    assert "ours" not in shown


async def test_what_the_terminal_opened_before_slack_was_met_is_shown(make_house: type[House]) -> None:
    house = make_house()
    house.do(lambda desk: incidents.open(desk, title="early", severity=Severity.SEV2, by="terminal:ada"), team_id="")
    async with house.browser() as browser:
        assert "early" in (await browser.get("/")).text
        assert "ada (terminal)" in (await browser.get("/incidents/1")).text


async def test_every_closed_incident_is_reached_page_by_page_and_counted(
    house: House, browser: httpx.AsyncClient
) -> None:
    for number in range(1, 204):
        sale.begin(house)
        house.do(
            lambda desk, one=number: incidents.reach(desk, incidents.find(desk, number=one), Status.CLOSED, by="U1")
        )
    seen: list[str] = []
    address = "/incidents?q=checkout"
    for told in ("1 to 100 of 203", "101 to 200 of 203", "201 to 203 of 203"):
        page = (await browser.get(address)).text
        assert f"Closed {told}" in text_of(page)
        seen += re.findall(r'class="label-cell">(INC-\d+)<', page)
        onward = re.search(r'rel="next" href="([^"]+)"', page)
        address = onward[1].replace("&amp;", "&") if onward else ""
    assert address == ""
    assert seen == [f"INC-{number}" for number in range(203, 0, -1)]
    for page_asked in ("0", "-1", "x", "99999999999", "٣"):
        assert (await browser.get("/incidents", params={"page": page_asked})).status_code == 200
    assert "201 to 203 of 203" in text_of((await browser.get("/incidents?page=99")).text)


async def test_the_calendar_marks_the_worst_of_each_day_and_leads_to_it(
    house: House, browser: httpx.AsyncClient
) -> None:
    sale.begin(house, "slow search", Severity.SEV3)
    sale.begin(house, "all is down", Severity.SEV1)
    house.now = datetime.fromisoformat("2014-07-01T23:30:00+00:00")
    sale.begin(house, "late mail", Severity.SEV2)
    page = (await browser.get("/")).text
    marks = dict(re.findall(r'<a href="/incidents\?day=([0-9-]+)" aria-label="([^"]+)"', page))
    assert marks == {
        "2014-03-13": "13 March 2014: 2 incidents, the worst sev1",
        "2014-07-01": "1 July 2014: 1 incident, sev2",
    }
    assert page.count('class="mark sev1" x') == 2  # the day's, and the legend's
    shown = text_of((await browser.get("/incidents?day=2014-03-13")).text)
    assert "slow search" in shown
    assert "all is down" in shown
    assert "late mail" not in shown


@pytest.mark.parametrize(
    ("query", "there"),
    [
        ("status=open", True),
        ("status=closed", False),
        ("year=2014", True),
        ("year=2015", False),
        ("day=2014-03-13", True),
        ("day=2014-03-14", False),
        ("system=orders-db", True),
        ("system=users-db", False),
        ("day=nonsense&year=x&status=what", True),
    ],
)
async def test_the_list_is_narrowed_by_status_time_and_system(
    house: House, browser: httpx.AsyncClient, query: str, there: bool
) -> None:
    incident = sale.begin(house)
    look = Check(id="c1", team_id=TEAM, system="orders-db", why=Why.OPENED, asked_at=sale.NOON, incident_id=incident.id)
    house.do(lambda desk: checks.add(desk.session, look))
    page = (await browser.get(f"/incidents?{query}")).text
    assert ("checkout is failing" in text_of(page)) is there
    if there and "nonsense" not in query:
        assert "Show all" in page


async def test_who_was_there_is_told_from_when_to_when(house: House, browser: httpx.AsyncClient) -> None:
    sale.begin(house)
    sale.go_on(house)
    shown = text_of((await browser.get("/incidents/1")).text)
    assert "Ada 12:00 to 12:14 , 4 lines" in shown
    assert "Ben Okri 12:13 to 12:31 , 4 lines" in shown


async def test_a_closed_incident_lasted_until_its_steady_state_and_not_until_the_close(
    house: House, browser: httpx.AsyncClient
) -> None:
    house.now = house.now.replace(hour=12, minute=2, second=40)
    incident = house.do(lambda desk: incidents.open(desk, title="mail is down", severity=Severity.SEV2, by="U0ADA"))
    for clock, status in (("12:30", Status.RESOLVED), ("15:00", Status.CLOSED)):
        house.now = house.at(clock).now.replace(second=10)
        shown = text_of((await browser.get("/incidents/1")).text)
        assert "open for 28 min" in shown if status is Status.RESOLVED else "resolved after 28 min" in shown
        incident = house.do(lambda desk, was=incident, to=status: incidents.reach(desk, was, to, by="U0ADA"))
    assert "closed lasted 28 min, 12:02 to 12:30 UTC" in text_of((await browser.get("/incidents/1")).text)


async def test_the_course_is_drawn_and_whatever_it_marks_stands_on_the_page(
    house: House, browser: httpx.AsyncClient
) -> None:
    sale.begin(house)
    sale.go_on(house)
    sale.end(house)
    page = (await browser.get("/incidents/1")).text
    figure = page[page.index('<figure class="course"') : page.index("</figure>")]
    assert figure.count("<svg") == 2  # for a wide window and for a phone
    assert "Ben Okri" in figure
    assert "<style" not in figure
    marked = set(re.findall(r'href="#([^"]+)"', page))
    assert marked
    assert marked <= set(re.findall(r'\bid="([^"]+)"', page))


async def test_an_outage_that_was_calmed_before_its_end_is_no_smaller_for_that(
    house: House, browser: httpx.AsyncClient
) -> None:
    incident = sale.begin(house, "checkout is failing", Severity.SEV2)
    for severity in (Severity.SEV1, Severity.SEV3):
        incident = house.do(lambda desk, was=incident, to=severity: incidents.set_severity(desk, was, to, by=sale.ADA))
    assert "sev1 now sev3 INC-1 open" in text_of((await browser.get("/incidents/1")).text)
    house.do(
        lambda desk: incidents.set_moments(desk, incidents.find(desk, number=1), by=sale.ADA, started_at=sale.NOON)
    )
    sale.end(house.at("12:40"))
    assert "sev1 then sev3 INC-1 closed" in text_of((await browser.get("/incidents/1")).text)
    page = (await browser.get("/")).text
    assert "checkout is failing sev1 then sev3" in text_of(page)
    assert "13 March 2014: 1 incident, sev1" in page
    for severity, there in (("sev1", True), ("sev3", False)):
        found = text_of((await browser.get(f"/incidents?severity={severity}")).text)
        assert ("checkout is failing" in found) is there
    assert "INC-1 sev1" in text_of((await browser.get("/insights?year=2014")).text)


async def test_a_look_that_is_repeated_is_told_by_its_count_and_opens_on_the_rest(
    house: House, browser: httpx.AsyncClient
) -> None:
    incident = sale.begin(house)
    for clock, system in (("12:05", "orders-db"), ("12:20", "orders-db"), ("12:30", "users-db")):
        text = f"Looked at {system}: 1 critical, 3 ok. db1:27017 has 128 of 128 tickets out."
        house.at(clock).do(lambda desk, says=text: timeline.record(desk, incident, Kind.FINDING, says, by=""))
    page = (await browser.get("/incidents/1")).text
    folded = re.findall(r'<details class="again".*?</details>', page, re.DOTALL)
    assert [text_of(f"<body>{one}") for one in folded] == [
        "Looked at orders-db: 1 critical, 3 ok. db1:27017 has 128 of 128 tickets out."
    ]
    assert "<summary" in folded[0].partition("128 of 128")[0]


async def test_the_page_of_an_incident_offers_every_form_of_its_postmortem(
    house: House, browser: httpx.AsyncClient
) -> None:
    sale.begin(house)
    sale.end(house)
    page = (await browser.get("/incidents/1")).text
    for end in ("html", "md", "pdf", "json", "csv"):
        assert f'href="/incidents/1/postmortem.{end}"' in page
