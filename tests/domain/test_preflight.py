"""Whether a change may be made: every rule with every answer, and unknown is never go."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.domain.finding import Finding, Verdict
from bot.domain.inventory import Member, System, SystemKind
from bot.domain.preflight.changes import CHANGES, change_named
from bot.domain.preflight.deciding import decide, worst
from bot.domain.preflight.reading import read
from bot.domain.preflight.values import Answer, Before, Case, Decision, Line, Looked, Snapshot
from bot.errors import NotFound, UserError

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
GO, WAIT, STOP, UNKNOWN = Answer.GO, Answer.WAIT, Answer.STOP, Answer.UNKNOWN
NODES = ("db1:27017", "db2:27017", "db3:27017")
ORDERS = System(
    name="orders-db", kind=SystemKind.MONGODB, members=tuple(Member(host=one[:3], port=27017) for one in NODES)
)
SESSIONS = System(name="sessions", kind=SystemKind.REDIS)
BACKUPS = System(name="orders-backups", kind=SystemKind.BACKUP)
ATLAS = System(name="orders-atlas", kind=SystemKind.ATLAS)


def finding(signal: str, verdict: Verdict = Verdict.OK, *, member: str = "", value: str = "", **data: Any) -> Finding:
    return Finding(
        probe="x", signal=signal, verdict=verdict, says=f"{signal} {verdict}.", member=member, value=value, data=data
    )


def index(name: str, *fields: str, ops: int = 0, building: bool = False, **options: Any) -> dict[str, Any]:
    return {
        "name": name,
        "key": [[field, 1] for field in fields],
        "ops": ops,
        "building": building,
        "options": options,
    }


ID, OLD = index("_id_", "_id", ops=9), index("status_1", "status", ops=50)
NEW = index("status_1_created_1", "status", "created")


def holding(**by_member: list[dict[str, Any]]) -> dict[str, Any]:
    """Evidence of the members' indexes on shop.orders."""
    return {f"{name}:27017": {"indexes": {"value": {"shop.orders": listed}}} for name, listed in by_member.items()}


def everywhere(*lists: list[dict[str, Any]]) -> dict[str, Any]:
    return holding(**{f"db{at}": one for at, one in enumerate(lists, start=1)})


WELL = (
    finding("index-not-everywhere"),
    *(finding("index-building", member=node) for node in NODES),
    finding("replication-lag", member=NODES[1], value="0 s"),
    finding("replication-lag", member=NODES[2], value="1 s"),
    finding("majority-stalled"),
)


def mongodb(*changed: Finding, evidence: dict[str, Any] | None = None, well: tuple[Finding, ...] = WELL) -> Looked:
    """The set, well but for what was changed: a finding replaces those of its signal and member."""
    told = {(one.signal, one.member) for one in changed}
    rest = tuple(one for one in well if (one.signal, one.member) not in told)
    return Looked(system=ORDERS, at=NOW, findings=(*changed, *rest), evidence=evidence or {})


def answered(name: str, *looks: Looked, typed: str = "", **more: Any) -> Decision:
    change = change_named(name)
    details = read(change, typed.split(), looks[0].system.name)
    return decide(change, Case(details=details, looks=looks, **more), NOW)


def said(decision: Decision) -> str:
    return " ".join(line.says for line in decision.lines)


SWAP = "shop.orders status_1 status_1_created_1"
BOTH = [ID, OLD, NEW]


def test_a_swap_goes_when_the_new_index_is_ready_everywhere():
    made = answered("index-swap", mongodb(evidence=everywhere(BOTH, BOTH, BOTH)), typed=SWAP)
    assert made.answer is GO
    assert "ready on all 3 members" in said(made)
    assert made.next.startswith("Hide the old one")


