"""`muster postmortem`: the postmortem as it would be made from what is recorded now, in every form."""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess

import pytest

from bot import settings
from bot.domain.incident import Status
from bot.services import incidents
from bot.wiring import desk as open_desk

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def recorded(muster, database):
    muster("incident", "open", "sev1 <b>checkout</b> is failing")
    muster("incident", "note", "1", "2020-01-31 12:03 GMT #decision fail over to db2")
    muster("incident", "close", "1", "started 2020-01-31 12:02 GMT")


@pytest.fixture
def repository(tmp_path, monkeypatch):
    """An empty git repository, and settings of git that are this test's own."""
    home = tmp_path / "home"
    home.mkdir()
    (home / ".gitconfig").write_text("[user]\n  name = Ada Quist\n  email = ada@example.test\n")
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.delenv("GIT_CONFIG_GLOBAL", raising=False)
    folder = tmp_path / "repo"
    folder.mkdir()
    git(folder, "init", "--quiet")
    return folder


def git(folder, *words):
    done = subprocess.run(["git", "-C", str(folder), *words], capture_output=True, text=True, check=True)
    return done.stdout.strip()


@pytest.mark.usefixtures("recorded")
def test_it_is_markdown_unless_something_else_is_asked_for(muster):
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


@pytest.mark.usefixtures("recorded")
def test_the_follow_ups_are_csv(muster):
    rows = list(csv.reader(io.StringIO(muster("postmortem", "1", "--format", "csv").out)))
    assert rows[0][:4] == ["incident", "title", "number", "follow_up"]


def test_an_incident_that_is_not_there_is_said_so(muster):
    said = muster("postmortem", "INC-7")
    assert said.status == 1
    assert said.err == "I know no incident `INC-7`.\nList them with `muster incident list`.\n"
    assert muster("postmortem", "seven").err.startswith("`seven` is no incident's name.")


def test_an_unknown_format_is_answered_with_the_known_ones(muster):
    said = muster("postmortem", "1", "--format", "docx")
    assert said.status == 2
    assert all(known in said.err for known in ("md", "front-matter", "html", "pdf", "json", "csv", "git"))


@pytest.mark.usefixtures("recorded")
def test_a_file_is_written_and_written_over_only_by_what_it_held_before(muster, tmp_path):
    file = tmp_path / "inc.html"
    assert muster("postmortem", "1", "--format", "html", "--out", str(file)).out == f"{file}: written.\n"
    again = muster("postmortem", "1", "--format", "html", "--out", str(file))
    assert again.out == f"{file}: written over the one from before.\n"
    other = tmp_path / "inc.md"
    other.write_text("mine\n")
    for form in ("md", "front-matter"):
        refused = muster("postmortem", "1", "--format", form, "--out", str(other))
        assert refused.status == 1
        assert refused.err.startswith(f"`{other}` is there already, and is no {form} of INC-1.")
    assert other.read_text() == "mine\n"


@pytest.mark.usefixtures("recorded")
def test_a_postmortem_of_another_incident_is_not_written_over(muster, tmp_path):
    muster("incident", "open", "sev3 something else")
    for form in ("md", "front-matter", "json", "html"):
        file = tmp_path / f"x.{form}"
        muster("postmortem", "1", "--format", form, "--out", str(file))
        assert muster("postmortem", "2", "--format", form, "--out", str(file)).status == 1, form


@pytest.mark.usefixtures("recorded")
def test_a_pdf_is_told_by_its_incident_too(muster, tmp_path):
    pytest.importorskip("weasyprint", reason="no PDF can be laid out here", exc_type=(ImportError, OSError))
    muster("incident", "open", "sev3 something else")
    file = tmp_path / "x.pdf"
    assert muster("postmortem", "1", "--format", "pdf", "--out", str(file)).out == f"{file}: written.\n"
    assert file.read_bytes().startswith(b"%PDF-")
    assert muster("postmortem", "1", "--format", "pdf", "--out", str(file)).status == 0
    assert muster("postmortem", "2", "--format", "pdf", "--out", str(file)).status == 1


