"""The shape of the house, kept by machine: who imports whom, how long things are, what importing may do."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
BOT = ROOT / "bot"
FILES = sorted(BOT.rglob("*.py"))

# What each room may import of the others; docs/architecture.md says why.
LOWER = {"errors", "domain", "settings", "store", "probes", "actions", "services", "flows"}
MAY_IMPORT = {
    "errors": set(),
    "domain": {"errors"},
    "settings": {"errors"},
    "store": {"errors", "domain"},
    "probes": {"errors", "domain"},
    "actions": {"errors", "domain"},
    "services": {"errors", "domain", "settings", "store", "probes", "actions"},
    "flows": {"errors", "domain", "settings", "store", "probes", "actions", "services"},
    "slack": LOWER - {"flows"},
    "web": LOWER - {"flows"},
    "rehearsal": {"errors"},  # it serves any Slack app, so it must not lean on this one
    "wiring": LOWER | {"slack", "web"},
    "cli": LOWER | {"wiring"},
    "__main__": {"cli"},
    "__init__": set(),
}
# The terminal is where rooms are put side by side: these commands show or try what another edge has.
ALSO = {
    "cli/demo.py": {"rehearsal", "slack"},
    "cli/rehearse.py": {"rehearsal", "slack"},
    "cli/doctor.py": {"slack"},
    "cli/manifest.py": {"slack"},
}
# Libraries that only some rooms know.
KEPT_TO = {
    "slack_bolt": {"slack"},
    "slack_sdk": {"slack", "wiring", "cli/doctor.py"},
    "dbos": {"flows"},
    "sqlmodel": {"store", "services", "flows", "wiring", "cli/demo.py"},
    "sqlalchemy": {"store", "settings", "cli/doctor.py", "cli/answering.py"},
    "alembic": {"store"},
    "pymongo": {"probes", "actions"},
    "bson": {"probes", "actions", "rehearsal"},
    "redis": {"probes", "actions", "rehearsal"},
    "fsspec": {"probes"},
    "httpx": {"probes", "actions", "slack", "rehearsal", "web", "services/postmortem/wording.py"},
    "aiohttp": {"slack", "wiring"},
    "fastapi": {"web"},
    "starlette": {"web", "slack", "rehearsal"},
    "uvicorn": {"web", "rehearsal"},
    "uvloop": {"cli"},
    "jinja2": {"web", "services"},
    "markdown_it": {"web", "services"},
    "PIL": {"services"},
    "weasyprint": {"services"},
    "yaml": {"store", "cli/manifest.py", "cli/rehearse.py"},
}

MAX_FILE_LINES = 250
MAX_FUNCTION_LINES = 60
LONGER_FILES = {"store/migrations/versions/0001_first_tables.py": "a migration is a list of columns, read once"}
LONGER_FUNCTIONS = {"store/migrations/versions/0001_first_tables.py:upgrade"}
BANNED_NAMES = {"utils.py", "util.py", "helpers.py", "common.py", "manager.py", "misc.py"}
BUILT = {"AsyncApp", "AsyncWebClient", "WebClient", "FastAPI", "Starlette", "create_engine", "Door", "Muster"}
SHORT_METHOD_LINES = 7
SAID_ELSEWHERE = ("store/migrations/", "rehearsal/methods/")  # in Alembic's and in Slack's own reference

Function = ast.FunctionDef | ast.AsyncFunctionDef
Defined = Function | ast.ClassDef


def name_of(file: Path) -> str:
    return file.relative_to(BOT).as_posix()


def room_of(file: Path) -> str:
    parts = file.relative_to(BOT).parts
    return parts[0] if len(parts) > 1 else file.stem


def imported(file: Path) -> Iterator[str]:
    """Every module a file imports, also inside functions and for types only."""
    for node in ast.walk(tree_of(file)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{name_of(file)}:{node.lineno} imports relatively"
            assert node.module
            yield from (f"bot.{alias.name}" for alias in node.names) if node.module == "bot" else (node.module,)


def tree_of(file: Path) -> ast.Module:
    return ast.parse(file.read_text(encoding="utf-8"))


def functions(file: Path) -> Iterator[Function]:
    return (node for node in ast.walk(tree_of(file)) if isinstance(node, Function))


def test_every_room_has_its_rule():
    assert {room_of(file) for file in FILES} <= set(MAY_IMPORT)


@pytest.mark.parametrize("room", sorted({room_of(file) for file in FILES}))
def test_a_room_imports_only_what_it_may(room):
    wrong = []
    for file in (file for file in FILES if room_of(file) == room):
        allowed = MAY_IMPORT[room] | ALSO.get(name_of(file), set()) | {room}
        for module in imported(file):
            top, _, rest = module.partition(".")
            if top == "bot" and rest and rest.split(".")[0] not in allowed:
                wrong.append(f"{name_of(file)} imports {module}")
    assert not wrong


def test_the_rule_for_imports_would_notice_a_breach(tmp_path):
    file = tmp_path / "x.py"
    file.write_text(
        "def f():\n    from bot.slack import app\n\n\nfrom bot import web, errors\nimport bot.flows.engine\n"
    )
    assert sorted(imported(file)) == ["bot.errors", "bot.flows.engine", "bot.slack", "bot.web"]


@pytest.mark.parametrize("library", sorted(KEPT_TO))
def test_a_library_is_known_only_where_it_belongs(library):
    users = {name_of(file): room_of(file) for file in FILES if library in {m.split(".")[0] for m in imported(file)}}
    assert {name for name, room in users.items() if not {name, room} & KEPT_TO[library]} == set()


def test_every_library_imported_is_asked_for_by_name():
    """Not leaned on because another library happens to bring it; starlette and sqlalchemy are parts of ours."""
    known = set(KEPT_TO) | set(sys.stdlib_module_names) | {"bot"}
    assert {m.split(".")[0] for file in FILES for m in imported(file)} - known == set()


def test_only_settings_reads_the_environment():
    readers = {
        name_of(file)
        for file in FILES
        for node in ast.walk(tree_of(file))
        if (isinstance(node, ast.Attribute) and node.attr in ("environ", "getenv", "environb"))
        or (isinstance(node, ast.ImportFrom) and node.module == "os")
    }
    assert readers == {"settings.py"}


def test_only_the_terminal_prints():
    printing = {
        name_of(file)
        for file in FILES
        for node in ast.walk(tree_of(file))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
    }
    assert {name for name in printing if not name.startswith("cli/")} == set()


def test_no_client_engine_or_app_is_built_when_a_module_is_imported():
    built = [
        f"{name_of(file)}:{node.lineno}"
        for file in FILES
        for statement in tree_of(file).body
        if not isinstance(statement, Defined)
        for node in ast.walk(statement)
        if isinstance(node, ast.Call)
        and getattr(node.func, "id", getattr(node.func, "attr", "")) in BUILT
        and not _guarded(statement)
    ]
    assert not built


def _guarded(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.If) and "TYPE_CHECKING" in ast.dump(statement.test)


IMPORT_ALL = """
import json, os, sys, threading
watched = ("open", "socket.", "subprocess.", "os.mkdir", "os.remove", "os.rename", "sqlite3.connect")
seen = []
def hook(event, args):
    if not event.startswith(watched):
        return
    if event == "open":
        path, mode, flags = args
        writes = (flags or 0) & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
        if not writes or "__pycache__" in str(path) or str(path) == "/dev/null":
            return
    seen.append([event, str(args)[:120], current[0]])
