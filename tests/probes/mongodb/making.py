"""Answers for the judges: recorded ones of real servers, and sets made in the shape of each version.

Made answers follow the version notes of MongoDB's manual: `hello` from 5.0 and `isMaster` before, tickets in
`wiredTiger.concurrentTransactions` up to 7 and in `queues.execution` from 8, queues from 7, `flowControl` from 4.2.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bson import Timestamp, json_util

from bot.domain.finding import Finding, Verdict
from bot.domain.inventory import Member, System, SystemKind
from bot.probes.probe import Probe
from bot.probes.seen import Answer, Look, Seen, Trouble

RECORDED = Path(__file__).parent.parent / "answers" / "mongodb-sets"
NOW = datetime(2026, 11, 20, 18, 0, 0, tzinfo=UTC)
OK, UNKNOWN, WARNING, CRITICAL = Verdict.OK, Verdict.UNKNOWN, Verdict.WARNING, Verdict.CRITICAL
SILENT = Answer(trouble=Trouble.SILENT, says="no answer in 2.0 s", took_s=2.0)
UNREACHABLE = Answer(trouble=Trouble.UNREACHABLE, says="connection refused")
DENIED = Answer(trouble=Trouble.DENIED, says="lacks the right to replSetGetStatus on admin")


def recorded(name: str) -> dict[str, Any]:
    """A real answer as the driver would give it."""
    options = json_util.JSONOptions(tz_aware=True, tzinfo=UTC, document_class=dict)
    return dict(json_util.loads((RECORDED / f"{name}.json").read_text(encoding="utf-8"), json_options=options))


@dataclass(frozen=True)
class Seat:
    """One member of a made set, as it is and as the others see it."""

    host: str
    state: int = 2
    behind_s: float = 0.0
    votes: int = 1
    delay_s: int = 0
    priority: float = 1.0
    hidden: bool = False
    up: bool = True  # whether heartbeats reach the others
    listed: bool = True  # whether the inventory has it

    @property
    def name(self) -> str:
        return f"{self.host}:27017"


THREE = (Seat("db1", state=1), Seat("db2"), Seat("db3"))


def made_set(
    seats: Sequence[Seat] = THREE,
    *,
    release: str = "7.0.14",
    term: int = 5,
    elected_s_ago: float = 86_400.0,
    uncommitted_s: float = 0.0,
    window_s: float = 3 * 86_400.0,
    idle_s: float = 1.0,
    part: str = "",
) -> tuple[Look, ...]:
    """The answers of every listed member that is up; one that is not gives none."""
    newest = NOW - timedelta(seconds=idle_s)
    looks = []
    for seat in (one for one in seats if one.listed):
        answers = {
            "hello": _hello(seat, seats, release),
            "replSetGetStatus": _status(seat, seats, release, term, elected_s_ago, newest, uncommitted_s),
            "replSetGetConfig": {"config": _config(seats, release), "ok": 1.0},
            "serverStatus": _server_status(seat, release, newest, window_s),
            "canary": {"n": 1},
        }
        told = {name: Answer(value, took_s=0.004) for name, value in answers.items()}
        if seat.state == 7:
            told["canary"] = Answer(trouble=Trouble.BROKEN, says="error 13436 NotPrimaryOrSecondary")
        unreached = dict.fromkeys(answers, UNREACHABLE)
        looks.append(Look(Member(host=seat.host, port=27017, part=part), told if seat.up else unreached))
    return tuple(looks)


def seen(*looks: Look, before: Mapping[str, Any] | None = None, since_s: float | None = None, **options: Any) -> Seen:
    """A look at a system of these members."""
    system = System(name="shop", kind=SystemKind.MONGODB, members=tuple(look.member for look in looks), options=options)
    before_at = NOW - timedelta(seconds=since_s) if since_s is not None else None
    return Seen(system, NOW, looks, before or {}, before_at)


def kept_by(probe: Probe, *looks: Look, ago_s: float, before: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """What a look `ago_s` seconds ago would have left for the next."""
    earlier = Seen(seen(*looks).system, NOW - timedelta(seconds=ago_s), looks, before or {}, None)
    return {probe.name: dict(probe.keep(earlier))}


def changed(look: Look, question: str, *path: str, to: Any) -> Look:
    """The look with one value replaced; `to` is an Answer to replace a whole answer."""
    answers = copy.deepcopy(dict(look.answers))
    if not path:
        return Look(look.member, answers | {question: to if isinstance(to, Answer) else Answer(to, took_s=0.004)})
    value = answers[question].value
    for key in path[:-1]:
        value = value.setdefault(key, {})
    value[path[-1]] = to
    return Look(look.member, answers)


def without(look: Look, question: str, *path: str) -> Look:
    """The look with one field gone."""
    answers = copy.deepcopy(dict(look.answers))
    value = answers[question].value
    for key in path[:-1]:
        value = value.get(key, {})
    value.pop(path[-1], None)
    return Look(look.member, answers)


def of(findings: Sequence[Finding], signal: str, member: str = "") -> Finding:
    """The one finding of a signal, and of a member where several have it."""
    found = [one for one in findings if one.signal == signal and (not member or one.member.startswith(member))]
    assert len(found) == 1, [f"{one.signal} {one.member}" for one in findings]
    return found[0]


def _hello(seat: Seat, seats: Sequence[Seat], release: str) -> dict[str, Any]:
    primary = next((one.name for one in seats if one.state == 1 and one.up), None)
    writes = "isWritablePrimary" if int(release.split(".")[0]) >= 5 else "ismaster"
    answer = {
        "setName": "shop",
        "hosts": [one.name for one in seats if one.state != 7 and not one.hidden],
        writes: seat.state == 1,
        "secondary": seat.state == 2,
        "me": seat.name,
        "ok": 1.0,
    }
    answer |= {"primary": primary} if primary else {}
    answer |= {"arbiterOnly": True} if seat.state == 7 else {}
    answer |= {"hidden": True, "passive": True} if seat.hidden else {}
    return answer


def _status(
    seat: Seat,
    seats: Sequence[Seat],
    release: str,
    term: int,
    elected_s_ago: float,
    newest: datetime,
    uncommitted_s: float,
) -> dict[str, Any]:
    committed = newest - timedelta(seconds=uncommitted_s)
    voting = sum(one.votes for one in seats)
    writable = sum(1 for one in seats if one.votes and one.state != 7)
    status = {
        "set": "shop",
        "date": NOW,
        "myState": seat.state,
        "term": term,
        "majorityVoteCount": voting // 2 + 1,
        "writeMajorityCount": min(voting // 2 + 1, writable),
        "votingMembersCount": voting,
        "writableVotingMembersCount": writable,
        "optimes": {
            "lastCommittedOpTime": _optime(committed, term),
            "lastCommittedWallTime": committed,
            "appliedOpTime": _optime(newest, term),
            "lastAppliedWallTime": newest,
        },
        "members": [_entry(one, seat, newest, term, elected_s_ago) for one in seats],
        "ok": 1.0,
    }
    if release.startswith("4.0"):
        for field in ("majorityVoteCount", "writeMajorityCount"):
            del status[field]
    if release.startswith("4."):
        for field in ("votingMembersCount", "writableVotingMembersCount"):
            del status[field]
    return status


def _entry(one: Seat, own: Seat, newest: datetime, term: int, elected_s_ago: float) -> dict[str, Any]:
    heard = one.up or one is own
    told: dict[str, Any] = {
        "_id": hash(one.host) % 100,
        "name": one.name,
        "health": 1.0 if heard else 0.0,
        "state": one.state if heard else 8,
    }
    if one.state != 7:
        applied = newest - timedelta(seconds=one.behind_s) if heard else datetime(1970, 1, 1, tzinfo=UTC)
        told |= {"optime": _optime(applied, term if heard else -1), "optimeDate": applied}
    if one is own:
        told["self"] = True
    else:
        told["lastHeartbeat"] = NOW - timedelta(seconds=1)
    if one.state == 1 and heard:
        elected = NOW - timedelta(seconds=elected_s_ago)
        told |= {"electionTime": Timestamp(int(elected.timestamp()), 1), "electionDate": elected}
    return told


def _optime(at: datetime, term: int) -> dict[str, Any]:
    return {"ts": Timestamp(int(at.timestamp()), 1 if at.timestamp() else 0), "t": term}


def _config(seats: Sequence[Seat], release: str) -> dict[str, Any]:
    delay = "secondaryDelaySecs" if int(release.split(".")[0]) >= 5 else "slaveDelay"
    return {
        "_id": "shop",
        "version": 3,
        "members": [
            {
                "_id": number,
                "host": one.name,
                "arbiterOnly": one.state == 7,
                "hidden": one.hidden,
                "priority": one.priority,
                delay: one.delay_s,
                "votes": one.votes,
            }
            for number, one in enumerate(seats)
        ],
        "settings": {"electionTimeoutMillis": 10_000},
    }


def _server_status(seat: Seat, release: str, newest: datetime, window_s: float) -> dict[str, Any]:
    major = int(release.split(".")[0])
    status: dict[str, Any] = {
        "version": release,
        "process": "mongod",
        "uptime": 30 * 86_400.0,
        "localTime": NOW,
        "connections": {"current": 120, "available": 51_080, "totalCreated": 90_000, "active": 6},
        "globalLock": {"currentQueue": {"total": 0, "readers": 0, "writers": 0}},
        "flowControl": {"enabled": True, "isLagged": False, "isLaggedTimeMicros": 0, "targetRateLimit": 1_000_000_000},
        "repl": {"setName": "shop", "rbid": 1},
        "storageEngine": {"name": "wiredTiger"},
        "metrics": {"getLastError": {"wtimeouts": 0}},
        "oplogTruncation": {"truncateCount": 12},
        "ok": 1.0,
    }
    if major >= 7:
        status["connections"]["rejected"] = 0
    if seat.state != 7:
        begins = NOW - timedelta(seconds=window_s)
        status["oplog"] = {
            "latestOptime": Timestamp(int(newest.timestamp()), 1),
            "earliestOptime": Timestamp(int(begins.timestamp()), 1),
        }
    pools = {sort: _pool(major) for sort in ("read", "write")}
    status |= {"queues": {"execution": pools}} if major >= 8 else {"wiredTiger": {"concurrentTransactions": pools}}
    return status


def _pool(major: int) -> dict[str, Any]:
    if major < 7:
        return {"out": 2, "available": 126, "totalTickets": 128}
    queue = {"addedToQueue": 40, "removedFromQueue": 40, "queueLength": 0, "totalTimeQueuedMicros": 900_000}
    return {"out": 2, "available": 4, "totalTickets": 6, "normalPriority": queue}