@pytest.mark.parametrize(
    ("last", "says"),
    [([ID, OLD], "missing on db3:27017"), ([ID, OLD, NEW | {"building": True}], "being built on db3:27017")],
)
def test_small_giant_a_swap_stops_while_one_hidden_member_lacks_the_new_index(last, says):
    made = answered("index-swap", mongodb(evidence=everywhere(BOTH, BOTH, last)), typed=SWAP)
    assert made.answer is STOP
    assert says in said(made)
    assert "ready on every member" in made.next


def test_small_giant_a_drop_stops_where_the_probe_says_that_another_is_not_ready():
    lacks = [{"ns": "shop.orders", "index": "status_1_created_1", "ready": ["db1:27017"], "building": ["db2:27017"]}]
    speaking = finding("index-not-everywhere", Verdict.WARNING, lacking=1, indexes=lacks)
    made = answered(
        "drop-index", mongodb(speaking, evidence=everywhere(BOTH, BOTH, BOTH)), typed="shop.orders status_1"
    )
    assert made.answer is STOP
    assert "`status_1_created_1` on shop.orders is still being built on db2:27017" in said(made)
    assert made.lines[0].finding is speaking


def test_what_lacks_on_another_collection_is_told_and_decides_nothing_unless_the_list_was_cut():
    lacks = [{"ns": "shop.webhooks", "index": "order_1", "missing": ["db2:27017"]}]
    whole = finding("index-not-everywhere", Verdict.WARNING, lacking=1, indexes=lacks)
    cut = finding("index-not-everywhere", Verdict.WARNING, lacking=21, indexes=lacks)
    evidence = everywhere(BOTH, BOTH, BOTH)
    assert answered("index-swap", mongodb(whole, evidence=evidence), typed=SWAP).answer is GO
    assert answered("index-swap", mongodb(cut, evidence=evidence), typed=SWAP).answer is STOP


@pytest.mark.parametrize(
    ("changed", "answer"),
    [
        (finding("index-building", Verdict.WARNING, member=NODES[2]), STOP),
        (finding("majority-stalled", Verdict.CRITICAL), STOP),
        (finding("replication-lag", Verdict.WARNING, member=NODES[1]), WAIT),
        (finding("index-not-everywhere", Verdict.UNKNOWN), UNKNOWN),
        (finding("index-building", Verdict.UNKNOWN, member=NODES[2]), UNKNOWN),
        (finding("majority-stalled", Verdict.UNKNOWN), UNKNOWN),
    ],
)
def test_each_sign_has_its_answer_before_an_index_goes(changed, answer):
    made = answered("index-swap", mongodb(changed, evidence=everywhere(BOTH, BOTH, BOTH)), typed=SWAP)
    assert made.answer is answer
    assert made.lines[0].finding is changed
    assert made.next == made.lines[0].then != ""


@pytest.mark.parametrize("signal", ["index-not-everywhere", "index-building", "replication-lag", "majority-stalled"])
def test_a_sign_that_nobody_told_is_unknown(signal):
    well = tuple(one for one in WELL if one.signal != signal)
    evidence = everywhere(BOTH, BOTH, BOTH)
    assert answered("index-swap", mongodb(evidence=evidence, well=well), typed=SWAP).answer is UNKNOWN


@pytest.mark.parametrize(
    ("typed", "answer", "says"),
    [
        ("shop.orders _id_", STOP, "`_id`"),
        ("shop.orders statu_1", UNKNOWN, "it has `_id_`, `status_1`, `status_1_created_1`"),
        ("shop.orderz status_1", UNKNOWN, "they show `shop.orders`"),
    ],
)
def test_what_is_not_there_or_may_not_go_is_said(typed, answer, says):
    made = answered("drop-index", mongodb(evidence=everywhere(BOTH, BOTH, BOTH)), typed=typed)
    assert made.answer is answer
    assert says in said(made)


def test_an_index_in_use_without_another_for_its_queries_waits_and_an_unused_one_goes():
    used = mongodb(evidence=everywhere([ID, OLD], [ID, OLD], [ID, OLD]))
    idle = mongodb(evidence=everywhere(*[[ID, OLD | {"ops": 0}]] * 3))
    assert answered("drop-index", used, typed="shop.orders status_1").answer is WAIT
    assert answered("drop-index", idle, typed="shop.orders status_1").answer is GO


