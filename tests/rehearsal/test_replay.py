"""The stories: read strictly, complete, and played by people over the rehearsal's real wires."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from bot.rehearsal import replay
from bot.rehearsal.replay import ReplayError, clocks, pace, record
from bot.rehearsal.replay.clocks import ClockFace
from bot.rehearsal.replay.story import moments

NOW = datetime(2026, 3, 5, 9, 0, tzinfo=UTC)
ALL = ("havoc", "muut", "small-giant", "universe")

# Every time that the four sources give, on the sources' own clocks.
DATED = {
    "universe": [
        *("12:00", "12:02", "12:03", "12:04", "12:05", "12:08", "12:13", "12:14", "12:16", "12:18", "12:20", "12:45"),
        *("12:55", "01:00", "01:10", "01:20", "01:30", "01:35", "01:40", "01:50", "02:20"),
    ],
    "havoc": ["8:30 AM", "9:40 AM", "11:00 AM", "11:15 AM", "11:45 AM", "1:17 PM"],
    "small-giant": ["10:20", "10:33", "10:36", "15:16"],
    "muut": ["22:24", "22:30"],
}

SMALL = """
id = "small"
title = "Checkout is slow"
severity = "sev2"
date = ""
clock = "24h"
zone = "GMT"
remarks = []

[source]
name = "Nobody"
kind = "made up for a test"

[[person]]
handle = "ada"
name = "Ada Marsh"
title = "Engineer"
tz = "Europe/London"

[[act]]
at = "12:04"
who = "ada"
do = "says"
channel = "#general"
text = "Checkout takes ten seconds."
key = "slow"

[[act]]
at = "12:05"
who = "ada"
do = "reacts"
of = "slow"
emoji = "pushpin"

[[fact]]
at = "12:04"
says = "checkout takes ten seconds"
words = ["ten seconds"]
"""


def read(folder: Path, text: str) -> replay.Story:
    (folder / "small.toml").write_text(text, encoding="utf-8")
    return replay.load("small", folder)


def offset_minutes(story: replay.Story, at: str) -> float:
    return next(act.moment for act in story.acts if act.at == at) / timedelta(minutes=1)


# --- the loader


def test_a_small_story_is_read(tmp_path):
    story = read(tmp_path, SMALL)
    assert [(act.number, act.do, act.at) for act in story.acts] == [(1, "says", "12:04"), (2, "reacts", "12:05")]
    assert story.person("ada").timezone == "Europe/London"
    assert replay.facts(story)[0].source == "page"


@pytest.mark.parametrize(
    ("before", "after", "complaint"),
    [
        ('key = "slow"', 'kye = "slow"', "small.toml:20, act 1: `kye` is not a key here"),
        ('emoji = "pushpin"', "", "small.toml:28, act 2: `emoji` is missing."),
        ('do = "reacts"\n', 'do = "shouts"\n', "small.toml:28, act 2: nobody can `shouts`"),
        ('of = "slow"', 'of = "fast"', "small.toml:28, act 2: no earlier message has the key `fast`."),
        ('who = "ada"\ndo = "says"', 'who = "bob"\ndo = "says"', "small.toml:20, act 1: nobody is called `bob`."),
        ("ten seconds.", "ten seconds, @bob.", "small.toml:20, act 1: nobody is called `bob`."),
        ('channel = "#general"', 'channel = "general"', "small.toml:20, act 1: `general` is not a channel"),
        ('at = "12:05"', 'at = "12:03"', "small.toml:28: `12:03` is before the line above it."),
        ('at = "12:05"', 'at = "25:03"', "small.toml:28: `25:03` is not a time of the clock 24h."),
        ('at = "12:05"', 'at = "1:05 PM"', "small.toml:28: `1:05 PM` does not fit the clock 24h"),
        ('at = "12:05"', "at = 12:05:00", "small.toml:28: `at` must be a text in quotes"),
        ('at = "12:05"', 'at = "soon"', "small.toml:28: `soon` is not a time"),
        ('text = "Checkout takes ten seconds."', 'text = ""', "small.toml:20: `text` must be a text in quotes"),
        ('severity = "sev2"', 'severity = "bad"', "small.toml: `bad` is not a severity"),
        ('date = ""', 'date = "02-29"', "small.toml: `02-29` is not a day of the calendar."),
        ('date = ""', 'date = "tomorrow"', "small.toml: `tomorrow` is not a date"),
        ('zone = "GMT"', 'zone = "Mars"', "small.toml: `Mars` is not a zone I know"),
        ('clock = "24h"', 'clock = "sundial"', "small.toml: `sundial` is not a clock; write one of 12h, 24h, am/pm."),
        ('tz = "Europe/London"', 'tz = "Europe/London"\nage = "40"', "small.toml: `age` is not a key here"),
        ('clock = "24h"', "clock = ", "small.toml: Invalid value"),
    ],
)
def test_a_mistake_in_a_story_is_named_with_its_place(tmp_path, before, after, complaint):
    assert before in SMALL
    with pytest.raises(ReplayError) as caught:
        read(tmp_path, SMALL.replace(before, after))
    assert str(caught.value).startswith(complaint)


PATIENT = """
[[patient]]
name = "shop-db"
kind = "mongodb"
version = "4.4"
about = "orders"

