"""The people of a rehearsal workspace."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class PersonSpec:
    """One person to be. `name` is the handle after the @; an empty `id` is made from the name, and stays the same."""

    name: str
    real_name: str = ""
    title: str = ""
    tz: str = "Etc/UTC"
    colour: str = "#5b7f95"
    email: str = ""
    deleted: bool = False
    id: str = ""


def stable_id(prefix: str, seed: str) -> str:
    """Return an id that looks like Slack's and is the same for the same seed: U0 and nine letters or digits."""
    digest = base64.b32encode(hashlib.sha256(f"{prefix}:{seed}".encode()).digest()).decode()
    return f"{prefix}0{digest[:9]}"


DEFAULT_PEOPLE = (
    PersonSpec(name="ada", real_name="Ada Okafor", title="Engineering manager", tz="Europe/London", colour="#b5483a"),
    PersonSpec(name="ben", real_name="Ben Haddad", title="Database engineer", tz="Europe/Berlin", colour="#2f6f9f"),
    PersonSpec(name="chidi", real_name="Chidi Eze", title="Backend engineer", tz="Africa/Lagos", colour="#3f8f5f"),
    PersonSpec(name="dana", real_name="Dana Silva", title="Support lead", tz="America/Sao_Paulo", colour="#8a5fa8"),
    PersonSpec(name="elif", real_name="Elif Demir", title="Site reliability", tz="Europe/Istanbul", colour="#b07d2b"),
    PersonSpec(name="farid", real_name="Farid Rahman", title="Payments engineer", tz="Asia/Dhaka", colour="#4a7a7a"),
    PersonSpec(name="grace", real_name="Grace Lindqvist", title="Director", tz="America/New_York", colour="#9f4f77"),
    PersonSpec(name="hugo", real_name="Hugo Marchand", title="Left in spring", tz="Europe/Paris", deleted=True),
)
