"""Starts promised work as durable workflows, and hands the work of a dead process to a living one.

DBOS keeps each workflow's steps in the same database, and a process that comes back under the same executor id goes
on where it was. What DBOS leaves out without its paid service is the process that never comes back: the sweep does
that with public calls only.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import partial

from dbos import DBOS, SetWorkflowID
from sqlmodel import Session

from bot.flows import night, reminding
from bot.flows.hands import Hands, StopHere
from bot.flows.kinds import KINDS
from bot.services.deps import Deps
from bot.store import deliveries, workers
from bot.store import work as stored
from bot.store.work import Work

log = logging.getLogger(__name__)

APPLICATION_VERSION = "1"  # raised by hand, only when a workflow's steps change: pending work of another one waits
LOOK_EVERY_S = 0.1
SWEEP_EVERY_S = 3.0
DEAD_AFTER_S = 15.0
LOST_AFTER = timedelta(seconds=10)
MAX_RESCUES = 5
FINISH_WITHIN_S = 5.0
AT_REST_EVERY_S = 0.02
KEEP_FOR = timedelta(days=7)
NOTICES_EVERY_S = 1.0  # the durable engine looks for messages between workflows; we send none, but a stop waits for it

# How the durable engine calls a run that it will not take up again, and one that is over.
GIVEN_UP = frozenset({"MAX_RECOVERY_ATTEMPTS_EXCEEDED", "CANCELLED"})
ENDED = frozenset({"SUCCESS", "ERROR"})


class Engine:
    """One worker. `launch` inside the event loop that owns the connections; `stop` gives everything back."""

    def __init__(self, deps: Deps, wake: asyncio.Event) -> None:
        self._deps = deps
        self._wake = wake
        self._taken: dict[str, Work] = {}  # read a moment ago, on its way to its run
        self._loops: list[asyncio.Task[None]] = []
        self._home: asyncio.AbstractEventLoop | None = None

    async def launch(self) -> None:
        """Take up what an earlier run of this executor left, and begin to look for promised work."""
        self._home = asyncio.get_running_loop()
        url = self._deps.settings.database_url
        DBOS(
            config={
                "name": "muster",
                "system_database_url": url,
                "application_version": APPLICATION_VERSION,
                "executor_id": self._deps.settings.muster_executor_id,
                "log_level": "WARNING",
                "notification_listener_polling_interval_sec": NOTICES_EVERY_S,
            }
        )

        async def carry(work_id: str) -> None:
            await self._at_home(work_id)

        self._carry = DBOS.workflow(name="carry", max_recovery_attempts=MAX_RESCUES)(carry)
        await asyncio.to_thread(DBOS.launch)
        # What the run before us marked as started and died before starting: nobody else takes it up so soon.
        await self._start_lost(self._deps.wall())
        endless = (
            self._dispatch(),
            self._sweep(),
            night.keep_promising(self._deps),
            reminding.keep_promising(self._deps),
        )
        self._loops = [asyncio.create_task(loop) for loop in endless]

    async def stop(self) -> None:
        """Stop looking; work in hand goes on after the next launch."""
        for loop in self._loops:
            loop.cancel()
        for loop in self._loops:
            with contextlib.suppress(asyncio.CancelledError):
                await loop
        try:
            # What is in hand gets a moment to finish; the rest is taken up at the next launch.
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(FINISH_WITHIN_S):
                    await self._at_rest()
        finally:
            # A wait of its own would cost the engine a second even where nothing is to be waited for.
            await asyncio.to_thread(DBOS.destroy, destroy_registry=True, workflow_completion_timeout_sec=0)
            # The engine put its own threads in the loop's place and has ended them now; the loop may live on.
            asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor())

    async def _at_rest(self) -> None:
        """Return once the durable engine has noted the end of every run: it does so after our own work is done."""
        me = self._deps.settings.muster_executor_id
        while await DBOS.list_workflows_async(status="PENDING", executor_id=me, load_input=False, limit=1):  # noqa: ASYNC110
            await asyncio.sleep(AT_REST_EVERY_S)  # it tells nobody

    async def _dispatch(self) -> None:
        while True:
            woken = self._wake.is_set()
            self._wake.clear()
            try:
                begun = await self._start_begun()
                await self._start_due(woken=woken and not begun)
            except Exception:  # the database may be away for a while; this loop must outlive that
                log.exception("could not look for promised work")
                await asyncio.sleep(1.0)
            # Not wait_for: on Python 3.11 it swallows a stop that comes in the same moment as the wake.
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LOOK_EVERY_S):
                    await self._wake.wait()

    async def _start_begun(self) -> bool:
        """Start what was committed as started a moment ago. What a crash leaves here is found as lost."""
        any_begun = bool(self._deps.begun)
        while self._deps.begun:
            await self._start(self._deps.begun.popleft())
        return any_begun

    async def _start_due(self, *, woken: bool) -> None:
        now = self._deps.wall()
        if woken or await self._deps.door.read(lambda session: stored.anything_due(session, now)):
            for work in await self._deps.door.write(lambda session: stored.take_due(session, now)):
                await self._start(work)

    async def _start(self, work: Work) -> None:
        self._taken[work.id] = work
        # The same id twice is one workflow: a start that may have been lost can be repeated.
        with SetWorkflowID(_run_of(work)):
            await DBOS.start_workflow_async(self._carry, work.id)

    async def _start_lost(self, before: datetime) -> None:
        """Take up work marked as started whose run never began, or ended without a word."""
        for work in await self._deps.door.read(lambda session: stored.lost(session, before)):
            run = await DBOS.get_workflow_status_async(_run_of(work))
            if run is None:
                await self._start(work)
            elif run.status in GIVEN_UP:
                log.error("work %s (%s) is given up: it was running when its worker died, again and again", *_of(work))
                await self._deps.door.write(partial(self._give_up, work))
            elif run.status in ENDED:
                await self._deps.door.write(partial(self._again, work))

    def _give_up(self, work: Work, session: Session) -> None:
        stored.finish(session, work.id, self._deps.wall(), "given up: its worker died each time it was running")

    def _again(self, work: Work, session: Session) -> None:
        stored.try_anew(session, work, self._deps.wall())

    async def _at_home(self, work_id: str) -> None:
        # A workflow taken up again after a crash runs on the engine's own event loop; our connections live on ours.
        assert self._home is not None
        if asyncio.get_running_loop() is self._home:
            await self._carry_out(work_id)
        else:
            await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(self._carry_out(work_id), self._home))

    async def _carry_out(self, work_id: str) -> None:
        taken = self._taken.pop(work_id, None)
        work = taken or await self._deps.door.read(lambda session: stored.load(session, work_id))
        if work is None:
            return  # finished before the crash that made us ask again
        hands = Hands(self._deps, work)
        try:
            await KINDS[work.kind](hands)
        except StopHere as stop:
            hands.trouble = hands.trouble or f"stopped at {stop}"
        except Exception as bug:  # a bug must not leave the work started for ever
            log.exception("work %s (%s) failed", work.id, work.kind)
            hands.wait(trouble=f"{type(bug).__name__}: {bug}")
        await self._deps.door.write(lambda session: self._settle(session, hands))
        self._wake.set()  # the next of this turn may start

    def _settle(self, session: Session, hands: Hands) -> None:
        now, work = self._deps.wall(), hands.work
        if hands.wait_s is None:
            stored.finish(session, work.id, now, hands.trouble)
        else:
            stored.postpone(session, work.id, now, hands.wait_s, hands.trouble)

    async def _sweep(self) -> None:
        while True:
            try:
                await self._beat_and_rescue()
            except Exception:
                log.exception("the sweep failed; it tries again")
            await asyncio.sleep(SWEEP_EVERY_S)

    async def _beat_and_rescue(self) -> None:
        me = self._deps.settings.muster_executor_id
        await self._deps.door.write(lambda session: workers.beat(session, me))
        for dead in await self._deps.door.read(lambda session: workers.silent(session, DEAD_AFTER_S)):
            if await self._deps.door.write(partial(_claim, dead)):
                await self._hand_over(dead)
        await self._start_lost(self._deps.wall() - LOST_AFTER)
        old = self._deps.wall() - KEEP_FOR
        await self._deps.door.write(lambda session: deliveries.forget_before(session, old))
        await self._deps.door.write(lambda session: stored.forget_before(session, old))

    async def _hand_over(self, executor_id: str) -> None:
        pending = await DBOS.list_workflows_async(
            status="PENDING", executor_id=executor_id, app_version=APPLICATION_VERSION, load_input=False
        )
        for workflow in pending:
            work_id = workflow.workflow_id.rpartition(":")[0]
            if await self._deps.door.write(partial(self._count_rescue, work_id)):
                await DBOS.resume_workflow_async(workflow.workflow_id)
            else:
                await DBOS.cancel_workflow_async(workflow.workflow_id)
        await self._deps.door.write(lambda session: workers.bury(session, executor_id))

    def _count_rescue(self, work_id: str, session: Session) -> bool:
        """Whether the work may be handed over once more; the engine forgets its own count at each hand-over."""
        rescues = stored.rescue(session, work_id)
        if rescues <= MAX_RESCUES:
            return True
        log.error("work %s is given up: it was running when %d workers died", work_id, rescues)
        stored.finish(session, work_id, self._deps.wall(), f"given up: it was running when {rescues} workers died")
        return False


def _run_of(work: Work) -> str:
    """The durable engine's id of one try of this work."""
    return f"{work.id}:{work.tries}"


def _of(work: Work) -> tuple[str, str]:
    return work.id, work.kind


def _claim(executor_id: str, session: Session) -> bool:
    return workers.claim(session, executor_id, DEAD_AFTER_S)
