"""The draft in a few lines, for the channel."""

from __future__ import annotations

from bot.domain.postmortem.values import Draft, Part, Sentence

MOST = 6


def summary_lines(draft: Draft) -> list[Sentence]:
    """Return three to six short sentences: what happened, and how much is still to be asked. Plain text, unescaped."""
    told = list(draft.section(Part.SUMMARY).sentences[: MOST - 1])
    return [*told, _rest(draft)]


def _rest(draft: Draft) -> Sentence:
    asked = sum(len(section.questions) for section in draft.sections)
    orphans = sum(sentence.mark == "To do" for sentence in draft.section(Part.FOLLOW_UPS).sentences)
    asks = "1 question is" if asked == 1 else f"{asked} questions are"
    todo = "1 follow-up is" if orphans == 1 else f"{orphans} follow-ups are"
    return Sentence(f"{asks} open in the draft, and {todo} to do.", (draft.label,))
