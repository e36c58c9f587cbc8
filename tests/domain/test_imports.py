import json
import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.imports import read_timeline
from bot.errors import UserError

NAUGHTY = json.loads((Path(__file__).parents[1] / "naughty.json").read_text())
NOW = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
HELSINKI = ZoneInfo("Europe/Helsinki")

# Times and events of Universe's outage (its own postmortem), in our words.
UNIVERSE = """\
12:00 GMT - the sale opens at 34,500 requests a minute
12:02 GMT - webhooks from Stripe become slow
12:03 GMT - no read tickets left on the primary
12:18 GMT - traffic from the client's site is bounced
12:55 GMT - ticket opened with MongoDB
01:00 GMT - the primary hangs but still answers health checks
01:35 GMT - the primary is cut off by the firewall
01:40 GMT - a secondary is elected
02:20 GMT - the old primary is let back in
"""


def read(text, *, now=NOW, zone="UTC", day=None):
    return read_timeline(text, now=now, zone=ZoneInfo(zone), date=day)


def times(imported):
    return [f"{line.at:%d %H:%M}" for line in imported.lines]


def texts(imported):
    return [line.text for line in imported.lines]


def test_universe_is_read_on_a_12_hour_clock():
    got = read(UNIVERSE)
    assert times(got) == [
        "20 12:00",
        "20 12:02",
        "20 12:03",
        "20 12:18",
        "20 12:55",
        "20 13:00",
        "20 13:35",
        "20 13:40",
        "20 14:20",
    ]
    assert texts(got)[0] == "the sale opens at 34,500 requests a minute"
    assert got.unread == ()
    assert got.notes == ("Read as a 12-hour clock: 01:00 is 13:00.", "No date given: taken as 2026-11-20.")


def test_before_the_last_line_can_have_happened_the_day_is_the_one_before():
    got = read(UNIVERSE, now=datetime(2026, 11, 20, 14, 0, tzinfo=UTC))
    assert times(got)[0] == "19 12:00" and times(got)[-1] == "19 14:20"
    assert "No date given: taken as 2026-11-19." in got.notes


def test_with_a_date_universe_lies_on_that_day():
    got = read(UNIVERSE, day=date(2015, 1, 30))
    assert got.lines[0].at == datetime(2015, 1, 30, 12, 0, tzinfo=UTC)
    assert got.lines[-1].at == datetime(2015, 1, 30, 14, 20, tzinfo=UTC)
    assert got.notes == ("Read as a 12-hour clock: 01:00 is 13:00.",)


def test_a_24_hour_clock_crosses_midnight():
    got = read("22:10 disks fill\n23:55 still filling\n00:05 full\n00:40 writes stop")
    assert times(got) == ["19 22:10", "19 23:55", "20 00:05", "20 00:40"]
    assert got.notes == (
        "Line 3 is taken as the next day, past midnight.",
        "No date given: taken as 2026-11-19 to 2026-11-20.",
    )


def test_am_and_pm_cross_midnight():
    got = read("11:50 PM PST: index build\n12:10 AM PST: players kicked", day=date(2026, 11, 18))
    assert [line.at for line in got.lines] == [
        datetime(2026, 11, 19, 7, 50, tzinfo=UTC),
        datetime(2026, 11, 19, 8, 10, tzinfo=UTC),
    ]


def test_a_12_hour_clock_goes_through_noon_and_midnight():
    got = read("11:50 a\n12:10 b\n01:00 c\n11:40 d\n12:20 e\n01:30 f", day=date(2026, 11, 18))
    assert times(got) == ["18 11:50", "18 12:10", "18 13:00", "18 23:40", "19 00:20", "19 01:30"]


def test_a_small_step_back_stays_and_is_said():
    got = read("12:10 b\n12:05 a\n12:20 c")
    assert times(got) == ["20 12:10", "20 12:05", "20 12:20"]
    assert "Out of order and left so: line 2." in got.notes


