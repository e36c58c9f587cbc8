"""What all members of a patient are told: who belongs to the set, its version, its user, and every illness so far.

Each member works out its answers from this and from the clock alone. So all tell the same, and none needs the others.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field

from bot.rehearsal.patients.mongodb.diseases import Illness
from bot.rehearsal.patients.mongodb.versions import VERSIONS, Version

SET_NAME = "rs0"


@dataclass(frozen=True)
class Place:
    """One member of the set, as its configuration has it."""

    address: str
    arbiter: bool = False
    hidden: bool = False
    delay_s: int = 0

    @property
    def electable(self) -> bool:
        return not (self.arbiter or self.hidden)

    @property
    def votes(self) -> int:
        return 0 if self.delay_s else 1

    @property
    def bears_data(self) -> bool:
        return not self.arbiter


@dataclass(frozen=True)
class Story:
    """The truth about a patient. `me` is the place of the member that reads it."""

    version: str
    places: tuple[Place, ...]
    began: float
    standalone: bool = False
    user: str = ""
    password: str = ""
    roles: tuple[str, ...] = ()
    illnesses: tuple[Illness, ...] = field(default=())
    me: int = 0

    @property
    def release(self) -> Version:
        return VERSIONS[self.version]

    def illness(self, name: str, now: float, member: int | None = None) -> Illness | None:
        """The illness of this name that is on now: in that member, or in the set when none is named."""
        for illness in reversed(self.illnesses):
            if illness.name == name and illness.active(now) and (member is None or illness.takes(member)):
                return illness
        return None

    def mine(self, name: str, now: float) -> Illness | None:
        return self.illness(name, now, self.me)

    def as_json(self) -> str:
        return json.dumps(asdict(self))

    @staticmethod
    def from_json(text: str) -> Story:
        """The story that was written with as_json."""
        told = json.loads(text)
        return Story(
            **told
            | {
                "places": tuple(Place(**place) for place in told["places"]),
                "roles": tuple(told["roles"]),
                "illnesses": tuple(Illness(**illness) for illness in told["illnesses"]),
            }
        )
