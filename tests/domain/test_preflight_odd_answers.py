"""Whatever a member answers, preflight never raises, and never says go where something that has to be known is not."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.finding import Finding, Verdict
from bot.domain.inventory import System, SystemKind
from bot.domain.preflight.changes import CHANGES
from bot.domain.preflight.deciding import decide
from bot.domain.preflight.values import Answer, Before, Case, Change, Looked, Snapshot
from tests.domain.test_preflight import BOTH, CAN, SET, WELL, everywhere

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
ODD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.just("shop.orders"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
DETAILS = {
    "collection": "shop.orders",
    "index": "status_1",
    "old index": "status_1",
    "new index": "status_1_created_1",
    "servers": "+1x1",
    "supervisor": "off",
    "jobs": "stopped",
}
SIGNALS = sorted({sign.signal for change in CHANGES for sign in change.signs} | {"disk-full", "votes-lost"})
DATA = st.dictionaries(
    st.sampled_from(["votes", "majority", "current", "most", "age_s", "behind_s", "bytes", "free_bytes", "indexes"]),
    ODD,
    max_size=4,
)
FINDINGS = st.lists(
    st.builds(
        Finding,
        probe=st.just("x"),
        signal=st.sampled_from(SIGNALS),
        verdict=st.sampled_from(list(Verdict)),
        says=st.text(max_size=10),
        member=st.sampled_from(["", "db1:27017", "r1:6379"]),
        data=DATA,
    ),
    max_size=12,
).map(tuple)
QUESTIONS = st.sampled_from(["indexes", "replSetGetConfig", "hello", "info", "config", "role", "dbsize"])
ROLE = st.tuples(st.sampled_from(["master", "slave"]), ODD, ODD, ODD, ODD).map(list)
EVIDENCE = st.dictionaries(
    st.sampled_from(["db1:27017", "r1:6379"]),
    st.dictionaries(QUESTIONS, ODD | st.fixed_dictionaries({"value": ODD | ROLE})),
)


def looked(kind: SystemKind, findings: tuple[Finding, ...], evidence: Any) -> Looked:
    return Looked(system=System(name="x", kind=kind), at=NOW, findings=findings, evidence=evidence)


@pytest.mark.parametrize("change", CHANGES, ids=lambda one: one.name)
@settings(max_examples=150, deadline=None)
@given(findings=FINDINGS, evidence=EVIDENCE, since_s=st.floats(allow_nan=False))
def test_odd_answers_raise_nothing_and_a_sign_that_is_not_known_is_no_go(
    change: Change, findings: tuple[Finding, ...], evidence: Any, since_s: float
):
    looks = tuple(looked(kind, findings, evidence) for kind in change.probes)
    case = Case(
        details=DETAILS,
        looks=looks,
        before=Before(looked=looks[0], since_s=since_s),
        snapshot=Snapshot(system="x", age_s=abs(since_s), collections=1),
    )
    made = decide(change, case, NOW)
    assert made.next
    assert not [line for line in made.lines if "could not be judged" in line.says]
    if made.answer is Answer.GO:
        for sign in change.signs:
            found = [one for one in findings if one.signal == sign.signal]
            assert not any(one.speaks for one in found)
            assert not sign.known or (found and all(one.verdict is Verdict.OK for one in found))


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_taking_any_one_thing_away_from_a_go_never_adds_a_go_that_knows_less(data: st.DataObject):
    """A failover and a swap that may go; one finding of theirs becomes unknown, or vanishes."""
    name, findings, evidence = data.draw(
        st.sampled_from([("index-swap", WELL, everywhere(BOTH, BOTH, BOTH)), ("failover", CAN, SET)])
    )
    change = next(one for one in CHANGES if one.name == name)
    whole = looked(SystemKind.MONGODB, findings, evidence)
    assert decide(change, Case(details=DETAILS, looks=(whole,)), NOW).answer is Answer.GO
    known = {sign.signal for sign in change.signs if sign.known} | {"index-not-everywhere", "votes-lost"}
    needed = [one for one in findings if one.signal in known]
    if name == "failover":
        needed = [one for one in needed if one.signal not in ("index-not-everywhere",)]
    lost = data.draw(st.sampled_from(needed))
    unknown = replace(lost, verdict=Verdict.UNKNOWN, data={})
    rest = tuple(unknown if one is lost else one for one in findings)
    less = replace(whole, findings=rest)
    assert decide(change, Case(details=DETAILS, looks=(less,)), NOW).answer is not Answer.GO
