"""The postmortem draft: every sentence names the entries it rests on, and what is not known is asked for.

`draft(facts)` is the door. Which numbers and times may stand in a sentence:
- a time of an entry it names (of who was there, when it was written down), or of a moment that rests on one of them;
- what an entry says, in quotation marks or as a line of its own; what the incident's own record holds: its title, its
  steps and its tasks with their numbers and due dates;
- what a named `Rule` works out: a length between two such times, a count of entries named, a count of steps.
"""

from bot.domain.postmortem.compose import draft
from bot.domain.postmortem.values import Draft, Fact, Facts, Line, Part, Question, Rule, Section, Sentence

__all__ = ["Draft", "Fact", "Facts", "Line", "Part", "Question", "Rule", "Section", "Sentence", "draft"]
