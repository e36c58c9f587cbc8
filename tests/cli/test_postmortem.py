"""`muster postmortem`: the draft as it would be made from what is recorded now."""

from __future__ import annotations

import re

import pytest

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def recorded(muster, database):
    muster("incident", "open", "sev1 <b>checkout</b> is failing")
    muster("incident", "note", "1", "2020-01-31 12:03 GMT #decision fail over to db2")
    muster("incident", "close", "1", "started 2020-01-31 12:02 GMT")


@pytest.mark.usefixtures("recorded")
def test_the_draft_is_markdown_unless_something_else_is_asked_for(muster):
    said = muster("postmortem", "INC-1")
    assert (said.status, said.err) == (0, "")
    assert "## Timeline" in said.out
    assert "fail over to db2" in said.out
    assert muster("postmortem", "1", "--format", "md").out.count("## ") == said.out.count("## ")


@pytest.mark.usefixtures("recorded")
def test_as_html_it_is_one_page_that_asks_for_nothing_else(muster):
    page = muster("postmortem", "1", "--format", "html").out
    assert page.lower().startswith("<!doctype html>")
    assert "<b>checkout</b>" not in page
    assert not re.search(r"<(?:script|link|img|iframe)\b|@import|url\(", page)


@pytest.mark.usefixtures("recorded")
def test_as_data_it_says_the_same_under_both_options(muster):
    said = muster("postmortem", "1", "--json").data
    assert said["incident"] == "INC-1"
    assert set(said) == set(muster("postmortem", "1", "--format", "json").data)


def test_an_incident_that_is_not_there_is_said_so(muster):
    said = muster("postmortem", "INC-7")
    assert said.status == 1
    assert said.err == "I know no incident `INC-7`.\nList them with `muster incident list`.\n"
    assert muster("postmortem", "seven").err.startswith("`seven` is no incident's name.")


def test_an_unknown_format_is_answered_with_the_known_ones(muster):
    said = muster("postmortem", "1", "--format", "pdf")
    assert said.status == 2
    assert all(known in said.err for known in ("md", "html", "json"))
