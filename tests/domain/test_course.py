"""The picture of an incident: nothing overlaps, nothing leaves the paper, every entry is drawn or counted."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import combinations, pairwise
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.domain.chart.shapes import Box, Drawing, Mark, Word, cut, wide
from bot.domain.chart.svg import inked
from bot.domain.course import CHANNEL, PHONE, WIDE, Course, draw
from bot.domain.course.phases import phases
from bot.domain.course.values import Graded, Happening, Looked, Presence, Sight, Sort, Wait
from bot.domain.finding import Verdict
from bot.domain.incident import Moment
from bot.services.picture import png

NOON = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
PAPERS = pytest.mark.parametrize("paper", [WIDE, PHONE, CHANNEL], ids=["wide", "phone", "channel"])
HOSTILE = "</title><script>alert(1)</script>\"'&<img src=x onerror=alert(1)>]]>\u202e"

quick = settings(
    deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


def after(minutes: float) -> datetime:
    return NOON + timedelta(minutes=minutes)


def course(**changes: object) -> Course:
    whole = Course(
        label="INC-7",
        title="orders-db answers nothing",
        moments={
            Moment.STARTED: after(0),
            Moment.DETECTED: after(2),
            Moment.DECLARED: after(6),
            Moment.IDENTIFIED: after(40),
            Moment.MITIGATED: after(80),
            Moment.RESOLVED: after(110),
            Moment.CLOSED: after(120),
        },
        severities=(Graded(at=after(6), severity="sev2"), Graded(at=after(30), severity="sev1")),
        happenings=(happening(1, 6, Sort.STATUS), happening(2, 20, Sort.DECISION, "Fail over"), happening(3, 30)),
        people=(person("Ada", 2, 60), person("Ben", 10, 110)),
        looked=(looked("orders-db", (7, Verdict.CRITICAL), (50, Verdict.WARNING), (120, Verdict.OK)),),
        waits=(Wait(begin=after(40), end=after(75), silent=False, text="for the vendor"),),
        aside=2,
        zone=ZoneInfo("UTC"),
    )
    return replace(whole, **changes)


def happening(number: int, minutes: float, sort: Sort = Sort.NOTE, text: str = "a note", weight: int = 0) -> Happening:
    return Happening(label=f"E{number}", at=after(minutes), sort=sort, text=text, weight=weight)


def person(name: str, begin: float, end: float, *at: float) -> Presence:
    return Presence(name=name, begin=after(begin), end=after(end), times=tuple(map(after, at)))


def looked(system: str, *sights: tuple[float, Verdict]) -> Looked:
    return Looked(
        system=system, sights=tuple(Sight(label=f"E{n}", at=after(at), verdict=v) for n, (at, v) in enumerate(sights))
    )


names = st.one_of(st.text(max_size=30), st.sampled_from((HOSTILE, "Ada Quist", "李" * 20, "W" * 40, "")))
minutes = st.one_of(st.integers(0, 180), st.integers(0, 5000), st.floats(0, 3))
labels = st.integers(1, 400)


@st.composite
def courses(draw: st.DrawFn) -> Course:
    """A few minutes or some days, few entries or hundreds, in any order."""
    spread = draw(st.sampled_from((3.0, 200.0, 5000.0)))
    when = st.floats(0, spread)
    size = draw(st.sampled_from((0, 1, 5, 30, 150)))
    sorts = draw(st.lists(st.sampled_from(Sort), min_size=1, max_size=7))
    crowd = draw(st.randoms(use_true_random=False))
    happened = tuple(
        Happening(
            label=f"E{number}",
            at=after(crowd.uniform(0, spread) if crowd.random() < 0.7 else spread / 3),
            sort=crowd.choice(sorts),
            text=crowd.choice(("", "Fail over to db2 and look again", HOSTILE, "李雷" * 20)),
            sign=crowd.choice(("", "done", "tried", "skipped")),
            weight=crowd.choice((0, 0, 1, 2)),
        )
        for number in range(size)
    )
    ends = draw(st.lists(st.tuples(when, when), max_size=12))
    seen = draw(st.lists(st.tuples(when, st.sampled_from(Verdict)), min_size=1, max_size=40))
    moments = draw(st.dictionaries(st.sampled_from(Moment), when.map(after)))
    return course(
        title=draw(names),
        moments={one: moments[one] for one in Moment if one in moments},
        severities=tuple(
            Graded(at=after(at), severity=draw(st.sampled_from(("sev1", "sev2", "sev3", "odd"))))
            for at in sorted(draw(st.lists(when, max_size=4)))
        ),
        happenings=happened,
        people=tuple(person(draw(names), min(pair), max(pair), *pair) for pair in ends),
        looked=tuple(looked(draw(names), *sorted(seen)) for _ in range(draw(st.integers(0, 8)))),
        waits=tuple(
            Wait(begin=after(min(pair)), end=after(max(pair)), silent=draw(st.booleans()), text=draw(names))
            for pair in draw(st.lists(st.tuples(when, when), max_size=6))
        ),
        zone=ZoneInfo(draw(st.sampled_from(("UTC", "Europe/Berlin", "Asia/Kolkata", "Pacific/Auckland")))),
    )


def words(drawing: Drawing) -> list[Word]:
    return [shape for shape in drawing.shapes if isinstance(shape, Word) and shape.text]


def counted(drawing: Drawing) -> int:
    """How many entries the picture shows: signs, stacks with their numbers, columns, and what it says it leaves out."""
    tips = [shape.says for shape in drawing.shapes if isinstance(shape, Mark) and shape.to]
    tips += [shape.says for shape in drawing.shapes if isinstance(shape, Box) and shape.ink in list(Sort)]
    stacks = sum(int(found[1]) if (found := re.match(r"(\d+) entries, ", tip)) else 1 for tip in tips)
    left_out = [word.text for word in words(drawing) if word.text.startswith("Not drawn: ")]
    return stacks + sum(int(number) for text in left_out for number in re.findall(r"(\d+) (?!Mar)[a-z]", text))


@quick
@given(courses(), st.sampled_from((WIDE, PHONE, CHANNEL)))
def test_no_two_words_overlap_and_nothing_leaves_the_paper(drawn, paper):
    drawing = draw(drawn, paper)
    if drawing is None:
        return
    for one, other in combinations(words(drawing), 2):
        height = 8 if one.small or other.small else 9
        apart = one.room[1] <= other.room[0] or other.room[1] <= one.room[0] or abs(one.y - other.y) >= height
        assert apart, (one, other)
    signs = [shape for shape in drawing.shapes if isinstance(shape, Mark)]
    for word in words(drawing):
        near = [sign for sign in signs if abs(sign.y + 4 - word.y) < 10]
        assert all(sign.x + 5 <= word.room[0] or word.room[1] <= sign.x - 5 for sign in near), word
        assert word.room[0] >= 0 and word.room[1] <= drawing.width + 0.5 and 8 < word.y < drawing.height, word
    for shape in drawing.shapes:
        if isinstance(shape, Box):
            assert shape.x >= 0 and shape.x + shape.width <= drawing.width
            assert shape.y >= 0 and shape.y + shape.height <= drawing.height
            assert shape.width > 0 and shape.height > 0


@quick
@given(courses(), st.sampled_from((WIDE, PHONE, CHANNEL)))
def test_every_entry_is_drawn_or_counted_and_signs_stand_apart(drawn, paper):
    drawing = draw(drawn, paper)
    if drawing is None:
        return
    assert counted(drawing) == len(drawn.happenings)
    rows: dict[float, list[float]] = {}
    for mark in (shape for shape in drawing.shapes if isinstance(shape, Mark)):
        rows.setdefault(mark.y, []).append(mark.x)
    for places in rows.values():
        places.sort()
        assert all(right - left >= 10 for left, right in pairwise(places))


@settings(quick, max_examples=20)
@given(courses())
def test_whatever_it_is_called_the_picture_is_well_formed_and_inert(drawn):
    drawing = draw(drawn, WIDE)
    if drawing is None:
        return
    made = inked(drawing)
    if not re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]", made):  # the draft takes these out of every text
        tags = {part.tag for part in ElementTree.fromstring(made).iter()}
        assert tags <= {"svg", "title", "desc", "g", "a", "rect", "path", "circle", "polyline", "text"}
    assert "<script" not in made and "<img" not in made
    assert not re.search(r"style=|\bnan\b", made)  # the page's policy allows no style in place


@PAPERS
def test_hostile_names_stand_as_text_in_both_pictures(paper):
    nasty = course(
        title=HOSTILE,
        people=(person(HOSTILE, 0, 60),),
        looked=(looked(HOSTILE, (5, Verdict.OK)),),
        happenings=(happening(1, 10, Sort.DECISION, HOSTILE),),
        waits=(Wait(begin=after(1), end=after(60), silent=False, text=HOSTILE),),
    )
    drawing = draw(nasty, paper)
    made = inked(drawing)
    assert "<script" not in made and "<img" not in made and ElementTree.fromstring(made).tag == "svg"
    assert png(drawing)[:8] == b"\x89PNG\r\n\x1a\n"


def test_the_png_is_twice_the_drawing_and_opens():
    from io import BytesIO

    from PIL import Image

    drawing = draw(course(), CHANNEL)
    with Image.open(BytesIO(png(drawing))) as image:
        image.load()
        assert image.size == (drawing.width * 2, drawing.height * 2)
        assert len(image.getcolors() or ()) > 10


def test_the_phases_are_named_by_what_ends_them():
    assert [(one.number, one.name, one.length) for one in phases(course())] == [
        (1, "unnoticed", "2 min"),
        (2, "undeclared", "4 min"),
        (3, "until identified", "34 min"),
        (4, "until mitigated", "40 min"),
        (5, "until resolved", "30 min"),
        (6, "until closed", "10 min"),
    ]


def test_a_moment_out_of_order_begins_no_phase():
    odd = course(moments={Moment.STARTED: after(9), Moment.DETECTED: after(3), Moment.DECLARED: after(12)})
    assert [one.name for one in phases(odd)] == ["undeclared"]


@PAPERS
def test_the_moments_are_named_with_their_times(paper):
    texts = {word.text for word in words(draw(course(), paper))}
    assert {"Impact began 12:00", "First signal 12:02", "Declared 12:06", "Mitigated 13:20"} <= texts


def test_a_verdict_is_told_by_height_and_letter_and_not_by_colour_alone():
    seen = looked("orders-db", (0, Verdict.CRITICAL), (30, Verdict.UNKNOWN), (60, Verdict.WARNING), (90, Verdict.OK))
    drawing = draw(course(looked=(seen,)), WIDE)
    bars = [shape for shape in drawing.shapes if isinstance(shape, Box) and shape.says.startswith("orders-db")]
    assert [(bar.height, bar.look) for bar in bars] == [
        (14, "filled"),
        (9, "framed"),
        (9, "hatched"),
        (4, "filled"),
    ]
    assert {"critical", "not known", "warning"} <= {word.text for word in words(drawing)}


def test_the_word_on_a_low_hatched_bar_has_room_of_its_own_and_the_hatching_is_explained():
    seen = looked("orders-db", (0, Verdict.WARNING), (90, Verdict.OK))
    drawing = draw(course(looked=(seen,)), WIDE)
    (word,) = (one for one in words(drawing) if one.text == "warning")
    grounds = [one for one in drawing.shapes if isinstance(one, Box) and one.ink == "paper" and one.x < word.x]
    ground = min(grounds, key=lambda one: (abs(word.y - one.y - 11), word.x - one.x))
    assert ground.y <= word.y - 11
    assert ground.y + ground.height >= word.y + 3
    assert any("hatched" in one.text for one in words(drawing))


def test_entries_of_each_sort_have_a_shape_of_their_own():
    every = tuple(happening(n, n * 10, sort, "") for n, sort in enumerate(Sort, start=1))
    drawing = draw(course(happenings=every), WIDE)
    shapes = [shape.shape for shape in drawing.shapes if isinstance(shape, Mark) and shape.to]
    assert len(set(shapes)) == len(Sort)


def test_a_step_that_did_not_help_looks_otherwise_than_one_that_was_done():
    done, tried = replace(happening(1, 10, Sort.STEP), sign="done"), replace(happening(2, 60, Sort.STEP), sign="tried")
    drawing = draw(course(happenings=(done, tried)), WIDE)
    assert [shape.shape for shape in drawing.shapes if isinstance(shape, Mark) and shape.to] == ["square", "cross"]


def test_a_crowd_is_counted_in_columns_that_stand_for_all_of_it():
    drawing = draw(course(happenings=tuple(happening(n, n % 110) for n in range(1000))), WIDE)
    columns = [shape for shape in drawing.shapes if isinstance(shape, Box) and shape.ink == Sort.NOTE]
    assert 10 < len(columns) < 40 and counted(drawing) == 1000
    assert max(column.height for column in columns) <= WIDE.column


def test_where_words_compete_the_weightier_are_shown():
    light, heavy = happening(1, 60, Sort.DECISION, "a light one"), happening(2, 60, Sort.DECISION, "what it was", 2)
    texts = {word.text for word in words(draw(course(happenings=(light, heavy)), WIDE))}
    assert "what it was" in texts and "a light one" not in texts


@PAPERS
def test_the_most_present_stand_by_name_and_the_rest_is_counted(paper):
    many = tuple(person(f"P{n}", 0, 100 - n) for n in range(14))
    texts = [word.text for word in words(draw(course(people=many), paper))]
    assert [text for text in texts if re.fullmatch(r"P\d+", text)] == [f"P{n}" for n in range(paper.most_people)]
    assert f"+ {14 - paper.most_people} people" in texts


def test_a_close_days_later_does_not_press_the_outage_together():
    late = course(
        moments={**course().moments, Moment.CLOSED: after(9000)},
        happenings=(*course().happenings, happening(9, 8000), happening(10, 9000, Sort.STATUS)),
    )
    drawing = draw(late, WIDE)
    texts = {word.text for word in words(drawing)}
    assert "Not drawn: 2 entries later, Closed 10 Mar 18:00" in texts
    assert not any(text.startswith("Closed") for text in texts)


def test_a_steady_state_days_later_is_named_and_the_impact_keeps_its_room():
    slow = course(moments={**course().moments, Moment.RESOLVED: after(9000), Moment.CLOSED: after(9010)})
    drawing = draw(slow, WIDE)
    bars = [shape for shape in drawing.shapes if isinstance(shape, Box) and "until mitigated" in shape.says]
    assert bars[0].width > 100
    assert "Not drawn: Resolved 10 Mar 18:00, Closed 10 Mar 18:10" in {word.text for word in words(drawing)}


def test_what_was_known_only_after_the_impact_ends_a_phase_there():
    late = course(moments={**course().moments, Moment.IDENTIFIED: after(100)})
    assert [one.name for one in phases(late)] == [
        "unnoticed",
        "undeclared",
        "until mitigated",
        "until identified",
        "until resolved",
        "until closed",
    ]


def test_across_midnight_the_axis_has_dates_and_the_zone_its_own_midnight():
    moments = {Moment.STARTED: after(600), Moment.RESOLVED: after(900)}  # 22:00 to 03:00
    bare = course(
        moments=moments, severities=(), happenings=(), people=(), looked=(), waits=(), zone=ZoneInfo("Asia/Kolkata")
    )
    texts = [word.text for word in words(draw(bare, WIDE))]
    assert "5 Mar" in texts and "UTC" in texts and "Kolkata" in texts
    assert any(text.startswith("5 Mar 03:30") for text in texts)


def test_three_minutes_are_told_in_seconds():
    short = course(moments={Moment.STARTED: after(0), Moment.RESOLVED: after(3)}, happenings=(), looked=(), people=())
    texts = [word.text for word in words(draw(replace(short, severities=(), waits=()), WIDE))]
    assert "12:00:30" in texts


def test_what_has_no_length_has_no_picture():
    empty = course(moments={Moment.DECLARED: after(0)}, happenings=(), severities=(), people=(), looked=(), waits=())
    assert draw(empty, WIDE) is None
    years = course(moments={Moment.STARTED: after(0), Moment.RESOLVED: after(60 * 24 * 4000)})
    assert draw(years, WIDE) is None


def test_the_picture_is_told_in_sentences():
    says = draw(course(), WIDE).says
    assert "Impact began 12:00, First signal 12:02, Declared 12:06" in says
    assert "Severity: sev2 from 12:06, then sev1 from 12:30." in says
    assert "Entries: 1 decision, 1 change of status, severity or role, 1 note." in says
    assert "Waits: 35 min waiting from 12:40." in says
    assert "orders-db: critical at 12:07, then warning at 12:50, then ok at 14:00." in says
    assert "People: Ben from 12:10 to 13:50, Ada from 12:02 to 13:00." in says


@given(st.text(max_size=60), st.floats(0, 400))
def test_what_is_cut_fits(text, room):
    made = cut(text, room)
    assert wide(made) <= max(room, 0.0)


def test_what_happened_last_is_quoted_before_its_sign():
    last = course(
        happenings=(happening(1, 20, Sort.DECISION, "Fail over"), happening(2, 119, Sort.DECISION, "Call it off"))
    )
    (word,) = [word for word in words(draw(last, PHONE)) if word.text == "Call it off"]
    assert word.anchor == "end"
