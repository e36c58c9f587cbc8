"""The pages and the code say the same."""

from __future__ import annotations

import importlib
import re
import shutil
import subprocess
from dataclasses import MISSING, fields
from pathlib import Path

import pytest
import yaml

from bot.cli import COMMANDS as TERMINAL
from bot.domain.timeline import Tag
from bot.probes import catalog
from bot.rehearsal import replay
from bot.settings import Settings
from bot.slack.buttons import BUTTONS
from bot.slack.commands import COMMANDS, VERBS
from bot.slack.submissions import FORMS
from bot.store.tables import SQLModel

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
PAGES = sorted([ROOT / "README.md", *DOCS.rglob("*.md"), *(ROOT / "playbooks").glob("*.md")])
IDS = [page.relative_to(ROOT).as_posix() for page in PAGES]


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def rows(name: str, heading: str) -> list[list[str]]:
    """The cells of the first table under a heading."""
    below = re.split(rf"^#+ {re.escape(heading)}$", read(name), maxsplit=1, flags=re.MULTILINE)[1]
    table = re.search(r"(?:^\|.*\n)+", below, re.MULTILINE)
    assert table, f"{name} has no table under {heading}"
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in table[0].splitlines()[2:]]


def code(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


def test_every_setting_is_documented_and_every_documented_setting_exists():
    documented = [code(row[0])[0] for row in rows("docs/running.md", "Settings")]
    assert documented == [field.name.upper() for field in fields(Settings)]


def test_the_documented_defaults_are_the_defaults():
    said = {code(row[0])[0].lower(): row[1] for row in rows("docs/running.md", "Settings")}
    for field in fields(Settings):
        assert field.default is not MISSING
        if field.default in ("", None):
            assert said[field.name] == "none" or "`" in said[field.name], field.name
        elif isinstance(field.default, tuple):
            assert [f"`{folder.name}/`" in said[field.name] for folder in field.default] == [True]
        else:
            assert said[field.name] == f"`{field.default}`"


def test_every_verb_is_documented_with_all_its_names_and_its_example():
    documented = {code(row[0])[0]: (code(row[1]), code(row[2])[0]) for row in rows("docs/commands.md", "/incident")}
    assert documented == {verb.names[0]: (list(verb.names[1:]), f"/incident {verb.usage}") for verb in VERBS}


def test_every_slash_command_has_its_section():
    sections = re.findall(r"^## (/\w+)$", read("docs/commands.md"), re.MULTILINE)
    assert sections == list(COMMANDS)


def test_every_tag_is_documented():
    assert set(re.findall(r"`#(\w+)`", read("docs/commands.md"))) >= {str(tag) for tag in Tag}


def test_every_button_and_form_is_documented():
    assert {code(row[1])[0] for row in rows("docs/commands.md", "Buttons")} == set(BUTTONS)
    assert {code(row[1])[0] for row in rows("docs/commands.md", "Forms")} == set(FORMS)


def test_every_button_is_called_what_it_says_on_it():
    said = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "bot/slack/blocks").glob("*.py"))
    for label, inside, *_ in rows("docs/commands.md", "Buttons"):
        assert re.search(rf'"{re.escape(label)}", "{code(inside)[0]}"', said), label


@pytest.mark.parametrize(("page", "heading"), [("docs/terminal.md", "At the terminal"), ("README.md", "Use it")])
def test_every_terminal_command_is_documented(page, heading):
    assert [code(row[0])[0] for row in rows(page, heading)] == [f"muster {name}" for name in TERMINAL]


def test_every_line_that_the_docs_show_for_the_terminal_is_one_that_it_takes(capsys, tmp_path, monkeypatch):
    """Read, not run: the parser of the command has to take its words, where the folders that they name are there."""
    import argparse
    import shlex

    for line in re.findall(r"^(?:\.venv/bin/)?muster (\w+)(.*)$", _shell("docs/terminal.md"), re.MULTILINE):
        parser = argparse.ArgumentParser()
        importlib.import_module(TERMINAL[line[0]][0]).add(parser)
        words = shlex.split(line[1].partition(" #")[0].partition(" > ")[0])
        for folder in (word for word in words if word.endswith("/")):
            (tmp_path / folder).mkdir(parents=True, exist_ok=True)
        with monkeypatch.context() as there:
            there.chdir(tmp_path)
            parser.parse_args(words)


def _shell(name: str) -> str:
    return "\n".join(re.findall(r"^```sh\n(.*?)^```", read(name), re.MULTILINE | re.DOTALL))


def test_every_outage_is_named_where_it_can_be_chosen():
    assert all(f"`{name}`" in read("docs/replays.md") for name in replay.names())
    assert all(name in read("docs/terminal.md") for name in replay.names())


def test_every_table_is_documented():
    for file in (ROOT / "bot/store").glob("*table*.py"):
        importlib.import_module(f"bot.store.{file.stem}")
    ours = set(SQLModel.metadata.tables)
    assert {code(row[0])[0] for row in rows("docs/architecture.md", "The tables")} == ours


def test_every_room_is_documented():
    rooms = {f"{path.name}/" for path in (ROOT / "bot").iterdir() if path.is_dir() and (path / "__init__.py").exists()}
    files = {path.name for path in (ROOT / "bot").glob("*.py") if not path.name.startswith("_")}
    assert {code(row[0])[0] for row in rows("docs/architecture.md", "The rooms")} == rooms | files


