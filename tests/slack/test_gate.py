"""The front gate by itself: what it lets through, and what it refuses with which status."""

import hashlib
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rehearsal.delivery import signed
from bot.slack.gate import MAX_BODY_BYTES, MAX_REMEMBERED, Gate, Refused

SECRET = "a-signing-secret-for-tests"
NOW = 1_790_000_000
BODY = b"command=%2Fincident&text=list"
FORM = (b"content-type", b"application/x-www-form-urlencoded")


def gate(now: float = NOW) -> Gate:
    return Gate(SECRET, clock=lambda: now)


def headers(body: bytes = BODY, *, at: int = NOW, secret: str = SECRET, **other: bytes) -> list[tuple[bytes, bytes]]:
    """What Slack sends; `stamp` and `signature` replace its two headers."""
    made = {name.encode(): value.encode() for name, value in signed(body, secret, now_s=at).items()}
    made |= {b"x-slack-request-timestamp": other["stamp"]} if "stamp" in other else {}
    made |= {b"x-slack-signature": other["signature"]} if "signature" in other else {}
    return [FORM, *made.items()]


def signature(body: bytes = BODY, stamp: bytes = str(NOW).encode(), secret: str = SECRET) -> bytes:
    return b"v0=" + hmac.new(secret.encode(), b"v0:" + stamp + b":" + body, hashlib.sha256).hexdigest().encode()


def status(of: Gate, with_headers: list[tuple[bytes, bytes]], body: bytes = BODY) -> int:
    with pytest.raises(Refused) as refused:
        of.check(with_headers, body)
    return refused.value.status


async def pieces(*chunks: bytes):
    for chunk in chunks:
        yield chunk


async def read(of: Gate, with_headers: list[tuple[bytes, bytes]], *chunks: bytes) -> str | int:
    try:
        return await of.read(with_headers, pieces(*chunks))
    except Refused as refused:
        return refused.status


async def test_what_slack_signed_is_let_through_as_text():
    assert await read(gate(), headers(), BODY) == BODY.decode()


async def test_a_body_in_pieces_without_a_length_is_the_same_body():
    assert await read(gate(), headers(), *(BODY[n : n + 1] for n in range(len(BODY)))) == BODY.decode()


@pytest.mark.parametrize("age", [-299, -300, 0, 299, 300])
def test_five_minutes_of_age_or_of_a_fast_clock_are_let_through(age):
    gate().check(headers(at=NOW - age), BODY)


@pytest.mark.parametrize("age", [-100_000, -301, 301, 100_000])
def test_beyond_five_minutes_it_is_refused(age):
    assert status(gate(), headers(at=NOW - age)) == 401


@pytest.mark.parametrize(
    "forged",
    [
        b"",
        b"v0=",
        signature().replace(b"v0=", b"v1="),
        signature().upper(),
        signature().replace(b"v0=", b"V0="),
        signature()[:-1],
        signature() + b"0",
        b" " + signature(),
        signature() + b"\n",
        signature(secret="another-apps-secret"),
        signature(secret=""),
        signature(body=b"command=%2Fincident&text=close"),
        signature(stamp=str(NOW - 1).encode()),
        "v0=ü".encode(),
        b"v0=" + "é".encode() * 64,
        b"v0=" + b"\xff" * 64,
        b"0" * 100_000,
    ],
)
def test_any_other_signature_is_refused(forged):
    assert status(gate(), headers(signature=forged)) == 401


@given(st.integers(0, 66), st.integers(0, 255))
def test_a_signature_with_one_byte_changed_is_refused(place, byte):
    good = signature()
    bad = good[:place] + bytes([byte]) + good[place + 1 :]
    if bad != good:
        assert status(gate(), headers(signature=bad)) == 401


@given(st.integers(0, len(BODY) - 1), st.binary(max_size=3))
def test_a_body_that_was_touched_is_refused(place, put):
    touched = BODY[:place] + put + BODY[place + 1 :]
    if touched != BODY:
        assert status(gate(), headers(), touched) == 401


@given(st.binary(max_size=40))
def test_whatever_stands_in_the_headers_nothing_but_a_refusal_comes_out(junk):
    assert status(gate(), headers(stamp=junk)) == 401
    assert status(gate(), headers(signature=junk)) == 401


