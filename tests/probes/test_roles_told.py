"""What members were, from answers as looks keep them."""

from __future__ import annotations

from bot.domain.inventory import Member, System, SystemKind
from bot.probes.evidence import evidence
from bot.probes.roles_told import roles_told
from bot.probes.seen import Answer, Look, Trouble

A, B, C, D = (Member(host=f"db{n}", port=n) for n in range(1, 5))
SILENT = Answer(trouble=Trouble.SILENT, says="no answer in 1.0 s")


def kept(kind: SystemKind, *looks: Look) -> dict[str, str]:
    return roles_told(System(name="x", kind=kind, members=(A, B, C, D)), evidence(looks))


def test_members_of_a_set_say_what_they_are():
    primary = {"hello": Answer({"setName": "rs", "isWritablePrimary": True})}
    second = {"hello": Answer({"setName": "rs", "secondary": True})}
    hung = {"hello": SILENT, "serverStatus": SILENT}
    found = kept(SystemKind.MONGODB, Look(A, primary), Look(B, second), Look(C, hung))
    assert found == {"db1:1": "primary", "db2:2": "secondary", "db3:3": "no answer"}


def test_a_primary_that_answers_nothing_but_hello_is_still_told_as_primary():
    zombie = {"hello": Answer({"setName": "rs", "isWritablePrimary": True}), "serverStatus": SILENT, "read": SILENT}
    assert kept(SystemKind.MONGODB, Look(A, zombie)) == {"db1:1": "primary"}


def test_members_of_redis_say_what_they_are_and_what_nobody_told_is_left_out():
    sentinel = Look(C, {"info": Answer({"redis_mode": "sentinel"})})
    found = kept(
        SystemKind.REDIS,
        Look(A, {"info": Answer({"role": "master"})}),
        Look(B, {"info": Answer({"role": "slave"})}),
        sentinel,
        Look(D, {"ping": Answer("PONG"), "info": SILENT}),
    )
    assert found == {"db1:1": "master", "db2:2": "replica", "db3:3": "sentinel"}


def test_answers_that_are_no_answers_harm_nobody():
    system = System(name="x", kind=SystemKind.MONGODB, members=(A, B))
    assert roles_told(system, {"db1:1": "odd", "db2:2": {"hello": {"value": ["odd"]}}}) == {
        "db1:1": "no answer",
        "db2:2": "role unknown",
    }