@pytest.mark.usefixtures("recorded")
def test_in_a_folder_the_file_has_a_name_of_its_own(muster, tmp_path):
    muster("postmortem", "1", "--format", "front-matter", "--out", str(tmp_path))
    assert (tmp_path / "inc-1-postmortem.md").read_text().startswith('---\nincident: "INC-1"\n')


@pytest.mark.usefixtures("recorded")
def test_git_gets_one_commit_of_one_file_and_none_when_nothing_has_changed(muster, repository):
    (repository / "staged.txt").write_text("mine\n")
    git(repository, "add", "staged.txt")
    folder = repository / "docs" / "postmortems"
    done = muster("postmortem", "1", "--format", "git", "--out", str(folder))
    (file,) = folder.iterdir()
    assert re.fullmatch(r"\d{4}-\d\d-\d\d-inc-1-b-checkout-b-is-failing\.md", file.name)
    assert done.out == f"{file}: committed as {git(repository, 'rev-parse', '--short', 'HEAD')}.\n"
    assert git(repository, "show", "--format=%an: %s", "--name-only").splitlines() == [
        "Ada Quist: Postmortem of INC-1: <b>checkout</b> is failing",
        "",
        f"docs/postmortems/{file.name}",
    ]
    assert git(repository, "status", "--porcelain") == "A  staged.txt"
    assert muster("postmortem", "1", "--format", "git", "--out", str(folder)).out == f"{file}: nothing has changed.\n"
    muster("incident", "note", "1", "2020-01-31 12:05 GMT db2 answers")
    assert "committed as" in muster("postmortem", "1", "--format", "git", "--out", str(folder)).out
    assert git(repository, "rev-list", "--count", "HEAD") == "2"


@pytest.mark.usefixtures("recorded")
def test_git_never_writes_over_what_somebody_has_not_committed(muster, repository):
    muster("postmortem", "1", "--format", "git", "--out", str(repository))
    (file,) = repository.glob("*.md")
    file.write_text("my own words")
    said = muster("postmortem", "1", "--format", "git", "--out", str(repository))
    assert said.status == 1 and "has changes that are not committed" in said.err
    assert file.read_text() == "my own words"


@pytest.mark.usefixtures("recorded")
def test_a_commit_that_git_refuses_leaves_all_as_it_was(muster, repository):
    hook = repository / ".git" / "hooks" / "pre-commit"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\necho 'no commits on Fridays' >&2\nexit 1\n")
    hook.chmod(0o755)
    said = muster("postmortem", "1", "--format", "git", "--out", str(repository))
    assert said.status == 1 and "no commits on Fridays" in said.err
    assert git(repository, "status", "--porcelain") == ""


@pytest.mark.usefixtures("recorded")
def test_git_says_what_it_lacks(muster, tmp_path, monkeypatch):
    said = muster("postmortem", "1", "--format", "git", "--out", str(tmp_path))
    assert said.err.startswith(f"`{tmp_path}` is in no git repository.")
    assert "--out REPO/postmortems" in muster("postmortem", "1", "--format", "git").err
    monkeypatch.setenv("PATH", str(tmp_path))
    assert muster("postmortem", "1", "--format", "git", "--out", str(tmp_path)).err.startswith("git is not installed")


HAND = """# Checkout was down

## Summary
Severity: sev1
Checkout failed for an hour. Ben failed to notice the alarm.

## Timeline
All times are UTC.
- 2020-04-23 12:03 calendar is empty
- 12:10 #decision fail over
- 12:75 nobody knows

## Action items
- Alarm on tickets, owner: Ben, due 2030-05-01
- Index it
"""


