"""The Web API's methods, one file per family."""

from __future__ import annotations

from collections.abc import Callable

from bot.rehearsal.calls import Call
from bot.rehearsal.methods import (
    auth,
    bookmarks,
    canvases,
    chat,
    conversations,
    files,
    history,
    pins,
    reactions,
    users,
    views,
)
from bot.rehearsal.things import Json

Method = Callable[[Call], Json]


def all_methods() -> dict[str, Method]:
    """Return method name -> what it does, for every method served."""
    families = (auth, bookmarks, canvases, chat, conversations, files, history, pins, reactions, users, views)
    return {name: method for family in families for name, method in family.METHODS.items()}
