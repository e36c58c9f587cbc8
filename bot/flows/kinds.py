"""Which flow carries out which kind of promised work."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from bot.flows import (
    asides,
    difference,
    draft,
    look,
    night,
    pin,
    preflight,
    redraft,
    reminding,
    reviewing,
    room,
    sharing,
    telling,
    walk,
    watch,
)
from bot.flows.hands import Hands

KINDS: dict[str, Callable[[Hands], Awaitable[None]]] = {
    "room": room.open_room,
    "card": room.refresh_card,
    "invite": room.invite,
    "say": telling.say_from_terminal,
    "walk": walk.show,
    "help": asides.ask_for_help,
    "suggest": asides.suggest,
    "review": asides.review,
    "look": look.take,
    "snapshot": night.take,
    "diff": difference.tell,
    "preflight": preflight.answer,
    "watch": watch.take,
    "watch-show": watch.show,
    "pin": pin.record_message,
    "draft": draft.make,
    "redraft": redraft.make,
    "review-ask": reviewing.ask,
    "review-said": reviewing.tell,
    "remark": reviewing.remark,
    "signed-changed": reviewing.changed,
    "review-due": reminding.review,
    "morning": reminding.morning,
    "share": sharing.share,
}
