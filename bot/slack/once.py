"""Carrying out a delivery once: its effect and its key in one transaction, and the same answer to every repeat."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable

from bot.domain.redaction import redact
from bot.errors import UserError
from bot.services.deps import Deps
from bot.services.desk import Desk
from bot.slack.asked import Answer, Asked, problem
from bot.store import deliveries, people

log = logging.getLogger(__name__)

AGAIN = "Check `/incident list` before you try again."


class Once:
    """Built beside the app. What it remembers of people and workspaces only saves look-ups."""

    def __init__(self, deps: Deps) -> None:
        self._deps = deps
        self._met: set[tuple[str, str]] = set()

    async def answer(self, asked: Asked, job: Callable[[Desk], Answer], typed: str) -> Answer:
        """Carry out a command. A mistake is explained; a bug gives the person a reference and a safe next move."""
        whom = (asked.team_id, asked.user_id)

        def named(desk: Desk) -> Answer:
            if whom not in self._met:
                people.heard_of(desk.session, desk.team_id, asked.user_id, asked.user_name, desk.wall)
            return job(desk)

        found = await self.explained(asked.team_id, asked.key, named, typed)
        self._met.add(whom)
        return found

    async def explained(self, team_id: str, key: str, job: Callable[[Desk], Answer], typed: str = "") -> Answer:
        """Carry out a delivery; what it raises becomes a sentence."""
        try:
            return await self.carried_out(team_id, key, job)
        except UserError as error:
            return problem(error, typed)
        except Exception as bug:  # the one place that catches
            ref = secrets.token_hex(3)
            log.error("unexpected error, ref %s", ref, exc_info=bug)
            return problem(UserError(f"I failed, and that is my fault (ref {ref}).", AGAIN), typed)

    async def carried_out(self, team_id: str, key: str, job: Callable[[Desk], Answer]) -> Answer:
        """Carry out a delivery. The key is written last: a repeat fails there, is undone, and gets the first answer."""

        def in_one_go(desk: Desk) -> Answer:
            if (team_id, "") not in self._met:
                people.meet(desk.session, team_id, desk.wall)
            answer = job(desk)
            kept = {"text": redact(answer.text), "blocks": list(answer.blocks), "in_channel": answer.in_channel}
            deliveries.keep(desk.session, team_id, key, kept, desk.wall)
            return answer

        try:
            answer = await self._deps.at_desk(team_id, in_one_go)
        except Exception:
            # A repeat may also stumble before it gets to the key: over what the first one changed.
            before = await self._deps.door.read(lambda session: deliveries.answered(session, team_id, key))
            if before is None:
                raise
            return Answer(**before)
        self._met.add((team_id, ""))
        return answer