def test_muut_is_read_as_written_under_its_heading_and_the_offset_is_said():
    got = read(
        "Wednesday, April 23 2014\n\n22:24 (GMT+2) the first disk fails\n22:30 pm (GMT+2). the site is down",
        zone="Europe/Helsinki",
    )
    assert [line.at for line in got.lines] == [
        datetime(2014, 4, 23, 20, 24, tzinfo=UTC),
        datetime(2014, 4, 23, 20, 30, tzinfo=UTC),
    ]
    assert texts(got) == ["the first disk fails", "the site is down"]
    assert got.notes == ("GMT+2 is taken as written (20:24 UTC); clocks in Europe/Helsinki showed 23:24 then.",)
    assert read("2014-04-23 22:24 GMT+2 x").notes == ("GMT+2 is taken as written: 22:24 is 20:24 UTC.",)


def test_a_date_and_time_alone_on_a_line_takes_the_lines_below_it():
    got = read(
        "Wednesday, April 23 2014, 22:30 pm (GMT+2).\nThe site is down.\nTwo disks failed.\n\nNobody wrote this down."
    )
    assert texts(got) == ["The site is down.\nTwo disks failed."]
    assert [(line.line_number, line.why) for line in got.unread] == [(5, "no time at the start")]


@pytest.mark.parametrize(
    "line",
    [
        "12:03 GMT - disks fill",
        "[12:03] disks fill",
        "2026-11-20T12:03:00Z disks fill",
        "12:03 UTC disks fill",
        "- 12:03: disks fill",
        "* **12:03** - disks fill",
        "12:03 PM: disks fill",
        "4:03 AM PST: disks fill",
        "| 12:03 | disks fill",
        "at 12:03 disks fill",
        "> 12:03 – disks fill",
        "12:03 GMT: disks fill",
        "2026-11-20 14:03 +02:00 | disks fill",
        "12:03, disks fill",
        "**12:03:** disks fill",
    ],
)
def test_every_way_of_writing_a_line_is_read(line):
    got = read(line)
    assert times(got) == ["20 12:03"] and texts(got) == ["disks fill"]


@pytest.mark.parametrize(
    "text",
    [
        "Ada Lovelace  12:03 PM\ndisks fill\nvery fast",
        "Ada Lovelace  [12:03 PM]\ndisks fill\nvery fast",
        "Ada Lovelace\n  12:03 PM\ndisks fill\nvery fast",
        "Ada Lovelace [12:03]\n\ndisks fill\nvery fast",
    ],
)
def test_a_copy_out_of_slack_keeps_who_said_it(text):
    got = read(text)
    assert times(got) == ["20 12:03"]
    assert texts(got) == ["Ada Lovelace: disks fill\nvery fast"]
    assert got.unread == ()


def test_two_messages_copied_out_of_slack_stay_two():
    got = read("Ada Lovelace\n  12:03 PM\ndisks fill\nGrace Hopper\n  12:05 PM\nlooking")
    assert texts(got) == ["Ada Lovelace: disks fill", "Grace Hopper: looking"]


def test_indented_lines_belong_to_the_entry_above():
    got = read("12:03 disks fill\n    98 % used\n\ton db1\n12:05 next")
    assert texts(got) == ["disks fill\n98 % used\non db1", "next"]


@pytest.mark.parametrize(
    "heading", ["2014-04-23", "## 2014-04-23", "Wednesday, April 23 2014", "*23rd of April, 2014:*", "[2014/4/23]"]
)
def test_a_heading_sets_the_day(heading):
    assert read(f"{heading}\n12:03 x").lines[0].at == datetime(2014, 4, 23, 12, 3, tzinfo=UTC)


def test_lines_above_the_first_date_come_before_it():
    got = read("23:50 a\n2026-11-18\n00:10 b")
    assert times(got) == ["17 23:50", "18 00:10"]


def test_a_full_time_sets_the_day_for_the_lines_below():
    got = read("2014-04-23 22:24 a\n22:30 b\n2014-04-24 01:00 c")
    assert times(got) == ["23 22:24", "23 22:30", "24 01:00"]


