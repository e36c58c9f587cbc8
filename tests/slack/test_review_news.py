"""What reaches people about a postmortem without their asking: remarks, and a text that changed under a signature."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import col, update

from bot.domain.postmortem.values import Part
from bot.services.postmortem import late, living, reviews
from bot.store.tables import WorkRow
from tests.conftest import Stage, soon
from tests.slack.rooms import Room
from tests.slack.test_commands_postmortem import asked_of, closed, direct, do, id_of

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def hurry(inc: Room, kind: str) -> None:
    """What waits a minute for more of its kind falls due now."""

    def now(desk: Any, _: Any) -> None:
        past = desk.wall - timedelta(seconds=1)
        desk.session.exec(update(WorkRow).where(col(WorkRow.kind) == kind).values(due_at=past))

    await do(inc, now)
    inc.stage.muster.deps.wake()


async def test_a_remark_comes_to_the_writer_with_its_words_and_the_link(shared: Stage):
    inc = await closed(shared)
    await shared.say("dana", f"/postmortem {inc.label}")  # from here on the bot knows her
    ben = id_of(shared, "ben")
    await do(inc, lambda desk, i: living.write(desk, i, Part.IMPACT, "Worse.", by=ben, revision=0))
    text = "<!channel> *how* many, @dana?"
    await do(inc, lambda desk, i: reviews.comment(desk, i, Part.IMPACT, text, by=id_of(shared, "ada")))
    for who in ("ben", "dana"):
        told = await soon(
            lambda who=who: next((m for m in direct(shared, who) if f"postmortem of {inc.label}" in m.text), None)
        )
        assert "Ada Okafor on “Impact” in the postmortem" in told.text
        assert "&lt;!channel&gt; ∗how∗ many, @dana?" in str(told.blocks)
        assert f"/incidents/{inc.number}/postmortem#impact|Answer or settle it>" in str(told.blocks)
    await shared.settled()
    assert sum(f"on “Impact” in the postmortem of {inc.label}" in m.text for m in direct(shared, "ben")) == 1


async def test_whoever_signed_is_told_once_that_the_text_has_changed(shared: Stage):
    inc = await closed(shared)
    await shared.say("ben", "/postmortem sign", inc.channel)
    shared.rehearsal.clock.set(shared.rehearsal.clock.now() + timedelta(seconds=5))
    for revision, text in enumerate(("Worse.", "Worse yet.")):
        await do(inc, lambda desk, i, r=revision, t=text: living.write(desk, i, Part.IMPACT, t, by="U0", revision=r))
        await hurry(inc, late.SIGNED_WORK)
        await shared.settled()
    news = [m.text for m in direct(shared, "ben") if "has changed since you signed" in m.text and inc.label in m.text]
    assert len(news) == 1
    assert "since you signed it: Impact." in news[0]
    assert f"/incidents/{inc.number}/postmortem/since/{id_of(shared, 'ben')}|What changed since>" in news[0]


async def test_one_who_asks_from_the_terminal_is_named_in_words(shared: Stage):
    inc = await closed(shared)
    await do(inc, lambda desk, i: reviews.ask(desk, i, [id_of(shared, "ben")], by="terminal:root"))
    message = await asked_of(shared, "ben", inc.label)
    assert message.text.startswith("root, at the terminal, asks you to review the postmortem of")
    assert "terminal:" not in str(message.blocks)