def test_a_write_up_is_shown_first_and_stored_when_asked(muster, tmp_path):
    file = tmp_path / "w.md"
    file.write_text(HAND)
    shown = muster("postmortem", "import", str(file))
    assert shown.status == 0 and "Nothing is stored yet." in shown.out
    assert "line 9   2020-04-23 12:03 UTC  calendar is empty" in shown.out
    assert "line 11: `12:75` is not a time of day" in shown.out
    assert muster("incident", "list", "--all").out == "No incidents.\n"
    assert "Stored as INC-1, closed." in muster("postmortem", "import", str(file), "--yes").out
    stored = muster("postmortem", "1", "--json").data
    assert (stored["title"], stored["severity"], stored["status"]) == ("Checkout was down", "sev1", "closed")
    assert [line["text"] for line in stored["timeline"] if line["kind"] == "imported"] == [
        "calendar is empty",
        "fail over\n(no time read) 12:75 nobody knows",
    ]
    summary = next(section for section in stored["sections"] if section["name"] == "summary")
    assert "Checkout failed for an hour." in summary["written"]["text"]
    rows = list(csv.DictReader(io.StringIO(muster("postmortem", "1", "--format", "csv").out)))
    assert [(row["follow_up"][:16], row["due"]) for row in rows if row["state"] == "to do"] == [
        ("Alarm on tickets", "2030-05-01"),
        ("Index it", ""),
    ]
    twice = muster("postmortem", "import", str(file), "--yes")
    assert twice.status == 1 and twice.err.startswith("That write-up was stored before, as INC-1.")


def test_a_check_names_each_line_with_what_to_try_and_ends_with_one(muster, tmp_path):
    file = tmp_path / "w.md"
    file.write_text(HAND)
    said = muster("postmortem", "check", str(file))
    assert said.status == 1
    assert f"{file}:5: “Ben failed to”. Say what was done" in said.out
    assert f"{file}:15: no owner and no due date: “Index it”." in said.out
    assert f"{file}: no section on “Impact”." in said.out
    found = json.loads(muster("postmortem", "check", str(file), "--json").out)
    assert {one["sort"] for one in found} == {"section", "follow-up", "not read", "blame"}


@pytest.mark.parametrize("verb", ["import", "check"])
def test_what_is_no_write_up_is_answered_in_a_sentence(muster, tmp_path, verb):
    assert muster("postmortem", verb).err.endswith(f"Name the file: `muster postmortem {verb} FILE`.\n")
    assert muster("postmortem", verb, "nowhere.md").err.startswith("There is no file `nowhere.md`.")
    assert muster("postmortem", verb, str(tmp_path)).err == f"`{tmp_path}` is a folder.\nName one file in it.\n"
    file = tmp_path / "x"
    for data, said in ((b"\xff\xfe", "is no UTF-8 text"), (b"a\0b", "no text"), (b" \n", "nothing in that")):
        file.write_bytes(data)
        answer = muster("postmortem", verb, str(file))
        assert answer.status == 1 and said in answer.err
    file.write_text("a " * 500_001)
    assert "1,000,000 is the most" in muster("postmortem", verb, str(file)).err


def test_a_write_up_without_any_time_is_not_stored(muster, tmp_path):
    file = tmp_path / "w.md"
    file.write_text("# Down\n\nIt was down.\n")
    shown = muster("postmortem", "import", str(file)).out
    assert "Read: 0 entries, 0 moments, 0 sections, 0 follow-ups, 0 things not read." in shown
    assert "As it is it cannot be stored. There is no time in that write-up" in shown and "--yes" not in shown
    assert muster("postmortem", "import", str(file), "--yes").err.startswith("There is no time in that write-up")
    assert muster("incident", "list", "--all").out == "No incidents.\n"


def test_what_may_be_no_postmortem_is_asked_about(muster, tmp_path):
    file = tmp_path / "README.md"
    file.write_text("# left-pad\n\n## Install\n\nRun it at 12:03.\n")
    said = muster("postmortem", "import", str(file)).out
    assert "Read: 1 entry, 0 moments, 0 sections, 0 follow-ups, 0 things not read. Nothing is stored yet." in said
    assert "This may be no postmortem: it has hardly a time, no section that a postmortem has" in said


