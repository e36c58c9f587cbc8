"""What the doctor finds in the inventory: is each system reached, may our user read what looks need, may it write?"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from bot.cli.found import Found
from bot.domain.finding import Finding, Verdict
from bot.domain.inventory import System, SystemKind, no_inventory
from bot.errors import UserError
from bot.probes import catalog
from bot.probes.lacking import CANNOT_READ, NOT_REACHED
from bot.probes.least_rights import statement
from bot.services.systems.looker import Looker
from bot.settings import Settings
from bot.store.inventory import InventoryFile
from bot.wiring import wall

AT_ONCE = 4  # systems; each is looked at by a process of its own
LOOK_S = 6.0  # the heavy questions are put as well
RIGHTS = {SystemKind.MONGODB: "mongodb.rights", SystemKind.REDIS: "redis.rights"}


def inventory(read: Settings) -> list[Found]:
    """The file with its problems, then each system: two findings for a member where rights can be told."""
    if read.muster_inventory is None:
        none = no_inventory()
        return [Found(what="inventory", state="green", says=none.message, remedy=none.hint)]
    loaded = InventoryFile(read.muster_inventory).current()
    remedy = "The others can be looked at; mend this one. docs/inventory.md has every key."
    found = [Found(what="inventory", state="red", says=str(problem), remedy=remedy) for problem in loaded.problems]
    systems = loaded.inventory.systems
    if systems:
        found.append(Found(what="inventory", state="green", says=f"{len(systems)} systems can be looked at"))
    return [*found, *asyncio.run(_all(read, systems))]


async def _all(read: Settings, systems: Iterable[System]) -> list[Found]:
    looker, room = Looker(read.credential), asyncio.Semaphore(AT_ONCE)

    async def one(system: System) -> list[Found]:
        async with room:
            return await _system(read, looker, system)

    return [found for each in await asyncio.gather(*map(one, systems)) for found in each]


async def _system(read: Settings, looker: Looker, system: System) -> list[Found]:
    try:
        if system.password_env:
            read.credential(system.password_env)
    except UserError as missing:
        return [Found(what=system.name, state="red", says=missing.message, remedy=missing.hint)]
    rights = RIGHTS.get(system.kind)
    names = (rights,) if rights else tuple(probe.name for probe in catalog.of_kind(system.kind))
    taken = await looker.look(system, names, at=wall(), deadline_s=LOOK_S)
    findings = taken.result.findings
    return _rights(system, findings) if rights else [_answers(system, findings)]


def _rights(system: System, findings: Iterable[Finding]) -> list[Found]:
    """Each finding on its own line; the role to create once for each part in which something is not as it should be."""
    parts = {member.name: member.part for member in system.members}
    shown: set[str] = set()
    found = []
    for finding in findings:
        state = _state(finding)
        remedy = ""
        if state != "green" and finding.value != NOT_REACHED:
            typed = statement(system.kind, parts.get(finding.member, ""))
            remedy = "" if typed in shown else f"The least rights that looks need:\n{typed}"
            shown.add(typed)
        elif state == "red":
            remedy = "Is its address right, does it run, and may this machine reach it?"
        what = "may read" if finding.signal == CANNOT_READ else "cannot write"
        found.append(Found(what=f"{system.name} {what}", state=state, says=finding.says, remedy=remedy))
    return found


def _state(finding: Finding) -> str:
    if finding.verdict is Verdict.OK:
        return "green"
    unknown = finding.verdict is Verdict.UNKNOWN
    return "yellow" if unknown and finding.value != NOT_REACHED else "red"


def _answers(system: System, findings: tuple[Finding, ...]) -> Found:
    """Of a kind whose rights nobody can read: whether anything was learned. How well it is, a look tells."""
    untold = [finding for finding in findings if finding.verdict is Verdict.UNKNOWN]
    if not untold and findings:
        return Found(what=system.name, state="green", says=f"answers all {len(findings)} questions of a look")
    state = "yellow" if len(untold) < len(findings) else "red"
    typed = statement(system.kind)
    says = untold[0].says if untold else "no probe knows this kind"
    return Found(what=system.name, state=state, says=says, remedy=f"The least rights: {typed}." if typed else "")
