"""/postmortem questions, answer 3 …, dismiss 3 …: what the draft still asks, answered or put aside one by one"""

from __future__ import annotations

import re

from bot.domain.arguments import find_incident, unescape
from bot.domain.incident import Incident
from bot.domain.postmortem.values import TITLES
from bot.errors import UserError
from bot.services.desk import Desk
from bot.services.postmortem import questions
from bot.services.postmortem.questions import Asked as Question
from bot.slack.asked import Answer, Asked, as_typed
from bot.slack.commands.drafted import drafted_of
from bot.slack.text import plain, shorten

MAX_SHOWN = 40
MAX_QUESTION_CHARS = 300
_NUMBER = re.compile(r"\A\s*#?(\d{1,3})\b[.):,]?\s*")


def listed(desk: Desk, asked: Asked) -> Answer:
    """The open questions, numbered as `answer` and `dismiss` take them."""
    incident, rest = drafted_of(desk, asked)
    if rest.strip():
        raise UserError(f"I do not know what to do with `{as_typed(rest)[:60]}`.", hint=_how(incident))
    found = questions.still_asked(desk, incident)
    if not found:
        return Answer(text=f"The draft of {incident.label} asks nothing any more.")
    lines = [f"*What the draft of {incident.label} still asks*"]
    lines += [
        f"{number}. {plain(shorten(one.question.text, MAX_QUESTION_CHARS))} _{TITLES[one.part]}_"
        for number, one in enumerate(found[:MAX_SHOWN], 1)
    ]
    left = len(found) - MAX_SHOWN
    lines += [f"and {left} more"] if left > 0 else []
    return Answer(text="\n".join([*lines, _how(incident)]))


def answer(desk: Desk, asked: Asked) -> Answer:
    """Answer one, for the record."""
    return _settle(desk, asked, aside=False)


def dismiss(desk: Desk, asked: Asked) -> Answer:
    """Put one aside, with a word on why."""
    return _settle(desk, asked, aside=True)


def _settle(desk: Desk, asked: Asked, *, aside: bool) -> Answer:
    named, words = _named(asked.text)
    incident, _ = drafted_of(desk, asked.rest(named))
    number = _NUMBER.match(words)
    found = questions.still_asked(desk, incident)
    if number is None:
        raise UserError("Which question?", hint=f"See their numbers: `/postmortem questions {incident.label}`.")
    one = _of_number(found, int(number[1]), incident)
    text = unescape(words[number.end() :].strip(" –-"))
    entry = questions.answer(desk, incident, one.key, text, by=asked.user_id, aside=aside)
    done, left = "Put aside" if aside else "Answered", len(questions.still_asked(desk, incident))
    return Answer(
        text=f"{done}, as {entry.label} of {incident.label}: {plain(shorten(one.question.text, MAX_QUESTION_CHARS))}\n"
        f"{left} {'question is' if left == 1 else 'questions are'} open. "
        f"`/incident strike {incident.label} {entry.label}` opens it again."
    )


def _named(text: str) -> tuple[str, str]:
    """The incident named first, if one is, and the rest: a number alone is the question's; it may name others."""
    first, _, rest = text.strip().partition(" ")
    if not first.lstrip("#").isdecimal() and find_incident(first)[0] is not None:
        return first, rest
    return "", text


def _of_number(found: tuple[Question, ...], number: int, incident: Incident) -> Question:
    if not 1 <= number <= len(found):
        many = "1 question is" if len(found) == 1 else f"{len(found)} questions are"
        raise UserError(f"There is no question {number}: {many} open in {incident.label}.", hint=_how(incident))
    return found[number - 1]


def _how(incident: Incident) -> str:
    return (
        f"Answer one: `/postmortem answer {incident.label} 1 the alert at 12:05`. "
        f"Put one aside: `/postmortem dismiss {incident.label} 1 nobody counted`."
    )