STATED = """# Checkout was down

| Severity | sev1 |
| --- | --- |
| Began | 2020-04-23 12:00 UTC |
| Detected | 12:03 |

- Acknowledged at 12:05 by Ada
- Time to mitigate: 40 minutes
- Resolved: 13:00 UTC
- Closed: 11:00 UTC

## Timeline
- 12:03 UTC calendar is empty
- soon after: Ada looks
- about 12:20: it may be the cache
"""


def test_the_moments_that_a_write_up_states_are_those_of_the_incident(muster, tmp_path):
    file = tmp_path / "w.md"
    file.write_text(STATED)
    said = muster("postmortem", "import", str(file), "--yes").out
    assert "line 11: “Closed” at 2020-04-23 11:00 UTC contradicts the other moments" in said
    assert "line 15: no time that can be read, so it stays with the entry above it; write a clock time first" in said
    stored = muster("postmortem", "1", "--json").data
    known = {name: (one["at"], one["how"]) for name, one in stored["moments"].items() if one}
    assert known["started"] == ("2020-04-23T12:00:00+00:00", "said")
    assert known["detected"] == ("2020-04-23T12:03:00+00:00", "said")
    assert known["acknowledged"] == ("2020-04-23T12:05:00+00:00", "said")
    assert known["mitigated"] == ("2020-04-23T12:40:00+00:00", "said")
    assert known["resolved"] == ("2020-04-23T13:00:00+00:00", "said")
    told = [line["text"] for line in stored["timeline"] if line["kind"] == "imported"]
    assert "calendar is empty\n(no time read) soon after: Ada looks" in told
    assert "(about 12:20) it may be the cache" in told
    assert "Acknowledged: by Ada" in told


def test_every_line_of_a_write_up_is_found_again_once_it_is_stored(muster, tmp_path):
    shapes = (
        "---\ntitle: Down\nowner: {}\n---\n{}\n\n## Impact\n{}\n\n**Root cause:** it was the {} at last\n",
        "## Timeline\n{}\n- 2020-04-23 12:03 UTC {}\n- later {}\n  {}\n",
        "| 12:10 | {} |\n| ? | {} |\n### {}\n- 12:75 {}\n",
        "## Penguins\n- {}\n\n## Action items\n- {} owner: Ben\n\n| Action | Who |\n| --- | --- |\n| {} | Ben |\n",
        "<!-- {} -->\n",
    )
    marks = [f"kept{number}x" for number in range(40)]
    rest = iter(marks)
    text = re.sub(r"\{\}", lambda _: next(rest), "".join(shapes))
    file = tmp_path / "w.md"
    file.write_text(text)
    said = muster("postmortem", "import", str(file), "--yes")
    listed = said.out.partition("Not read as")[2]
    stored = muster("postmortem", "1").out + muster("postmortem", "1", "--format", "csv").out
    used = [mark for mark in marks if mark in text]
    assert said.status == 0 and len(used) == 16
    assert [mark for mark in used if mark not in stored + listed] == []


