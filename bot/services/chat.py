"""What we need of the chat system, in plain values. `slack/` fulfils it; the flows use it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.domain.roles import Person
from bot.domain.timeline import Entry
from bot.services.playbooks.help import Plea
from bot.services.playbooks.reviewing import Review
from bot.services.playbooks.runbooks import Suggestion
from bot.services.playbooks.standing import Stand
from bot.services.postmortem.drafting import Summary
from bot.services.postmortem.redrafting import Late
from bot.services.postmortem.remarks import Remarked
from bot.services.postmortem.reminders import FollowUpDue, ReviewDue
from bot.services.postmortem.reviews import Answered, Asking
from bot.services.postmortem.sharing import NotShared, Place, Shared
from bot.services.postmortem.signatures import Outdated
from bot.services.rooms import Room
from bot.services.systems.checks import Checked
from bot.services.systems.preflight_answer import Preflight
from bot.services.systems.snapshots import Compared
from bot.services.systems.watch_shown import Told, Watched


@dataclass(frozen=True, kw_only=True)
class Identity:
    """Who the bot is, and in which workspace. `scopes` is None when the server did not say."""

    team_id: str
    team: str
    url: str
    bot_user_id: str
    bot_id: str
    scopes: frozenset[str] | None = None


@dataclass(frozen=True, kw_only=True)
class Message:
    """A message as the chat system has it: raw text, the author's id (or a name for a bot), its own time.

    `pinned` says whether a pushpin is on it now.
    """

    author: str
    text: str
    at: datetime
    permalink: str
    pinned: bool


@dataclass(frozen=True, kw_only=True)
class FromTerminal:
    """What was done at a terminal, in order. `missing` names the moments that nobody recorded, where it was closed."""

    entries: tuple[Entry, ...]
    missing: tuple[str, ...] = ()


AboutReview = Asking | Answered | ReviewDue | Remarked | Outdated
AboutPostmortem = Summary | Late | AboutReview | FollowUpDue | Shared | NotShared
Shown = (
    Room
    | Stand
    | Plea
    | Suggestion
    | Review
    | Checked
    | Compared
    | Preflight
    | Watched
    | Told
    | AboutPostmortem
    | FromTerminal
    | str
)  # what a message can show; a `str` is plain words of people


class Chat(Protocol):
    """Every method has a wall-clock deadline and raises ChatDown, ChatRefused or ChatUnknown.

    `op` names one intended post. A post that may have happened is looked for by its `op` before it is repeated.
    """

    async def who_am_i(self) -> Identity: ...

    async def create_channel(self, name: str) -> tuple[str, str]:
        """Return (id, name as the server made it)."""

    async def own_channel(self, name: str, since: datetime) -> tuple[str, str] | None:
        """A channel of this name that the bot itself made after `since`."""

    async def invite(self, channel: str, users: Sequence[str]) -> tuple[str, ...]:
        """Invite; people already inside are fine. Return Slack's code for each who could not be invited."""

    async def direct(self, user: str) -> str:
        """The id of one's direct conversation with a person, opened if there is none."""

    async def place(self, channel: str) -> Place:
        """A channel as it stands now."""

    async def set_topic(self, channel: str, room: Room) -> None: ...

    async def post(self, channel: str, what: Shown, op: str, *, thread: str = "") -> str:
        """Post `what` into a channel, or into the thread of the message `thread`; return the ts."""

    async def edit(self, channel: str, ts: str, what: Shown) -> None: ...

    async def pin(self, channel: str, ts: str) -> None: ...

    async def bookmark(self, channel: str, title: str, link: str, *, look_first: bool = False) -> None: ...

    async def announce(self, channel: str, room: Room, op: str) -> tuple[str, str]:
        """Return (channel id, ts)."""

    async def edit_announcement(self, channel: str, ts: str, room: Room) -> None: ...

    async def upload(self, channel: str, *, filename: str, title: str, content: str | bytes, says: str = "") -> str:
        """Return the file's id. A file of this name already in the channel is returned as it is.

        `says` describes a picture for those who do not see it.
        """

    async def canvas(self, channel: str, title: str, markdown: str, *, look_first: bool) -> str:
        """Make the channel's canvas and return its id, "" where there can be none, or it has one already.

        With `look_first` it may have been made before: one that is there is ours.
        """

    async def find_post(self, channel: str, op: str, *, thread: str = "") -> str | None:
        """The ts of the post made under `op`, None when there is provably none."""

    async def message(self, channel: str, ts: str) -> Message | None:
        """One message, also one inside a thread."""

    async def permalink(self, channel: str, ts: str) -> str:
        """The address of one message."""

    async def person(self, user_id: str) -> Person: ...