def test_whether_its_use_rises_is_told_from_one_preflight_to_the_next():
    now = mongodb(evidence=everywhere([ID, OLD], [ID, OLD], [ID, OLD]))
    flat = Before(looked=now, since_s=600.0)
    made = answered("drop-index", now, typed="shop.orders status_1", before=flat)
    assert made.answer is GO
    assert "was used 0 times in the 10 min" in said(made)
    restarted = Before(looked=mongodb(evidence=everywhere(*[[ID, OLD | {"ops": 90}]] * 3)), since_s=600.0)
    assert answered("drop-index", now, typed="shop.orders status_1", before=restarted).answer is WAIT


def test_a_new_index_that_forbids_less_waits_for_somebody_to_decide():
    unique = [ID, OLD | {"options": {"unique": True}}, NEW]
    made = answered("index-swap", mongodb(evidence=everywhere(unique, unique, unique)), typed=SWAP)
    assert (made.answer, "is unique" in said(made)) == (WAIT, True)


@pytest.mark.parametrize("changed", [c for c in CHANGES if c.name != "failover"], ids=lambda c: c.name)
def test_evidence_that_is_too_old_is_refused_whatever_it_says(changed):
    kind = changed.kinds[0]
    old = Looked(system=System(name="x", kind=kind), at=NOW - timedelta(seconds=31), findings=WELL)
    made = decide(changed, Case(details=dict.fromkeys(changed.words, "a.b"), looks=(old,)), NOW)
    assert made.answer is UNKNOWN
    assert "31 s old" in said(made)
    assert len(made.lines) == 1


@pytest.mark.parametrize("changed", CHANGES, ids=lambda c: c.name)
def test_a_system_of_which_nothing_was_seen_is_never_go(changed):
    blind = Looked(system=System(name="x", kind=changed.kinds[0]), at=NOW, findings=())
    details = {"collection": "a.b", "index": "c_1", "old index": "c_1", "new index": "d_1", "servers": "+1x1"}
    assert decide(changed, Case(details=details, looks=(blind,)), NOW).answer is not GO


def test_the_weightiest_line_is_the_answer_and_a_line_that_is_only_told_decides_nothing():
    lines = [Line(answer=one, says="x") for one in (GO, UNKNOWN, WAIT)]
    assert worst(lines) is WAIT
    assert worst([*lines, Line(answer=STOP, says="x", told=True)]) is WAIT
    assert worst(()) is UNKNOWN


CONFIG = {
    "config": {"version": 1, "members": [{"host": node, "priority": 1, "votes": 1} for node in NODES]},
}
SET = {
    node: {
        "replSetGetConfig": {"value": CONFIG},
        "hello": {"value": {"me": node, "isWritablePrimary": node == NODES[0]}},
    }
    for node in NODES
}
CAN = (
    *WELL,
    finding("election-loop"),
    finding("no-primary"),
    finding("two-primaries"),
    finding("votes-lost", votes=3, majority=2, most=3),
)


def failing_over(*changed: Finding, evidence: dict[str, Any] = SET) -> Decision:
    return answered("failover", mongodb(*changed, evidence=evidence, well=CAN))


