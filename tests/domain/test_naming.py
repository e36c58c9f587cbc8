import json
import re
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.naming import channel_name, clean_title

NAUGHTY = json.loads((Path(__file__).parents[1] / "naughty.json").read_text())
TITLES = st.one_of(st.text(), st.sampled_from(NAUGHTY))


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Checkout is failing", "inc-12-checkout-is-failing"),
        ("It's 50 % -- down-", "inc-12-its-50-down"),
        ("Tromsø: İstanbul & Łódź, Straße", "inc-12-tromso-istanbul-lodz-strasse"),
        ("snake_case", "inc-12-snake-case"),
        ("𝐃𝐨𝐰𝐧 ﬁle", "inc-12-down-file"),
        ("../../etc", "inc-12-etc"),
        ("%00", "inc-12-00"),
        ("\u202eabc", "inc-12-abc"),
        ("", "inc-12"),
        ("   ", "inc-12"),
        ("🔥🔥🔥", "inc-12"),
        ("数据库", "inc-12"),
        (":(){ :|:& };:", "inc-12"),
        ("---", "inc-12"),
    ],
)
def test_a_channel_is_named_after_number_and_title(title, name):
    assert channel_name(12, title) == name


def test_a_taken_name_gets_a_suffix():
    assert channel_name(12, "checkout", 1) == "inc-12-checkout-2"
    assert channel_name(12, "🔥", 2) == "inc-12-3"


def test_a_long_title_leaves_room_for_number_and_suffix():
    assert channel_name(12, "x" * 10_000) == "inc-12-" + "x" * 73
    assert channel_name(12, "x" * 10_000, 1) == "inc-12-" + "x" * 71 + "-2"
    assert channel_name(12, "x" * 72 + " y") == "inc-12-" + "x" * 72


@given(st.integers(1, 10**9), TITLES, st.integers(0, 99))
def test_every_title_gives_a_name_slack_takes(number, title, attempt):
    name = channel_name(number, title, attempt)
    assert re.fullmatch(r"inc-[0-9]+(-[a-z0-9]+)*", name)
    assert len(name) <= 80
    assert name.startswith(f"inc-{number}")
    assert attempt == 0 or name.endswith(f"-{attempt + 1}")


@given(TITLES)
def test_no_two_attempts_share_a_name(title):
    assert len({channel_name(1, title, attempt) for attempt in range(5)}) == 5


def test_a_title_loses_what_cannot_be_seen():
    assert clean_title(" a\u202eb\u200bc\x00d\ne\u2028f\ud800 ") == "abcd e f"
    assert clean_title("soft\u00adhyphen \u2066isolate\u2069") == "softhyphen isolate"


def test_a_title_keeps_scripts_accents_and_emoji():
    title = "数据库 עברית Zürich e\u0301 👩\u200d🚒 ❤\ufe0f\u200d🔥"
    assert clean_title(title) == title


@given(TITLES)
def test_a_clean_title_is_one_printable_line_and_stays_so(title):
    clean = clean_title(title)
    assert clean_title(clean) == clean
    assert not any(unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp") for char in clean)
    assert not set(clean) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200b\ufeff")
    assert clean == " ".join(clean.split())
    clean.encode()
