"""Who may read the pages."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import httpx
import pytest

from bot.domain import access
from bot.domain.incident import Severity
from bot.services import incidents
from bot.settings import Settings
from tests.web import sale
from tests.web.house import SECRET, TEAM, House

HOSTED: dict[str, Any] = {
    "host": "0.0.0.0",
    "muster_url": "https://muster.test",
    "slack_signing_secret": SECRET,
}


@pytest.fixture
def hosted(make_house: Any) -> House:
    house: House = make_house(**HOSTED)
    house.meet()
    sale.begin(house)
    return house


def link(house: House, path: str, team_id: str = TEAM) -> str:
    """A link as Slack gets it, without the host."""
    return access.signed(house.settings, team_id, path, house.now).removeprefix("https://muster.test")


@pytest.mark.parametrize("host", ["127.0.0.1:3000", "localhost:3000", "LOCALHOST", "[::1]:3000", "127.1.2.3"])
async def test_this_machine_reads_freely(house: House, host: str) -> None:
    async with house.browser(host) as browser:
        assert (await browser.get("/")).status_code == 200


@pytest.mark.parametrize("host", ["evil.test", "localhost.evil.test", "127.0.0.1.evil.test", "10.0.0.5:3000", "[", ""])
async def test_a_foreign_name_that_points_here_is_refused(house: House, host: str) -> None:
    sale.begin(house)
    async with house.browser() as browser:
        for path in ("/", "/incidents/1", "/playbooks", "/incidents/1/postmortem.json"):
            page = await browser.get(path, headers={"Host": host})
            assert page.status_code == 403
            assert "checkout" not in page.text


async def test_a_request_that_was_passed_on_is_not_from_this_machine(house: House) -> None:
    async with house.browser() as browser:
        assert (await browser.get("/", headers={"X-Forwarded-For": "203.0.113.9"})).status_code == 403


async def test_an_address_for_others_closes_the_pages_even_behind_a_proxy_on_this_machine(make_house: Any) -> None:
    house: House = make_house(muster_url="https://muster.test", slack_bot_token="xoxb-1")
    async with house.browser("127.0.0.1:3000") as browser:
        assert (await browser.get("/")).status_code == 403


async def test_a_link_from_slack_opens_the_page_it_names_and_the_rest_of_that_workspace(hosted: House) -> None:
    async with hosted.browser("muster.test") as browser:
        entered = await browser.get(link(hosted, "/incidents/1"))
        assert (entered.status_code, entered.headers["location"]) == (303, "/incidents/1")
        cookie = entered.headers["set-cookie"]
        assert all(word in cookie for word in ("HttpOnly", "SameSite=lax", "Secure", "Path=/", "Max-Age=604800"))
        assert SECRET not in cookie
        key = cookie.partition(";")[0]
        for path in ("/", "/incidents/1", "/playbooks"):
            assert (await browser.get(path, headers={"Cookie": key})).status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/follow-ups",
        "/follow-ups.csv",
        "/insights",
        "/people",
        "/incidents",
        "/incidents/1",
        "/incidents/1/postmortem",
        "/incidents/9",
        "/playbooks",
        "/playbooks/x",
    ],
)
async def test_without_a_key_every_page_says_how_to_get_one(hosted: House, path: str) -> None:
    async with hosted.browser("muster.test") as browser:
        page = await browser.get(path)
        assert page.status_code == 403
        assert "/incident status" in page.text
        assert "checkout" not in page.text


@pytest.mark.parametrize("opener", ["", ".", "T0SHOP.", f"T0SHOP.{'0' * 32}", f"T9.{'ä' * 32}", "x" * 5000])
async def test_a_forged_key_opens_nothing(hosted: House, opener: str) -> None:
    async with hosted.browser("muster.test") as browser:
        cookie = {"Cookie": f"muster_pages={opener}".encode()}
        assert (await browser.get("/", headers=cookie)).status_code == 403  # type: ignore[arg-type]
        entered = await browser.get(f"/enter/{opener or 'x'}/incidents/1")
        assert entered.status_code == 403
        assert "set-cookie" not in entered.headers


async def test_a_key_lasts_seven_days(hosted: House) -> None:
    made = link(hosted, "/")
    async with hosted.browser("muster.test") as browser:
        hosted.now += timedelta(days=6)
        assert (await browser.get(made)).status_code == 303
        hosted.now += timedelta(days=1)
        assert (await browser.get(made)).status_code == 403


async def test_a_key_of_one_workspace_does_not_show_another(hosted: House) -> None:
    hosted.do(lambda desk: incidents.open(desk, title="theirs", severity=Severity.SEV2, by="U9"), team_id="T9")
    async with hosted.browser("muster.test") as browser:
        for team_id, sees in ((TEAM, "checkout"), ("T9", "theirs")):
            key = link(hosted, "", team_id).rpartition("/")[2]
            page = await browser.get("/incidents/1", headers={"Cookie": f"muster_pages={key}"})
            assert [word for word in ("checkout", "theirs") if word in page.text] == [sees]


@pytest.mark.parametrize(
    "to", ["//evil.test", "/\\evil.test", "/%2F%2Fevil.test", "/https://evil.test", "/%09/evil.test", "/%5Cevil.test"]
)
async def test_the_entrance_leads_nowhere_but_here(hosted: House, to: str) -> None:
    async with hosted.browser("muster.test") as browser:
        entered = await browser.get(link(hosted, "") + to)
        assert entered.status_code == 303
        location = entered.headers["location"]
        assert location.startswith("/")
        assert not location.startswith(("//", "/\\"))
        assert httpx.URL("https://muster.test").join(location).host == "muster.test"


async def test_without_a_secret_no_key_opens_anything(make_house: Any) -> None:
    house: House = make_house(**HOSTED | {"slack_signing_secret": ""})
    async with house.browser("muster.test") as browser:
        key = access.opener("", TEAM, house.now.date())
        assert (await browser.get("/", headers={"Cookie": f"muster_pages={key}"})).status_code == 403


def test_a_link_is_plain_where_the_pages_are_open_and_carries_a_key_where_not() -> None:
    now = sale.NOON
    local = Settings(slack_signing_secret=SECRET)
    assert access.signed(local, TEAM, "/incidents/1", now) == "http://127.0.0.1:3000/incidents/1"
    own = access.personal(SECRET, TEAM, "U0ADA", now.date())
    assert access.signed(local, TEAM, "/incidents/1", now, user_id="U0ADA").endswith(f":3000/enter/{own}/incidents/1")
    key = access.page_key(SECRET, TEAM, now.date())
    assert access.signed(Settings(**HOSTED), TEAM, "/incidents/1", now) == (
        f"https://muster.test/enter/{TEAM}.{key}/incidents/1"
    )


def test_the_prefix_of_a_link_takes_any_path() -> None:
    settings = Settings(**HOSTED)
    prefix = access.signed(settings, TEAM, "", sale.NOON)
    assert prefix + "/playbooks" == access.signed(settings, TEAM, "/playbooks", sale.NOON)


def test_a_key_tells_nothing_of_the_bot_token_it_is_made_with() -> None:
    settings = Settings(**HOSTED | {"slack_signing_secret": "", "slack_bot_token": "xoxb-secret"})
    made = access.signed(settings, TEAM, "/", sale.NOON)
    assert "/enter/" in made
    assert "xoxb" not in made


def test_keys_differ_by_day_by_workspace_and_by_secret() -> None:
    day = date(2014, 3, 13)
    keys = {
        access.page_key(secret, team, when)
        for secret in ("a", "b")
        for team in ("T1", "T2")
        for when in (day, day + timedelta(days=1))
    }
    assert len(keys) == 8


def test_a_personal_key_says_who_and_for_which_workspace() -> None:
    day = date(2014, 3, 13)
    made = access.personal(SECRET, TEAM, "U0ADA", day)
    assert (access.team_of(SECRET, made, day), access.person_of(SECRET, made, day)) == (TEAM, "U0ADA")
    assert access.person_of(SECRET, access.opener(SECRET, TEAM, day), day) == ""
    assert SECRET not in made


@pytest.mark.parametrize(
    "change",
    [
        lambda made: made.replace("U0ADA", "U0BEN"),
        lambda made: made.replace(TEAM, "T9"),
        lambda made: made.replace(".U0ADA", ""),
        lambda made: made.replace(".U0ADA", "."),
        lambda made: made.replace("U0ADA", "U0ADA.U0BEN"),
        lambda made: made.replace(".U0ADA.", ".U0ADA."[::-1]),
        lambda made: f"{TEAM}.U0ADA.{access.page_key(SECRET, TEAM, date(2014, 3, 13))}",
        lambda made: f"{TEAM}:U0ADA.{made.rpartition('.')[2]}",
    ],
)
def test_a_personal_key_opens_nothing_under_another_name(change: Any) -> None:
    day = date(2014, 3, 13)
    forged = change(access.personal(SECRET, TEAM, "U0ADA", day))
    assert access.team_of(SECRET, forged, day) is None
    assert access.person_of(SECRET, forged, day) == ""


def test_a_personal_key_lasts_seven_days() -> None:
    day = date(2014, 3, 13)
    made = access.personal(SECRET, TEAM, "U0ADA", day)
    lasts = [access.person_of(SECRET, made, day + timedelta(days=age)) for age in (-1, 0, 6, 7)]
    assert lasts == ["", "U0ADA", "U0ADA", ""]


async def test_a_personal_link_lets_its_reader_in_and_a_link_for_everybody_does_not_take_that_away(
    hosted: House,
) -> None:
    own = access.signed(hosted.settings, TEAM, "/incidents/1", hosted.now, user_id="U0ADA")
    hosted.meet("T9", "Elsewhere")
    async with hosted.browser("muster.test") as browser:
        entered = await browser.get(own.removeprefix("https://muster.test"))
        assert (entered.status_code, entered.headers["location"]) == (303, "/incidents/1")
        mine = {"Cookie": entered.headers["set-cookie"].partition(";")[0]}
        assert (await browser.get("/incidents/1", headers=mine)).status_code == 200
        assert "set-cookie" not in (await browser.get(link(hosted, "/"), headers=mine)).headers
        assert "set-cookie" in (await browser.get(link(hosted, "/", "T9"), headers=mine)).headers
        hosted.now += timedelta(days=7)
        assert "set-cookie" in (await browser.get(link(hosted, "/"), headers=mine)).headers


async def test_on_this_machine_everybody_reads_and_each_writes_with_a_link_of_their_own(house: House) -> None:
    sale.begin(house)
    sale.end(house)
    paper, impact = "/incidents/1/postmortem", "/incidents/1/postmortem/impact/edit"
    here = {"Sec-Fetch-Site": "same-origin"}
    async with house.browser() as alone, house.browser() as adas, house.browser() as bens:
        page = await alone.get(paper)
        assert (page.status_code, "<form" in page.text, "You read." in page.text) == (200, False, True)
        assert (await alone.post(impact, headers=here)).status_code == 403
        assert (await alone.get("/enter/T0SHOP.U0ADA.0/incidents/1")).headers["location"] == "/incidents/1"
        assert "set-cookie" not in (await alone.get("/enter/T0SHOP.U0ADA.0/incidents/1")).headers
        for browser, user, name in ((adas, sale.ADA, "Ada"), (bens, sale.BEN, "Ben Okri")):
            own = access.signed(house.settings, TEAM, paper, house.now, user_id=user)
            entered = await browser.get(own, follow_redirects=True)
            assert f'You write as <strong dir="auto">{name}</strong>' in entered.text
        assert (await adas.post(impact, headers=here)).status_code == 303
        refused = await bens.post(impact, headers=here)
        assert (refused.status_code, "Ada is writing" in refused.text) == (409, True)
