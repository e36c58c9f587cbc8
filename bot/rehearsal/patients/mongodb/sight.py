"""What a member sees when it is asked: the story, the moment, and the sockets it really has open."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import bson
from bson import ObjectId, Timestamp

from bot.rehearsal.patients.mongodb.course import Course
from bot.rehearsal.patients.mongodb.diseases import Illness
from bot.rehearsal.patients.mongodb.story import Place, Story
from bot.rehearsal.patients.mongodb.versions import Version

NEVER = {"ts": Timestamp(0, 0), "t": -1}


class Refused(Exception):
    """The command gets an error as its answer, with the server's own code and name for it."""

    def __init__(self, code: int, name: str, message: str) -> None:
        super().__init__(message)
        self.answer = {"ok": 0.0, "errmsg": message, "code": code, "codeName": name}


@dataclass(frozen=True)
class Sockets:
    """The connections of clients: open now, ever accepted, and closed at once because there were too many."""

    open: int
    created: int
    rejected: int


@dataclass(frozen=True)
class Sight:
    """One look of one member at itself and at the others."""

    story: Story
    now: float
    sockets: Sockets

    @functools.cached_property
    def course(self) -> Course:
        return Course(self.story, self.now)

    @property
    def me(self) -> int:
        return self.story.me

    @property
    def place(self) -> Place:
        return self.story.places[self.me]

    @property
    def release(self) -> Version:
        return self.story.release

    def mine(self, name: str) -> Illness | None:
        return self.story.mine(name, self.now)

    @property
    def primary(self) -> int | None:
        """Who is primary, in this member's own words."""
        return self.me if self.mine("liar") else self.course.primary

    @property
    def is_primary(self) -> bool:
        return self.story.standalone or self.primary == self.me

    @property
    def uptime(self) -> float:
        return self.now - self.story.began

    def optime(self, seconds: int) -> dict[str, Any]:
        return {"ts": Timestamp(seconds, 1), "t": self.course.term}

    @property
    def election_id(self) -> ObjectId:
        return ObjectId(f"7fffffff{self.course.term:016x}")

    def gossip(self) -> dict[str, Any]:
        """What a member of a set adds to each of its answers."""
        if self.story.standalone:
            return {}
        signature = {"hash": bytes(20), "keyId": bson.Int64(0)}
        return {
            "$clusterTime": {"clusterTime": Timestamp(self.course.head, 1), "signature": signature},
            "operationTime": Timestamp(self.course.optime(self.me), 1),
        }


def date(seconds: float) -> datetime:
    """A moment of the clock as BSON has it: milliseconds, UTC."""
    return datetime.fromtimestamp(int(seconds * 1000) / 1000, UTC)