current = [""]
def begin():
    sys.addaudithook(hook)
import importlib
# The libraries may do as they like; ours are what is watched.
for name in json.loads(sys.argv[1]):
    importlib.import_module(name)
names = json.loads(sys.argv[2])
threads = threading.active_count()
begin()
for name in names:
    current[0] = name
    importlib.import_module(name)
print(json.dumps({"seen": seen, "threads": threading.active_count() - threads, "modules": len(names)}))
"""


def test_importing_every_module_opens_nothing_and_starts_nothing(tmp_path):
    libraries = sorted(
        {m for file in FILES for m in imported(file) if m.split(".")[0] not in {"bot", *sys.stdlib_module_names}}
    )
    skipped = ("migrations", "__main__")
    ours = [
        "bot." + name_of(file)[:-3].replace("/", ".").removesuffix(".__init__")
        for file in FILES
        if file != BOT / "__init__.py" and not any(part in name_of(file) for part in skipped)
    ]
    done = subprocess.run(
        [sys.executable, "-c", IMPORT_ALL, json.dumps(libraries), json.dumps(ours)],
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1", "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["modules"] > 100
    assert told["seen"] == []
    assert told["threads"] == 0
    assert list(tmp_path.iterdir()) == []


def test_files_stay_of_a_size_that_one_can_read():
    long = {name_of(f): n for f in FILES if (n := len(f.read_text(encoding="utf-8").splitlines())) > MAX_FILE_LINES}
    assert {name: n for name, n in long.items() if name not in LONGER_FILES} == {}


def test_functions_stay_of_a_size_that_one_can_read():
    long = {
        f"{name_of(file)}:{node.name}"
        for file in FILES
        for node in functions(file)
        if (node.end_lineno or 0) - node.lineno >= MAX_FUNCTION_LINES
    }
    assert long - LONGER_FUNCTIONS == set()


def test_no_file_is_named_after_nothing():
    assert {name_of(file) for file in FILES if file.name in BANNED_NAMES} == set()


def test_every_module_says_what_it_is_for():
    silent = [name_of(file) for file in FILES if not ast.get_docstring(tree_of(file))]
    assert [name for name in silent if "migrations/" not in name] == []


def test_every_public_function_and_class_says_what_it_does():
    """Not asked where it was said already: by a protocol or base class, Slack's reference, a short method's name."""
    promised = {
        method.name
        for file in FILES
        for node in ast.walk(tree_of(file))
        if isinstance(node, ast.ClassDef) and _is_protocol(node)
        for method in node.body
        if isinstance(method, Function)
    }

    def obvious(node: Defined, owner: ast.ClassDef | None) -> bool:
        if owner is None:
            return False
        short = (node.end_lineno or 0) - node.lineno < SHORT_METHOD_LINES
        return short or _is_protocol(owner) or bool(owner.bases) or node.name in promised

    silent = [
        f"{name_of(file)}:{node.lineno} {node.name}"
        for file in FILES
        if not name_of(file).startswith(SAID_ELSEWHERE)
        for node, owner in _public(tree_of(file))
        if not ast.get_docstring(node) and not obvious(node, owner)
    ]
    assert silent == []


def _public(tree: ast.Module) -> Iterator[tuple[Defined, ast.ClassDef | None]]:
    for node in tree.body:
        if isinstance(node, Defined) and not node.name.startswith("_"):
            yield node, None
            for member in node.body if isinstance(node, ast.ClassDef) else ():
                if isinstance(member, Defined) and not member.name.startswith("_"):
                    yield member, node


def _is_protocol(node: ast.ClassDef) -> bool:
    return any(isinstance(base, ast.Name) and base.id == "Protocol" for base in node.bases)


def test_nothing_is_left_for_later_in_the_code():
    left = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
    endings = {".py", ".js", ".css", ".html", ".jinja", ".toml", ".md"}
    found = [
        f"{file.relative_to(ROOT)}:{number}"
        for folder in ("bot", "playbooks", "docs")
        for file in sorted((ROOT / folder).rglob("*"))
        if file.suffix in endings
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1)
        if left.search(line)
    ]
    assert found == []


def test_every_emoji_that_the_bot_says_is_drawn_on_the_page():
    said = {
        name
        for file in (BOT / "slack").rglob("*.py")
        for node in ast.walk(tree_of(file))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        for name in re.findall(r"(?<![\w:]):([a-z][a-z0-9_]*):", node.value)
    }
    drawn = set(re.findall(r'<symbol id="([^"]+)"', (BOT / "rehearsal/page/emoji.svg").read_text(encoding="utf-8")))
    listed = (BOT / "rehearsal/page/emoji.js").read_text(encoding="utf-8").partition("const ALIASES")[0]
    assert said
    assert said <= drawn & set(re.findall(r"[\w+-]+", listed))
