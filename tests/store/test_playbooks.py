"""The loader, on real files: what is read, what is refused and with which line, and what stays fresh."""

import os
import resource
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest

from bot.domain.playbook import Fill, Variable
from bot.errors import NotFound
from bot.settings import HERE
from bot.store import playbooks
from bot.store.pages import read_text
from bot.store.playbooks import RECHECK_S, Shelf, load, parse
from bot.store.search import Index

GOOD = """\
---
title: A secondary is falling behind
owner: "@team-data"
severity: sev2
symptoms:
  - reads on the secondaries are stale
errors: ["too stale to catch up", 13435]
systems: [mongodb]
reviewed: 2026-01-31
related: [other]
---
# A secondary is falling behind

Use it when one secondary is behind. See also [the other](other.md#start).

## 1. Find out which one

Ask the set, not the dashboard.

```sh run
mongosh --host {{db1:host}} --port {{port}} --eval 'rs.printSecondaryReplicationInfo()'
```

**Look for:** one secondary behind,
and only one.
**Undo:** nothing to undo.

It is a cheap question.

## 2. Resync it ##

```text
{{.Names}} is shown as it stands
```

**Danger:** it loads the primary.
**Give it:** 10 minutes.
**Stop if:** `{{db1}}` is the primary.

## Where it was seen

Small Giant, 2019.
"""


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """However busy the machine is, a look at the folder is waited for."""
    monkeypatch.setattr(playbooks, "PATIENCE_S", 30.0)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "playbooks").mkdir()
    return tmp_path / "playbooks"


