"""The judge of a vendor's status page, on the documents of three makers."""

from __future__ import annotations

import copy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.finding import Verdict
from bot.domain.inventory import SystemKind
from bot.probes.seen import Trouble
from bot.probes.web import status_page
from bot.probes.web.status_formats import format_of
from tests.probes.web.seeing import ODD, changed, paths, seen, troubled

STATUSPAGE = {
    "page": {
        "id": "abc",
        "name": "MongoDB Cloud",
        "url": "https://status.example",
        "updated_at": "2026-11-21T10:00:00Z",
    },
    "status": {"indicator": "none", "description": "All Systems Operational"},
    "components": [
        {"id": "1", "name": "MongoDB Atlas", "status": "operational", "group": True},
        {"id": "2", "name": "Atlas Backup", "status": "operational", "group": False},
    ],
    "incidents": [],
    "scheduled_maintenances": [],
}
INSTATUS = {"page": {"name": "Acme", "url": "https://acme.example", "status": "UP"}, "activeIncidents": []}
BETTERSTACK = {
    "data": {"type": "status_page", "attributes": {"company_name": "Render", "aggregate_state": "operational"}},
    "included": [
        {"type": "status_page_resource", "attributes": {"public_name": "Workers", "status": "operational"}},
        {"type": "status_report", "attributes": {"title": "Old trouble", "ends_at": "2026-11-01T00:00:00Z"}},
    ],
}
INCIDENT = {"name": "Elevated errors on M10 clusters", "status": "investigating", "impact": "major"}


def judged(document, **options):
    (found,) = status_page.judge(seen(SystemKind.STATUS_PAGE, {"summary": document}, **options))
    return found


@pytest.mark.parametrize("document", [STATUSPAGE, INSTATUS, BETTERSTACK])
def test_a_quiet_page_is_ok_and_no_proof(document):
    found = judged(document)
    assert found.verdict is Verdict.OK
    assert "clears no single cluster" in found.says


@pytest.mark.parametrize(
    ("indicator", "verdict"),
    [
        ("minor", Verdict.WARNING),
        ("maintenance", Verdict.WARNING),
        ("major", Verdict.CRITICAL),
        ("critical", Verdict.CRITICAL),
        ("purple", Verdict.UNKNOWN),
    ],
)
def test_the_indicator_decides(indicator, verdict):
    document = STATUSPAGE | {"status": {"indicator": indicator}, "incidents": [INCIDENT]}
    found = judged(document)
    assert found.verdict is verdict
    assert (INCIDENT["name"] in found.says) is (verdict is not Verdict.UNKNOWN)


def test_only_the_named_components_count():
    document = changed(STATUSPAGE, ("components", 1, "status"), "major_outage") | {"status": {"indicator": "major"}}
    assert judged(document, components=["MongoDB Atlas"]).verdict is Verdict.OK
    found = judged(document, components=["atlas backup"])
    assert found.verdict is Verdict.CRITICAL
    assert "Atlas Backup" in found.says


def test_a_quiet_component_still_tells_what_is_open_elsewhere():
    assert INCIDENT["name"] in judged(STATUSPAGE | {"incidents": [INCIDENT]}, components=["MongoDB Atlas"]).says


def test_a_component_that_the_page_does_not_have_is_unknown():
    found = judged(STATUSPAGE, components=["Redis"])
    assert found.verdict is Verdict.UNKNOWN
    assert "no component Redis" in found.says


def test_instatus_tells_by_its_incidents_how_bad_it_is():
    page = INSTATUS | {"page": {"name": "Acme", "status": "HASISSUES"}}
    assert judged(page).verdict is Verdict.WARNING
    assert judged(page | {"activeIncidents": [{"name": "x", "impact": "MAJOROUTAGE"}]}).verdict is Verdict.CRITICAL


def test_betterstack_names_only_open_reports():
    down = changed(BETTERSTACK, ("data", "attributes", "aggregate_state"), "downtime")
    down["included"] = [*down["included"], {"type": "status_report", "attributes": {"title": "New", "ends_at": None}}]
    found = judged(down)
    assert found.verdict is Verdict.CRITICAL
    assert "New" in found.says
    assert "Old trouble" not in found.says


@pytest.mark.parametrize("trouble", list(Trouble))
def test_no_page_is_unknown(trouble):
    assert judged(troubled(trouble)).verdict is Verdict.UNKNOWN


@settings(max_examples=200)
@given(st.sampled_from([STATUSPAGE, INSTATUS, BETTERSTACK]), st.data())
def test_odd_pages_never_raise_and_never_pass(document, data):
    for _ in range(data.draw(st.integers(1, 3))):
        document = changed(document, data.draw(st.sampled_from(paths(document))), data.draw(ODD))
        if not isinstance(document, dict):
            break
    options = data.draw(st.fixed_dictionaries({}, optional={"components": ODD}))
    before = copy.deepcopy(document)
    found = judged(document, **options)
    assert len(found.says) <= 160
    if found.verdict is Verdict.OK and not options:
        assert format_of(before)
        words = ("none", "operational", "up")
        state = {
            "statuspage": lambda: document["status"]["indicator"],
            "instatus": lambda: document["page"]["status"],
            "betterstack": lambda: document["data"]["attributes"]["aggregate_state"],
        }[format_of(document)]()
        assert state.strip().lower() in words
