"""What a member says of its set: hello, isMaster, replSetGetStatus and replSetGetConfig.

Fields by version: the manual's pages of these commands. The recorded 4.2.8 has both majority counts already.
"""

from __future__ import annotations

from bson import Timestamp

from bot.rehearsal.patients.mongodb.course import DOWN, PRIMARY, SECONDARY, STATE_NAMES
from bot.rehearsal.patients.mongodb.recorded import recorded
from bot.rehearsal.patients.mongodb.sight import NEVER, Refused, Sight, date
from bot.rehearsal.patients.mongodb.story import SET_NAME
from bot.rehearsal.patients.mongodb.wire import Document

CONFIG_VERSION = 4
OF_THE_SET = ("hosts", "arbiters", "setName", "setVersion", "secondary", "primary", "me", "electionId", "lastWrite")
HEARTBEAT_S = 2.0  # heartbeatIntervalMillis of every configuration


def hello(sight: Sight, connection_id: int, legacy: bool) -> Document:
    """Who this member is. It has no topologyVersion, so that a driver asks again instead of being streamed to."""
    told: Document = recorded("isMaster") | {
        "localTime": date(sight.now),
        "connectionId": connection_id,
        "maxWireVersion": sight.release.wire,
    }
    for name in (*OF_THE_SET, "ismaster"):
        told.pop(name, None)
    told["ismaster" if legacy else "isWritablePrimary"] = sight.is_primary
    return told if sight.story.standalone else told | _in_the_set(sight)


def _in_the_set(sight: Sight) -> Document:
    place, places = sight.place, sight.story.places
    told: Document = {"hosts": [other.address for other in places if other.electable]}
    if arbiters := [other.address for other in places if other.arbiter]:
        told["arbiters"] = arbiters
    told |= {"setName": SET_NAME, "setVersion": CONFIG_VERSION, "me": place.address}
    told["secondary"] = not sight.is_primary and sight.course.state(sight.me) == SECONDARY
    if sight.primary is not None:
        told["primary"] = places[sight.primary].address
    if sight.is_primary:
        told["electionId"] = sight.election_id
    if place.arbiter:
        told["arbiterOnly"] = True
    if place.hidden:
        told |= {"hidden": True, "passive": True}
    if place.delay_s:
        told["secondaryDelaySecs" if sight.release.since(5) else "slaveDelay"] = place.delay_s
    return told | {"lastWrite": last_write(sight)}


def last_write(sight: Sight) -> Document:
    """The newest write that this member has, and that it knows a majority to have."""
    own, majority = sight.course.optime(sight.me), min(sight.course.optime(sight.me), sight.course.committed)
    return {
        "opTime": sight.optime(own),
        "lastWriteDate": date(own),
        "majorityOpTime": sight.optime(majority),
        "majorityWriteDate": date(majority),
    }


def repl_set_get_status(sight: Sight) -> Document:
    """The set as this member sees it."""
    _only_in_a_set(sight)
    course, release = sight.course, sight.release
    told: Document = recorded("replSetGetStatus")
    committed, own = course.committed, course.optime(sight.me)
    told |= {
        "set": SET_NAME,
        "date": date(sight.now),
        "myState": PRIMARY if sight.is_primary else course.state(sight.me),
        "term": course.term,
        "majorityVoteCount": course.majority,
        "writeMajorityCount": course.write_majority,
        "optimes": _optimes(sight, own, min(own, committed)),
        "lastStableRecoveryTimestamp": Timestamp(min(own, committed), 1),
        "lastStableCheckpointTimestamp": Timestamp(min(own, committed), 1),
        "members": [_member(sight, i, told["members"]) for i in range(len(sight.story.places))],
    }
    told |= _sync_source(sight, sight.me)
    _elected(sight, told)
    if release.since(4, 4):
        told |= {"votingMembersCount": course.votes, "writableVotingMembersCount": len(course.voting_data)}
        del told["lastStableCheckpointTimestamp"], told["syncingTo"]
    if not release.since(4, 2):
        for name in ("majorityVoteCount", "writeMajorityCount", "lastStableRecoveryTimestamp"):
            del told[name]
    return told


def _optimes(sight: Sight, own: int, committed: int) -> Document:
    told: Document = {
        "lastCommittedOpTime": sight.optime(committed),
        "readConcernMajorityOpTime": sight.optime(committed),
    }
    told |= {"appliedOpTime": sight.optime(own), "durableOpTime": sight.optime(own)}
    if sight.release.since(4, 2):
        told |= {"lastCommittedWallTime": date(committed), "readConcernMajorityWallTime": date(committed)}
        told |= {"lastAppliedWallTime": date(own), "lastDurableWallTime": date(own)}
    if sight.release.since(8):
        told |= {"writtenOpTime": sight.optime(own), "lastWrittenWallTime": date(own)}
    return told


