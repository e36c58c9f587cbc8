"""The ports of a host: real connections, and the judge."""

from __future__ import annotations

import socket
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.finding import Verdict
from bot.domain.inventory import Member, System, SystemKind
from bot.probes.host import ports
from bot.probes.host.asking import ask
from bot.probes.seen import Answer, Look, Seen, Trouble
from tests.patience import PATIENCE_S
from tests.probes.web.seeing import NOW, ODD


def asked(*numbers: int, host: str = "127.0.0.1", deadline_s: float = 1.0):
    system = System(name="db1", kind=SystemKind.HOST, options={"ports": numbers})
    return ask(system, Member(host=host, port=22), ["ports"], deadline_s, "")["ports"]


def states(answer):
    return {one["port"]: one["state"] for one in answer.value}


@pytest.fixture
def listening():
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server


@pytest.fixture
def full():
    """A port that takes up no more connections, so that a new one hangs as with a dead host."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen(0)
        lines = [socket.socket() for _ in range(4)]
        for line in lines:
            line.setblocking(False)
            line.connect_ex(server.getsockname())
        yield server.getsockname()[1]
        for line in lines:
            line.close()


def test_open_and_closed_ports_are_told_apart(listening):
    port = listening.getsockname()[1]
    assert states(asked(port, 1)) == {port: "open", 1: "refused"}


def test_nothing_is_sent_and_the_connection_is_closed_at_once(listening):
    asked(listening.getsockname()[1])
    listening.settimeout(2)
    line, _ = listening.accept()
    with line:
        line.settimeout(2)
        assert line.recv(100) == b""


def test_a_port_that_hangs_costs_the_deadline_and_holds_up_no_other(listening, full):
    port = listening.getsockname()[1]
    began = time.monotonic()
    answer = asked(full, port, deadline_s=0.6)
    assert 0.5 < time.monotonic() - began < 1.0 + PATIENCE_S
    assert states(answer) == {full: "silent", port: "open"}
    assert answer.value[1]["took_s"] < 0.3


def test_an_address_that_works_is_enough(listening, monkeypatch):
    port = listening.getsockname()[1]
    real = socket.getaddrinfo

    def both(host, *given, **options):
        return real("127.0.0.2", *given, **options) + real("127.0.0.1", *given, **options)

    monkeypatch.setattr(socket, "getaddrinfo", both)
    assert states(asked(port)) == {port: "open"}


def test_a_name_without_an_address():
    assert asked(22, host="no-such-host.invalid").trouble is Trouble.UNREACHABLE


def judged(answer):
    system = System(name="db1", kind=SystemKind.HOST)
    look = Look(Member(host="db1.internal", port=22), {"ports": answer})
    return ports.judge(Seen(system=system, at=NOW, looks=(look,)))


@pytest.mark.parametrize(
    ("state", "verdict"),
    [
        ("open", Verdict.OK),
        ("refused", Verdict.CRITICAL),
        ("silent", Verdict.WARNING),
        ("network is unreachable", Verdict.UNKNOWN),
    ],
)
def test_each_state_has_its_weight(state, verdict):
    (found,) = judged(Answer(value=[{"port": 27017, "state": state, "took_s": 0.02}]))
    assert found.verdict is verdict
    assert found.member == "db1.internal:27017"
    assert found.member in found.says


def test_each_port_has_its_finding():
    value = [{"port": port, "state": "open", "took_s": 0.02} for port in (22, 27017)]
    assert [one.data["port"] for one in judged(Answer(value=value))] == [22, 27017]


@pytest.mark.parametrize("trouble", list(Trouble))
def test_no_answer_is_unknown(trouble):
    (found,) = judged(Answer(trouble=trouble))
    assert found.verdict is Verdict.UNKNOWN


@settings(max_examples=200)
@given(ODD | st.lists(st.fixed_dictionaries({}, optional={"port": ODD, "state": ODD | st.just("open"), "took_s": ODD})))
def test_odd_answers_never_raise_and_never_pass(value):
    for found in judged(Answer(value=value)):
        assert len(found.says) <= 160
        if found.verdict is Verdict.OK:
            assert found.value == "open"
            assert 0 < found.data["port"] < 65536
