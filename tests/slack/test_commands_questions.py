"""/postmortem questions, answer, dismiss: what is still asked, in Slack."""

from __future__ import annotations

import re

import pytest

from bot.domain.postmortem.values import Part
from bot.services.postmortem import living, questions, reviews
from tests.conftest import Stage
from tests.slack.test_commands_postmortem import asked_of, closed, do

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_questions_are_listed_answered_and_put_aside_by_number(shared: Stage):
    inc = await closed(shared)
    told = await shared.say("ada", "/postmortem questions", inc.channel)
    lines = re.findall(r"^(\d+)\. (.+) _(.+)_$", told, re.MULTILINE)
    assert [int(number) for number, _, _ in lines] == list(range(1, len(lines) + 1))
    assert lines[0][2] == "Impact" and "how many customers" in lines[0][1]

    answer = await shared.say("ben", f"/postmortem answer {inc.label} 1 <b>forty</b> shops, see INC-99", inc.channel)
    assert f"of {inc.label}: Do these lines give the whole impact" in answer
    assert f"{len(lines) - 1} questions are open." in answer
    document = await do(inc, living.document)
    assert document.draft.section(Part.IMPACT).sentences[-1].text.endswith("Ben Haddad: <b>forty</b> shops, see INC-99")
    label = re.search(r"as (E\d+) of", answer)
    assert label
    assert "forty" in (await inc.last()).text

    answer = await shared.say("ben", "/postmortem dismiss 1 nobody can know", inc.channel)
    assert answer.startswith("Put aside, as E") and f"{len(lines) - 2} questions are open." in answer

    await shared.say("ada", f"/incident strike {inc.label} {label[1]}", inc.channel)
    await shared.settled()
    await shared.say("ada", f"/postmortem {inc.label}")
    await shared.settled()
    assert len(await do(inc, questions.still_asked)) == len(lines) - 1


@pytest.mark.parametrize(
    ("line", "says", "hint"),
    [
        ("answer", "Which question?", "/postmortem questions INC-"),
        ("answer the alert", "Which question?", "/postmortem questions INC-"),
        ("answer 999 the alert", "There is no question 999", "/postmortem answer INC-"),
        ("dismiss 1", "There are no words in that.", "Write a few"),
        ("questions widely", "I do not know what to do with `widely`", "/postmortem answer INC-"),
    ],
)
async def test_wrong_words_come_back_with_what_to_type(shared: Stage, line, says, hint):
    inc = await closed(shared)
    answer = await shared.say("ada", f"/postmortem {line}", inc.channel)
    assert says in answer and hint in answer and "You typed:" in answer


async def test_a_signature_says_what_is_still_open(shared: Stage):
    inc = await closed(shared)
    await do(inc, lambda desk, i: reviews.comment(desk, i, Part.CAUSES, "why?", by="U0"))
    many = len(await do(inc, questions.still_asked))
    await shared.say("ada", "/postmortem review @ben", inc.channel)
    message = await asked_of(shared, "ben", inc.label)
    left = f"{many} questions and 1 comment"
    assert f"Open now: {left}." in str(message.blocks)
    answer = await shared.say("ada", "/postmortem sign", inc.channel)
    assert f"Still open: {left}. `/postmortem questions {inc.label}` shows what is asked;" in answer
    await shared.person("ben").clicks(message.channel, message.ts, "review_sign")
    await shared.settled()
    assert any(f"It is reviewed; open: {left}." in text for text in inc.texts())
    assert f"draft 1, reviewed; open: {left}." in await shared.say("ada", f"/postmortem {inc.label}")