def test_every_process_of_the_procfile_is_documented():
    processes = dict(line.split(": ", 1) for line in read("Procfile").splitlines())
    documented = {row[0]: code(row[1])[0] for row in rows("docs/running.md", "One process or several")}
    assert documented == {name: line.replace("python -m bot", "muster") for name, line in processes.items()}


def test_every_target_of_make_that_a_person_needs_is_documented():
    targets = set(re.findall(r"^([a-z]+):.*?##", read("Makefile"), re.MULTILINE))
    documented = {code(row[0])[0].removeprefix("make ") for row in rows("docs/contributing.md", "Contributing")}
    assert documented == targets - {"clean"}


def test_every_dependency_has_its_reason():
    project = re.search(r"^dependencies = \[(.*?)^\]", read("pyproject.toml"), re.MULTILINE | re.DOTALL)
    assert project
    asked = set(re.findall(r'^ +"([a-z0-9-]+)', project[1], re.MULTILINE))
    given = {name for row in rows("docs/decisions/0001-foundations.md", "What we decided") for name in code(row[0])}
    assert given == asked


def test_the_number_of_scopes_that_the_docs_name_is_right():
    scopes = yaml.safe_load(read("slack-manifest.yaml"))["oauth_config"]["scopes"]["bot"]
    assert f"the {WORDS[len(scopes)]} scopes" in read("docs/running.md")


WORDS = {11: "eleven", 12: "twelve", 13: "thirteen", 14: "fourteen", 15: "fifteen", 16: "sixteen"}


@pytest.mark.parametrize("page", PAGES, ids=IDS)
def test_every_link_leads_somewhere(page):
    text = _prose(page)
    dead = []
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, anchor = target.partition("#")
        file = (page.parent / name).resolve() if name else page
        if not file.exists() or (anchor and anchor not in _anchors(file)):
            dead.append(target)
    assert dead == []


def test_every_page_can_be_reached_from_the_readme():
    seen, ahead = set(), [ROOT / "README.md"]
    while ahead:
        page = ahead.pop()
        if page in seen or page.suffix != ".md" or not page.exists():
            continue
        seen.add(page)
        ahead += [(page.parent / name).resolve() for name in re.findall(r"\]\(([^)#:\s]+)[)#]", _prose(page))]
    assert {page.relative_to(ROOT).as_posix() for page in DOCS.rglob("*.md")} == {
        page.relative_to(ROOT).as_posix() for page in seen if DOCS in page.parents
    }


def test_every_picture_is_there_small_and_described():
    shown = {
        (page.parent / target).resolve(): words
        for page in PAGES
        for words, target in re.findall(r"!\[([^\]]*)\]\(([^)]+)\)", _prose(page))
    }
    assert set(shown) == set((DOCS / "pictures").iterdir())
    assert all(words for words in shown.values())
    assert all(file.read_bytes()[:4] == b"\x89PNG" and file.stat().st_size < 300_000 for file in shown)


def _prose(page: Path) -> str:
    """The page without its code, in which nothing is a link."""
    text = re.sub(r"^(`{3,}).*?^\1", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    return re.sub(r"`[^`\n]+`", lambda found: found[0].replace("](", "] ("), text)


def _anchors(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", _prose(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


def test_decisions_are_numbered_one_after_the_other():
    names = sorted(page.name for page in (DOCS / "decisions").iterdir())
    assert all(re.fullmatch(r"\d{4}-[a-z0-9-]+\.md", name) for name in names)
    assert [int(name[:4]) for name in names] == list(range(1, len(names) + 1))
    for name in names:
        assert read(f"docs/decisions/{name}").startswith(f"# {int(name[:4])}. ")


@pytest.fixture(scope="module")
def tracked() -> list[Path]:
    """Every file of the repository, as git knows it."""
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        pytest.skip("this is no git clone, so nobody knows which files are tracked")
    done = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    return [ROOT / name for name in done.stdout.split("\0") if name and (ROOT / name).is_file()]


def test_no_file_names_a_place_or_a_person_of_the_machine_it_was_written_on(tracked):
    strange = re.compile(r"farm-?studio|/work/|/root/|/home/[a-z]+/|\bseed-[0-9a-f]{8}\b", re.IGNORECASE)
    found = [
        f"{file.relative_to(ROOT)}: {match[0]}"
        for file in tracked
        if file.suffix not in (".png", ".lock") and file != Path(__file__)
        for match in [strange.search(file.read_text(encoding="utf-8", errors="ignore"))]
        if match
    ]
    assert found == []


def test_nothing_that_was_made_here_is_tracked(tracked):
    names = {file.relative_to(ROOT).as_posix() for file in tracked}
    made = re.compile(r"(^|/)(\.venv|out|__pycache__|\.hypothesis)/|\.(db|db-wal|db-shm|pyc|log)$")
    assert {name for name in names if made.search(name)} == set()


def test_no_page_raises_its_voice():
    loud = {
        page.relative_to(ROOT).as_posix(): found[0]
        for page in PAGES
        if (found := re.search(r"[A-Za-z]!(?!\[|=)", _prose(page)))
    }
    assert loud == {}


def test_every_probe_is_documented_with_its_signals():
    documented = {code(row[0])[0]: (row[1], tuple(code(row[2]))) for row in rows("docs/probes.md", "The probes")}
    assert documented == {probe.name: (probe.about, probe.signals) for probe in catalog.probes()}
