"""What Redis writes, read: INFO of four versions, CLIENT LIST, ROLE, CONFIG GET, and what is none of them."""

from __future__ import annotations

import pytest

from bot.domain.finding import Verdict
from bot.probes.redis import clients, replies, resync
from bot.probes.redis.answers import keys, version
from tests.probes.redis.recorded import ANSWERS, MASTER, SEVEN, SIX, info, look, one, seen


@pytest.mark.parametrize(
    ("source", "name", "release", "held"),
    [
        (SEVEN, "01-healthy.master", (7, 0), 20_100),
        (SIX, "01-healthy.master", (6, 2), 20_100),
        ("telegraf-6.0.9", "master", (6, 0), 2),
    ],
)
def test_info_of_each_version(source, name, release, held):
    told = info(source, name)
    master = look(MASTER, told)
    assert (version(master), keys(master)) == (release, held)
    assert len(told["run_id"]) == 40
    assert isinstance(told["uptime_in_seconds"], int)
    assert isinstance(told["mem_fragmentation_ratio"], float)


def test_replicas_of_6_0_9_are_read_with_their_states_and_its_limit_is_not_in_info():
    master = look(MASTER, info("telegraf-6.0.9", "master"), config={"maxclients": 10_000})
    found = one(resync.PROBE.judge(seen(master)), resync.SIGNAL)
    assert found.verdict is Verdict.WARNING
    assert "127.0.0.1:8379" in found.says
    assert "7379" not in found.says
    assert one(clients.PROBE.judge(seen(master)), clients.LIMIT).value == "3 of 10,000"


def test_ids_and_addresses_stay_texts_also_when_they_are_digits_alone():
    told = replies.info_of("run_id:1234567890\r\nmaster_host:10\r\nredis_version:7.0\r\nslave0:ip=1,port=6379\r\n")
    assert told == {
        "run_id": "1234567890",
        "master_host": "10",
        "redis_version": "7.0",
        "slave0": {"ip": "1", "port": 6379},
    }


def test_no_text_becomes_a_number_that_is_none():
    told = replies.info_of("a:nan\nb:inf\nc:1e400\nd:" + "9" * 400 + "\ne:1_000\nf:٣\ng:-7\nh:0.25\n")
    assert {name: type(value) for name, value in told.items()} == {
        **dict.fromkeys("abcdef", str),
        "g": int,
        "h": float,
    }


def test_info_has_an_end():
    assert len(replies.info_of("".join(f"a{at}:1\n" for at in range(100_000)))) == replies.MOST_FIELDS


def test_client_list_is_counted_by_name_address_and_command():
    text = (ANSWERS / SEVEN / "01-healthy.master.client-list.txt").read_text("utf-8")
    assert replies.clients_of(text) == {
        "count": 2,
        "by_name": {"": 2},
        "by_addr": {"127.0.0.1": 2},
        "by_cmd": {"replconf": 1, "client|list": 1},
    }


def test_of_many_names_the_most_frequent_are_kept():
    lines = [f"id={at} addr=[2001:db8::{at % 30}]:{at} name=app{at % 30}{'x' * 200} cmd=get" for at in range(600)]
    found = replies.clients_of(
        "\n".join([*lines, "addr=10.0.0.7:1 name=loop cmd=get"] + ["addr=10.0.0.7:2 name=loop"] * 900)
    )
    assert found["count"] == 1_501
    assert next(iter(found["by_addr"].items())) == ("10.0.0.7", 901)
    assert len(found["by_addr"]) == replies.MOST_NAMED
    assert max(len(name) for name in found["by_name"]) <= 80


@pytest.mark.parametrize(
    "read", [replies.info_of, replies.clients_of, replies.role_of, replies.number_of, replies.masters_of]
)
@pytest.mark.parametrize("reply", [None, b"x", {}, 1.5])
def test_what_is_not_such_a_reply_is_refused(read, reply):
    with pytest.raises(ValueError, match="is"):
        read(reply)


def test_a_setting_is_a_pair_or_unknown():
    assert replies.setting_of(["maxclients", "10000"]) == 10_000
    assert replies.setting_of(["save", ""]) == ""
    assert replies.setting_of([]) is None
    with pytest.raises(ValueError, match="pair"):
        replies.setting_of(["a", "b", "c", "d"])
