"""Before a Redis master is restarted: what would it load, who else holds the data, and who starts it again?

Muut's master saved nothing and was started again at once: it loaded a dump of 26 days ago, and its replicas copied it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from bot.domain.preflight.values import Answer, Case, Line, Looked, lasting

PLAYBOOK = "stop-respawn"
OLD_DUMP_S = 3600.0  # Redis documentation, persistence: a dump every hour; an older one loses more than that
AT_START_S = 5.0  # a save time so close to the start is the start: server.c counts a server as saved when it starts
FELL_SHARE = 0.20  # of the keys; our own judgement, as in the probe redis.stale
SAVE = "Have it save first (BGSAVE), look at the result, then ask again."


def loads_what(case: Case) -> Iterator[Line]:
    """What a restart would load: an append-only file, or a dump and of when.

    Not said where the master is stale or saves nothing: those have their own signs, and a BGSAVE would be bad advice.
    """
    if any(one.speaks for signal in ("stale-master", "master-without-persistence") for one in case.main.of(signal)):
        return
    for name, state in _members(case.main, "master").items():
        if _config(case.main, name).get("appendonly") == "yes":
            yield Line(answer=Answer.GO, says=f"{name} keeps an append-only file, which a restart loads.")
            continue
        yield _dump(case.main, name, state)


def replicas(case: Case) -> Iterator[Line]:
    """Whether the replicas hold what the master holds."""
    masters, others = _members(case.main, "master"), _members(case.main, "replica")
    outside = [one for one in case.main.of("unknown-master") if one.speaks]
    if not masters and outside:
        then = "Add the master to the inventory, if it is yours, then ask again."
        yield Line(answer=Answer.WAIT, says=outside[0].says, then=then, finding=outside[0])
        return
    if not masters:
        says = "No member that answers is master, so there is nothing to compare."
        yield Line(answer=Answer.UNKNOWN, says=says, then="Find out who is master, then ask again.")
        return
    if not others:
        says = "No replica answers: nobody serves meanwhile, and nobody holds a second copy."
        yield Line(answer=Answer.WAIT, says=says, then="Add a replica, or copy the dump away, then ask again.")
    for name, state in others.items():
        best = max(masters.values(), key=lambda one: _number(one, "offset") or 0)
        yield _held_against(name, state, best)


def supervisor(case: Case) -> Iterator[Line]:
    """Whether something starts it again by itself: that cannot be seen from outside, so somebody has to tell."""
    told = case.details.get("supervisor")
    if told == "off":
        yield Line(answer=Answer.GO, says="You say that no supervisor starts it again by itself.")
    elif told == "on":
        says = "You say that a supervisor starts it again: it is back before a replica can be promoted."
        yield Line(answer=Answer.GO, says=says, told=True)
    else:
        says = "Whether a supervisor starts it again by itself cannot be seen from outside."
        then = "See `systemctl show redis-server -p Restart`, then add `supervisor=on` or `supervisor=off`."
        yield Line(answer=Answer.UNKNOWN, says=says, then=then, playbook=PLAYBOOK)


def _dump(look: Looked, name: str, state: Mapping[str, Any]) -> Line:
    finding = next((one for one in look.of("persistence-failing") if one.member == name), None)
    saved_s = _number(finding.data, "saved_s_ago") if finding else None
    changes = _number(finding.data, "changes_since_save") if finding else None
    up_s = _number(state, "uptime_s")
    if saved_s is None or up_s is None or changes is None:
        says = f"{name} does not tell when it last saved a dump."
        return Line(answer=Answer.UNKNOWN, says=says, then="Have it answer INFO, then ask again.", finding=finding)
    if not changes and saved_s < up_s - AT_START_S:
        says = f"The dump of {name} holds everything: nothing was written since it was saved."
        return Line(answer=Answer.GO, says=says, finding=finding)
    if saved_s >= up_s - AT_START_S:
        says = f"{name} has saved no dump since its start {lasting(up_s)} ago: it would load an older one, or none."
        return Line(answer=Answer.STOP, says=says, then=SAVE, finding=finding, playbook=PLAYBOOK)
    says = f"{name} saved its dump {lasting(saved_s)} ago; {changes:,.0f} changes since are in no file."
    if saved_s > OLD_DUMP_S:
        return Line(answer=Answer.STOP, says=says, then=SAVE, finding=finding, playbook=PLAYBOOK)
    return Line(answer=Answer.WAIT, says=says, then=SAVE, finding=finding)


def _held_against(name: str, state: Mapping[str, Any], master: Mapping[str, Any]) -> Line:
    """What a replica holds against its master. One with a link seems ahead only because it was asked a moment later."""
    keys, offset = _number(state, "keys"), _number(state, "offset")
    has, at = _number(master, "keys"), _number(master, "offset")
    if keys is None or has is None:
        says = f"{name} or its master does not tell its keys."
        return Line(answer=Answer.UNKNOWN, says=says, then="Have both answer, then ask again.")
    says = f"{name} has {keys:,.0f} keys{_at(offset)}, its master {has:,.0f}{_at(at)}."
    ahead = offset is not None and at is not None and offset > at and not state.get("linked")
    if keys > has * (1 + FELL_SHARE) or ahead:
        then = "Save what the replica holds before anything is started: its master has less."
        return Line(answer=Answer.STOP, says=says, then=then, playbook=PLAYBOOK)
    if keys < has * (1 - FELL_SHARE):
        return Line(answer=Answer.WAIT, says=says, then="Let the replica catch up, then ask again.")
    if offset is None or at is None:
        return Line(answer=Answer.UNKNOWN, says=says, then="Have both tell their offset (ROLE), then ask again.")
    return Line(answer=Answer.GO, says=says)


def _at(offset: float | None) -> str:
    return "" if offset is None else f" at offset {offset:,.0f}"


def _members(look: Looked, role: str) -> dict[str, Mapping[str, Any]]:
    """What each member of a role says of itself now: keys (DBSIZE), offset (ROLE), and how long it runs (INFO)."""
    found: dict[str, Mapping[str, Any]] = {}
    for name, told in look.answers("role").items():
        if not isinstance(told, list) or not told or told[0] != {"master": "master", "replica": "slave"}[role]:
            continue
        place = 1 if role == "master" else 4  # Redis documentation, ROLE
        info = look.answers("info").get(name)
        found[name] = {
            "keys": look.answers("dbsize").get(name),
            "offset": _offset(told[place]) if len(told) > place else None,
            "linked": role == "replica" and told[3:4] == ["connected"],
            "uptime_s": info.get("uptime_in_seconds") if isinstance(info, Mapping) else None,
        }
    return found


def _offset(told: Any) -> int | None:
    """None for the -1 of a replica that is being filled."""
    return told if isinstance(told, int) and told >= 0 else None


def _config(look: Looked, name: str) -> Mapping[str, Any]:
    told = look.answers("config").get(name)
    return told if isinstance(told, Mapping) else {}


def _number(told: Mapping[str, Any], name: str) -> float | None:
    value = told.get(name)
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
