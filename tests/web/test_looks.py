"""How systems were last seen, on the incident's page, and the raw evidence behind it."""

from __future__ import annotations

import httpx

from bot.domain.check import Check, Why
from bot.domain.finding import Finding, Verdict
from bot.probes.looking import Result
from bot.services import incidents
from bot.services.systems import checks
from bot.services.systems.looker import Taken
from bot.store import checks as stored
from tests.web import sale
from tests.web.house import House

ZOMBIE = Finding(
    probe="mongodb.zombie",
    signal="zombie-primary",
    verdict=Verdict.CRITICAL,
    says="db1 answers hello, and no <b>read</b>.",
    member="db1:27017",
    value="no answer in 1.4 s",
    limit="0.5 s",
)
FINE = Finding(probe="mongodb.lag", signal="replication-lag", verdict=Verdict.OK, says="0 s behind.")
FULL = Finding(probe="redis.memory", signal="memory-full", verdict=Verdict.OK, says="At its limit.", present=True)
UNTOLD = Finding(probe="mongodb.disk", signal="disk-full", verdict=Verdict.UNKNOWN, says="No answer.")


def looked(house: House, *findings: Finding, at: str) -> Check:
    """A look at orders-db that found this."""
    house.at(at)

    def job(desk):  # type: ignore[no-untyped-def]
        incident = incidents.find(desk, number=1)
        made = Check(
            id=desk.new_id(),
            team_id=desk.team_id,
            system="orders-db",
            why=Why.ASKED,
            asked_at=desk.now,
            incident_id=incident.id,
        )
        stored.add(desk.session, made)
        answers = {"db1:27017": {"hello": {"took_s": 0.001, "value": {"ok": 1}}}}
        result = Result(findings=findings, kept={}, evidence=answers, took_s=1.2)
        return checks.settle(desk, made.id, Taken(result, 0.0))

    return house.do(job)


async def test_the_page_shows_each_system_as_it_was_last_seen(house: House, browser: httpx.AsyncClient) -> None:
    sale.begin(house)
    looked(house, FINE, at="12:05")
    last = looked(house, ZOMBIE, FINE, FULL, UNTOLD, at="12:10")
    page = (await browser.get("/incidents/1")).text
    assert '<span class="chip verdict critical">critical</span>' in page
    assert "db1 answers hello, and no &lt;b&gt;read&lt;/b&gt;." in page
    assert "no answer in 1.4 s, limit 0.5 s" in page
    assert "Not known: disk-full" in page
    assert "Looked for and not there: replication-lag</p>" in page
    assert '<span class="chip verdict ok">memory-full</span> <span dir="auto">At its limit.</span>' in page
    assert '<span class="chip verdict ok">ok</span>' in page
    assert f'href="/incidents/1/looks/{last.id}.json"' in page


async def test_the_raw_evidence_of_a_look_can_be_read(house: House, browser: httpx.AsyncClient) -> None:
    sale.begin(house)
    check = looked(house, ZOMBIE, at="12:10")
    answer = await browser.get(f"/incidents/1/looks/{check.id}.json")
    assert answer.headers["content-type"] == "application/json; charset=utf-8"
    assert answer.json()["verdict"] == "critical"
    assert answer.json()["findings"][0]["signal"] == "zombie-primary"
    assert answer.json()["answers"]["db1:27017"]["hello"]["value"] == {"ok": 1}


async def test_a_look_of_another_incident_is_none_of_this_one(house: House, browser: httpx.AsyncClient) -> None:
    sale.begin(house)
    check = looked(house, ZOMBIE, at="12:10")
    house.do(lambda desk: incidents.open(desk, title="another one", severity=incidents.Severity.SEV3, by="U1"))
    assert (await browser.get(f"/incidents/2/looks/{check.id}.json")).status_code == 404
    assert (await browser.get("/incidents/1/looks/nothing.json")).status_code == 404
