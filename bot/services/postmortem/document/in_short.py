"""The draft in a few lines, for the channel."""

from __future__ import annotations

from bot.domain.postmortem.values import Draft, Part, Sentence


def summary_lines(draft: Draft) -> list[Sentence]:
    """Return three to seven sentences: what happened, and how much is still to be asked. Plain text, unescaped."""
    return [*draft.section(Part.SUMMARY).sentences, _rest(draft)]


def _rest(draft: Draft) -> Sentence:
    asked = len({question.text for section in draft.sections for question in section.questions})
    orphans = sum(sentence.mark == "To do" for sentence in draft.section(Part.FOLLOW_UPS).sentences)
    asks = "1 question is" if asked == 1 else f"{asked} questions are"
    todo = "1 follow-up is" if orphans == 1 else f"{orphans} follow-ups are"
    return Sentence(f"{asks} open in the draft, and {todo} to do.", (draft.label,))
