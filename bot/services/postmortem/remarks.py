"""Whom a remark on a section is for: who wrote the section, who remarked there before, and who is named in it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bot.domain.incident import Incident
from bot.domain.postmortem.values import TITLES
from bot.domain.postmortem.written import Comment
from bot.domain.roles import Person, Role
from bot.services.desk import Desk
from bot.services.postmortem import living, reviews
from bot.services.postmortem.sections import name, reachable
from bot.store import incidents, people

_MENTION = re.compile(r"<@([UW][A-Z0-9]{1,30})(?:\|[^<>]*)?>")


@dataclass(frozen=True, kw_only=True)
class Remarked:
    """A remark for one person. `page_url` lets that very person answer."""

    incident: Incident
    comment: Comment
    title: str  # of the section
    author: str  # the name of whoever remarked
    names: Mapping[str, str]  # of the people whom it may mention
    user: str
    page_url: str


def remarked(desk: Desk, incident_id: str, comment_id: str) -> tuple[Remarked, ...]:
    """What each person gets to read; nothing when the remark was settled meanwhile, nothing for its own author."""
    incident = incidents.load(desk.session, incident_id)
    every = reviews.comments(desk, incident) if incident else ()
    comment = next((one for one in every if one.id == comment_id), None)
    if incident is None or comment is None or comment.settled_at:
        return ()
    earlier = (one.by for one in every if one.part is comment.part and (one.at, one.id) < (comment.at, comment.id))
    folk = people.everyone(desk.session, desk.team_id)
    whom = reachable(desk, (*_writer(desk, incident, comment), *earlier, *named(comment.text, folk)))
    where = f"/incidents/{incident.number}/postmortem#{comment.part}"
    return tuple(
        Remarked(
            incident=incident,
            comment=comment,
            title=TITLES[comment.part],
            author=name(desk, comment.by),
            names=people.names(desk.session, desk.team_id),
            user=user,
            page_url=desk.own_url(user, where),
        )
        for user in whom
        if user != comment.by
    )


def named(text: str, folk: Mapping[str, Person]) -> Iterator[str]:
    """Name those whom a text means by `@Ada Okafor`, or by `@ada` where only one is called so."""
    yield from _MENTION.findall(text)
    low = text.casefold()
    people_of = [one for one in folk.values() if not one.is_bot and one.name.strip()]
    firsts = [one.name.split()[0].casefold() for one in people_of]
    for one in people_of:
        first = one.name.split()[0].casefold()
        called = [one.name.casefold(), *([first] if firsts.count(first) == 1 else [])]
        if any(re.search(rf"(?<![\w@])@{re.escape(call)}(?![\w@])", low) for call in called):
            yield one.user_id


def _writer(desk: Desk, incident: Incident, comment: Comment) -> Iterator[str]:
    written = living.document(desk, incident).written.get(comment.part)
    if written:
        yield written.by
        return
    led = [one.user_id for one in incidents.assignments(desk.session, incident.id) if one.role is Role.COMMANDER]
    yield led[-1] if led else incident.declared_by