def test_what_changed_since_the_draft_is_told_sentence_by_sentence(muster, tmp_path):
    file = tmp_path / "w.md"
    file.write_text(HAND)
    muster("postmortem", "import", str(file), "--yes")
    assert muster("postmortem", "1", "--since-draft").out == "INC-1: nothing has changed since draft 1.\n"
    muster("incident", "note", "1", "2020-04-23 12:01 UTC #impact customers see no dates")
    said = muster("postmortem", "1", "--since-draft").out
    assert said.startswith("INC-1, since draft 1:\n")
    assert "\nImpact\n+ " in said and "2020-04-23 12:01 UTC  customers see no dates" in said
    data = muster("postmortem", "1", "--since-draft", "--json").data
    assert [line["text"] for line in data["late"]] == ["customers see no dates"]
    assert muster("postmortem", "1", "--since-draft", "--format", "json").data == data


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("1 --yes", "`--yes` goes with `muster postmortem import FILE`: it stores what was read there."),
        ("1 --since-draft --yes", "`--yes` goes with `muster postmortem import FILE`: it stores what was read there."),
        ("1 --json --format html", "`--json` and `--format html` ask for two forms: give one of them."),
        (
            "1 --since-draft --format md",
            "`--since-draft` prints text, or data with `--json`, and does not go with `--format md`.",
        ),
        ("1 --since-draft --out x.md", "`--since-draft` prints what has changed, and does not go with `--out`."),
        ("1 x.md", "I do not know what `x.md` is for: to write into a file, use `--out x.md`."),
        (
            "import x.md --format md --out y.md",
            "`muster postmortem import` takes `--yes` and `--json`, not `--format` and `--out`.",
        ),
        ("check x.md --yes", "`muster postmortem check` takes `--json`, not `--yes`."),
        ("check x.md --since-draft", "`muster postmortem check` takes `--json`, not `--since-draft`."),
        ("chekc x.md", "`chekc` is no command: did you mean `muster postmortem check x.md`?"),
        (
            "1 --format html --out x.md",
            "`x.md` is a name for md, and html is what would be written: give `--format md`, or a name that ends in"
            " `.html`.",
        ),
        (
            "1 --out x.PDF",
            "`x.PDF` is a name for pdf, and md is what would be written: give `--format pdf`, or a name that ends in"
            " `.md`.",
        ),
        (
            "1 --format git --out repo/docs/new.md",
            "`--format git` takes a folder, and `repo/docs/new.md` is the name of a file: try `--out repo/docs`.",
        ),
    ],
)
@pytest.mark.usefixtures("recorded")
def test_options_that_mean_nothing_together_are_refused_in_one_sentence(muster, line, says):
    said = muster("postmortem", *line.split())
    assert (said.status, said.out, said.err) == (2, "", f"{says}\n")


@pytest.mark.usefixtures("recorded")
def test_a_file_that_cannot_be_written_is_answered_with_what_to_do(muster, tmp_path):
    said = muster("postmortem", "1", "--out", str(tmp_path / "nope" / "x.md"))
    assert (said.status, said.err) == (
        1,
        f"There is no folder `{tmp_path}/nope`.\nName another file with --out, or make it.\n",
    )
    for empty in ("", " "):
        said = muster("postmortem", "1", "--out", empty)
        assert said.status == 2 and said.err.endswith("argument --out: it names no file\n")


def test_nothing_is_compared_where_nothing_was_drafted(muster):
    muster("incident", "open", "sev3 slow")
    said = muster("postmortem", "1", "--since-draft")
    assert said.err.startswith("INC-1 has no draft yet") and "`muster incident close INC-1`" in said.err


def test_a_close_at_a_terminal_keeps_a_draft_to_tell_later_changes_from(muster):
    muster("incident", "open", "sev1 checkout is failing")
    assert "Its postmortem is drafted: see it with `muster postmortem INC-1`" in muster("incident", "close", "1").out
    muster("incident", "note", "1", "2020-01-31 12:03 GMT #impact nobody can pay")
    said = muster("postmortem", "1", "--since-draft").out
    assert said.startswith("INC-1, since draft 1:\n") and "nobody can pay" in said


def test_an_incident_closed_where_nothing_drafted_gets_its_draft_when_it_is_read(muster):
    muster("incident", "open", "sev1 checkout is failing")
    with open_desk(settings.read()) as desk:
        incidents.reach(desk, incidents.find(desk, number=1), Status.CLOSED, by="U0ADA")
    assert muster("postmortem", "1").status == 0
    muster("incident", "note", "1", "the cable was loose")
    assert "the cable was loose" in muster("postmortem", "1", "--since-draft").out
