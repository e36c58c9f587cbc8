"""Takes steps in Slack so that each is known before and after, and a repeat after a crash does nothing twice."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from sqlmodel import Session

from bot.domain.refusals import explain
from bot.errors import ChatDown, ChatRefused, ChatUnknown
from bot.services.deps import Deps
from bot.store import incidents
from bot.store import work as stored
from bot.store.work import Work

T = TypeVar("T")
Do = Callable[[bool], Awaitable[dict[str, Any]]]

FIRST_WAIT_S = 0.5
LONGEST_WAIT_S = 60.0
IN_TROUBLE = frozenset({"waiting", "failed", "again"})
CARD_EDIT = "card-edit"


class StopHere(Exception):
    """What the work is about is gone."""


class Hands:
    """One run of one piece of work.

    The steps are journalled here and not as steps of the durable engine, which knows a step by its place in the
    order: ours run side by side and finish in any order, and the card shows each by its name.
    """

    def __init__(self, deps: Deps, work: Work) -> None:
        self.deps = deps
        self.work = work
        self.wait_s: float | None = None  # set when something must be tried again later
        self.trouble = ""
        self._begun: dict[tuple[str, str], stored.Outbound | None] = {}

    async def begin(self, subject: str, *names: str) -> None:
        """Write down in one go that these steps are about to be taken, while there is nothing else to wait for."""

        def note(session: Session) -> dict[tuple[str, str], stored.Outbound | None]:
            return {(subject, name): self._begin(session, subject, name) for name in names}

        self._begun |= await self.deps.door.write(note)

    async def step(
        self,
        subject: str,
        name: str,
        do: Do,
        *,
        again: bool = False,
        keep: Callable[[Session, dict[str, Any]], None] | None = None,
    ) -> dict[str, Any] | None:
        """Take one step and return its result, or None when it was refused or has to wait.

        A step once done is not taken again, unless `again`: then it is one that any number of repeats leave as it is.

        `do` gets True when the step may have been taken before: it then looks before it repeats. `keep` writes
        what follows from the result in the same transaction as the result.
        """
        outcome = await self._take(subject, name, do, again, keep)
        if outcome["state"] == "done":
            return dict(outcome["result"])
        self.trouble = outcome["trouble"]
        if outcome["state"] == "waiting":
            self.wait(outcome["wait_s"])
        return None

    async def intend(self, subject: str, name: str, result: dict[str, Any]) -> None:
        """Write down, before the call, what a step that is being taken is about to do."""
        await self.deps.door.write(lambda session: self._note(session, subject, name, "under way", result=result))

    async def write(self, job: Callable[[Session], T]) -> T:
        """Run one transaction; it must bear a repeat."""
        return await self.deps.door.write(job)

    async def read(self, job: Callable[[Session], T]) -> T:
        """Read what is true now."""
        return await self.deps.door.read(job)

    def wait(self, seconds: float | None = None, trouble: str = "") -> None:
        """Have the whole work tried again later; steps that are done stay done."""
        backoff = min(LONGEST_WAIT_S, FIRST_WAIT_S * 2 ** min(self.work.tries, 8))
        self.wait_s = max(self.wait_s or 0.0, seconds if seconds is not None else backoff)
        self.trouble = trouble or self.trouble

    async def _take(
        self, subject: str, name: str, do: Do, again: bool, keep: Callable[[Session, dict[str, Any]], None] | None
    ) -> dict[str, Any]:
        before = None if again else await self._before(subject, name)
        if before is not None and before.state == "done":
            return {"state": "done", "result": before.result}
        try:
            result = await do(before is not None and before.tries > 0)
        except ChatRefused as refused:
            return await self._settle(subject, name, "failed", explain(refused.code, refused.needed))
        except ChatDown as down:
            outcome = await self._settle(subject, name, "waiting", str(down))
            return outcome | {"wait_s": down.retry_after_s}
        except ChatUnknown as unknown:
            return await self._settle(subject, name, "waiting", f"{unknown} I look before I repeat it.")

        def done(session: Session) -> None:
            was = before or stored.outbound(session, subject, name)
            self._note(session, subject, name, "done", result=result)
            if keep:
                keep(session, result)
            if was and (was.tries or was.state in IN_TROUBLE):
                self._clear_card(session, subject, name)

        await self.deps.door.write(done)
        return {"state": "done", "result": result}

    async def _before(self, subject: str, name: str) -> stored.Outbound | None:
        if (subject, name) in self._begun:
            return self._begun.pop((subject, name))
        return await self.deps.door.write(lambda session: self._begin(session, subject, name))

    def _begin(self, session: Session, subject: str, name: str) -> stored.Outbound | None:
        before = stored.outbound(session, subject, name)
        if before is None or before.state != "done":
            self._note(session, subject, name, "trying")
        return before

    def _clear_card(self, session: Session, subject: str, name: str) -> None:
        """Have the incident's card edited once more: it may still say that this step is in trouble."""
        # The card never tells of its own edit, so that one edit does not ask for the next.
        if name != CARD_EDIT and incidents.load(session, subject):
            self.deps.desk(session, self.work.team_id).promise("card", subject, once=True)

    async def _settle(self, subject: str, name: str, state: str, trouble: str) -> dict[str, Any]:
        await self.deps.door.write(lambda session: self._note(session, subject, name, state, trouble))
        return {"state": state, "trouble": trouble, "wait_s": None}

    def _note(
        self,
        session: Session,
        subject: str,
        name: str,
        state: str,
        trouble: str = "",
        result: dict[str, Any] | None = None,
    ) -> None:
        stored.note_outbound(
            session,
            team_id=self.work.team_id,
            subject=subject,
            step=name,
            state=state,
            now=self.deps.wall(),
            trouble=trouble,
            result=result,
        )
