"""Write-ups kept by hand at the terminal: what is stored of them, and what is left as not recorded."""

from __future__ import annotations

import csv
import io

import pytest

pytestmark = pytest.mark.usefixtures("database")

UNSAID = """# Checkout was failing

Date: 2020-04-23. All times are UTC.

## Timeline
- 09:05 Ben: Deployed release 412
- 09:20 Ada: Saw the errors rise
- 10:30 Ada: All quiet
"""


@pytest.fixture
def imported(muster, tmp_path):
    """Store a text, and return what the import said."""

    def store(text):
        file = tmp_path / "w.md"
        file.write_text(text)
        return muster("postmortem", "import", str(file), "--yes").out

    return store


def test_what_a_write_up_does_not_state_stays_not_recorded_and_is_asked(muster, imported):
    assert "When it was declared is not said, and stays not recorded." in imported(UNSAID)
    text = muster("postmortem", "1").out
    for name in ("Declared", "Acknowledged", "Closed"):
        assert f"- **{name}:** not recorded\n" in text and f"**{name}.**" not in text
    assert "was declared sev2" not in text and "**Declared by" not in text and "who declared it" not in text
    assert "- **Imported by:** " in text and "- **Date:** 23 April 2020" in text
    assert "**09:05** Ben: Deployed release 412 (E1)" in text and "Also took part" not in text
    assert "No commander" not in text and "pasted by" not in text
    for form in ("html", "front-matter", "json", "csv"):
        assert muster("postmortem", "1", "--format", form).status == 0
    muster("incident", "note", "1", "2020-04-23 09:10 UTC #impact customers see errors")
    assert "- **Declared:** not recorded\n" in muster("postmortem", "1").out


def test_what_it_states_is_said_by_a_person_and_rests_on_an_entry(muster, imported):
    imported(f"{UNSAID}- 11:00 Closed\n".replace("## Timeline", "Declared: 09:25\n\n## Timeline"))
    text = muster("postmortem", "1").out
    assert "- **Declared:** 09:25 UTC (said by a person) [E5](#e5)" in text
    assert "- **Closed:** 11:00 UTC (said by a person) [E4](#e4)" in text
    assert "**Acknowledged:** not recorded" in text and "who declared it" not in text


def test_an_owner_whom_nobody_knows_here_is_kept_by_name(muster, imported):
    imported(f"{UNSAID}\n## Action items\n- [ ] Set maxmemory (owner: Ada, due 2030-05-09)\n")
    (row,) = csv.DictReader(io.StringIO(muster("postmortem", "1", "--format", "csv").out))
    assert (row["follow_up"], row["owner"], row["due"]) == ("Set maxmemory", "Ada", "2030-05-09")
    assert "Set maxmemory. Owner: Ada. Due: 9 May 2030." in muster("postmortem", "1").out


def test_each_finding_of_a_check_is_one_object_with_its_file_and_line(muster, tmp_path):
    file = tmp_path / "w.md"
    file.write_text("## Timeline\n- 12:03 UTC slow\n- 12:75 UTC down\n")
    found = muster("postmortem", "check", str(file), "--json").data
    assert {tuple(one) for one in found} == {("file", "line_number", "sort", "what", "try")}
    assert {one["file"] for one in found} == {str(file)}
    assert [one["line_number"] for one in found if one["sort"] == "not read"] == [3]
    assert {one["line_number"] for one in found if one["sort"] == "section"} == {None}
