from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.times import describe, find_time, spell
from bot.errors import UserError

NOW = datetime(2026, 11, 20, 13, 30, tzinfo=UTC)
HELSINKI = ZoneInfo("Europe/Helsinki")
NEW_YORK = ZoneInfo("America/New_York")
LONDON = ZoneInfo("Europe/London")


def find(text, *, now=NOW, zone="UTC", after=None):
    return find_time(text, now=now, zone=ZoneInfo(zone), after=after)


def on(day, clock):
    return datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=UTC)


def today(clock):
    return on("2026-11-20", clock)


@pytest.mark.parametrize(
    ("text", "at", "rest"),
    [
        ("at 12:03 primary is down", today("12:03"), "primary is down"),
        ("12:03 GMT - 4000 tickets sold", today("12:03"), "4000 tickets sold"),
        ("12:03 GMT-4000 tickets sold", today("12:03"), "-4000 tickets sold"),
        ("12:03 GMT", today("12:03"), ""),
        ("primary fell over at 12:03", today("12:03"), "primary fell over"),
        ("primary fell over at 12:03.", today("12:03"), "primary fell over"),
        ("since 12:02 GMT", today("12:02"), ""),
        ("slow webhooks since 12:02 GMT", today("12:02"), "slow webhooks"),
        ("10 min ago the alarms went", today("13:20"), "the alarms went"),
        ("the alarms went 10 min ago", today("13:20"), "the alarms went"),
        ("db answers nothing since 10 min ago", today("13:20"), "db answers nothing"),
        ("db answers nothing since about 10 min ago", today("13:20"), "db answers nothing"),
        ("an hour ago sales called", today("12:30"), "sales called"),
        ("about an hour and a half ago sales called", today("12:00"), "sales called"),
        ("1 h 20 min ago sales called", today("12:10"), "sales called"),
        ("half an hour ago sales called", today("13:00"), "sales called"),
        ("yesterday 23:50 the index build began", on("2026-11-19", "23:50"), "the index build began"),
        ("the index build began yesterday at 23:50", on("2026-11-19", "23:50"), "the index build began"),
        ("12:03 yesterday: index build", on("2026-11-19", "12:03"), "index build"),
        ("2026-04-23 22:24 +03:00 disks full", on("2026-04-23", "19:24"), "disks full"),
        ("2026-04-23T22:24:00+0300 disks full", on("2026-04-23", "19:24"), "disks full"),
        ("2026-04-23 22:24-04:00 disks full", on("2026-04-24", "02:24"), "disks full"),
        ("12:03:20Z timeout", today("12:03:20"), "timeout"),
        ("12:03:20.250Z timeout", today("12:03:20.250"), "timeout"),
        ("10:36 UTC players are kicked", today("10:36"), "players are kicked"),
        ("8:30 PM PST release", on("2026-11-20", "04:30"), "release"),
        ("5 am EST release", today("10:00"), "release"),
        ("11:45 a.m. CET gave up", today("10:45"), "gave up"),
        ("12:03 Europe/Helsinki disks full", today("10:03"), "disks full"),
        ("12:03 GMT+2 disks full", today("10:03"), "disks full"),
        ("12:03 UTC-00:30 disks full", today("12:33"), "disks full"),
        ("on 12th of August at 10:36 UTC players are kicked", on("2026-08-12", "10:36"), "players are kicked"),
        ("December 24 18:00 quiet", on("2025-12-24", "18:00"), "quiet"),
        ("February 29 10:00 leap day", on("2024-02-29", "10:00"), "leap day"),
        ("Wednesday, April 23 2014, 22:30 pm (GMT+2). Down", on("2014-04-23", "20:30"), "Down"),
        ("players were kicked on Monday at 12:03", on("2026-11-16", "12:03"), "players were kicked"),
        ("at 12.24 disks full", today("12:24"), "disks full"),
        ("[12:03] disks full", today("12:03"), "disks full"),
        ("- **12:03**: disks full", today("12:03"), "disks full"),
        ("12:03\N{NO-BREAK SPACE}PM disks full", today("12:03"), "disks full"),
        ("12:00 am disks full", today("00:00"), "disks full"),
        ("12:03 -1 node", today("12:03"), "-1 node"),
        ("12:03 +1000 errors", today("12:03"), "+1000 errors"),
        ("13:31 my clock runs ahead", today("13:31"), "my clock runs ahead"),
        ("01:00:60 a leap second", today("01:00:59"), "a leap second"),
    ],
)
def test_a_time_at_the_start_or_the_end_is_found_and_cut_out(text, at, rest):
    found = find(text)
    assert (found.at, found.rest) == (at, rest)


