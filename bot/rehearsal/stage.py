"""Everything a Web API call or a person's act may need, in one hand."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.rehearsal.catalog import Spec, load
from bot.rehearsal.delivery import Delivery
from bot.rehearsal.knobs import Knobs
from bot.rehearsal.ledger import Ledger, Posted
from bot.rehearsal.messages import Author
from bot.rehearsal.mrkdwn import mentions_of
from bot.rehearsal.rates import Rates
from bot.rehearsal.sockets import SocketHub
from bot.rehearsal.things import Message, View
from bot.rehearsal.triggers import Handles
from bot.rehearsal.workspace import Workspace


@dataclass
class Stage:
    """One running rehearsal's parts."""

    ws: Workspace
    knobs: Knobs
    ledger: Ledger
    hub: SocketHub
    delivery: Delivery
    handles: Handles = field(default_factory=Handles)
    rates: Rates = field(default_factory=Rates)
    catalog: dict[str, Spec] = field(default_factory=load)
    uploads: dict[str, bytes] = field(default_factory=dict)
    url: str = ""

    def app_author(self, username: str = "", icon_emoji: str = "") -> Author:
        """Return the app as an author."""
        ws = self.ws
        return Author(user=ws.bot.id, bot_id=ws.bot_id, app_id=ws.app_id, username=username, icon_emoji=icon_emoji)

    def permalink(self, message: Message) -> str:
        """Return the address of a message, in Slack's form."""
        link = f"{self.url}/archives/{message.channel}/p{message.ts.replace('.', '')}"
        if message.thread_ts and message.thread_ts != message.ts:
            link += f"?thread_ts={message.thread_ts}&cid={message.channel}"
        return link

    def note_post(self, surface: str, message: Message) -> None:
        """Record what the app said, and what it would have pinged."""
        self.ledger.posts.append(
            Posted(
                surface=surface,
                channel=message.channel,
                ts=message.ts,
                text=message.text,
                mentions=message.mentions,
            )
        )

    def note_view(self, view: View) -> None:
        """Record what the app showed in a modal or Home tab."""
        mentions = mentions_of(view.body["blocks"])
        self.ledger.posts.append(Posted(surface="view", channel="", ts=view.id, text="", mentions=mentions))