@pytest.mark.parametrize(
    "stamp",
    [
        b"",
        b"abc",
        b"1e9",
        b"-1",
        b"0x6ab",
        b"1_790_000_000",
        b" 1790000000",
        b"1790000000\n",
        b"1790000000.5",
        b"inf",
        b"nan",
        b"9" * 5000,
        "١٧٩٠٠٠٠٠٠٠".encode(),
        "１７９０００００００".encode(),
        b"\xff\xfe",
        b"0",
    ],
)
def test_a_timestamp_that_is_none_is_refused_even_when_it_is_what_was_signed(stamp):
    assert status(gate(), headers(stamp=stamp, signature=signature(stamp=stamp))) == 401


@pytest.mark.parametrize("name", [b"x-slack-request-timestamp", b"x-slack-signature"])
def test_a_header_twice_or_not_at_all_is_refused(name):
    good = headers()
    again = [pair for pair in good if pair[0] == name]
    assert status(gate(), good + again) == 401
    assert status(gate(), [pair for pair in good if pair[0] != name]) == 401


def test_header_names_count_in_any_case():
    gate().check([(name.upper(), value) for name, value in headers()], BODY)


def test_a_request_counts_once_and_its_repeat_is_refused():
    one = gate()
    one.check(headers(), BODY)
    for _ in range(3):
        assert status(one, headers()) == 409
    one.check(headers(b"another body"), b"another body")


def test_a_request_of_which_nothing_came_may_come_again():
    one = gate()
    one.check(headers(), BODY)
    one.forget(headers())
    one.check(headers(), BODY)
    assert status(one, headers()) == 409


def test_a_refused_request_is_not_remembered():
    one = gate()
    assert status(one, headers(), b"forged") == 401
    one.check(headers(), BODY)


def test_what_is_remembered_stays_bounded_and_lasts_as_long_as_a_request_is_fresh():
    now = [float(NOW)]
    one = Gate(SECRET, clock=lambda: now[0])
    one.check(headers(), BODY)
    now[0] = NOW + 299
    assert status(one, headers()) == 409
    for n in range(2000):
        body = b"%d" % n
        one.check(headers(body, at=int(now[0])), body)
    now[0] += 700
    one.check(headers(b"x", at=int(now[0])), b"x")
    assert len(one._seen) == 1 < MAX_REMEMBERED


def test_without_a_secret_nobody_gets_in():
    assert status(Gate("", clock=lambda: NOW), headers(secret="")) == 401


@pytest.mark.parametrize("body", [b"\xff\xfe", b"text=\x80", b"\xed\xa0\x80", b"\xc0\xaf", b"\xf8\x88\x80\x80\x80"])
async def test_signed_bytes_that_are_no_utf_8_are_refused(body):
    assert await read(gate(), headers(body), body) == 400


@pytest.mark.parametrize("body", [b"", b"\x00", b"\xef\xbb\xbfpayload=%7B%7D", "payload=ü".encode()])
async def test_odd_but_valid_text_is_passed_on(body):
    assert await read(gate(), headers(body), body) == body.decode()


async def test_a_stated_length_over_the_limit_is_refused_before_anything_is_read():
    async def never():
        raise AssertionError("the body was read")
        yield b""

    for length in (b"1000001", b"9" * 400, b"-1", b"1e3", b"+5", "٣".encode(), b"", b"abc"):
        with pytest.raises(Refused) as refused:
            await gate().read([*headers(), (b"content-length", length)], never())
        assert refused.value.status == 413


async def test_more_than_the_limit_without_a_length_is_refused_at_the_limit():
    sent = []

    async def endless():
        while True:
            sent.append(1)
            yield b"x" * 10_000

    with pytest.raises(Refused) as refused:
        await gate().read(headers(), endless())
    assert refused.value.status == 413
    assert len(sent) * 10_000 <= MAX_BODY_BYTES + 10_000


async def test_the_largest_body_allowed_is_read():
    body = b"x" * MAX_BODY_BYTES
    assert await read(gate(), [*headers(body), (b"content-length", b"%d" % len(body))], body) == body.decode()


@pytest.mark.parametrize(
    "kind", [None, b"", b"text/plain", b"multipart/form-data; boundary=x", b"application/json2", "tëxt".encode()]
)
async def test_another_kind_of_content_is_refused(kind):
    others = [pair for pair in headers() if pair is not FORM]
    assert await read(gate(), others + ([(b"content-type", kind)] if kind is not None else []), BODY) == 415


@pytest.mark.parametrize(
    "kind", [b"application/json", b"Application/JSON; charset=utf-8", b"application/x-www-form-urlencoded"]
)
async def test_slacks_two_kinds_of_content_are_read(kind):
    others = [pair for pair in headers() if pair is not FORM]
    assert await read(gate(), [*others, (b"content-type", kind)], BODY) == BODY.decode()
