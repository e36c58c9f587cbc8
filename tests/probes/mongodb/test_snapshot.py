"""What is kept of a MongoDB system each night. The indexes are recorded ones, the rest is made."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.snapshot import Snapshot, Why
from bot.domain.snapshot_diff import Weight, changes, worst
from bot.probes.evidence import plain
from bot.probes.mongodb.snapshot import take
from bot.probes.seen import Answer
from tests.probes.mongodb.set_of_three import (
    MUTATED,
    NOW,
    ODD,
    SILENT,
    TROUBLES,
    UNREACHABLE,
    hello,
    kept,
    look,
    mutated,
    paths,
    seen,
)
from tests.probes.mongodb.test_index_everywhere import INDEXES, QUIET

(ID,) = [index for index in INDEXES if index["name"] == "_id_"]
LISTS: dict[str, Any] = {"shop.homes": INDEXES, "shop.log": [ID]}
CONFIG = {
    "config": {
        "version": 3,
        "members": [{"host": f"db{n}:27017", "votes": 1, "priority": 1.0} for n in (1, 2)],
        "settings": {"chainingAllowed": True, "electionTimeoutMillis": 10_000},
    }
}
WHOLE: dict[str, Any] = {
    "hello": hello(1, primary=True) | {"topologyVersion": {"processId": "65f0", "counter": 6}},
    "serverStatus": {"version": "6.0.14", "uptime": 86_400.0},
    "replSetGetConfig": CONFIG,
    "cmdLine": {"maxIncomingConnections": 51_200, "cacheSizeGB": None, "oplogSizeMB": 990},
    "indexes": LISTS,
    "counts": {"shop.homes": 1000, "shop.log": 5},
    "currentOp": QUIET,
}


def member(number: int, **answers: Any) -> Any:
    return look(number, **WHOLE | {"hello": hello(number, primary=number == 1)} | answers)


def shot(*looks: Any, ago_h: float = 0) -> Snapshot:
    at = NOW - timedelta(hours=ago_h)
    body = kept(plain(take(seen(*looks))))
    return Snapshot(id="", team_id="", system="shop", why=Why.NIGHT, taken_at=at, body=body)


LAST_NIGHT = shot(look(1, **WHOLE), ago_h=6)


def test_all_that_is_read_is_kept_and_nothing_lacks():
    body = shot(member(1), member(2)).body
    assert body["gaps"] == []
    assert {name for name, held in body.items() if held} == set(body) - {"gaps"}
    assert body["members"]["db2:27017"] == {"votes": 1, "priority": 1}
    assert body["settings"]["the set"]["heartbeatTimeoutSecs"] is None
    assert len(body["indexes"][""]["shop.homes"]) == len(INDEXES)


def test_the_primary_is_believed_before_a_delayed_member_that_still_has_what_was_dropped():
    body = shot(member(1, indexes={"shop.homes": [ID]}, counts={"shop.homes": 1}), member(2)).body
    assert [one["name"] for one in body["indexes"][""]["shop.homes"]] == ["_id_"]
    assert body["counts"] == {"shop.homes": 1}


def test_where_the_primary_does_not_tell_the_others_do_and_that_is_said():
    taken = shot(member(1, indexes=SILENT, counts=SILENT), member(2))
    assert len(taken.body["indexes"][""]["shop.homes"]) == len(INDEXES)
    assert taken.gaps == tuple(
        f"the {what} of db1:27017: it gave no answer (no answer in 1.0 s)" for what in ("indexes", "counts")
    )


def test_documents_of_all_shards_are_added_and_of_half_of_them_never():
    shards = [member(1, part="a"), member(2, part="b")]
    assert shot(*shards).body["counts"] == {"shop.homes": 2000, "shop.log": 10}
    assert shot(shards[0], member(2, part="b", counts=SILENT)).body["counts"] == {}
    assert shot(shards[0], member(2, part="b", counts={"shop.homes": 7, "...": 1})).body["counts"] == {}


def test_a_member_that_is_away_is_one_gap():
    taken = shot(member(1), look(2, **dict.fromkeys(WHOLE, UNREACHABLE)))
    assert taken.gaps == ("db2:27017 cannot be reached (connection refused)",)


@MUTATED
@given(st.sampled_from(paths(WHOLE)[1:]), ODD)
def test_odd_answers_never_raise_and_can_be_compared(path: Any, odd: Any):
    taken = shot(look(1, **mutated(WHOLE, path, odd)))
    for old, new in ((LAST_NIGHT, taken), (taken, LAST_NIGHT), (taken, taken)):
        for change in changes(old, new):
            assert isinstance(change.says, str)
    assert isinstance(taken.summary, str)


@MUTATED
@given(st.sampled_from(sorted(set(WHOLE) - {"currentOp"})), st.sampled_from(TROUBLES))
def test_without_one_answer_it_is_never_unchanged(question: str, trouble: Answer):
    taken = shot(look(1, **WHOLE | {question: trouble}), ago_h=-1)
    assert worst(changes(LAST_NIGHT, taken)) is not Weight.NOTHING
    assert worst(changes(LAST_NIGHT, shot(look(1, **WHOLE)))) is Weight.NOTHING
