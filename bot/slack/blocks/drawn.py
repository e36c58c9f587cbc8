"""What a message shows, by what it is about: a line for notifications and screen readers, and the blocks."""

from __future__ import annotations

from functools import singledispatch

from bot.services.chat import FromTerminal
from bot.services.playbooks.help import Plea
from bot.services.playbooks.reviewing import Review
from bot.services.playbooks.runbooks import Suggestion
from bot.services.playbooks.standing import Stand
from bot.services.postmortem.drafting import Summary
from bot.services.postmortem.redrafting import Late
from bot.services.postmortem.remarks import Remarked
from bot.services.postmortem.reminders import FollowUpDue, ReviewDue
from bot.services.postmortem.reviews import Answered, Asking
from bot.services.postmortem.sharing import NotShared, Shared
from bot.services.postmortem.signatures import Outdated
from bot.services.rooms import Room
from bot.services.systems.checks import Checked
from bot.services.systems.preflight_answer import Preflight
from bot.services.systems.snapshots import Compared
from bot.services.systems.watch_shown import Told, Watched
from bot.slack.blocks import (
    card,
    diff,
    look,
    playbook,
    postmortem,
    preflight,
    remarks,
    review,
    step,
    summary,
    terminal,
    watch,
)
from bot.slack.blocks.pieces import Block
from bot.slack.text import escape, plain, shorten

Drawn = tuple[str, list[Block]]

MAX_SAID_CHARS = 3500


@singledispatch
def drawn(what: object) -> Drawn:
    """Return the text and the blocks of a message; no blocks where words are enough."""
    raise TypeError(f"nothing draws a {type(what).__name__}")


@drawn.register
def _(words: str) -> Drawn:
    return plain(shorten(words, MAX_SAID_CHARS)), []


@drawn.register
def _(done: FromTerminal) -> Drawn:
    return terminal.lines(done), []


@drawn.register
def _(room: Room) -> Drawn:
    return card.fallback(room.incident), card.card(room)


@drawn.register
def _(stand: Stand) -> Drawn:
    return step.fallback(stand.walk), step.shown(stand)


@drawn.register
def _(asked: Plea) -> Drawn:
    return step.plea_line(asked), step.plea(asked)


@drawn.register
def _(offered: Suggestion) -> Drawn:
    return playbook.suggested_line(offered), playbook.suggested(offered)


@drawn.register
def _(asked: Review) -> Drawn:
    return f"{asked.incident.label}: which steps helped?", review.review(asked)


@drawn.register
def _(made: Summary) -> Drawn:
    return f"{summary.title(made)}: {escape(made.incident.title)}", summary.summary(made)


@drawn.register
def _(taken: Checked) -> Drawn:
    return look.line(taken), look.look(taken)


@drawn.register
def _(told: Compared) -> Drawn:
    return diff.line(told), diff.diff(told)


@drawn.register
def _(told: Preflight) -> Drawn:
    return preflight.line(told), preflight.preflight(told)


@drawn.register
def _(going: Watched) -> Drawn:
    return watch.line(going), watch.watched(going)


@drawn.register
def _(change: Told) -> Drawn:
    return plain(change.text), watch.change(change)


@drawn.register
def _(told: Late) -> Drawn:
    return postmortem.late(told), []


@drawn.register
def _(asked: Asking) -> Drawn:
    return postmortem.asking_line(asked), postmortem.asking(asked)


@drawn.register
def _(told: Answered) -> Drawn:
    return postmortem.answered(told), []


@drawn.register
def _(told: Remarked) -> Drawn:
    return remarks.remarked_line(told), remarks.remarked(told)


@drawn.register
def _(told: Outdated) -> Drawn:
    return remarks.outdated(told), []


@drawn.register
def _(due: ReviewDue) -> Drawn:
    return postmortem.review_due(due), []


@drawn.register
def _(due: FollowUpDue) -> Drawn:
    return postmortem.follow_up_due(due), []


@drawn.register
def _(what: Shared) -> Drawn:
    return escape(postmortem.shared_line(what)), postmortem.shared(what)


@drawn.register
def _(told: NotShared) -> Drawn:
    return postmortem.not_shared_line(told), postmortem.not_shared(told)