def test_what_cannot_be_read_comes_back_with_its_number_and_reason():
    got = read(
        "Timeline:\n12:03 a\n25:00 b\n12:04 IST c\n2027-01-01 10:00 d\n  with more\n12:06\n12:07 e\nApril 31, 2026"
    )
    assert [(line.line_number, line.text, line.why) for line in got.unread] == [
        (1, "Timeline:", "no time at the start"),
        (3, "25:00 b", "`25:00` is not a time of day"),
        (4, "12:04 IST c", "`IST` names three time zones"),
        (5, "2027-01-01 10:00 d\nwith more", "in the future: it is 2026-11-20 15:00 UTC"),
        (7, "12:06", "in the future: it is 2026-11-20 15:00 UTC"),
        (8, "12:07 e", "in the future: it is 2026-11-20 15:00 UTC"),
        (9, "April 31, 2026", "`April 31, 2026` is not a date"),
    ]
    assert texts(got) == ["a"]


def test_a_name_above_a_time_that_does_not_exist_comes_back_with_it():
    assert [line.text for line in read("Ada Lovelace\n25:00\ndisks fill").unread] == [
        "Ada Lovelace\n25:00",
        "disks fill",
    ]


def test_a_time_without_text_is_unread():
    assert [line.why for line in read("12:03\n12:04 x").unread] == ["no text after the time"]


def test_an_indented_line_below_an_unread_one_is_unread_too():
    assert [line.line_number for line in read("12:03 a\n25:00 b\n  more").unread] == [2, 3]


def test_lines_with_different_zones_are_compared_as_moments():
    got = read("12:03 GMT a\n07:05 EST b\n14:10 CEST c")
    assert times(got) == ["20 12:03", "20 12:05", "20 12:10"]


def test_nothing_gives_nothing():
    got = read("")
    assert (got.lines, got.unread, got.notes) == ((), (), ())


def test_a_date_no_incident_can_have_is_refused():
    with pytest.raises(UserError, match="`0001-01-01`"):
        read("12:03 x", day=date(1, 1, 1))


ZONES = st.sampled_from(["UTC", "Europe/Helsinki", "Pacific/Chatham"])
PIECES = st.sampled_from(
    [
        "12:03",
        "01:00",
        "23:59",
        "25:00",
        " GMT",
        " IST",
        " PM",
        " am",
        "+14:00",
        "2026-11-20",
        "2199-12-31",
        "Ada",
        "  ",
        "\n",
        "\r\n",
        " - x",
        "[",
    ]
)
TEXTS = st.one_of(st.text(), st.lists(PIECES, max_size=30).map("".join), st.sampled_from(NAUGHTY))


@given(
    TEXTS,
    st.none() | st.dates(date(1970, 1, 1), date(2199, 12, 31)),
    st.sampled_from(["UTC", "Europe/Helsinki", "Pacific/Chatham"]),
)
def test_any_text_is_read_or_comes_back_and_nothing_lies_ahead(text, day, zone):
    got = read(text, day=day, zone=zone)
    assert all(line.at <= NOW + timedelta(minutes=2) and line.text for line in got.lines)
    numbers = [line.line_number for line in (*got.lines, *got.unread)]
    assert len(set(numbers)) == len(numbers)


@given(TEXTS, st.none() | st.just(date(2026, 11, 20)))
def test_no_word_is_lost(text, day):
    pasted = "\n".join(f"{line} w{number}" for number, line in enumerate(re.split(r"[\r\n\u2028\u2029\x85]+", text)))
    got = read(pasted, day=day)
    everything = " ".join(line.text for line in (*got.lines, *got.unread))
    assert all(re.search(rf"w{number}\b", everything) for number in range(pasted.count("\n") + 1))


@given(st.lists(st.integers(0, 300), min_size=1, max_size=20), st.integers(0, 5000))
def test_a_column_of_24_hour_times_keeps_its_gaps(gaps, ago):
    last = NOW - timedelta(minutes=ago)
    ats = [last - timedelta(minutes=sum(gaps[i:])) for i in range(len(gaps))]
    got = read("\n".join(f"{at:%Y-%m-%d %H:%M} x" for at in ats))
    assert [line.at for line in got.lines] == ats
