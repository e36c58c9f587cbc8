"""How a patient's set stands at a moment: who is primary in which term, how far each member is, what a majority has.

Pure. One write a second reaches the primary, so that an optime is a whole second of the clock.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass

from bot.rehearsal.patients.mongodb.diseases import Illness
from bot.rehearsal.patients.mongodb.story import Story

FIRST_TERM = 7
PRIMARY, SECONDARY, ARBITER, DOWN, ROLLBACK = 1, 2, 7, 8, 9
STATE_NAMES = {1: "PRIMARY", 2: "SECONDARY", 7: "ARBITER", 8: "(not reachable/healthy)", 9: "ROLLBACK"}
STALLED = ("majority-stalled", "rollback", "member-down")  # a member that has it does not come further


@dataclass(frozen=True)
class Election:
    """Who became primary, when, in which term and why (lastElectionReason of replSetGetStatus)."""

    at: float
    term: int
    winner: int
    reason: str


@dataclass(frozen=True)
class Course:
    """One moment of a story."""

    story: Story
    now: float

    @property
    def voting_data(self) -> list[int]:
        return [i for i, place in enumerate(self.story.places) if place.bears_data and place.votes]

    @property
    def votes(self) -> int:
        return sum(place.votes for place in self.story.places)

    @property
    def majority(self) -> int:
        return self.votes // 2 + 1

    @property
    def write_majority(self) -> int:
        return min(self.majority, len(self.voting_data))

    def ill(self, name: str, member: int | None = None) -> Illness | None:
        return self.story.illness(name, self.now, member)

    def down(self, member: int) -> bool:
        return self.ill("member-down", member) is not None

    @functools.cached_property
    def elections(self) -> list[Election]:
        """Every election so far, oldest first."""
        held = [Election(self.story.began, FIRST_TERM, 0, "electionTimeout")]
        begun = [illness for illness in self.story.illnesses if illness.since <= self.now]
        for illness in sorted(begun, key=lambda one: one.since):
            last = held[-1]
            if illness.name == "election-loop":
                for step in range(int(illness.lasted(self.now) / illness.options["every_s"]) + 1):
                    at = illness.since + step * illness.options["every_s"]
                    held.append(Election(at, held[-1].term + 1, self._next(held[-1].winner, at), "electionTimeout"))
            elif illness.name == "member-down" and illness.takes(last.winner):
                # A server that is shut down hands over at once.
                winner = self._next(last.winner, illness.since)
                held.append(Election(illness.since, last.term + 1, winner, "stepUpRequestSkipDryRun"))
            elif illness.name == "no-primary" and not illness.active(self.now):
                assert illness.until is not None
                held.append(Election(illness.until, last.term + 1, last.winner, "electionTimeout"))
        return held

    def _next(self, after: int, at: float) -> int:
        """The next member in the configuration's order that can be elected and is up at that time."""
        then = Course(self.story, at)
        order = [(after + step) % len(self.story.places) for step in range(1, len(self.story.places) + 1)]
        return next((i for i in order if self.story.places[i].electable and not then.down(i)), after)

    @property
    def term(self) -> int:
        return self.elections[-1].term

    @functools.cached_property
    def primary(self) -> int | None:
        """Who is primary, or nobody: not ever elected, or a majority of the votes cannot be reached."""
        reachable = sum(place.votes for i, place in enumerate(self.story.places) if not self.down(i))
        winner = self.elections[-1].winner
        if self.ill("no-primary") or reachable < self.majority or self.down(winner):
            return None
        return winner

    def state(self, member: int) -> int:
        """The member's state as the others see it; as it sees itself it is never down."""
        if self.story.places[member].arbiter:
            return DOWN if self.down(member) else ARBITER
        if self.down(member):
            return DOWN
        if self.ill("rollback", member):
            return ROLLBACK
        return PRIMARY if member == self.primary else SECONDARY

    @property
    def halted_at(self) -> float | None:
        """When the last write reached the primary, if none does any more."""
        primary = self.primary
        if primary is None:
            lost = [
                i.since for i in self.story.illnesses if i.active(self.now) and i.name in ("no-primary", "member-down")
            ]
            return max(lost)
        zombie = self.ill("zombie-primary", primary)
        return zombie.since if zombie else None

    @property
    def head(self) -> int:
        """The newest write there is."""
        return int(self.now if self.halted_at is None else self.halted_at)

    def optime(self, member: int) -> int:
        """How far this member has come, in seconds of the clock."""
        if member == self.primary:
            return self.head
        stops: list[float] = [self.head]
        stops += [illness.since for name in STALLED if (illness := self.ill(name, member))]
        if lag := self.ill("lag", member):
            stops.append(self.now - lag.options["seconds"])
        if (build := self.ill("index-half-built", member)) and build.options["dropped"]:
            stops.append(build.since)  # "replication will halt until the background index build completes" (manual 4.0)
        if delay := self.story.places[member].delay_s:
            stops.append(self.now - delay)
        return int(min(stops))

    @property
    def committed(self) -> int:
        """The newest write that a majority has."""
        reached = sorted((self.optime(member) for member in self.voting_data), reverse=True)
        return reached[self.write_majority - 1]

    def led_s(self, member: int) -> float:
        """For how many seconds this member was primary, or would have been had it been reached."""
        until = [*(election.at for election in self.elections[1:]), self.now]
        terms = zip(self.elections, until, strict=True)
        return sum(end - election.at for election, end in terms if election.winner == member)

    @property
    def stalled_since(self) -> float | None:
        """Since when no write reaches a majority while there is a primary that takes them."""
        return float(self.committed) if self.halted_at is None and self.committed < self.head - 1 else None
