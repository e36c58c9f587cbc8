"""Real outages, replayed in the rehearsal workspace by people who type, speak, react and press."""

from bot.rehearsal.replay.load import load, names
from bot.rehearsal.replay.player import Played, Progress, play
from bot.rehearsal.replay.scene import people
from bot.rehearsal.replay.story import Act, Fact, Person, ReplayError, Story, begins, starts_at
from bot.rehearsal.replay.ward import Ward

__all__ = [
    "Act",
    "Fact",
    "Person",
    "Played",
    "Progress",
    "ReplayError",
    "Story",
    "Ward",
    "begins",
    "facts",
    "load",
    "names",
    "people",
    "play",
    "starts_at",
]


def facts(story: Story) -> tuple[Fact, ...]:
    """Return the dated facts of the story's source, in time order; `load` has made sure that acts record them all."""
    return story.facts
