"""Reads the stories. Strict: a misspelt key, an unknown person or a time out of order names its file and line."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

from bot.rehearsal.patients.mongodb.versions import VERSIONS
from bot.rehearsal.replay import clocks, record
from bot.rehearsal.replay.story import BUTTONS, INCIDENT, Act, Fact, Person, ReplayError, Story, System
from bot.rehearsal.replay.ward import ILLNESSES

FOLDER = Path(__file__).parent.parent / "incidents"

HEADER = {"id", "title", "severity", "date", "clock", "zone", "source", "remarks", "person", "act", "fact"}
HEADER_MAY = {"patient"}
SOURCE = {"name", "kind"}
PERSON = {"handle", "name", "title", "tz"}
PATIENT = {"name", "kind", "about"}
PATIENT_MAY = {"version"}
FACT = {"at", "says", "words"}
FACT_MAY = {"day", "derived"}
ACT = {"at", "do"}
ACT_MAY = {"day", "comment", "derived", "system"}

TYPES: dict[str, type] = {"day": int, "source": dict, "options": dict} | dict.fromkeys(
    ("words", "remarks", "person", "patient", "act", "fact"), list
)
KINDS = {str: "a text in quotes", int: "a whole number", list: "a list", dict: "a table"}
MAY_BE_EMPTY = {"date", "day", "remarks", "fact"}

# do -> keys it needs, keys it may have besides ACT and ACT_MAY
DEEDS: dict[str, tuple[set[str], set[str]]] = {
    "says": ({"who", "channel", "text"}, {"key"}),
    "replies": ({"who", "of", "text"}, {"key"}),
    "types": ({"who", "channel", "line"}, {"expect"}),
    "reacts": ({"who", "of", "emoji"}, set()),
    "clicks": ({"who", "channel", "button"}, {"reason"}),
    "waits": ({"comment"}, set()),
    "falls-ill": ({"system", "illness"}, {"options"}),
    "recovers": ({"system"}, {"illness"}),
}
CHOICES: dict[str, set[str]] = {
    "expect": {"ok", "error", "any"},
    "button": set(BUTTONS),
    "severity": {"sev1", "sev2", "sev3"},
    "clock": {face.value for face in clocks.ClockFace},
    "patient": set(ILLNESSES),
    "version": set(VERSIONS),
}
MENTION = re.compile(r"(?<![\w.@/])@([a-z][a-z0-9_-]*)")


def names(folder: Path = FOLDER) -> list[str]:
    """Return the names of the stories that can be played, in order of the alphabet."""
    return sorted(path.stem for path in folder.glob("*.toml"))


def load(name: str, folder: Path = FOLDER) -> Story:
    """Return the story called `name`. Raises ReplayError with file and line, for whatever is not as it must be."""
    if name not in names(folder):
        raise ReplayError(f"I know no incident `{name}`. Choose one of {', '.join(names(folder))}.")
    path = folder / f"{name}.toml"
    text = path.read_text(encoding="utf-8")
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ReplayError(f"{path.name}: {error}") from error
    try:
        story = _story(data, text, path.name)
    except ValueError as error:
        raise ReplayError(f"{path.name}: {error}") from error
    for fact in record.missing(story):
        raise ReplayError(
            f"{path.name}:{fact.line_number}: no act puts `{fact.says}` into the timeline at {fact.at} "
            f"with the words {', '.join(fact.words)}."
        )
    return story


def _story(data: dict[str, Any], text: str, file: str) -> Story:
    _keys(data, needs=HEADER, may=HEADER_MAY)
    _keys(data["source"], needs=SOURCE, may=set())
    _choice("severity", data["severity"])
    clocks.check_day(data["date"])
    clocks.zone_of(data["zone"])
    _choice("clock", data["clock"])
    clock = clocks.ClockFace(data["clock"])
    for person in data["person"]:
        _keys(person, needs=PERSON, may=set())
    for patient in data.get("patient", []):
        _keys(patient, needs=PATIENT, may=PATIENT_MAY)
        _choice("patient", patient["kind"])
        _choice("version", patient.get("version"))
        if (patient["kind"] == "mongodb") != ("version" in patient):
            raise ValueError(f"`{patient['name']}` needs a version if it is MongoDB, and has none else.")
    people = [Person(handle=p["handle"], name=p["name"], title=p["title"], timezone=p["tz"]) for p in data["person"]]
    return Story(
        id=data["id"],
        title=data["title"],
        severity=data["severity"],
        date=data["date"],
        clock=clock,
        zone=data["zone"],
        source_name=data["source"]["name"],
        source_kind=data["source"]["kind"],
        remarks=tuple(data["remarks"]),
        people=tuple(people),
        systems=tuple(System(**patient) for patient in data.get("patient", [])),
        acts=tuple(_acts(data, text, file, clock)),
        facts=tuple(_facts(data, text, file, clock)),
        file=file,
    )


def _acts(data: dict[str, Any], text: str, file: str, clock: clocks.ClockFace) -> Iterator[Act]:
    people = {person["handle"] for person in data["person"]}
    systems = {patient["name"]: ILLNESSES[patient["kind"]] for patient in data.get("patient", [])}
    messages: set[str] = set()
    for number, (line_number, raw, moment) in enumerate(_timed(data["act"], "act", text, file, clock), 1):
        try:
            _check_act(raw, people, messages)
            _check_system(raw, systems)
        except ValueError as error:
            raise ReplayError(f"{file}:{line_number}, act {number}: {error}") from error
        messages |= {raw["key"]} if "key" in raw else set()
        said = raw.get("text") or raw.get("line") or raw.get("reason") or ""
        same = {key: raw[key] for key in raw if key not in {"day", "line", "reason", "text"}}
        yield Act(number=number, line_number=line_number, moment=moment, text=said, **same)


def _check_act(raw: dict[str, Any], people: set[str], messages: set[str]) -> None:
    if raw["do"] not in DEEDS:
        raise ValueError(f"nobody can `{raw['do']}`; write one of {', '.join(DEEDS)}.")
    needs, may = DEEDS[raw["do"]]
    _keys(raw, needs=ACT | needs, may=ACT_MAY | may)
    for key in ("expect", "button"):
        _choice(key, raw.get(key))
    if "channel" in raw and raw["channel"] != INCIDENT and not raw["channel"].startswith("#"):
        raise ValueError(f"`{raw['channel']}` is not a channel; write `#name`, or `{INCIDENT}` for the incident's own.")
    if "of" in raw and raw["of"] not in messages:
        raise ValueError(f"no earlier message has the key `{raw['of']}`.")
    if raw.get("key") in messages:
        raise ValueError(f"the key `{raw['key']}` is taken by an earlier message.")
    if (raw.get("button") == "skip") != ("reason" in raw):
        raise ValueError("a skipped step needs a reason, and nothing else has one.")
    named = MENTION.findall(raw.get("text", "") + raw.get("line", "")) + ([raw["who"]] if "who" in raw else [])
    for handle in named:
        if handle not in people:
            raise ValueError(f"nobody is called `{handle}`. There are {', '.join(sorted(people))}.")


def _check_system(raw: dict[str, Any], systems: dict[str, set[str]]) -> None:
    if "system" in raw and raw["system"] not in systems:
        raise ValueError(f"there is no system `{raw['system']}`. There are {', '.join(systems) or 'none'}.")
    if "illness" in raw and raw["illness"] not in systems[raw["system"]]:
        known = ", ".join(sorted(systems[raw["system"]]))
        raise ValueError(f"`{raw['system']}` cannot have `{raw['illness']}`; it can have {known}.")


def _facts(data: dict[str, Any], text: str, file: str, clock: clocks.ClockFace) -> Iterator[Fact]:
    for line_number, raw, moment in _timed(data["fact"], "fact", text, file, clock):
        try:
            _keys(raw, needs=FACT, may=FACT_MAY)
        except ValueError as error:
            raise ReplayError(f"{file}:{line_number}: {error}") from error
        yield Fact(
            line_number=line_number,
            at=raw["at"],
            moment=moment,
            says=raw["says"],
            words=tuple(raw["words"]),
            derived=raw.get("derived", ""),
        )


def _timed(
    tables: list[dict[str, Any]], kind: str, text: str, file: str, clock: clocks.ClockFace
) -> Iterator[tuple[int, dict[str, Any], timedelta]]:
    """Yield line number, table and moment of each `[[kind]]`. A `day` holds until another is given."""
    line_numbers = [n for n, line in enumerate(text.splitlines(), 1) if line.strip() == f"[[{kind}]]"]
    previous: timedelta | None = None
    day = 0
    for line_number, raw in zip(line_numbers, tables, strict=True):
        try:
            _keys(raw, needs={"at"}, may=set(raw))
            day = raw.get("day", day)
            previous = clocks.following(raw["at"], clock=clock, day=day, previous=previous)
        except ValueError as error:
            raise ReplayError(f"{file}:{line_number}: {error}") from error
        yield line_number, raw, previous


def _keys(table: dict[str, Any], *, needs: set[str], may: set[str]) -> None:
    for key in sorted(needs - table.keys()):
        raise ValueError(f"`{key}` is missing.")
    for key in sorted(table.keys() - needs - may):
        raise ValueError(f"`{key}` is not a key here; there are {', '.join(sorted(needs | may))}.")
    for key, value in table.items():
        wanted = TYPES.get(key, str)
        if type(value) is not wanted or (not value and key not in MAY_BE_EMPTY):
            raise ValueError(f"`{key}` must be {KINDS[wanted]}, not `{value}`.")


def _choice(key: str, value: str | None) -> None:
    if value is not None and value not in CHOICES[key]:
        raise ValueError(f"`{value}` is not a {key}; write one of {', '.join(sorted(CHOICES[key]))}.")
