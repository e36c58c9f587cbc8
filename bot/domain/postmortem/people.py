"""Who took part, by role. Names stand here for thanks and for questions, never for blame."""

from __future__ import annotations

from bot.domain.postmortem.evidence import Evidence
from bot.domain.postmortem.values import Part, Section, Sentence
from bot.domain.postmortem.wording import listed
from bot.domain.roles import Role
from bot.domain.timeline import Entry, Kind


def participants(ev: Evidence) -> Section:
    """List the carriers of each role in turn, then those who wrote, then those who only came."""
    roles = [sentence for role in Role for sentence in _carriers(ev, role)]
    held = {e.data.get("user") for e in ev.of(Kind.ROLE)} | {a.user_id for a in ev.facts.assignments}
    wrote = _firsts(ev, [e for e in ev.story if e.author not in held])
    joined = _firsts(ev, [e for e in ev.of(Kind.JOINED) if e.author not in held and e.author not in wrote])
    others = [
        Sentence(f"{word}: {listed(sorted(map(ev.name, group)))}.", ev.refs(*group.values()))
        for word, group in (("Also took part", wrote), ("Came into the room", joined))
        if group
    ]
    questions = () if roles else (ev.ask("Who led, who had the hands on the system, who spoke to customers?"),)
    return Section(part=Part.PEOPLE, sentences=(*roles, *others), questions=questions)


def _carriers(ev: Evidence, role: Role) -> list[Sentence]:
    taken = [e for e in ev.of(Kind.ROLE) if e.data.get("role") == role and e.data.get("user")]
    told = [f"{ev.name(e.data['user'])} from {ev.clock(e.at)}" for e in taken]
    known = {e.data["user"] for e in taken}
    told += [ev.name(a.user_id) for a in ev.facts.assignments if a.role is role and a.user_id not in known]
    return [Sentence(f"{role.capitalize()}: {', then '.join(told)}.", ev.refs(*taken))] if told else []


def _firsts(ev: Evidence, entries: list[Entry]) -> dict[str, Entry]:
    """Return the first entry of each person; bots are no participants."""
    firsts: dict[str, Entry] = {}
    for entry in entries:
        person = ev.facts.people.get(entry.author)
        if entry.author and not (person and person.is_bot):
            firsts.setdefault(entry.author, entry)
    return firsts