def write(folder: Path, name: str, text: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def page(front: str, body: str = "## 1. Do it\n") -> str:
    return f"---\ntitle: A page\n{front}\n---\n{body}"


def test_a_playbook_is_read_whole():
    book = parse(GOOD, "lag")
    assert (book.name, book.title, book.owner) == ("lag", "A secondary is falling behind", "@team-data")
    assert (book.severity, book.reviewed, book.related) == ("sev2", date(2026, 1, 31), ("other",))
    assert book.errors == ("too stale to catch up", "13435")
    assert book.intro.startswith("Use it when one")
    assert [step.title for step in book.steps] == ["Find out which one", "Resync it"]
    assert book.notes == "## Where it was seen\n\nSmall Giant, 2019."
    assert book.text == GOOD


def test_a_step_knows_what_to_look_for_and_the_rest_is_its_body():
    first, second = parse(GOOD, "lag").steps
    assert first.look_for == "one secondary behind,\nand only one."
    assert first.undo == "nothing to undo."
    assert first.body.startswith("Ask the set, not the dashboard.\n\n```sh run\nmongosh")
    assert first.body.endswith("```\n\nIt is a cheap question.")
    assert (second.danger, second.give_it) == ("it loads the primary.", "10 minutes.")


def test_variables_have_a_kind_that_the_first_use_gives():
    first, second = parse(GOOD, "lag").steps
    assert first.variables == (Variable(name="db1", fill=Fill.HOST), Variable(name="port", fill=Fill.PORT))
    assert second.variables == (Variable(name="db1", fill=Fill.HOST),)


def test_windows_line_ends_and_a_byte_order_mark_change_nothing_but_the_digest():
    plain, windows = parse(GOOD, "lag"), parse("\ufeff" + GOOD.replace("\n", "\r\n"), "lag")
    assert windows.steps == plain.steps
    assert windows.digest != plain.digest


def test_a_page_without_front_matter_is_shown_whole_and_named_by_its_heading(folder):
    write(folder, "prose.md", "Some words first.\n\n## 3 odd things {{7*7}}\n\n[gone](gone.md)\n")
    write(folder, "no-heading.md", "Call the on-call engineer.\n")
    headless, prose = load(folder).playbooks
    assert (prose.title, prose.steps) == ("3 odd things {{7*7}}", ())
    assert prose.intro.startswith("Some words first.") and prose.intro.endswith("[gone](gone.md)")
    assert headless.title == "No heading"


def test_the_readme_hidden_files_folders_and_other_files_are_no_playbooks(folder):
    for name in ("README.md", ".#draft.md", "notes.txt"):
        write(folder, name, "---\nthis is no playbook")
    (folder / "old").mkdir()
    assert load(folder) == playbooks.Loaded(())


def test_a_follow_up_is_read_with_its_aim_and_a_wrong_one_is_told_what_to_write(folder):
    write(folder, "good.md", '---\ntitle: X\nfollow_ups:\n  - "detect: watch the lag"\n---\n')
    write(folder, "x.md", '---\ntitle: X\nfollow_ups: ["detekt: a", "fun: b"]\n---\n')
    write(folder, "y.md", "---\ntitle: X\nfollow_ups:\n  - detect: a\n---\n")
    loaded = load(folder)
    assert [book.follow_ups for book in loaded.playbooks] == [("detect: watch the lag",)]
    assert [str(problem) for problem in loaded.problems] == [
        'playbooks/x.md:3: unknown aim "detekt"; did you mean "detect"?',
        'playbooks/x.md:3: unknown aim "fun"; the aims are prevent, detect, mitigate, process',
        'playbooks/y.md:4: "detect: ..." stands without quotes; write "detect: ..." in quotes',
    ]


def test_every_playbook_of_ours_proposes_what_to_do_afterwards():
    assert all(book.follow_ups for book in load(HERE / "playbooks").playbooks)


def test_a_problem_reads_as_file_line_and_what_to_write(folder):
    write(folder, "x.md", "---\ntitle: X\n\nsymptom: [slow]\n---\n")
    assert [str(problem) for problem in load(folder).problems] == [
        'playbooks/x.md:4: unknown key "symptom"; did you mean "symptoms"?'
    ]


def test_all_that_is_wrong_in_a_file_is_said_at_once(folder):
    write(folder, "x.md", page("severity: urgent\nreviewed: 2026-02-30\nowner: no", "## 2. Too early\n"))
    assert [(problem.line, problem.says) for problem in load(folder).problems] == [
        (3, '"urgent" is not a severity'),
        (4, '"2026-02-30" is not a date'),
        (5, "no is read as true or false"),
        (7, "step 2 stands where step 1 belongs"),
    ]


def test_dead_links_and_a_name_nobody_can_type_are_said_beside_the_other_mistakes(folder):
    write(folder, "Bad Name.md", page("severity: urgent\nrelated: [nope]", "## 1. Do it\n\nSee [it](gone.md).\n"))
    assert [(problem.line, problem.says) for problem in load(folder).problems] == [
        (1, "this file name cannot be typed"),
        (3, '"urgent" is not a severity'),
        (4, '"nope" points to no playbook'),
        (8, '"gone.md" points to no playbook'),
    ]


DEAD = {
    "sub/gone.md": "leads to no file",
    "../gone.md": "leads to no file",
    "/gone.md": "leads to no file",
    "sub/%67one.md#x": "leads to no file",
    "sub/" + "x" * 300 + ".md": "leads to no file",
    "#7-nope": "leads to no heading of this page",
    "#step-3": "leads to no heading of this page",
    "other.md#9-nope": "leads to no heading of other.md",
    "./other.md#2-do-it": "leads to no heading of other.md",
}
ALIVE = ("#1-do-it-now", "#step-2", "#notes", "#", "#do-it-1", "other.md#1-do-it", "other.md#step-1", "sub/there.md",
         "sub/there.md#x", "/playbooks/other.md", "../there.md", "README.md#x", "https://example.com/x.md#y",
         "//example.com/x.md", "mailto:x@example.com", "sub/picture.png")  # fmt: skip


@pytest.mark.parametrize("target", [*DEAD, *ALIVE])
def test_a_link_to_no_file_or_heading_is_told_and_the_page_stands(folder, target):
    """What lies outside, or was renamed on another page, must not take this page away."""
    (folder / "sub").mkdir()
    for file in ("sub/there.md", "../there.md"):
        (folder / file).write_text("# There\n")
    write(folder, "other.md", page("", "## 1. Do it\n"))
    body = f"## 1. Do *it*, now!\n\n## 2. [Look](other.md)\n\n[x]({target})\n\n## Notes\n\n### Do it\n\n### Do it\n"
    write(folder, "x.md", page("", body))
    loaded = load(folder)
    assert ([book.name for book in loaded.playbooks], loaded.problems) == (["other", "x"], ())
    assert [(flaw.line, flaw.says) for flaw in loaded.flaws] == [
        (9, f'"{target[:60]}" {DEAD[target]}') for _ in range(target in DEAD)
    ]


def test_a_dead_place_names_the_step_with_its_number(folder):
    write(folder, "x.md", page("", "## 1. Do it\n\nSee [it](#1-doit).\n"))
    assert load(folder).flaws[0].hint == 'did you mean "#1-do-it"?'


def test_steps_on_a_page_without_front_matter_are_noticed_and_no_mistake(folder):
    write(folder, "steps.md", "# Fryer\n\n```text\n## 1. No step\n```\n\n## 1. Turn it off\n\n## 2. Call Bo\n")
    write(folder, "prose.md", "# Fryer\n\n1. Turn it off\n")
    loaded = load(folder)
    assert (len(loaded.playbooks), loaded.problems) == (2, ())
    (notice,) = loaded.notices
    assert str(notice).startswith("playbooks/steps.md:7: this page has steps and no front matter, so it is prose")


FRONT_MATTER = {
    "no title": ("---\nowner: me\n---\n", 2, "there is no title"),
    "a doubled key": (page("owner: a\nowner: b"), 4, '"owner" stands here twice'),
    "an anchor": (page("owner: &a me"), 3, "anchors and aliases"),
    "an alias bomb": (page("seen: &a [x]\nrelated: [*a, *a]"), 3, "anchors and aliases"),
    "a cyclic alias": (page("seen: &a [*a]"), 3, "anchors and aliases"),
    "a Python object": (page("owner: !!python/object/apply:os.system [id]"), 3, "tags"),
    "an include": (page("owner: !include other.md"), 3, "tags"),
    "a bare no": (page("owner: no"), 3, "no is read as true or false"),
    "a bare on": (page("symptoms: [on]"), 3, "on is read as true or false"),
    "a bare null": (page("seen: [~]"), 3, "~ is read as nothing"),
    "a bare time": (page("seen: [12:30]"), 3, "12:30 is read as a number"),
    "a bare version": (page("systems: [3.10]"), 3, "3.10 is read as a number"),
    "nothing at all": (page("owner:"), 3, '"owner" is empty'),
    "an empty text": (page('owner: ""'), 3, '"owner" is empty'),
    "a bad date": (page("reviewed: 2001-13-45"), 3, '"2001-13-45" is not a date'),
    "a date with a time": (page("reviewed: 2001-01-01 10:00:00"), 3, "is not a date"),
    "text for a list": (page("symptoms: slow"), 3, '"symptoms" must be a list'),
    "a list for text": (page("owner: [me]"), 3, '"owner" must be text here'),
    "a list in a list": (page("seen: [[a]]"), 3, '"seen" must be text here'),
    "a key that is a list": (page("? [a]\n: b"), 3, "a key must be one word"),
    "a merge key": (page("<<: {owner: me}"), 3, 'unknown key "<<"'),
    "no keys but a list": ("---\n- title\n---\n", 2, "not a list of keys"),
    "a bare at sign": (page("owner: @team"), 3, "this is not YAML"),
    "an open quote": (page('owner: "me'), 3, "this is not YAML"),
    "a control character": (page("owner: m\x08e"), 3, "a character here cannot be read"),
    "a long title": ("---\ntitle: " + "x" * 121 + "\n---\n", 2, '"title" has 121 characters'),
    "a probe that is no name": (page('probes: ["rm -rf"]'), 3, "is not the name of a probe"),
    "a follow-up without an aim": (page('follow_ups: ["alarm"]'), 3, '"alarm" does not say what it is for'),
    "a follow-up for nothing": (page('follow_ups: ["detect: "]'), 3, '"detect: " does not say what it is for'),
    "a misspelt aim": (page('follow_ups:\n  - "detekt: x"'), 4, 'unknown aim "detekt"'),
    "an aim of one's own": (page('follow_ups: ["fun: x"]'), 3, 'unknown aim "fun"'),
    "a follow-up without quotes": (page("follow_ups:\n  - detect: x"), 4, '"detect: ..." stands without quotes'),
    "a second document": (page("...\nowner: me"), 4, "a second document"),
    "a second document, marked": (page("...\n--- # two\nowner: me"), 4, "a second document"),
    "a second front matter": ("---\ntitle: x\n---\ntitle: y\n---\n", 4, "a second document"),
    "front matter that never ends": ("---\ntitle: x\n", 1, "never closed"),
    "front matter that begins late": ("\n---\ntitle: x\n---\n", 2, "must begin on the first line"),
    "21 levels": (page("seen: " + "[" * 21 + "]" * 21), 3, "nested more than 20 deep"),
    "200,000 brackets": (page("seen: " + "[" * 200_000), 2, "more than 16,384 characters"),
    "15,000 brackets": (page("seen: " + "[" * 15_000), 3, "nested more than 20 deep"),
    "15,000 braces": (page("seen: " + "{" * 15_000), 3, "nested more than 20 deep"),
    "5,000 nested dashes": (page("seen:\n" + "- " * 5_000), 4, "nested more than 20 deep"),
    "5,000 nested keys": (page("? " * 5_000), 3, "nested more than 20 deep"),
}

PAGES = {
    "a step out of order": (page("", "## 1. a\n## 3. b\n"), 6, "step 3 stands where step 2 belongs"),
    "a step without a dot": (page("", "## 1 Do it\n"), 5, "this looks like a step"),
    "a step spelled out": (page("", "## Step 1: do it\n"), 5, "this looks like a step"),
    "a heading between steps": (page("", "## 1. a\n## Why\n## 2. b\n"), 7, "a heading without a number"),
    "a block that never ends": (page("", "## 1. a\n\n```sh run\nls\n"), 7, "this block is never closed"),
    "a run block without a language": (page("", "## 1. a\n```run\nls\n```\n"), 6, "names its language first"),
    "a template": (page("", "## 1. a\n```sh run\necho {{7*7}}\n```\n"), 7, '"{{7*7}}" is not a variable'),
    "a template in prose": (page("", "Use {{ config.items() }}\n"), 5, "is not a variable"),
    "half a variable": (page("", "## 1. a\n```sh run\nls {{host\n```\n"), 7, '"{{" is not a variable'),
    "a variable of no kind": (page("", "## 1. a\nls {{a:planet}}\n"), 6, '"{{a:planet}}" is not a variable'),
    "a variable of two kinds": (page("", "## 1. a\n{{a:host}} {{a:port}}\n"), 6, '"a" was a host before'),
    "a colon outside the bold": (page("", "## 1. a\n**Danger**: high\n"), 6, '"**Danger**: high" is not read'),
    "a misspelt label": (page("", "## 1. a\n**Look fro:** x\n"), 6, "is not read"),
    "a label in a list": (page("", "## 1. a\n- **Undo:** x\n"), 6, "is not read"),
    "a label with nothing after it": (page("", "## 1. a\n**Danger:**\n\n- much\n"), 6, "nothing follows **Danger:**"),
    "a hidden turn of direction": (page("", "## 1. a\n```sh run\nls \u202e/\n```\n"), 7, "a hidden character"),
    "a dead link": (page("", "See [it](gone.md).\n"), 5, '"gone.md" points to no playbook'),
    "a dead link with a title": (page("", 'See [it](gone.md "gone").\n'), 5, '"gone.md" points to no playbook'),
    "a dead link in angles": (page("", "See [it](<gone.md>).\n"), 5, '"gone.md" points to no playbook'),
    "a dead link by reference": (page("", "See [it][1].\n\n[1]: gone.md\n"), 7, '"gone.md" points to no playbook'),
    "an unknown relative": (page("related: [gone]"), 3, '"gone" points to no playbook'),
    "51 steps": (page("", "".join(f"## {n}. x\n" for n in range(1, 52))), 55, "more than 50 steps"),
    "a long step title": (page("", "## 1. " + "x" * 141 + "\n"), 5, "this title has 141 characters"),
}

FILES = {
    "an empty file": (b"", 1, "this file is empty"),
    "white space only": (b" \n\n", 1, "this file is empty"),
    "a NUL": (b"---\ntitle: x\0\n---\n", 2, "a NUL character"),
    "Latin-1": ("# ok\n\ncafé".encode("latin-1"), 3, "this is not UTF-8"),
    "UTF-16": ("---\ntitle: x\n---\n".encode("utf-16"), 1, "this is not UTF-8"),
    "257 KB": (b"x" * 257 * 1024, 1, "more than 256 KB"),
    "6,000 lines": (b"x\n" * 6_000, 1, "this file has 6,001 lines"),
}


@pytest.mark.parametrize("case", [*FRONT_MATTER, *PAGES, *FILES])
def test_a_bad_file_is_refused_with_its_line_and_the_others_load(folder, case):
    text, line, says = {**FRONT_MATTER, **PAGES, **FILES}[case]
    write(folder, "bad.md", text)
    write(folder, "good.md", "---\ntitle: Good\nrelated: [bad]\n---\nSee [it](bad.md).\n")
    loaded = load(folder)
    assert [book.name for book in loaded.playbooks] == ["good"]
    assert loaded.problems[0].line == line
    assert says in loaded.problems[0].says
    assert str(loaded.problems[0]).startswith(f"playbooks/bad.md:{line}: ")


HOSTILE_PAGES = {
    "brackets": "[" * 200_000,
    "half links": "](" * 100_000,
    "half a link with a title": '[a](b "' * 28_000,
    "half a link in angles": "[a](<" * 40_000,
    "places": "## 1. a\n" + "[a](#b) " * 25_000,
    "paths": "## 1. a\n" + "[a](/b.md)\n" * 4_900,
    "half definitions": "[a]:\n" * 4_900,
    "list marks": "## 1. a\n" + "- " * 100_000 + "**Undo:** x",
    "list marks with gaps": "## 1. a\n" + ("-" + " " * 50) * 4_000,
    "braces": "{" * 200_000,
    "spaces in a heading": "## 1. a" + " " * 200_000 + "b",
    "hashes in a heading": "## 1. a" + " #" * 100_000,
    "stars": "## 1. a\n" + "*" * 200_000,
    "bold with spaces": "## 1. a\n" + ("**ab" + " " * 40 + "\n") * 4_000,
    "backticks": "`" * 200_000,
    "labels": "## 1. a\n" + "**Look fr:** x\n" * 4_900,
}


@pytest.mark.parametrize("case", HOSTILE_PAGES)
def test_a_hostile_page_does_not_hold_up_the_others(folder, case):
    """A quadratic pattern would show as a test that takes minutes; each of these takes less than a second."""
    write(folder, "bad.md", page("", HOSTILE_PAGES[case]))
    write(folder, "good.md", GOOD.replace("other", "bad"))
    assert "good" in [book.name for book in load(folder).playbooks]


def test_refusing_hostile_front_matter_takes_little_memory(folder):
    write(folder, "warm.md", GOOD.replace("other", "warm"))
    load(folder)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for number, (text, _, _) in enumerate(FRONT_MATTER.values()):
        write(folder, f"bad-{number}.md", text)
    assert len(load(folder).playbooks) == 1
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50 * 1024


@pytest.mark.parametrize("name", ["-x.md", "Upper.md", "a_b.md", "x y.md", "x" * 65 + ".md", "é.md", "a\nb.md", ".md"])
def test_a_name_nobody_can_type_is_refused(folder, name):
    write(folder, name, "# A page\n")
    loaded = load(folder)
    assert loaded.playbooks == ()
    assert [problem.says for problem in loaded.problems] == (
        [] if name == ".md" else ["this file name cannot be typed"]
    )
    assert "\n" not in "".join(str(problem) for problem in loaded.problems)


def test_a_link_out_of_the_folder_is_refused(folder):
    secret = write(folder.parent, "secret.md", "# Secret\n")
    (folder / "out.md").symlink_to(secret)
    (folder / "passwd.md").symlink_to("/etc/passwd")
    assert [problem.says for problem in load(folder).problems] == ["this link leads out of the folder"] * 2


def test_a_link_within_the_folder_is_followed(folder):
    (folder / "..data").mkdir()
    write(folder / "..data", "lag.md", GOOD.replace("other", "lag"))
    (folder / "lag.md").symlink_to("..data/lag.md")
    assert [book.name for book in load(folder).playbooks] == ["lag"]


def test_dead_and_looping_links_pipes_devices_and_folders_are_refused_without_waiting(folder):
    (folder / "dead.md").symlink_to("nowhere.md")
    (folder / "loop.md").symlink_to("loop.md")
    (folder / "zero.md").symlink_to("/dev/zero")
    os.mkfifo(folder / "pipe.md")
    (folder / "room.md").mkdir()
    says = {problem.file.removeprefix("playbooks/"): problem.says for problem in load(folder).problems}
    assert says == {
        "dead.md": "this file cannot be read: No such file or directory",
        "loop.md": "this link points to itself",
        "pipe.md": "this is not a regular file",
        "room.md": "this is not a regular file",
        "zero.md": "this link leads out of the folder",
    }


def test_a_folder_that_is_not_there_is_one_problem(folder):
    loaded = load(folder / "nowhere")
    assert loaded.playbooks == ()
    assert [problem.says for problem in loaded.problems] == ["the folder cannot be read: No such file or directory"]


SPOILT = {
    "a key that is not known any more": ("systems:", "sistems:"),
    "a value that is not taken any more": ("severity: sev2", "severity: urgent"),
    "front matter that is no YAML any more": ("title: Lag", 'title: "Lag'),
    "a label that is not read any more": ("**Undo:**", "**Undo**:"),
    "a variable of a kind that is gone": ("{{host}}", "{{host:planet}}"),
    "a NUL": ("Turn", "Tu\0rn"),
    "too many lines": ("# Lag\n", "# Lag\n" + "\n" * 5_000),
}
KEPT = (
    "---\ntitle: Lag\nseverity: sev2\nsystems: [mongodb]\nprobes: [mongodb.lag]\n---\n# Lag\n\n## 1. Turn it\n\n"
    "```sh run\nls {{host}}\n```\n\n**Danger:** Much.\n**Undo:** Back.\n\n## 2. Look\n"
)


@pytest.mark.parametrize("case", SPOILT)
def test_a_kept_text_that_is_refused_by_now_keeps_its_steps(case):
    """What a walk keeps was read once; a stricter reader must not take the steps away from those who stand in them."""
    book = parse(KEPT.replace(*SPOILT[case]), "lag")
    assert read_text(book.text, "lag").faults
    assert [step.number for step in book.steps] == [1, 2]
    assert "ls {{host" in book.steps[0].body and "Much." in book.steps[0].danger
    assert book.title == "Lag"
    assert book.probes == (() if "YAML" in case else ("mongodb.lag",))


def test_a_kept_text_of_which_nothing_can_be_read_is_named_after_its_file():
    book = parse("---\nowner: me\n", "turn-it-round")
    assert (book.title, book.steps, book.text) == ("Turn it round", (), "---\nowner: me\n")


def test_a_walk_re_reads_its_own_text_whatever_the_folder_holds_now():
    book = parse(GOOD, "lag")
    assert parse(book.text, book.name) == book


def test_the_digest_names_the_bytes_of_the_file(folder):
    write(folder, "lag.md", GOOD.replace("other", "lag").replace("\n", "\r\n"))
    (book,) = load(folder).playbooks
    assert book == parse(book.text, "lag")


def test_an_unknown_name_gets_the_nearest_ones(folder):
    write(folder, "stop-respawn.md", "# Stop respawn\n")
    loaded = load(folder)
    assert loaded.get(" Stop-Respawn.md ").title == "Stop respawn"
    with pytest.raises(NotFound) as caught:
        loaded.get("stop-respwan")
    assert caught.value.hint == "Nearest: `stop-respawn`."
    with pytest.raises(NotFound):
        loaded.get("../../etc/passwd\0" * 10_000)


def test_a_refused_playbook_says_why_when_it_is_asked_for(folder):
    write(folder, "bad.md", "---\ntitle: x\n")
    with pytest.raises(NotFound) as caught:
        load(folder).get("bad")
    assert caught.value.message == "The playbook `bad` cannot be read."
    assert (
        caught.value.hint == "playbooks/bad.md:1: the front matter is never closed; add a line with --- after the keys"
    )


class Ticks:
    """A clock that stands still until told."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_shelf_sees_changes_new_files_and_removals_within_a_second(folder):
    clock = Ticks()
    path = write(folder, "a.md", "# One\n")
    shelf = Shelf(folder, clock=clock)
    assert shelf.get("a").title == "One"
    write(folder, "a.md", "# Two, changed\n")
    write(folder, "b.md", "# Bee\n")
    assert shelf.get("a").title == "One"
    clock.now += RECHECK_S
    assert [book.title for book in shelf.current().playbooks] == ["Two, changed", "Bee"]
    assert [match.name for match in shelf.find("changed")] == ["a"]
    path.unlink()
    clock.now += RECHECK_S
    assert [book.name for book in shelf.current().playbooks] == ["b"]
    assert shelf.find("changed") == []


def test_a_file_of_the_same_size_and_time_that_was_replaced_is_read_again(folder):
    clock = Ticks()
    path = write(folder, "a.md", "# One\n")
    at = path.stat()
    shelf = Shelf(folder, clock=clock)
    assert shelf.get("a").title == "One"
    other = write(folder, "new.txt", "# Two\n")
    os.utime(other, ns=(at.st_atime_ns, at.st_mtime_ns))
    other.replace(path)
    clock.now += RECHECK_S
    assert shelf.get("a").title == "Two"


def test_an_unchanged_file_is_not_read_again(folder):
    clock = Ticks()
    write(folder, "a.md", "# One\n")
    shelf = Shelf(folder, clock=clock)
    before = shelf.get("a")
    write(folder, "b.md", "# Bee\n")
    clock.now += RECHECK_S
    assert shelf.get("a") is before


def test_a_folder_that_comes_back_is_read_again(folder):
    clock = Ticks()
    shelf = Shelf(folder / "later", clock=clock)
    assert len(shelf.current().problems) == 1
    (folder / "later").mkdir()
    write(folder / "later", "a.md", "# One\n")
    clock.now += RECHECK_S
    assert shelf.get("a").title == "One"


def test_while_many_changes_are_laid_out_a_look_up_is_answered_from_what_was_known(folder, monkeypatch):
    monkeypatch.setattr(playbooks, "PATIENCE_S", 0.01)
    clock, may_finish = Ticks(), threading.Event()
    write(folder, "a.md", "# Certificate renewal\n")
    shelf = Shelf(folder, clock=clock)
    assert [match.name for match in shelf.find("certificate renewal")] == ["a"]

    class Slow(Index):
        def __init__(self, books, learnt):
            may_finish.wait(30)
            super().__init__(books, learnt)

    monkeypatch.setattr(playbooks, "Index", Slow)
    write(folder, "b.md", "# Reindexing the warehouse\n")
    clock.now += RECHECK_S
    assert shelf.find("reindexing the warehouse") == []
    clock.now += RECHECK_S
    assert [book.name for book in shelf.current().playbooks] == ["a", "b"]
    may_finish.set()
    monkeypatch.setattr(playbooks, "PATIENCE_S", 30.0)
    clock.now += RECHECK_S
    found = (shelf.find("reindexing the warehouse") for _ in range(1_000))
    assert [match.name for match in next(answer for answer in found if answer)] == ["b"]


def test_many_threads_may_look_while_files_change(folder):
    clock = Ticks()
    shelf = Shelf(folder, clock=clock)

    def look(number: int) -> int:
        write(folder, f"page-{number}.md", f"# Page {number}\n")
        clock.now += RECHECK_S
        return len(shelf.current().playbooks)

    with ThreadPoolExecutor(8) as pool:
        counts = list(pool.map(look, range(40)))
    assert all(0 <= count <= 40 for count in counts)
    clock.now += RECHECK_S
    assert len(shelf.current().playbooks) == 40


def test_a_known_error_line_is_found_in_the_traceback_around_it():
    shelf = Shelf(HERE / "playbooks")
    line = "max number of clients reached"
    assert shelf.find(line)[0].sure
    frames = "\n".join(f'  File "/srv/app/worker{n}.py", line {n}, in run\n    self.redis.get(key)' for n in range(8))
    pasted = f"Traceback (most recent call last):\n{frames}\nredis.exceptions.ConnectionError: {line}\n"
    first, *others = shelf.find(pasted)
    assert (first.name, first.sure) == ("connection-limit", True) and not any(other.sure for other in others)
    both = shelf.find(f"{pasted}mongod: No space left on device")
    assert {match.name for match in both[:2]} == {"connection-limit", "disk-full"} and not both[0].sure