[[act]]
at = "12:06"
do = "falls-ill"
system = "shop-db"
illness = "zombie-primary"
options = { ago_s = 60 }

[[act]]
at = "12:07"
do = "recovers"
system = "shop-db"
"""


def test_a_story_may_have_a_system_that_falls_ill(tmp_path):
    story = read(tmp_path, SMALL + PATIENT)
    assert [(system.name, system.kind, system.version) for system in story.systems] == [("shop-db", "mongodb", "4.4")]
    ill, well = story.acts[2:]
    assert (ill.do, ill.system, ill.illness, ill.options) == ("falls-ill", "shop-db", "zombie-primary", {"ago_s": 60})
    assert (well.do, well.system, well.illness, well.options) == ("recovers", "shop-db", "", {})


@pytest.mark.parametrize(
    ("before", "after", "complaint"),
    [
        ('kind = "mongodb"', 'kind = "oracle"', "small.toml: `oracle` is not a patient; write one of mongodb, redis."),
        ('"zombie-primary"', '"measles"', "act 3: `shop-db` cannot have `measles`; it can have "),
        ('system = "shop-db"\nillness', 'system = "shop"\nillness', "act 3: there is no system `shop`."),
        ("illness = ", "sickness = ", "act 3: `illness` is missing."),
        ("{ ago_s = 60 }", '"long"', "`options` must be a table"),
        ('about = "orders"', "", "small.toml: `about` is missing."),
        ('version = "4.4"', 'version = "3.2"', "small.toml: `3.2` is not a version"),
        ('version = "4.4"\n', "", "small.toml: `shop-db` needs a version"),
    ],
)
def test_a_mistake_about_a_system_is_named(tmp_path, before, after, complaint):
    assert before in PATIENT
    with pytest.raises(ReplayError) as caught:
        read(tmp_path, SMALL + PATIENT.replace(before, after))
    assert complaint in str(caught.value)


def test_a_skip_needs_a_reason_and_only_a_skip_has_one(tmp_path):
    press = '[[act]]\nat = "12:06"\nwho = "ada"\ndo = "clicks"\nchannel = "incident"\nbutton = "{}"\n{}\n\n[[fact]]'
    for button, reason in (("skip", ""), ("done", 'reason = "why not"')):
        with pytest.raises(ReplayError, match="act 3: a skipped step needs a reason, and nothing else has one"):
            read(tmp_path, SMALL.replace("[[fact]]", press.format(button, reason)))
    with pytest.raises(ReplayError, match="act 3: `undo` is not a button; write one of back, done, skip, walk"):
        read(tmp_path, SMALL.replace("[[fact]]", press.format("undo", "")))


def test_a_key_is_taken_once(tmp_path):
    again = (
        '[[act]]\nat = "12:06"\nwho = "ada"\ndo = "says"\nchannel = "#general"\ntext = "x"\nkey = "slow"\n\n[[fact]]'
    )
    with pytest.raises(ReplayError, match="act 3: the key `slow` is taken by an earlier message"):
        read(tmp_path, SMALL.replace("[[fact]]", again))


def test_a_fact_that_no_act_records_is_refused(tmp_path):
    for before, after in (('emoji = "pushpin"', 'emoji = "tada"'), ('["ten seconds"]', '["ten hours"]')):
        with pytest.raises(
            ReplayError, match=r"small.toml:35: no act puts `checkout takes ten seconds` into the timel"
        ):
            read(tmp_path, SMALL.replace(before, after))


def test_an_unknown_story_gets_the_names_of_the_known(tmp_path):
    with pytest.raises(
        ReplayError, match=r"I know no incident `titanic`\. Choose one of havoc, muut, small-giant, univ"
    ):
        replay.load("titanic")


# --- clocks and days


def test_a_twelve_hour_clock_rolls_over():
    previous, hours = None, []
    for text in ("12:00", "12:55", "01:00", "02:20", "02:20", "08:00", "01:00"):
        previous = clocks.following(text, clock=ClockFace.H12, day=0, previous=previous)
        hours.append(round(previous / timedelta(hours=1), 2))
    assert hours == [12.0, 12.92, 13.0, 14.33, 14.33, 20.0, 25.0]


def test_a_line_out_of_order_is_noticed_on_a_twelve_hour_clock_too():
    with pytest.raises(ValueError, match=r"`12:08` would be 11:55:00 after the line before it. Is it out of order\?"):
        clocks.following("12:08", clock=ClockFace.H12, day=0, previous=timedelta(hours=12, minutes=13))


@pytest.mark.parametrize("text", ["13:00", "00:30", "12:60"])
def test_a_twelve_hour_clock_has_twelve_hours(text):
    with pytest.raises(ValueError, match=f"`{text}` is not a time of the clock 12h"):
        clocks.read(text, ClockFace.H12)


def test_am_and_pm_are_told_apart_at_twelve():
    times = ["12:00 AM", "11:59 AM", "12:00 PM", "1:17 PM"]
    read_minutes = [clocks.read(text, ClockFace.AM_PM) // timedelta(minutes=1) for text in times]
    assert read_minutes == [0, 719, 720, 797]


def test_a_zone_is_taken_as_written():
    hours = {name: clocks.zone_of(name).utcoffset(None) / timedelta(hours=1) for name in ("GMT", "UTC", "GMT+2", "PST")}
    assert hours == {"GMT": 0, "UTC": 0, "GMT+2": 2, "PST": -8}


@pytest.mark.parametrize(
    ("now", "day"),
    [
        (datetime(2026, 3, 5, 14, 29, tzinfo=UTC), date(2026, 3, 4)),  # the outage would not be over yet
        (datetime(2026, 3, 5, 14, 31, tzinfo=UTC), date(2026, 3, 5)),
    ],
)
def test_without_a_date_a_story_is_set_on_the_latest_day_on_which_it_would_be_over(now, day):
    universe = replay.load("universe")
    assert replay.begins(universe, now=now).date() == day


@pytest.mark.parametrize(("now", "year"), [(datetime(2026, 8, 12, 16, 0, tzinfo=UTC), 2025), (NOW, 2025)])
def test_without_a_year_a_story_is_set_in_the_latest_year_that_is_over(now, year):
    assert replay.begins(replay.load("small-giant"), now=now) == datetime(year, 8, 12, tzinfo=UTC)


def test_a_day_that_is_asked_for_overrules_the_file():
    begins = replay.begins(replay.load("small-giant"), now=NOW, day=date(2019, 8, 12))
    assert begins == datetime(2019, 8, 12, tzinfo=UTC)


def test_a_full_date_stays():
    muut = replay.load("muut")
    assert replay.begins(muut, now=NOW) + timedelta(hours=22, minutes=24) == datetime(2014, 4, 23, 20, 24, tzinfo=UTC)


# --- the four stories


def test_there_are_four_stories():
    assert tuple(replay.names()) == ALL


@pytest.mark.parametrize("name", ALL)
def test_every_time_that_the_source_gives_is_a_fact_and_is_put_on_record(name):
    story = replay.load(name)
    from_the_page = {fact.at for fact in replay.facts(story) if fact.source == "page"}
    assert from_the_page == set(DATED[name])
    assert record.missing(story) == []
    recorded = {entry.moment // timedelta(minutes=1) for entry in record.recorded(story)}
    assert {fact.moment // timedelta(minutes=1) for fact in replay.facts(story)} <= recorded


@pytest.mark.parametrize("name", ALL)
def test_a_story_opens_its_incident_and_closes_it_with_what_the_close_asks_for(name):
    story = replay.load(name)
    typed = [act.text for act in story.acts if act.do == "types"]
    order = [next(n for n, line in enumerate(typed) if line.startswith(f"/incident {verb}"))
             for verb in ("open", "lead", "mitigate", "resolve", "close")]  # fmt: skip
    assert order == sorted(order) and typed[-1] in ("/incident close", "/incident close now")
    assert f"open {story.severity} {story.title}" in typed[order[0]]
    for tag in ("#impact", "#detected", "#hypothesis", "#decision", "#action", "#mitigated", "#lucky"):
        assert any(tag in line for line in typed), tag
    assert any(line.startswith("/runbook ") for line in typed)
    assert any(line.startswith("/incident task @") for line in typed)


@pytest.mark.parametrize("name", ALL)
def test_impact_and_detection_are_noted_in_an_order_that_can_be(name):
    story = replay.load(name)
    noted = {tag: min(e.moment for e in record.recorded(story) if tag in e.text) for tag in ("#impact", "#detected")}
    mitigated = next(act.moment for act in story.acts if act.text == "/incident mitigate")
    assert noted["#impact"] <= noted["#detected"] < mitigated


def test_universe_reads_its_own_clock_from_noon_to_twenty_past_two():
    universe = replay.load("universe")
    assert [offset_minutes(universe, at) for at in ("12:00", "12:55", "01:00", "02:20")] == [720, 775, 780, 860]
    assert len(universe.acts) >= 45 and len(replay.facts(universe)) >= 25
    imported = [act for act in universe.acts if "12:55 GMT" in act.text and "01:00 GMT" in act.text]
    assert len(imported) == 1  # the bot has to roll this one over by itself


def test_muut_says_gmt_plus_two_and_that_this_may_be_wrong():
    muut = replay.load("muut")
    assert muut.zone == "GMT+2"
    told = [act for act in muut.acts if act.do == "says" and "GMT+2" in act.text and "summer time" in act.text]
    assert told and any(act.do == "reacts" and act.of == told[0].key and act.emoji == "pushpin" for act in muut.acts)
    assert any("GMT+3" in remark for remark in muut.remarks)


def test_havoc_says_which_times_were_worked_out():
    havoc = replay.load("havoc")
    worked_out = {fact.at for fact in replay.facts(havoc) if fact.derived}
    assert {"1:47 PM", "2:46 PM", "3:35 PM", "7:00 PM"} <= worked_out
    lasted = offset_minutes(havoc, "7:00 PM") - offset_minutes(havoc, "11:00 AM")
    assert lasted == 8 * 60


def test_small_giant_lasts_four_hours_and_forty_minutes():
    story = replay.load("small-giant")
    assert offset_minutes(story, "15:16") - offset_minutes(story, "10:36") == 4 * 60 + 40


@pytest.mark.parametrize("name", ALL)
def test_acts_of_one_minute_follow_each_other_and_stay_inside_it(name):
    story = replay.load(name)
    spread = moments(story)
    assert all(earlier < later for earlier, later in pairwise(spread))
    minute = timedelta(minutes=1)
    assert [at // minute for at in spread] == [act.moment // minute for act in story.acts]


def test_no_story_names_a_file_of_its_authors():
    for name in ALL:
        text = (Path(replay.__file__).parent.parent / "incidents" / f"{name}.toml").read_text(encoding="utf-8")
        assert not re.search(r"(^|[\s\"])/(work|tmp|home)/", text)


# --- pace


def test_a_night_does_not_eat_the_whole_minute():
    hours = [timedelta(hours=h) for h in (0, 1, 2, 170)]
    offsets_s = pace.real_offsets_s(hours, 60)
    assert offsets_s[0] == 0 and offsets_s[-1] == pytest.approx(60)
    assert offsets_s[2] > 15 and offsets_s[3] - offsets_s[2] > offsets_s[2] - offsets_s[1]


def test_the_clock_never_runs_past_the_next_act():
    gap = timedelta(minutes=10)
    assert pace.speed_until(gap, 2.0) * 2.0 < gap.total_seconds()
    assert pace.speed_until(gap, 0.0) == 1.0
