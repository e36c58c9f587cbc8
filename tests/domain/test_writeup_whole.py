"""Whole write-ups, in the shapes that public templates give them: nothing of one is lost, and its times are right."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.incident import Moment
from bot.domain.postmortem.values import TITLES, Part
from bot.domain.writeup import read
from bot.domain.writeup.structure import part_of

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
FILES = sorted((Path(__file__).parent / "writeups").iterdir())
# What a line may say that an entry says by its own time, its tag or its place instead.
_SAID_OTHERWISE = re.compile(
    r"\d{4}-\d\d-\d\d(?:T[\d:]+Z)?|\d{1,2}[:.]\d\d(?::\d\d)?|\d+|[ap]\.?m\b|at\b|uhr\b|utc|gmt|est|z\b"
    r"|(?:mon|tue|wed)\w*|march|june?",
    re.IGNORECASE,
)


def reading(text):
    return read(text, now=NOW, zone=ZoneInfo("UTC"))


def words(text):
    return re.findall(r"[^\W_]{2,}", _SAID_OTHERWISE.sub(" ", text.lower()))


def kept(writeup):
    """Every text that a reader finds again: in the incident, or in what the import says."""
    return [
        writeup.title,
        *(one.text for one in writeup.lines),
        *writeup.loose,
        *(line for part, text in writeup.sections.items() for line in (TITLES[part], *text.split("\n"))),
        *(TITLES[part] for part in writeup.named),
        *(f"{one.text} owner {one.owner} due {one.due}" for one in writeup.follow_ups),
        *(one.text for one in writeup.unread),
        *writeup.notes,
    ]


def lost(text):
    """The lines of which some word is found nowhere together with the others, but for headings that name a section."""
    writeup = reading(text)
    pieces = [set(words(piece)) for piece in kept(writeup)]
    return [
        line
        for line in text.split("\n")
        if not (len(line.partition(":**")[0].split()) < 6 and part_of(line.partition(":**")[0]) in writeup.named)
        and not any(set(words(line.removeprefix("title: "))) <= piece for piece in pieces)
    ]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_every_line_of_a_write_up_is_in_what_is_stored_or_is_told(file):
    assert lost(file.read_text()) == []


MARKS = tuple(f"kept{one}{two}" for one in "abcdefghij" for two in "klmnopqrst")
SHAPES = (
    "- 12:03 {}",
    "12:03 UTC {}",
    "- about 3pm: {}",
    "~15:00 {}",
    "15:00ish {}",
    "- 12:03-12:10 {}",
    "- a few minutes later: {}",
    "10 minutes later {}",
    "- 25:99 {}",
    "| 12:03 | {} |",
    "| soon | {} |",
    "| | {} |",
    "  {}",
    "    - {}",
    "- {}",
    "> {}",
    "{}",
    "Plain words such as {} stand here.",
    "At 12:03 UTC it was {}. Then {} came.",
    "Detected: 12:03 UTC {}",
    "Began 12:00, detected 12:04 by {}",
    "Time to detect: 5 minutes {}",
    "- [ ] {} owner: Ben, due 2026-05-01",
    "| {} | Ben | 2026-05-01 |",
    "Severity: sev1 {}",
    "Ada Quist  12:03 PM\n{}",
    "<!-- {} -->",
    "```\n{} 12:03\n```",
    "**{}:** four words or more",
    "**Impact:** four words {} or more",
    "- {}, 3 March 2026, 12:40",
    "12:03\n{}",
    "- 12:03\n\n{}",
    "Monday\n{}",
    "Ada Quist\n12:03 PM\n{}",
    "{}\n---",
    "| Time | What |\n| --- | --- |\n| 12:03 | {} |\n| {} | later |",
    "| Detected | 12:03 {} |",
    "> 12:03 {}",
    "{} (12:40)",
    "# {}",
    "All times are UTC, {}.",
    "Date: 2026-03-03 {}",
    "2026-12-24 12:03 {}",
    "Incident: 12:03 to 12:40 {}",
    "INC-4: {}",
)
HEADINGS = (
    "## Timeline",
    "## Impact",
    "### Phase 2",
    "## Action items",
    "## Penguins",
    "**Root cause**",
    "",
    "2026-03-03",
)


@settings(deadline=None, max_examples=250)
@given(
    st.booleans(),
    st.lists(st.one_of(st.sampled_from(SHAPES), st.sampled_from(SHAPES), st.sampled_from(HEADINGS)), max_size=25),
)
def test_whatever_stands_in_a_write_up_is_stored_or_told(front, shapes):
    marks = iter(MARKS)
    lines = [re.sub(r"\{\}", lambda _: next(marks), shape) for shape in shapes]
    text = "\n".join(["---", "title: Down", f"owner: {next(marks)}", "---", *lines] if front else ["# Down", *lines])
    told = "\n".join(kept(reading(text)))
    assert [mark for mark in re.findall(r"kept\w\w\b", text) if mark not in told] == []


@pytest.mark.parametrize(
    ("name", "first", "last", "moments"),
    [
        ("labels.md", "2025-10-21 14:49", "2025-10-21 16:30", "began 14:54, declared 15:01, mitigated 15:36"),
        ("responders.md", "2025-03-06 18:02", "2025-03-06 18:50", ""),
        ("five-whys.md", "2025-05-07 09:14", "2025-05-07 10:40", "began 09:14, first 09:20, mitigated 10:02"),
        ("issue-template.md", "2025-02-11 13:52", "2025-02-12 08:00", "began 13:52, first 14:03"),
        ("prose.md", "2025-01-14 09:32", "2025-01-14 10:40", ""),
        ("chat.txt", "2025-04-03 12:03", "2025-04-03 12:40", ""),
        ("am-pm.md", "2025-04-23 18:40", "2025-04-23 21:15", ""),
        ("midnight.md", "2025-11-30 23:41", "2025-12-01 02:10", "began 23:41, first 23:55, resolved 02:10"),
        ("german.md", "2025-04-23 12:05", "2025-04-24 07:00", ""),
        ("nested.md", "2025-06-03 22:50", "2025-06-03 23:40", "began 22:58, first 23:02, resolved 00:15, closed 10:00"),
        ("plain.txt", "2025-03-04 02:15", "2025-03-04 03:47", "resolved 03:47"),
        ("no-entries.md", "", "", "began 10:00, first 10:04, resolved 10:30"),
    ],
)
def test_the_times_of_a_write_up_are_those_that_its_author_meant(name, first, last, moments):
    writeup = reading((Path(__file__).parent / "writeups" / name).read_text())
    stamps = [f"{line.at:%Y-%m-%d %H:%M}" for line in writeup.lines]
    assert (min(stamps, default=""), max(stamps, default="")) == (first, last)
    called = {"began": Moment.STARTED, "first": Moment.DETECTED} | {moment.value: moment for moment in Moment}
    for name, at in (said.split() for said in moments.split(", ") if said):
        assert f"{writeup.moments[called[name]].at:%H:%M}" == at
    if not moments:
        assert writeup.moments == {}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_nothing_of_a_timeline_is_put_into_the_summary(file):
    text = file.read_text()
    timeline = re.search(r"(?ims)^(?:#+ timeline.*?|timeline)$(.*?)(?=^#{1,2} |^Root cause|\Z)", text)
    summary = reading(text).sections.get(Part.SUMMARY, "")
    for line in (timeline[1] if timeline else "").split("\n"):
        assert not words(line) or line.strip() not in summary