@pytest.mark.parametrize(
    ("changed", "answer"),
    [
        ((), GO),
        ((finding("election-loop", Verdict.CRITICAL),), STOP),
        ((finding("two-primaries", Verdict.CRITICAL),), STOP),
        ((finding("no-primary", Verdict.CRITICAL),), STOP),
        ((finding("election-loop", Verdict.UNKNOWN),), UNKNOWN),
        ((finding("rollback", Verdict.CRITICAL),), STOP),
        ((finding("votes-lost", Verdict.WARNING, votes=2, majority=2, most=3),), STOP),
        ((finding("votes-lost", Verdict.UNKNOWN),), UNKNOWN),
        ((finding("replication-lag", Verdict.CRITICAL, member=NODES[1], value="90 s"),), WAIT),
        ((finding("index-building", Verdict.WARNING, member=NODES[2]),), WAIT),
        ((finding("replication-lag", Verdict.UNKNOWN, member=NODES[2]),), WAIT),
        ([finding("replication-lag", Verdict.CRITICAL, member=node, value="90 s") for node in NODES[1:]], STOP),
        ([finding("replication-lag", Verdict.UNKNOWN, member=node) for node in NODES[1:]], UNKNOWN),
        ((finding("tickets-gone", Verdict.CRITICAL, member=NODES[0]),), WAIT),
    ],
)
def test_each_pre_check_of_a_failover_has_its_answer(changed, answer):
    assert failing_over(*changed).answer is answer


def test_an_inventory_that_lacks_members_is_a_wait_that_names_them_and_no_stop():
    lacking = finding("inventory-incomplete", Verdict.WARNING)
    unheard = [finding("index-building", Verdict.UNKNOWN, member=node) for node in NODES[1:]]
    made = failing_over(lacking, *unheard)
    assert (made.answer, made.lines[0].finding) == (WAIT, lacking)
    assert made.next.startswith("Add what the inventory lacks")
    assert failing_over(*unheard).answer is UNKNOWN, "what nobody heard of is no reason to stop"
    made = failing_over(lacking, unheard[0])
    assert [line.answer for line in made.lines if "alone is known to be fit" in line.says] == [UNKNOWN]


def test_what_keeps_everything_unknown_is_said_once_with_a_count():
    says = "Not known: ORDERS_DB_PASSWORD is not set."
    names = ("election-loop", "no-primary", "two-primaries", "votes-lost", "replication-lag", "rollback")
    blind = [replace(finding(name, Verdict.UNKNOWN), says=says) for name in names]
    made = decide(change_named("failover"), Case(details={}, looks=(mongodb(*blind, well=()),)), NOW)
    assert [line.says for line in made.lines] == [f"{says} That leaves 6 questions open."]
    assert (made.answer, made.next) == (UNKNOWN, "Mend that, then ask again.")


def test_a_sharded_cluster_fails_over_when_each_shard_can():
    nodes = {"s1": ("a1:1", "a2:1", "a3:1"), "s2": ("b1:1", "b2:1", "b3:1")}
    members = tuple(Member(host=name[:2], port=1, part=part) for part, names in nodes.items() for name in names)
    cluster = System(
        name="events", kind=SystemKind.MONGODB, members=(*members, Member(host="r1", port=1, part="mongos"))
    )

    def said_by(part: str, name: str) -> dict[str, Any]:
        config = {"version": 1, "members": [{"host": host, "priority": 1} for host in nodes[part]]}
        hello = {"me": name, "isWritablePrimary": name[1] == "1"}
        return {"replSetGetConfig": {"value": {"config": config}}, "hello": {"value": hello}}

    evidence = {name: said_by(part, name) for part, names in nodes.items() for name in names}
    well = [finding(signal) for signal in ("election-loop", "no-primary", "two-primaries")]
    well += [finding("votes-lost", part=part, votes=3, majority=2) for part in nodes]
    for name in (name for names in nodes.values() for name in names):
        well += [finding("replication-lag", member=name, value="0 s"), finding("index-building", member=name)]

    def answer(*changed: Finding) -> Decision:
        told = {(one.signal, one.member, one.data.get("part")) for one in changed}
        rest = [one for one in well if (one.signal, one.member, one.data.get("part")) not in told]
        look = Looked(system=cluster, at=NOW, findings=(*changed, *rest), evidence=evidence)
        return decide(change_named("failover"), Case(details={}, looks=(look,)), NOW)

    assert answer().answer is GO
    assert [line.says[:14] for line in answer().lines if "can take over" in line.says] == [
        "s1: 2 can take",
        "s2: 2 can take",
    ]
    made = answer(finding("votes-lost", part="s2", votes=2, majority=2))
    assert (made.answer, made.lines[0].says[:21]) == (STOP, "s2: Without the prima")
    made = answer(
        *(finding("replication-lag", Verdict.CRITICAL, member=name, value="9 h") for name in ("b2:1", "b3:1"))
    )
    assert (made.answer, made.lines[0].says[:22]) == (STOP, "s2: None can take over")


