"""What is kept of answers: plain, small, and without secrets."""

import json
import math
from datetime import UTC, datetime

import pytest
from bson import Binary, Decimal128, Int64, ObjectId, Timestamp
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.inventory import Member
from bot.probes.evidence import MOST_CHARS, MOST_DEPTH, MOST_ITEMS, evidence, plain
from bot.probes.seen import Answer, Look, Trouble


@pytest.mark.parametrize(
    "key", ["password", "requirepass", "masterauth", "authToken", "private_key", "clientSecret", "keyFile", "pwd_hash"]
)
def test_what_is_named_like_a_secret_is_not_kept(key):
    assert plain({"net": {key: "hunter2-hunter2"}}) == {"net": {key: "[redacted]"}}


def test_a_secret_inside_a_text_is_cut_out():
    kept = plain({"argv": ["mongod", "mongodb://root:hunter2hunter2@db1/admin"]})
    assert "hunter2" not in json.dumps(kept)


def test_what_servers_send_becomes_json():
    value = {
        "at": datetime(2026, 1, 2, tzinfo=UTC),
        "ts": Timestamp(1, 2),
        "id": ObjectId(),
        "n": Int64(5),
        "d": Decimal128("1.5"),
        "b": Binary(b"abc"),
        "nan": math.nan,
        "inf": math.inf,
        "huge": 10**30,
    }
    kept = json.loads(json.dumps(plain(value)))
    assert kept["at"] == "2026-01-02T00:00:00+00:00"
    assert kept["n"] == 5
    assert kept["nan"] == "nan"
    assert kept["b"] == "(3 bytes)"


def test_depth_length_and_number_have_an_end():
    deep: list[object] = []
    for _ in range(10_000):
        deep = [deep]
    assert len(json.dumps(plain(deep))) < 10 * MOST_DEPTH
    assert len(plain("x" * 10_000)) == MOST_CHARS + 1
    assert len(plain(list(range(10_000)))) == MOST_ITEMS + 1
    assert plain({str(n): n for n in range(1_000)})["…"] == 1_000 - MOST_ITEMS


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(), st.lists))
def test_whatever_comes_can_be_written_down(value):
    json.dumps(plain(value), allow_nan=False)


def test_an_answer_that_is_missing_says_why():
    look = Look(
        Member(host="db1", port=1), {"hello": Answer(trouble=Trouble.SILENT, says="no answer in 1.0 s", took_s=1)}
    )
    assert evidence([look]) == {"db1:1": {"hello": {"took_s": 1, "trouble": "silent", "says": "no answer in 1.0 s"}}}
