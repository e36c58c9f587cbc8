"""The draft in a few lines, for the channel."""

from __future__ import annotations

from bot.domain.postmortem.values import Draft, Part, Sentence
from bot.domain.postmortem.written import Document
from bot.services.postmortem.document.pieces import whole


def summary_lines(paper: Document | Draft) -> list[Sentence]:
    """Return three to seven sentences: what happened, and how much is still to be asked. Plain text, unescaped."""
    document = whole(paper)
    return [*document.draft.section(Part.SUMMARY).sentences, _rest(document)]


def _rest(document: Document) -> Sentence:
    draft, asked = document.draft, sum(len(some) for some in document.questions.values())
    orphans = sum(sentence.mark == "To do" for sentence in draft.section(Part.FOLLOW_UPS).sentences)
    asks = "1 question is" if asked == 1 else f"{asked} questions are"
    todo = "1 follow-up is" if orphans == 1 else f"{orphans} follow-ups are"
    return Sentence(f"{asks} open in the draft" + (f", and {todo} to do." if orphans else "."), (draft.label,))