def test_universe_a_primary_that_hangs_is_cut_off_not_asked_to_step_down():
    made = failing_over(
        finding("zombie-primary", Verdict.CRITICAL, member=NODES[0]),
        finding("tickets-gone", Verdict.CRITICAL, member=NODES[0]),
    )
    assert made.answer is GO
    assert "cut it off" in made.next and "stepDown" not in made.next


def test_hidden_ones_arbiters_and_those_without_priority_are_no_candidates():
    others = [{"hidden": True}, {"arbiterOnly": True}, {"priority": 0}]
    for odd in others:
        members = [*CONFIG["config"]["members"][:1], *({**one, **odd} for one in CONFIG["config"]["members"][1:])]
        told = {
            node: said | {"replSetGetConfig": {"value": {"config": {"members": members}}}} for node, said in SET.items()
        }
        assert failing_over(evidence=told).answer is STOP
    assert failing_over(evidence={}).answer is UNKNOWN


def test_how_many_seconds_of_writes_are_at_risk_is_said():
    made = failing_over(
        *(finding("replication-lag", Verdict.CRITICAL, member=node, value="90 s") for node in NODES[1:])
    )
    assert "90 s of writes are at risk" in said(made)


def redis(
    *changed: Finding, master: dict[str, Any] | None = None, replica: dict[str, Any] | None = None, **config: str
):
    signs = (
        *("master-without-persistence", "persistence-failing", "stale-master", "respawn-loop", "two-masters"),
        *("replica-link-down", "full-resync"),
    )
    saved = finding("persistence-failing", member="r1:6379", saved_s_ago=60.0, changes_since_save=0)
    told = {one.signal for one in changed}
    well = [saved if name == "persistence-failing" else finding(name) for name in signs if name not in told]
    states = {
        "r1:6379": {"role": "master", "keys": 1000, "offset": 500} | (master or {}),
        "r2:6379": {"role": "replica", "keys": 1000, "offset": 500} | (replica or {}),
    }
    evidence = {
        name: {
            "info": {"value": {"uptime_in_seconds": 90_000}},
            "config": {"value": config},
            "dbsize": {"value": one["keys"]},
            "role": {"value": role_as_told(**one)},
        }
        for name, one in states.items()
    }
    return Looked(system=SESSIONS, at=NOW, findings=(*changed, *well), evidence=evidence)


def role_as_told(role: str, offset: int, link: str = "connected", **_: Any) -> list[Any]:
    return ["master", offset, []] if role == "master" else ["slave", "r1", 6379, link, offset]


def saved(s_ago: float, changes: float) -> Finding:
    return finding("persistence-failing", member="r1:6379", saved_s_ago=s_ago, changes_since_save=changes)


@pytest.mark.parametrize(
    ("look", "answer"),
    [
        (redis(), GO),
        (redis(saved(90_000, 12), appendonly="yes"), GO),
        (redis(saved(600, 12)), WAIT),
        (redis(saved(7200, 12)), STOP),
        (redis(saved(90_000, 12)), STOP),
        (redis(finding("persistence-failing", member="r1:6379")), UNKNOWN),
        (redis(finding("master-without-persistence", Verdict.WARNING)), STOP),
        (redis(finding("stale-master", Verdict.CRITICAL), saved(90_000, 12)), STOP),
        (redis(finding("stale-master", Verdict.UNKNOWN)), UNKNOWN),
        (redis(finding("replica-link-down", Verdict.CRITICAL)), STOP),
        (redis(finding("full-resync", Verdict.WARNING)), WAIT),
        (redis(replica={"keys": 2000}), STOP),
        (redis(replica={"offset": 501, "link": "connect"}), STOP),
        (redis(replica={"offset": 501}), GO),
        (redis(replica={"offset": -1}), UNKNOWN),
        (redis(replica={"keys": 10}), WAIT),
        (redis(replica={"keys": None}), UNKNOWN),
        (redis(replica={"role": "master"}), WAIT),
        (redis(master={"role": "replica"}), UNKNOWN),
    ],
)
def test_each_rule_before_a_redis_master_is_restarted(look, answer):
    assert answered("restart-redis-master", look, typed="supervisor=off").answer is answer


