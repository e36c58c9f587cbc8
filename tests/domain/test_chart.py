"""Which numbers of a watch are drawn, and that the drawing says what it says without colours."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.domain.chart import choose, draw, spark, svg
from bot.domain.chart.measures import measured
from bot.domain.chart.shapes import Mark, Word
from bot.domain.finding import Finding, Verdict
from bot.services.picture import png

NOON = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
Ok, Bad, Unknown = Verdict.OK, Verdict.CRITICAL, Verdict.UNKNOWN


def waiting(value: float | None, verdict: Verdict = Ok, member: str = "db1:27017") -> Finding:
    return Finding(
        probe="mongodb.tickets",
        signal="operations-queued",
        verdict=verdict,
        says="",
        member=member,
        limit="100 waiting",
        data={} if value is None else {"waiting": value},
    )


def looks(*findings: Sequence[Finding]) -> list[tuple[datetime, Sequence[Finding]]]:
    return [(NOON + timedelta(seconds=10 * number), some) for number, some in enumerate(findings)]


def test_a_line_that_neither_speaks_nor_moves_is_not_drawn():
    assert choose(looks([waiting(3)], [waiting(4)], [waiting(3)])) == ()
    assert draw("orders-db", ()) is None


def test_what_speaks_comes_before_what_moves_and_four_are_the_most():
    def lag(late_s: float, member: str) -> Finding:
        data = {"late_s": late_s}
        return Finding(
            probe="mongodb.lag", signal="replication-lag", verdict=Ok, says="", member=member, limit="10 s", data=data
        )

    members = [f"db{n}:27017" for n in range(1, 6)]
    first = [*(lag(0, one) for one in members), *(waiting(0, member=one) for one in members)]
    then = [*(lag(9, one) for one in members), *(waiting(500, Bad, one) for one in members)]
    chosen = choose(looks(first, then))
    assert [one.signal for one in chosen] == ["operations-queued"] * 4
    mixed = choose(looks([lag(0, "db2"), waiting(0)], [lag(9, "db2"), waiting(500, Bad)]))
    assert [one.signal for one in mixed] == ["operations-queued", "replication-lag"]


def test_what_was_not_told_is_a_gap_and_a_cross():
    gone = Finding(probe="mongodb.tickets", signal="tickets-gone", verdict=Unknown, says="", member="db1:27017")
    (line,) = choose(looks([waiting(0)], [gone], [waiting(400, Bad)]))
    assert [point.value for point in line.points] == [0, None, 400]
    assert spark(line) == "▁·█"
    drawing = draw("orders-db", [line])
    crosses = [shape for shape in drawing.shapes if isinstance(shape, Mark) and shape.shape == "cross"]
    assert len(crosses) == 2  # the gap's and the legend's


def test_what_was_told_without_a_number_keeps_its_verdict():
    gone = waiting(None, Bad)
    (line,) = choose(looks([waiting(0)], [waiting(400, Bad)], [gone], [waiting(2)]))
    assert [(point.value, point.verdict) for point in line.points] == [(0, Ok), (400, Bad), (None, Bad), (2, Ok)]


def test_the_chart_names_unit_limit_changes_and_utc_in_words():
    drawing = draw("orders-db", choose(looks([waiting(0)], *[[waiting(1167, Bad)]] * 4, [waiting(2)])))
    words = [shape.text for shape in drawing.shapes if isinstance(shape, Word)]
    assert "operations-queued" in words and "db1:27017  ·  waiting" in words
    assert {"limit 100", "critical 12:00:10", "ok 12:00:50", "1,167", "UTC"} <= set(words)
    assert "between 0 and 1,167 waiting, limit 100, at the worst critical" in drawing.says
    assert "".join(words).replace("·", "").isascii()  # all that the picture's typeface knows


def test_where_there_is_no_room_for_every_change_the_worst_is_named():
    warning, bad = [waiting(150, Verdict.WARNING)], [waiting(900, Bad)]
    samples = looks(*[[waiting(0)]] * 30, warning, bad, warning, *[[waiting(0)]] * 27)
    words = [shape.text for shape in draw("orders-db", choose(samples)).shapes if isinstance(shape, Word)]
    assert "critical 12:05:10" in words and not any(word.startswith("warning 12:") for word in words)


def test_verdicts_are_told_by_shape():
    lines = choose(looks([waiting(0)], [waiting(150, Verdict.WARNING)], [waiting(900, Bad)]))
    shapes = [s.shape for s in draw("orders-db", lines).shapes if isinstance(s, Mark)][:3]
    assert shapes == ["dot", "triangle", "square"]


@pytest.mark.parametrize(
    ("signal", "data", "limit", "value", "height"),
    [
        ("tickets-gone", {"read_out": 100.0, "read_left": 28.0}, "10 % left", 28, 12.8),
        ("tickets-gone", {"read_out": 1.0, "read_left": 11.0, "queued": 7.0}, "100 queued", 7, 100),
        ("connection-limit", {"current": 211.0, "most": 51200.0}, "80 %", 211, 40960),
        ("connection-limit", {"clients": 5, "maxclients": 10000}, "90% of 10,000", 5, 9000),
        ("zombie-primary", {"hello_s": 0.004, "read_s": 0.8}, "0.5 s", 800, 500),
        ("oplog-window-short", {"window_s": 7200.0}, "24 h", 2, 24),
        ("cache-pressure", {"used": 0.78, "dirty": 0.01}, "95 % used, 20 % unsaved", 78, 95),
        ("replication-lag", {"lag_s": 70.0, "late_s": 65.0}, "10 s", 65, 10),
        ("slow-endpoint", {"took_s": 0.3}, "1 s", 0.3, 1),
        ("whatever-comes", {"words": "none", "keys": 12}, "none", 12, None),
    ],
)
def test_the_number_and_its_limit_have_one_unit(signal, data, limit, value, height):
    told = measured(Finding(probe="x.y", signal=signal, verdict=Ok, says="", limit=limit, data=data))
    assert told.value == pytest.approx(value)
    assert told.limit == (None if height is None else pytest.approx(height))


def test_what_is_written_cannot_break_out_of_the_page():
    nasty = '"><script>alert(1)</script>&'
    made = svg(draw(nasty, choose(looks([waiting(0, member=nasty)], [waiting(900, Bad, nasty)]))))
    assert "<script" not in made
    assert ElementTree.fromstring(made).tag == "svg"
    assert not re.search(r"style=|#[0-9a-f]{6}", made)  # the page's policy allows no style in place


odd = st.one_of(
    st.none(), st.floats(), st.integers(), st.booleans(), st.text(max_size=5), st.just(10**400), st.just(float("inf"))
)


@example([0.0, 2.7e306], "100 waiting")
@given(st.lists(odd, min_size=2, max_size=9), st.sampled_from(["100 waiting", "", "none", "1e9", "0 s", "5 %"]))
def test_odd_numbers_are_drawn_or_left_out_and_never_raise(values, limit):
    samples = looks(
        *(
            [
                Finding(
                    probe="a.b", signal="operations-queued", verdict=Bad, says="", limit=limit, data={"waiting": value}
                )
            ]
            for value in values
        )
    )
    chosen = choose(samples)
    for line in chosen:
        assert len(spark(line)) == len(values)
    drawing = draw("orders-db", chosen)
    if drawing:
        ElementTree.fromstring(svg(drawing))
        assert "nan" not in svg(drawing) and "inf" not in svg(drawing)


def test_the_picture_is_a_small_png_of_the_drawing():
    drawing = draw("orders-db", choose(looks(*([waiting(n * 9, Bad if n > 11 else Ok)] for n in range(60)))))
    made = png(drawing)
    assert made[:8] == b"\x89PNG\r\n\x1a\n" and len(made) < 60_000
    assert int.from_bytes(made[16:20], "big") == drawing.width * 2