def _elected(sight: Sight, told: Document) -> None:
    """electionCandidateMetrics on whoever was elected last, electionParticipantMetrics on who voted (both from 4.2)."""
    metrics = told.pop("electionCandidateMetrics")
    if not sight.release.since(4, 2):
        return
    last = sight.course.elections[-1]
    if sight.is_primary:
        told["electionCandidateMetrics"] = metrics | {
            "lastElectionReason": last.reason,
            "lastElectionDate": date(last.at),
            "electionTerm": last.term,
            "numVotesNeeded": sight.course.majority,
            "newTermStartDate": date(last.at + 0.04),
            "wMajorityWriteAvailabilityDate": date(last.at + 0.6),
        }
    elif sight.place.votes:
        told["electionParticipantMetrics"] = {
            "votedForCandidate": True,
            "electionTerm": last.term,
            "lastVoteDate": date(last.at),
            "electionCandidateMemberId": last.winner,
            "voteReason": "",
        }


def _member(sight: Sight, member: int, patterns: list[Document]) -> Document:
    course, place, release = sight.course, sight.story.places[member], sight.release
    itself = member == sight.me
    state = course.state(member)
    if itself:
        state = PRIMARY if sight.is_primary else state
    told = dict(patterns[0 if itself else 1])
    told |= {"_id": member, "name": place.address, "health": 0.0 if state == DOWN else 1.0, "state": state}
    told |= {"stateStr": STATE_NAMES[state], "uptime": int(sight.uptime), "configVersion": CONFIG_VERSION}
    told |= _sync_source(sight, member)
    for name in ("electionTime", "electionDate"):
        told.pop(name, None)
    if state == PRIMARY:
        told |= {
            "electionTime": Timestamp(int(course.elections[-1].at), 1),
            "electionDate": date(course.elections[-1].at),
        }
    if release.since(4, 4):
        told |= {"configTerm": course.term}
        del told["syncingTo"]
    names = ("optime", "optimeDurable") if not itself else ("optime",)
    at = None if state == DOWN else course.optime(member)
    for name in (*names, "optimeWritten") if release.since(8) else names:
        told |= {name: NEVER if at is None else sight.optime(at), f"{name}Date": date(at or 0)}
    if release.since(6) and at is not None:
        told |= {"lastAppliedWallTime": date(at), "lastDurableWallTime": date(at)}
    if place.arbiter:
        told = {name: value for name, value in told.items() if not name.startswith(("optime", "lastA", "lastD"))}
    return told if itself else told | _heartbeat(sight, member)


def _heartbeat(sight: Sight, member: int) -> Document:
    """The heartbeats that this member and the other one exchanged last; each pair has its own beat."""
    shift = 0.3 * member + 0.2 * sight.me
    beat, heard = (sight.now - (sight.now + shift + extra) % HEARTBEAT_S for extra in (0.0, 0.9))
    if ill := sight.course.ill("member-down", member):
        trouble = f"Error connecting to {sight.story.places[member].address} :: caused by :: Connection refused"
        return {"lastHeartbeat": date(beat), "lastHeartbeatRecv": date(ill.since), "lastHeartbeatMessage": trouble} | {
            "uptime": 0,
            "configVersion": -1,
        }
    return {"lastHeartbeat": date(beat), "lastHeartbeatRecv": date(heard)}


def _sync_source(sight: Sight, member: int) -> Document:
    primary = sight.primary
    if primary in (None, member) or sight.story.places[member].arbiter or sight.course.down(member):
        name, source = "", -1
    else:
        assert primary is not None
        name, source = sight.story.places[primary].address, primary
    return {"syncSourceHost": name, "syncSourceId": source, "syncingTo": name}


def repl_set_get_config(sight: Sight) -> Document:
    """The configuration of the set."""
    _only_in_a_set(sight)
    config: Document = recorded("replSetGetConfig")
    pattern = config["members"][0]
    config |= {"_id": SET_NAME, "version": CONFIG_VERSION}
    delay = "secondaryDelaySecs" if sight.release.since(5) else "slaveDelay"
    del pattern["slaveDelay"]
    config["members"] = [
        pattern
        | {
            "_id": i,
            "host": place.address,
            "arbiterOnly": place.arbiter,
            "hidden": place.hidden,
            "priority": 1.0 if place.electable else 0.0,
            delay: place.delay_s,
            "votes": place.votes,
        }
        for i, place in enumerate(sight.story.places)
    ]
    if sight.release.since(4, 4):
        config["term"] = sight.course.term
    return {"config": config, "ok": 1.0}


def _only_in_a_set(sight: Sight) -> None:
    if sight.story.standalone:
        raise Refused(76, "NoReplicationEnabled", "not running with --replSet")