def test_muut_a_stale_master_is_never_told_to_save():
    for signal in ("stale-master", "master-without-persistence"):
        made = answered("restart-redis-master", redis(finding(signal, Verdict.CRITICAL), saved(90_000, 12)))
        assert made.answer is STOP
        assert "BGSAVE" not in " ".join(line.then for line in made.lines)


def test_who_starts_it_again_has_to_be_told():
    made = answered("restart-redis-master", redis())
    assert made.answer is UNKNOWN
    assert "systemctl show" in made.next
    assert answered("restart-redis-master", redis(), typed="supervisor=on").answer is GO


FILES = (
    finding("backup-old", age_s=3600.0),
    finding("backup-stale-content", behind_s=60.0),
    finding("backup-too-few"),
    finding("backup-shrunk", bytes=10e9),
)


def backups(*changed: Finding) -> Looked:
    told = {one.signal for one in changed}
    return Looked(system=BACKUPS, at=NOW, findings=(*changed, *(one for one in FILES if one.signal not in told)))


CALM = tuple(finding(name) for name in ("tickets-gone", "operations-queued", "connection-limit", "election-loop"))
VENDOR = Looked(system=ATLAS, at=NOW, findings=(finding("cluster-changing"),))
KEPT = Snapshot(system="orders-db", age_s=3600.0, collections=4)


def upgrading(
    *changed: Finding, copies: tuple[Looked, ...] = (backups(),), snapshot: Snapshot | None = KEPT
) -> Decision:
    return answered("cluster-upgrade", VENDOR, mongodb(*changed, well=CALM), *copies, snapshot=snapshot)


def test_an_upgrade_goes_with_a_fresh_copy_elsewhere_a_kept_list_and_no_storm():
    made = upgrading()
    assert made.answer is GO
    assert "newest data in orders-backups are 1 h 1 min old" in said(made)


def test_havoc_an_upgrade_without_a_copy_outside_of_the_vendor_is_stopped():
    made = upgrading(copies=())
    assert made.answer is STOP
    assert "outside of the cluster is known" in said(made)
    assert made.next.startswith("Take a dump to another place")


@pytest.mark.parametrize(
    ("made", "answer"),
    [
        (upgrading(finding("connection-limit", Verdict.CRITICAL)), WAIT),
        (upgrading(finding("election-loop", Verdict.CRITICAL)), STOP),
        (upgrading(finding("tickets-gone", Verdict.UNKNOWN)), UNKNOWN),
        (upgrading(snapshot=None), UNKNOWN),
        (upgrading(snapshot=Snapshot(system="orders-db", age_s=200_000.0, collections=4)), WAIT),
        (upgrading(copies=(backups(finding("backup-old", Verdict.CRITICAL, age_s=9e5)),)), STOP),
        (upgrading(copies=(backups(finding("backup-stale-content", Verdict.CRITICAL, behind_s=9e5)),)), STOP),
        (upgrading(copies=(backups(finding("backup-stale-content", Verdict.UNKNOWN)),)), UNKNOWN),
        (upgrading(copies=(backups(finding("backup-too-few", Verdict.WARNING)),)), WAIT),
        (answered("cluster-upgrade", VENDOR, backups(), snapshot=KEPT), UNKNOWN),
    ],
)
def test_each_rule_before_an_upgrade(made, answer):
    assert made.answer is answer


