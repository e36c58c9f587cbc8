"""The judge of an endpoint."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.finding import Verdict
from bot.domain.inventory import SystemKind
from bot.probes.seen import Trouble
from bot.probes.web import http
from tests.probes.web.seeing import ODD, seen, troubled

PAGE = {"status": 200, "took_s": 0.12, "certificate_days": 60.0, "location": None, "refusal": ""}
URL = "https://shop.example/"


def judged(answer, url: str = URL, **options):
    return {one.signal: one for one in http.judge(seen(SystemKind.HTTP, {"get": answer}, url=url, **options))}


def test_a_page_that_is_well():
    found = judged(PAGE)
    assert {one.verdict for one in found.values()} == {Verdict.OK}
    assert found["endpoint-slow"].value == "120 ms"
    assert found["certificate-expiring"].data == {"days": 60.0}


@pytest.mark.parametrize(
    ("status", "options", "verdict"),
    [
        (204, {}, Verdict.OK),
        (301, {}, Verdict.WARNING),
        (404, {}, Verdict.WARNING),
        (500, {}, Verdict.CRITICAL),
        (503, {"expect": 503}, Verdict.OK),
        (200, {"expect": 204}, Verdict.CRITICAL),
        (401, {"expect": 401}, Verdict.OK),
    ],
)
def test_the_status_decides(status, options, verdict):
    assert judged(PAGE | {"status": status}, **options)["endpoint-down"].verdict is verdict


def test_a_redirect_says_where_to():
    ahead = judged(PAGE | {"status": 302, "location": "http://169.254.169.254/latest"})["endpoint-down"]
    assert "http://169.254.169.254/latest, which was not followed" in ahead.says


def test_silence_is_the_finding():
    found = judged(troubled(Trouble.SILENT))
    assert found["endpoint-down"].verdict is Verdict.CRITICAL
    assert "no answer in 2.0 s" in found["endpoint-down"].says
    assert found["endpoint-slow"].verdict is Verdict.UNKNOWN


def test_a_closed_port_is_down():
    found = judged(PAGE | {"status": None, "refusal": "connection refused", "certificate_days": None})
    assert found["endpoint-down"].verdict is Verdict.CRITICAL
    assert found["endpoint-slow"].verdict is Verdict.UNKNOWN
    assert found["certificate-expiring"].verdict is Verdict.UNKNOWN


def test_a_bad_certificate_is_both():
    found = judged(PAGE | {"status": None, "refusal": "certificate has expired", "certificate_days": None})
    assert found["endpoint-down"].verdict is Verdict.CRITICAL
    assert found["certificate-expiring"].verdict is Verdict.CRITICAL


@pytest.mark.parametrize(
    "trouble", [Trouble.UNREACHABLE, Trouble.NOT_ASKED, Trouble.BROKEN, Trouble.DENIED, Trouble.UNSUPPORTED]
)
def test_what_may_be_our_own_trouble_is_unknown(trouble):
    assert {one.verdict for one in judged(troubled(trouble)).values()} == {Verdict.UNKNOWN}


@pytest.mark.parametrize(("within_s", "verdict"), [(None, Verdict.WARNING), (2.0, Verdict.OK), (1.1, Verdict.WARNING)])
def test_how_long_is_too_long(within_s, verdict):
    assert judged(PAGE | {"took_s": 1.3}, within_s=within_s)["endpoint-slow"].verdict is verdict


@pytest.mark.parametrize(
    ("days", "verdict"),
    [
        (21.0, Verdict.OK),
        (20.9, Verdict.WARNING),
        (7.0, Verdict.WARNING),
        (6.9, Verdict.CRITICAL),
        (-1, Verdict.CRITICAL),
    ],
)
def test_the_days_of_a_certificate(days, verdict):
    assert judged(PAGE | {"certificate_days": days})["certificate-expiring"].verdict is verdict


def test_plain_http_has_no_certificate():
    assert "certificate-expiring" not in judged(PAGE, url="http://shop.example/")


@settings(max_examples=200)
@given(st.dictionaries(st.sampled_from(list(PAGE)), ODD), st.dictionaries(st.sampled_from(["expect", "within_s"]), ODD))
def test_odd_answers_never_raise_and_never_pass(page, options):
    found = judged(page, **options)
    decides = {"endpoint-down": "status", "endpoint-slow": "took_s", "certificate-expiring": "certificate_days"}
    for signal, one in found.items():
        assert len(one.says) <= 160
        if one.verdict is Verdict.OK:
            assert isinstance(page.get(decides[signal]), int | float)
