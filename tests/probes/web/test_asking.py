"""What comes back from real servers over a real connection, from kind ones and from hostile ones."""

from __future__ import annotations

import json
import threading
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.domain.inventory import System, SystemKind
from bot.probes.seen import Trouble
from bot.probes.web.asking import ask
from tests.patience import PATIENCE_S
from tests.probes.web import conftest as servers

SLACK_S = 0.6  # what two busy cores may add to a deadline


def endpoint(url: str) -> System:
    return System(name="shop", kind=SystemKind.HTTP, options={"url": url})


def get(url: str, deadline_s: float = 2.0):
    return ask(endpoint(url), None, ["get"], deadline_s, "")["get"]


def summary(url: str, deadline_s: float = 2.0):
    system = System(name="vendor", kind=SystemKind.STATUS_PAGE, options={"url": url})
    return ask(system, None, ["summary"], deadline_s, "")["summary"]


def test_a_page_tells_its_status_and_how_long_it_took(served):
    served.page("/", b"hello", status=503)
    answer = get(served.url())
    assert answer.ok
    assert answer.value["status"] == 503
    assert 0 < answer.value["took_s"] < 1
    assert answer.value["certificate_days"] is None


def test_the_time_is_that_of_the_whole_answer(served):
    served.page("/")
    served.wait_s = 0.3
    assert get(served.url()).value["took_s"] >= 0.3


def test_no_proxy_and_no_password_of_this_machine_is_used(served, monkeypatch, tmp_path):
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login me password secret")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    served.page("/")
    assert get(served.url()).value["status"] == 200
    assert "Authorization" not in served.asked[0][1]


def test_a_redirect_on_the_same_host_is_followed(served):
    served.page("/", status=302, Location="/login")
    served.page("/login", b"hello")
    assert get(served.url()).value["status"] == 200


@pytest.mark.parametrize(
    "ahead",
    ["http://169.254.169.254/latest/meta-data/", "http://127.0.0.1:1/", "//elsewhere.example/", "file:///etc/passwd"],
)
def test_a_redirect_elsewhere_is_reported_and_not_followed(served, ahead):
    served.page("/", status=302, Location=ahead)
    answer = get(served.url())
    assert (answer.value["status"], answer.value["location"]) == (302, ahead)
    assert len(served.asked) == 1


def test_redirects_in_a_circle_end(served):
    served.page("/", status=302, Location="/")
    assert get(served.url()).value["status"] == 302
    assert len(served.asked) == 4


def test_a_certificate_tells_its_days(certified):
    server = certified(40)
    server.page("/")
    value = get(server.url(scheme="https")).value
    assert value["status"] == 200
    assert 39 < value["certificate_days"] <= 40


def test_a_certificate_nobody_vouches_for_is_an_answer(certified, monkeypatch):
    server = certified(40)
    monkeypatch.delenv("SSL_CERT_FILE")
    value = get(server.url(scheme="https")).value
    assert value["status"] is None
    assert "certificate" in value["refusal"]


def test_a_closed_port_is_an_answer(hostile):
    assert get("http://127.0.0.1:1/").value["refusal"] == "connection refused"


def test_a_name_without_an_address_cannot_be_reached():
    assert get("http://no-such-host.invalid/").trouble is Trouble.UNREACHABLE


@pytest.mark.parametrize("treat", [servers.headers_without_end, servers.body_without_end, servers.silence])
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_server_that_never_ends_costs_the_deadline(hostile, treat, scheme):
    port = hostile(treat)
    began = time.monotonic()
    answer = get(f"{scheme}://127.0.0.1:{port}/", 1.0)
    assert time.monotonic() - began < 1.0 + SLACK_S + PATIENCE_S
    assert answer.trouble in ((Trouble.SILENT,) if scheme == "http" else (Trouble.SILENT, Trouble.UNREACHABLE))


def test_a_flood_ends_at_a_megabyte(hostile):
    port = hostile(servers.flood)
    began = time.monotonic()
    assert get(f"http://127.0.0.1:{port}/").value["status"] == 200
    assert summary(f"http://127.0.0.1:{port}/").says == "more than 1 MB"
    assert time.monotonic() - began < 2.0 + PATIENCE_S


def test_a_flood_instead_of_a_question_for_the_password_is_not_read(hostile):
    port = hostile(servers.flood_unasked_for_a_password)
    system = System(name="a", kind=SystemKind.ATLAS, user="k", options={"api_url": f"http://127.0.0.1:{port}"})
    began = time.monotonic()
    assert ask(system, None, ["cluster"], 2.0, "s")["cluster"].trouble is Trouble.DENIED
    assert time.monotonic() - began < 2.0 + PATIENCE_S


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.binary(max_size=300)
    | st.builds(
        lambda head, rest: b"HTTP/1.1 " + head + b"\r\n" + rest, st.binary(max_size=40), st.binary(max_size=200)
    )
)
def test_whatever_comes_is_an_answer(hostile, reply):
    answer = get(f"http://127.0.0.1:{hostile(lambda line: line.sendall(reply))}/", 1.0)
    assert answer.ok or answer.trouble in (Trouble.BROKEN, Trouble.SILENT, Trouble.NOT_ASKED)


@pytest.mark.parametrize("treat", [servers.no_http, servers.hung_up])
def test_what_is_no_http_is_broken(hostile, treat):
    assert get(f"http://127.0.0.1:{hostile(treat)}/").trouble is Trouble.BROKEN


def test_a_status_page_is_found_where_its_maker_keeps_it(served):
    served.page("/summary.json", json.dumps({"page": {"name": "Acme", "status": "UP"}}).encode())
    answer = summary(served.url())
    assert answer.value["format"] == "instatus"
    assert [path for path, _ in served.asked] == ["/api/v2/summary.json", "/summary.json"]


def test_the_address_of_a_file_is_taken_as_it_stands(served):
    served.page("/mine.json", json.dumps({"status": {"indicator": "none"}}).encode())
    assert summary(served.url("/mine.json")).value["format"] == "statuspage"
    assert len(served.asked) == 1


@pytest.mark.parametrize(
    "body",
    [b"[" * 1_000_000, b'{"a":' * 150_000, b"<html>", b"", b"1" * 900_000, b'"\\ud800"', b"\xff\xfe", b"null", b"{}"],
)
def test_what_is_no_status_page_is_broken_even_on_a_small_stack(served, body):
    served.page("/s.json", body)
    found = []
    before = threading.stack_size(512 * 1024)  # as in the process that asks
    try:
        thread = threading.Thread(target=lambda: found.append(summary(served.url("/s.json"))))
        thread.start()
    finally:
        threading.stack_size(before)
    thread.join()
    assert found[0].trouble is Trouble.BROKEN


def test_a_packed_answer_is_not_unpacked(served):
    served.page("/s.json", b"\x1f\x8b" + b"\0" * 50, Content_Encoding="gzip")
    assert "packed" in summary(served.url("/s.json")).says


def test_a_moved_status_page_says_where_to(served):
    served.page("/s.json", status=301, Location="https://elsewhere.example/s.json")
    assert "elsewhere.example" in summary(served.url("/s.json")).says
