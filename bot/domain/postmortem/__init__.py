"""The postmortem draft: every sentence names the entries it rests on, and what is not known is asked for.

`draft(facts)` is the door. Which numbers and times may stand in a sentence:
- a time of an entry it names, or of a moment of the incident;
- what an entry says, in quotation marks or as a line of its own;
- the length between two such times (`metrics.spelt_out`), the count of the entries named, a step's or a task's number.
"""

from bot.domain.postmortem.compose import draft
from bot.domain.postmortem.values import Draft, Fact, Facts, Line, Part, Question, Section, Sentence

__all__ = ["Draft", "Fact", "Facts", "Line", "Part", "Question", "Section", "Sentence", "draft"]