@pytest.mark.parametrize("text", ["10:03-11:30 no writes", "10:03 - 11:30 no writes", "from 10:03 to 11:30 no writes"])
def test_a_span_of_time_keeps_its_end_in_the_text(text):
    found = find(text)
    assert (found.at, found.rest) == (today("10:03"), text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "primary is down",
        "users report failures at 12:03 since the deploy",
        "it lasted 5 min",
        "5 min of downtime",
        "5 minutes after the deploy",
        "22.24 is the version",
        "cpu at 99.5",
        "127.0.0.1:27017 refuses connections",
        "mongod listens at 10.0.0.1:27017",
        "at 99.5 percent",
        "12:03:04:05 is part of an address",
        "the ratio is 10:15",
        "at 5",
        "at noon",
        "\N{ARABIC-INDIC DIGIT ONE}\N{ARABIC-INDIC DIGIT TWO}:03 digits of another script",
        "a minute agony",
        "yesterday we saw it",
    ],
)
def test_prose_is_left_alone(text):
    assert find(text) is None


@pytest.mark.parametrize(
    "text", ["25:00 x", "at 12:75 x", "x at 24:00", "13:00 am x", "0:30 pm x", "2026-02-30 10:00 x"]
)
def test_a_time_that_does_not_exist_is_refused_with_what_was_typed(text):
    with pytest.raises(UserError, match="is not a") as caught:
        find(text)
    assert caught.value.typed == text
    assert caught.value.hint


@pytest.mark.parametrize("text", ["tomorrow 10:00 x", "2026-11-20 13:40 x", "x at 2027-01-01 10:00", "today 23:00 x"])
def test_a_time_ahead_of_now_is_refused_and_says_what_now_is(text):
    with pytest.raises(UserError, match="has not happened yet; it is 2026-11-20 13:30 UTC") as caught:
        find(text)
    assert caught.value.typed == text


def test_ist_is_refused_with_its_three_meanings():
    with pytest.raises(UserError, match="`IST` names three time zones") as caught:
        find("12:03 IST x")
    assert "India" in caught.value.hint and "Israel" in caught.value.hint and "Ireland" in caught.value.hint


def test_an_unknown_time_zone_is_named():
    with pytest.raises(UserError, match="`Europe/Nowhere`"):
        find("12:03 Europe/Nowhere x")


def test_a_date_with_slashes_is_asked_back():
    with pytest.raises(UserError, match="`04/05/2026`"):
        find("04/05/2026 10:00 x")


def test_without_a_zone_the_clock_is_the_one_at_home():
    assert find("at 12:03 x", zone="Europe/Helsinki").at == today("10:03")
    assert find("at 8:00 x", zone="America/New_York").at == today("13:00")


def test_a_time_far_ahead_of_now_was_yesterdays_and_says_so():
    found = find("23:50 x", now=today("00:10"))
    assert found.at == on("2026-11-19", "23:50")
    assert found.note == "Taken as 2026-11-19 23:50 UTC, the last time it was 23:50."


@pytest.mark.parametrize(
    ("text", "said"), [("13:45 x", "13:45"), ("x at 14:00 GMT", "14:00 GMT"), ("1:40 pm x", "1:40 pm")]
)
def test_a_time_a_little_ahead_is_asked_about_and_never_moved_to_yesterday(text, said):
    with pytest.raises(UserError, match=f"`{said}` has not happened yet; it is 2026-11-20 13:30") as caught:
        find(text)
    assert caught.value.hint == f"Type the right time, or `at yesterday {said}` if it was yesterday's."
    assert caught.value.typed == text
    assert find(f"at yesterday {said} x").at.date() == on("2026-11-19", "00:00").date()


@pytest.mark.parametrize(
    ("clock", "now", "day"),
    [
        ("13:32", "13:30", "2026-11-20"),
        ("13:33", "13:30", None),
        ("12:10", "00:10", None),
        ("12:11", "00:10", "2026-11-19"),
    ],
)
def test_a_slip_is_more_than_two_minutes_and_at_most_twelve_hours_ahead(clock, now, day):
    if day:
        assert find(f"{clock} x", now=today(now)).at == on(day, clock)
    else:
        with pytest.raises(UserError, match="has not happened yet"):
            find(f"{clock} x", now=today(now))


def test_a_12_hour_clock_is_tried_before_a_time_is_called_a_slip():
    found = find("11:50 x", now=today("00:10"), after=on("2026-11-19", "23:30"))
    assert found.at == on("2026-11-19", "23:50") and "(a 12-hour clock)" in found.note


def test_a_12_hour_clock_is_recognised_when_only_the_afternoon_lies_in_the_incident():
    found = find("01:10 GMT kill command issued", after=today("12:02"))
    assert found.at == today("13:10")
    assert found.note == "I read 01:10 as 13:10 GMT (a 12-hour clock); type `at 01:10 am` if you meant the night."


