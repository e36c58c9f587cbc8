"""What a patient can fall ill with: the name, whom it takes, and what can be set.

Where they come from: the outages of Universe (zombie-primary, tickets-gone), Havoc (indexes-lost, election-loop,
connection-limit) and Small Giant (index-half-built), and the hostile servers that a look must survive.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

SET = "set"  # it is of the whole set; nobody can be named
EVERY = "every"  # it takes every member, unless one is named
PRIMARY = "primary"  # it takes the member that is primary as it begins, unless another one is named
SECONDARY = "secondary"  # it takes the last secondary that can be elected, unless another member is named
ANY = "any"  # it takes the last member that can be elected, unless another one is named


@dataclass(frozen=True)
class Disease:
    """Whom it takes when nobody is named, and the options with what they are when not given."""

    takes: str
    options: Mapping[str, Any] = field(default_factory=dict)


DISEASES: dict[str, Disease] = {
    # hello and heartbeats go on; every read and write of the storage hangs, and nothing is written any more
    "zombie-primary": Disease(PRIMARY, {"server_status_hangs": False, "queued": 1130}),
    # no ticket is free, readers queue up, reads take wait_s
    "tickets-gone": Disease(PRIMARY, {"queued": 1130, "wait_s": 1.2}),
    # the new index is ready on the primary and half built elsewhere; dropped: the old one is gone already
    "index-half-built": Disease(EVERY, {"dropped": False, "done": 0.4}),
    "indexes-lost": Disease(EVERY),
    "majority-stalled": Disease(EVERY),
    "election-loop": Disease(SET, {"every_s": 4.0}),
    # beyond `spare` further sockets each new one is closed as soon as it is accepted
    "connection-limit": Disease(PRIMARY, {"limit": 1500, "spare": 0}),
    "no-primary": Disease(SET),
    "member-down": Disease(SECONDARY),
    "lag": Disease(SECONDARY, {"seconds": 120}),
    "rollback": Disease(SECONDARY),
    "disk-full": Disease(EVERY, {"used": 0.985}),
    # hostile: only this member behaves so, and no other knows
    "endless-reply": Disease(ANY, {"size": 2**31 - 1}),
    "deep-document": Disease(ANY, {"levels": 10_000}),
    "one-byte-a-second": Disease(ANY, {"pause_s": 1.0}),
    "hang-at-connect": Disease(ANY),
    "hang-at-auth": Disease(ANY),
    "liar": Disease(ANY),
    "denied": Disease(ANY),
}


@dataclass(frozen=True)
class Illness:
    """One disease running its course: since when, until when, in whom (nobody: the whole set)."""

    name: str
    since: float
    member: int | None
    options: Mapping[str, Any]
    until: float | None = None

    def active(self, now: float) -> bool:
        return self.since <= now and (self.until is None or now < self.until)

    def lasted(self, now: float) -> float:
        """For how many seconds it has gone on up to now, or went on."""
        return max(0.0, min(now, self.until or now) - self.since)

    def takes(self, member: int) -> bool:
        return self.member is None or self.member == member
