"""What holds for every section that people write: which may be written, by one at a time, and what a text may be."""

from __future__ import annotations

import re
from collections.abc import Iterable

from bot.domain.incident import Incident
from bot.domain.postmortem.values import TITLES, Part
from bot.domain.postmortem.wording import who
from bot.domain.postmortem.written import MAX_SECTION_CHARS, RECORD, Lock, Written
from bot.domain.redaction import redact
from bot.errors import NotAllowed, UserError
from bot.services.desk import Desk
from bot.store import people, reviews

# C0 and C1 controls except newline and tab, characters that turn the direction of text round, lone surrogates.
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")


class Clash(UserError):
    """Somebody else changed the section, or is writing it now. `typed` holds every word of the one who came second.

    `standing` is what stands there now, None where the draft does; `held` is who is writing, if somebody is.
    """

    def __init__(self, message: str, hint: str, typed: str, standing: Written | None, held: Lock | None = None) -> None:
        super().__init__(message, hint, typed)
        self.standing = standing
        self.held = held


def writable(part: Part) -> None:
    """Raise NotAllowed for a section that is the record itself."""
    if part in RECORD:
        raise NotAllowed(
            f"“{TITLES[part]}” is the record and is not written over.",
            hint="Put it right where it comes from: `/incident note 12:03 …` adds, `/incident strike E7` takes out.",
        )


def unheld(desk: Desk, incident: Incident, part: Part, *, by: str) -> None:
    """Raise NotAllowed while somebody else is writing the section."""
    held = reviews.locks(desk.session, incident.id, desk.wall).get(part)
    if held and held.by != by:
        raise NotAllowed(holds(desk, held), hint="Wait until then, or ask them.")


def cleaned(text: str, most: int = MAX_SECTION_CHARS) -> str:
    """Text that somebody typed, free of secrets and of characters nobody sees. Raises UserError: none, or too much."""
    clean = _UNSEEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()
    if not clean:
        raise UserError("There are no words in that.", hint="Write a few, or leave it as it was.", typed=text)
    if len(clean) > most:
        raise UserError(
            f"That has {len(clean):,} characters; {most:,} is the most.", hint="Shorten it, or split it.", typed=text
        )
    return redact(clean)


def name(desk: Desk, user: str) -> str:
    """A person's name for a sentence of ours."""
    return who(user, people.known(desk.session, desk.team_id, [user]))


def reachable(desk: Desk, users: Iterable[str]) -> tuple[str, ...]:
    """Those whom a message can reach, each once: people of Slack who have not left."""
    each = tuple(dict.fromkeys(users))
    known = people.known(desk.session, desk.team_id, each)
    return tuple(user for user in each if user[:1] in ("U", "W") and not (user in known and known[user].gone))


def holds(desk: Desk, held: Lock) -> str:
    """Who is writing a section, and until when."""
    until = desk.in_story(held.until).astimezone(desk.zone)
    return f"{name(desk, held.by)} is writing “{TITLES[held.part]}”, until {until:%H:%M %Z} at the latest."
