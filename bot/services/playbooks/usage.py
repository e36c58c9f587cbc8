"""What people made of the playbooks: offered, opened, refused, walked, and whether the steps helped."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.lookup import Helped, Said
from bot.services.desk import Desk
from bot.store import lookups, verdicts, walks

MOST = 10_000  # look-ups that are counted: the newest
IN_VAIN = 20


@dataclass(frozen=True, kw_only=True)
class StepUse:
    """What was said of one step of a playbook. It goes by its title: numbers move when a page is edited."""

    title: str
    helped: Helped


@dataclass(frozen=True, kw_only=True)
class Use:
    """How one playbook was used."""

    playbook: str
    offered: int = 0  # first in an answer, or suggested
    opened: int = 0
    refused: int = 0
    walked: int = 0
    judged: int = 0  # answers about its steps
    helped: int = 0
    steps: tuple[StepUse, ...] = ()  # those that somebody was asked about and answered, in their order


@dataclass(frozen=True, kw_only=True)
class Usage:
    """Every playbook that was used, the most walked first, and the words for which none was found, newest first."""

    playbooks: tuple[Use, ...]
    in_vain: tuple[str, ...]


def usage(desk: Desk) -> Usage:
    """Count what is kept of one workspace."""
    seen = lookups.newest(desk.session, desk.team_id, MOST)
    walked = walks.counts(desk.session, desk.team_id)
    judged = verdicts.by_step(desk.session, desk.team_id)
    names = {one.playbook for one in seen if one.playbook} | set(walked) | set(judged)
    uses = [
        Use(
            playbook=name,
            offered=sum(one.playbook == name and one.offer for one in seen),
            opened=sum(one.playbook == name and one.said is Said.OPENED for one in seen),
            refused=sum(one.playbook == name and one.said is Said.NOT_THIS for one in seen),
            walked=walked.get(name, 0),
            judged=sum(helped.of for helped in judged.get(name, {}).values()),
            helped=sum(helped.times for helped in judged.get(name, {}).values()),
            steps=tuple(StepUse(title=title, helped=helped) for title, helped in judged.get(name, {}).items()),
        )
        for name in names
    ]
    vain = dict.fromkeys(one.words for one in seen if not one.playbook)
    return Usage(
        playbooks=tuple(sorted(uses, key=lambda use: (-use.walked, -use.opened, -use.offered, use.playbook))),
        in_vain=tuple(vain)[:IN_VAIN],
    )