def test_a_copy_whose_age_nobody_tells_is_unknown_also_where_its_probe_is_content():
    for odd in (finding("backup-old"), finding("backup-stale-content"), finding("backup-old", age_s="soon")):
        assert upgrading(copies=(backups(odd),)).answer is UNKNOWN


def restoring(typed: str, *copies: Looked, disk: Finding | None = None) -> Decision:
    disk = disk or finding("disk-full", member=NODES[0], free_bytes=50e9)
    return answered("restore", mongodb(disk, well=()), *copies, typed=typed)


@pytest.mark.parametrize(
    ("made", "answer"),
    [
        (restoring("jobs=stopped", backups()), GO),
        (restoring("", backups()), WAIT),
        (restoring("jobs=running", backups()), WAIT),
        (restoring("jobs=stopped"), UNKNOWN),
        (restoring("jobs=stopped free=15GB", backups()), STOP),
        (restoring("jobs=stopped free=1TB", backups()), GO),
        (restoring("jobs=stopped", backups(), disk=finding("disk-full", Verdict.UNKNOWN)), UNKNOWN),
        (restoring("jobs=stopped", backups(finding("backup-too-few", Verdict.CRITICAL))), WAIT),
        (restoring("jobs=stopped", backups(finding("backup-old", Verdict.CRITICAL, age_s=9e5))), WAIT),
        (restoring("jobs=stopped", backups(finding("backup-stale-content", Verdict.CRITICAL, behind_s=9e5))), STOP),
    ],
)
def test_each_rule_before_a_restore(made, answer):
    assert made.answer is answer


def scaling(typed: str, *changed: Finding, current: float | None = 400.0) -> Decision:
    limits = finding("connection-limit", member=NODES[0], current=current, most=1000.0)
    return answered("scale-out", mongodb(*changed, well=(*CALM[:2], limits)), typed=typed)


@pytest.mark.parametrize(
    ("made", "answer"),
    [
        (scaling("+4x100"), GO),
        (scaling("4x101"), WAIT),
        (scaling("+7x100"), STOP),
        (scaling(""), UNKNOWN),
        (scaling("+4x100", current=None), UNKNOWN),
        (scaling("+1x1", finding("tickets-gone", Verdict.CRITICAL)), STOP),
        (scaling("+1x1", finding("operations-queued", Verdict.WARNING)), STOP),
        (scaling("+1x1", finding("zombie-primary", Verdict.CRITICAL)), STOP),
        (scaling("+1x1", finding("tickets-gone", Verdict.UNKNOWN)), UNKNOWN),
    ],
)
def test_each_rule_before_more_servers(made, answer):
    assert made.answer is answer


@pytest.mark.parametrize(
    ("name", "typed", "says"),
    [
        ("drop-index", "", "lacks the name of the collection and the index"),
        ("drop-index", "shop.orders", "lacks the name of the index"),
        ("drop-index", "orders status_1", "is no collection"),
        ("drop-index", "shop.orders a_1 b_1", "does not know what to do with `b_1`"),
        ("index-swap", "shop.orders a_1 a_1", "both `a_1`"),
        ("scale-out", "many", "does not say how many"),
        ("restore", "free=lots", "is no size"),
        ("restore", "jobs=maybe", "`stopped` or `running`"),
        ("failover", "db2", "does not know what to do with `db2`"),
    ],
)
def test_bad_words_come_back_with_what_to_type(name, typed, says):
    with pytest.raises(UserError) as caught:
        read(change_named(name), typed.split(), "orders-db")
    assert says in caught.value.message
    assert f"/incident preflight {name} orders-db" in caught.value.hint


def test_an_unknown_change_comes_back_with_the_nearest():
    with pytest.raises(NotFound) as caught:
        change_named("drop-idx")
    assert "`drop-index`" in caught.value.hint


def test_quotes_around_names_are_taken_off():
    assert read(change_named("drop-index"), ["`shop.orders`", "“status_1”"], "x") == {
        "collection": "shop.orders",
        "index": "status_1",
    }
