"""Who took part, by role and for how long. Names stand here for thanks and for questions, never for blame."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from bot.domain.incident import Moment
from bot.domain.metrics import between, spelt_out
from bot.domain.postmortem.evidence import Evidence, joined
from bot.domain.postmortem.presence import Sign, made, signs
from bot.domain.postmortem.values import Part, Rule, Section, Sentence
from bot.domain.postmortem.wording import listed
from bot.domain.roles import Role
from bot.domain.timeline import Entry, Kind

A_DAY = timedelta(days=1)


def participants(ev: Evidence) -> Section:
    """List the carriers of each role in turn, then those who wrote, who came in when, and who was at it how long."""
    roles = [sentence for role in Role for sentence in _carriers(ev, role)]
    held = {e.data.get("user") for e in ev.of(Kind.ROLE)} | {a.user_id for a in ev.facts.assignments}
    wrote = _firsts(ev, sorted((e for e in ev.story if not ev.was_read(e)), key=lambda e: (made(e), e.seq)))
    others = {user: entry for user, entry in wrote.items() if user not in held}
    sentences = [*roles]
    if others:
        told = f"Also took part: {listed(sorted(map(ev.name, others)))}."
        sentences.append(Sentence(told, ev.refs(*others.values())))
    active = {user: some for user, some in _wrote(ev).items() if len(some) > 1}
    sentences += [*_came(ev, active), *_active(ev, active)]
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


def _came(ev: Evidence, active: Collection[str]) -> list[Sentence]:
    """Tell who came into the room, of those of whom nothing else is told."""
    came = {user: entry for user, entry in _firsts(ev, ev.of(Kind.JOINED)).items() if user not in active}
    if not came:
        return []
    told = listed(f"{ev.name(user)} at {ev.clock(entry.at)}" for user, entry in came.items())
    return [Sentence(f"Came into the room: {told}.", ev.refs(*came.values()))]


def _wrote(ev: Evidence) -> dict[str, list[Sign]]:
    wrote = {user: [sign for sign in some if sign.entry.kind is not Kind.JOINED] for user, some in signs(ev).items()}
    return {user: some for user, some in wrote.items() if some}


def _active(ev: Evidence, active: Mapping[str, list[Sign]]) -> list[Sentence]:
    """Tell of everyone who wrote more than once how far apart that was, the longest first.

    Beyond A_DAY no length is given, since nobody works through it.
    """
    spans = [(between(some[0].at, some[-1].at), user, some) for user, some in active.items()]
    told = []
    for length, user, some in sorted(spans, key=lambda span: span[0], reverse=True):
        first, last = some[0], some[-1]
        stretch = f"was active from {ev.clock(first.at)} to {ev.clock(last.at)}"
        rule, lasted = (Rule.LENGTH, f", {spelt_out(length)}") if length < A_DAY else (Rule.SAID, "")
        told.append(Sentence(f"{ev.name(user)} {stretch}{lasted}.", ev.refs(first.entry, last.entry), rule=rule))
    return told


def _firsts(ev: Evidence, entries: list[Entry]) -> dict[str, Entry]:
    """Return the first entry of each person; bots are no participants."""
    firsts: dict[str, Entry] = {}
    for entry in entries:
        person = ev.facts.people.get(entry.author)
        if entry.author and not (person and person.is_bot):
            firsts.setdefault(entry.author, entry)
    return firsts
