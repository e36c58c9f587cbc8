"""Who took part, by role and for how long. Names stand here for thanks and for questions, never for blame."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.domain.incident import Moment
from bot.domain.metrics import between, spelt_out
from bot.domain.postmortem.evidence import Evidence, joined
from bot.domain.postmortem.values import Part, Rule, Section, Sentence
from bot.domain.postmortem.wording import listed
from bot.domain.roles import Role
from bot.domain.timeline import Entry, Kind

AS_IT_HAPPENED = timedelta(minutes=15)
A_DAY = timedelta(days=1)


def participants(ev: Evidence) -> Section:
    """List the carriers of each role in turn, then those who wrote, who came in when, and who was at it how long."""
    roles = [sentence for role in Role for sentence in _carriers(ev, role)]
    held = {e.data.get("user") for e in ev.of(Kind.ROLE)} | {a.user_id for a in ev.facts.assignments}
    wrote = _firsts(ev, list(ev.story))
    others = {user: entry for user, entry in wrote.items() if user not in held}
    sentences = [*roles]
    if others:
        told = f"Also took part: {listed(sorted(map(ev.name, others)))}."
        sentences.append(Sentence(told, ev.refs(*others.values())))
    sentences += [*_came(ev), *_load(ev)]
    questions = () if roles else (ev.ask("Who led, who had the hands on the system, who spoke to customers?"),)
    return Section(part=Part.PEOPLE, sentences=tuple(sentences), questions=questions)


def _carriers(ev: Evidence, role: Role) -> list[Sentence]:
    """Tell who carried a role in turn: until the next one took it or the incident was over."""
    taken = [e for e in ev.of(Kind.ROLE) if e.data.get("role") == role and e.data.get("user")]
    over = ev.moments.get(Moment.CLOSED) or ev.moments.get(Moment.RESOLVED)
    told, refs, rule = [], ev.refs(*taken), Rule.SAID
    for place, entry in enumerate(taken):
        name, after = ev.name(entry.data["user"]), taken[place + 1] if place + 1 < len(taken) else None
        until: datetime | None = after.at if after else over.at if over else None
        told.append(f"{name} from {ev.clock(entry.at)}")
        if until and until >= entry.at:
            told[-1] += f" for {spelt_out(between(entry.at, until))}"
            refs = joined(refs, over.refs) if over and not after else refs
            rule = Rule.LENGTH
    known = {e.data["user"] for e in taken}
    told += [ev.name(a.user_id) for a in ev.facts.assignments if a.role is role and a.user_id not in known]
    if not told:
        return []
    return [Sentence(f"{role.capitalize()}: {', then '.join(told)}.", refs, rule=rule)]


def _came(ev: Evidence) -> list[Sentence]:
    came = _firsts(ev, ev.of(Kind.JOINED))
    if not came:
        return []
    told = listed(f"{ev.name(user)} at {ev.clock(entry.at)}" for user, entry in came.items())
    return [Sentence(f"Came into the room: {told}.", ev.refs(*came.values()))]


def _load(ev: Evidence) -> list[Sentence]:
    """Tell of everyone who wrote more than once how far apart their first and last entries are, the longest first.

    Only what was written as it happened counts: who pastes what others saw at noon was not there at noon. Beyond
    A_DAY no length is given, since nobody works through it.
    """
    then = [e for e in ev.story if e.kind is not Kind.IMPORTED and e.recorded_at - e.at <= AS_IT_HAPPENED]
    firsts, lasts = _firsts(ev, then), _firsts(ev, list(reversed(then)))
    spans = [(between(first.at, lasts[user].at), user, first, lasts[user]) for user, first in firsts.items()]
    told = []
    for length, user, first, last in sorted(spans, key=lambda span: span[0], reverse=True):
        if first is not last:
            stretch = f"on record from {ev.clock(first.at)} to {ev.clock(last.at)}"
            rule, lasted = (Rule.LENGTH, f", {spelt_out(length)}") if length < A_DAY else (Rule.SAID, "")
            told.append(Sentence(f"{ev.name(user)}: {stretch}{lasted}.", ev.refs(first, last), mark="Load", rule=rule))
    return told


def _firsts(ev: Evidence, entries: list[Entry]) -> dict[str, Entry]:
    """Return the first entry of each person; bots are no participants."""
    firsts: dict[str, Entry] = {}
    for entry in entries:
        person = ev.facts.people.get(entry.author)
        if entry.author and not (person and person.is_bot):
            firsts.setdefault(entry.author, entry)
    return firsts
