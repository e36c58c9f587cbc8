"""The four judges of backups."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.finding import Verdict
from bot.domain.inventory import SystemKind
from bot.probes.backup import content, generations, newest, size
from bot.probes.backup.names import named_time
from bot.probes.seen import Answer, Trouble
from tests.probes.backup.listed import FILES, OPTIONS, file, look, unanswered
from tests.probes.web.seeing import NOW, ODD, seen

ALL = (newest, generations, size, content)
NIGHTLY = [file(3, 1000), file(27, 1010), file(51, 990), file(75, 1005)]


def judged(probe, *files, **given):
    (found,) = probe.judge(look(*files, **given))
    return found


@pytest.mark.parametrize("probe", ALL)
@pytest.mark.parametrize("trouble", list(Trouble))
def test_no_list_is_unknown(probe, trouble):
    (found,) = probe.judge(unanswered(Answer(trouble=trouble, says="why")))
    assert found.verdict is Verdict.UNKNOWN


@pytest.mark.parametrize("probe", [newest, generations, size])
def test_good_backups_are_ok(probe):
    assert judged(probe, *NIGHTLY).verdict is Verdict.OK


# newest


@pytest.mark.parametrize(
    ("hours", "every_h", "verdict"),
    [
        (35, 24, Verdict.OK),
        (37, 24, Verdict.WARNING),
        (49, 24, Verdict.CRITICAL),
        (49, None, Verdict.CRITICAL),
        (1.4, 1, Verdict.OK),
        (2.1, 1, Verdict.CRITICAL),
        (-0.05, 24, Verdict.OK),
        (-1, 24, Verdict.UNKNOWN),
    ],
)
def test_how_old_the_newest_may_be(hours, every_h, verdict):
    assert judged(newest, file(hours), file(400), every_h=every_h).verdict is verdict


def test_no_backup_at_all_is_critical():
    assert judged(newest).verdict is Verdict.CRITICAL
    assert judged(generations).verdict is Verdict.CRITICAL
    assert judged(size).verdict is Verdict.UNKNOWN
    assert judged(content).verdict is Verdict.UNKNOWN


def test_a_storage_without_times_leaves_the_age_unknown():
    assert judged(newest, file(3) | {"modified": None}).verdict is Verdict.UNKNOWN


# generations


@pytest.mark.parametrize(("count", "verdict"), [(1, Verdict.CRITICAL), (2, Verdict.WARNING), (3, Verdict.OK)])
def test_three_generations_are_enough(count, verdict):
    found = judged(generations, *NIGHTLY[:count])
    assert found.verdict is verdict
    assert found.data == {"generations": count}


def test_the_inventory_says_how_many_there_should_be():
    assert judged(generations, *NIGHTLY, generations=7).verdict is Verdict.WARNING
    assert judged(generations, NIGHTLY[0], generations=1).verdict is Verdict.OK


def test_files_of_one_night_are_one_generation():
    one_night = [file(3, 100, f"{name}.rdb") for name in "abcde"]
    assert judged(generations, *one_night).data == {"generations": 1}
    assert (
        judged(generations, *one_night, *[file(27, 101, f"{name}2.rdb") for name in "abcde"]).data["generations"] == 2
    )


def test_hourly_backups_are_told_apart():
    hourly = [file(hours, 100 + hours) for hours in range(5)]
    assert judged(generations, *hourly, every_h=1).data == {"generations": 5}
    assert judged(generations, *hourly, every_h=24).data == {"generations": 1}


def test_a_copied_place_is_counted_by_the_names():
    copied = [file(1, 100 + day, f"shop-2026-11-{day}.rdb") for day in (18, 19, 20)]
    assert judged(generations, *copied).data == {"generations": 3}


def test_copies_of_one_are_no_generations_to_trust():
    found = judged(generations, file(3, 500), file(27, 500), file(51, 500))
    assert found.verdict is Verdict.WARNING
    assert "copies of one" in found.says


def test_files_that_are_all_empty_are_none():
    files = [file(hours, 0, f"shop-2026-11-{hours}.rdb") for hours in (10, 11, 12)]
    assert judged(generations, *files).verdict is Verdict.CRITICAL
    assert judged(size, *files).verdict is Verdict.CRITICAL
    assert judged(size, file(0, 0), file(27, 0)).verdict is Verdict.UNKNOWN
    assert judged(size, file(0, 0)).verdict is Verdict.UNKNOWN


def test_an_empty_file_is_no_generation():
    assert judged(generations, file(3, 0), file(27), file(51)).data == {"generations": 2}


# size


@pytest.mark.parametrize(
    ("last", "verdict"),
    [
        (1000, Verdict.OK),
        (701, Verdict.OK),
        (699, Verdict.WARNING),
        (201, Verdict.WARNING),
        (199, Verdict.CRITICAL),
        (0, Verdict.CRITICAL),
        (9000, Verdict.OK),
        (None, Verdict.UNKNOWN),
    ],
)
def test_the_newest_is_held_against_the_median(last, verdict):
    others = [file(27, 1000), file(51, 990), file(75, 1010), file(99, 5), file(123, 1000)]
    assert judged(size, file(3, last), *others).verdict is verdict


def test_only_the_last_five_count():
    others = [file(27 + 24 * night, 400) for night in range(5)] + [file(300 + 24 * night, 9000) for night in range(20)]
    assert judged(size, file(3, 400), *others).verdict is Verdict.OK


def test_a_set_of_several_files_is_held_against_sets():
    nights = [[file(3 + 24 * night, 100, f"{name}{night}") for name in "abc"] for night in range(3)]
    every = [one for night in nights for one in night]
    assert judged(size, *every).data == {"bytes": 300, "median_bytes": 300}
    assert judged(size, *every[1:]).verdict is Verdict.WARNING


def test_a_second_backup_of_one_night_is_held_against_the_first():
    tonight = [file(3, 1000, "shop-20261121-0900.rdb"), file(0.5, 100, "shop-20261121-1130.rdb")]
    found = judged(size, *tonight, file(27, 1000, "shop-20261120-0900.rdb"))
    assert found.verdict is Verdict.CRITICAL
    assert found.data == {"bytes": 100, "median_bytes": 1000}


def test_a_file_that_is_being_written_is_not_yet_small():
    assert judged(size, file(0.05, 300), *NIGHTLY).verdict is Verdict.UNKNOWN
    assert judged(size, file(0.05, 0), *NIGHTLY).verdict is Verdict.UNKNOWN
    assert judged(size, file(0.05, 1000), *NIGHTLY).verdict is Verdict.OK


def test_one_file_has_no_history_at_first():
    assert judged(size, file(3)).verdict is Verdict.UNKNOWN


def test_a_file_that_is_overwritten_is_held_against_what_earlier_looks_saw():
    first = size.keep(look(file(51, 20_000)))
    second = size.keep(look(file(27, 20_100), before={"backup.size": first}))
    assert [one for _, one in second["sizes"]] == [20_100, 20_000]
    found = judged(size, file(3, 100), before={"backup.size": second})
    assert found.verdict is Verdict.CRITICAL
    assert found.data == {"bytes": 100, "median_bytes": 20_050}


def test_what_is_kept_stays_small():
    assert len(size.keep(look(*[file(24 * night) for night in range(50)]))["sizes"]) == 10


# content


def rdb(hours_ago: float, told_by: str = "the RDB header"):
    return {"kind": "rdb", "name": "dump.rdb", "taken_at": NOW - timedelta(hours=hours_ago), "told_by": told_by}


def test_muuts_backup_is_young_and_what_is_in_it_is_old():
    found = judged(content, file(2 / 60), told=rdb(26 * 24))
    assert found.verdict is Verdict.CRITICAL
    assert found.says == "The newest file is 2 min old, the data in it 26 d, as the RDB header tells."
    assert judged(newest, file(2 / 60)).verdict is Verdict.OK


@pytest.mark.parametrize(("behind", "verdict"), [(0, Verdict.OK), (47, Verdict.OK), (49, Verdict.CRITICAL)])
def test_twice_the_interval_is_stale(behind, verdict):
    assert judged(content, file(5), told=rdb(5 + behind)).verdict is verdict


def test_an_old_file_with_data_of_its_own_age_is_not_stale():
    assert judged(content, file(500), told=rdb(501)).verdict is Verdict.OK


def test_a_name_weighs_less_and_may_be_of_another_zone():
    assert judged(content, file(5), told=rdb(5 + 59, "its name")).verdict is Verdict.OK
    assert judged(content, file(5), told=rdb(5 + 61, "its name")).verdict is Verdict.WARNING


@pytest.mark.parametrize(
    ("told", "wanted", "verdict"),
    [
        ({"kind": "unknown"}, "rdb", Verdict.WARNING),
        ({"kind": "mongodump"}, "rdb", Verdict.WARNING),
        (rdb(3), "mongodump", Verdict.WARNING),
        ({"kind": "unknown"}, "any", Verdict.UNKNOWN),
        ({"kind": "mongodump"}, None, Verdict.UNKNOWN),
        ({"kind": "empty"}, None, Verdict.WARNING),
        ({"kind": "damaged", "says": "The RDB file ends within its header, after 40 bytes."}, None, Verdict.WARNING),
    ],
)
def test_a_file_that_is_not_what_it_should_be(told, wanted, verdict):
    assert judged(content, file(3), told=told, content=wanted).verdict is verdict


def test_data_ahead_of_our_clock_are_unknown():
    assert judged(content, file(0), told=rdb(-1)).verdict is Verdict.UNKNOWN


# names


@pytest.mark.parametrize(
    ("name", "time"),
    [
        ("2026-11-20.rdb", "2026-11-21T00:00"),
        ("shop_20261120.archive.gz", "2026-11-21T00:00"),
        ("shop-2026-11-20_0315.gz", "2026-11-20T03:15"),
        ("shop-2026-11-20T03:15:59Z.gz", "2026-11-20T03:15"),
        ("20261120031559.rdb", "2026-11-20T03:15"),
        ("2026-11-01/2026-11-20.rdb", "2026-11-21T00:00"),
        ("dump.rdb", None),
        ("1795183900.rdb", None),
        ("2026-13-20.rdb", None),
        ("120261120.rdb", None),
        ("2026-1120.rdb", None),
    ],
)
def test_the_time_in_a_name(name, time):
    found = named_time(name)
    assert (found.strftime("%Y-%m-%dT%H:%M") if found else None) == time


# anything


@settings(max_examples=300)
@given(FILES | ODD, OPTIONS, ODD | st.fixed_dictionaries({}, optional={"kind": ODD, "taken_at": ODD}), st.data())
def test_odd_answers_never_raise_and_never_pass(files, options, told, data):
    before = data.draw(st.dictionaries(st.just("backup.size"), ODD | st.fixed_dictionaries({"sizes": ODD})))
    looked = seen(SystemKind.BACKUP, {"files": files, "content": told}, before=before, **options)
    size.keep(looked)
    for probe in ALL:
        for found in probe.judge(looked):
            assert len(found.says) <= 160
            if found.verdict is Verdict.OK:
                assert files, "an OK without a list"
                assert probe is not content or told["taken_at"]


@settings(max_examples=300)
@given(st.text(max_size=300) | st.from_regex(r"20\d\d-?\d\d-?\d\d[T_]?\d{0,6}", fullmatch=True))
def test_any_name_may_come(name):
    named_time(name)