def test_after_midnight_a_12_hour_12_is_midnight():
    found = find("12:10 still down", now=on("2026-11-20", "00:30"), after=on("2026-11-19", "23:30"))
    assert found.at == on("2026-11-20", "00:10")
    assert "`at 12:10 pm`" in found.note


@pytest.mark.parametrize("text", ["01:10 am x", "at 01:10 am x", "today 01:10 x"])
def test_a_stated_half_or_day_is_never_moved(text):
    assert find(text, after=today("12:02")).at == today("01:10")


def test_an_early_time_stays_when_the_afternoon_has_not_come_yet():
    assert find("02:10 x", after=today("12:02")).at == today("02:10")


def test_gmt_plus_2_for_a_summer_evening_in_helsinki_is_said_not_corrected():
    found = find("2014-04-23 22:30 GMT+2 down", zone="Europe/Helsinki")
    assert found.at == on("2014-04-23", "20:30")
    assert found.note == "GMT+2 is taken as written (20:30 UTC); clocks in Europe/Helsinki showed 23:30 then."


def test_a_time_skipped_by_summer_time_is_said():
    found = find("2026-03-29 03:30 x", zone="Europe/Helsinki")
    assert found.at == on("2026-03-29", "01:30")
    assert found.note == "03:30 was skipped that day (the clocks went forward): taken as 04:30 EEST."


def test_a_time_that_came_twice_is_the_first_and_says_so():
    found = find("2026-10-25 03:30 x", zone="Europe/Helsinki")
    assert found.at == on("2026-10-25", "00:30")
    assert found.note == "03:30 came twice that day (the clocks went back): taken as the first, 00:30 UTC."


def test_a_quarter_hour_zone_is_read_exactly():
    assert find("2026-11-20 12:45 x", zone="Pacific/Chatham").at == on("2026-11-19", "23:00")


def test_a_moment_is_described_in_a_zone():
    assert describe(today("13:10"), UTC) == "13:10 UTC"
    assert describe(today("13:10"), HELSINKI) == "15:10 EET"
    assert describe(today("13:10"), ZoneInfo("Asia/Dubai")) == "17:10 UTC+04"


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "0 s"),
        (-5, "0 s"),
        (0.4, "0 s"),
        (45, "45 s"),
        (60, "1 min"),
        (65, "1 min 5 s"),
        (3600, "1 h"),
        (5820, "1 h 37 min"),
        (5879, "1 h 37 min"),
        (3605, "1 h"),
        (183600, "2 d 3 h"),
        (86400, "1 d"),
    ],
)
def test_a_duration_is_spelt_in_its_two_largest_units(seconds, said):
    assert spell(timedelta(seconds=seconds)) == said


ZONES = st.sampled_from([ZoneInfo("UTC"), HELSINKI, NEW_YORK, LONDON, ZoneInfo("Pacific/Chatham")])
MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
PIECES = st.sampled_from(
    [
        "at ",
        "since ",
        "12:03",
        "25:00",
        "9999-12-31 ",
        "0001-01-01 ",
        "T",
        "Z",
        " IST",
        " GMT+2",
        "+14:00",
        "-12:00",
        " ago",
        "10 min",
        "yesterday ",
        "Feb 29 ",
        "pm",
        " Europe/Helsinki",
        "America/",
        "9999 days",
        ":",
        "-",
        " ",
        "\n",
        "\0",
        "\ud800",
        "²",
        "１２:０３",
    ]
)


@given(st.one_of(st.text(), st.lists(PIECES, max_size=8).map("".join)), MOMENTS, ZONES, st.none() | MOMENTS)
def test_any_text_gives_a_past_time_or_nothing_or_a_sentence(text, now, zone, after):
    try:
        found = find_time(text, now=now, zone=zone, after=after)
    except UserError as problem:
        assert problem.typed == text and problem.hint
    else:
        assert found is None or (found.at <= now + timedelta(minutes=2) and found.at.utcoffset() == timedelta(0))
        assert found is None or found.rest in text


@given(MOMENTS, ZONES)
def test_a_full_time_we_write_is_read_back(at, zone):
    at = at.replace(second=0, microsecond=0)
    typed = at.astimezone(zone).strftime("%Y-%m-%d %H:%M%z")
    assert find_time(f"{typed} down", now=at, zone=zone).at == at


@given(MOMENTS, ZONES, st.integers(0, 600))
def test_a_bare_clock_of_the_last_ten_hours_is_read_back(now, zone, minutes):
    at = (now - timedelta(minutes=minutes)).replace(second=0, microsecond=0)
    found = find_time(f"at {at.astimezone(zone):%H:%M}", now=now, zone=zone)
    assert found.at == at or found.note
