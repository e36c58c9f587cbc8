"""The playbooks' lines for mongosh: what bash makes of each, and what the real shell does with it.

bash runs a line as it stands, with a `mongosh` before all others on its path that only writes down what it was given.
The real one is then given the same, several scripts to one process where everything but the script is the same.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

from bot.rehearsal.patients.mongodb.wire import Request
from bot.store.playbooks import load
from tests.playbooks.mongod import HOSTS, Set

ROOT = Path(__file__).parents[2]
GIVEN = {
    **dict(zip(("primary", "secondary", "member"), HOSTS, strict=True)),
    "database": "shop",
    "collection": "orders",
    "field": "status",
    "value": "open",
    "index": "status_1",
    "old": "customer_1_created_-1",
    "namespace": "shop.webhooks",
    "app": "shop-web",
    "opid": "7000001",
    "shape": "9F0A",
    "megabytes": "20000",
    "authdb": "admin",
    "appuser": "shop-web",
    "role": "readWrite",
    "roledb": "shop",
}
MARK = "-- the end of number"
NOTED = """#!/bin/sh
{ printf '%s\\0' "$@"; printf '\\0'; } >> "$NOTED"
"""


@dataclass(frozen=True)
class Line:
    """One line of a playbook's `run` block."""

    book: str
    step: int
    text: str


@dataclass(frozen=True)
class Ran:
    """What came of one script: what it printed, what the servers were sent, and how its process ended."""

    printed: str
    heard: tuple[Request, ...]
    code: int
    complaints: str


def lines() -> list[Line]:
    """Every line of a `run` block in which mongosh is called."""
    return [
        Line(book.name, number, line)
        for book in load(ROOT / "playbooks").playbooks
        for number, step in enumerate(book.steps, 1)
        for block in re.findall(r"^```\S+ run\n(.*?)^```", step.body, re.MULTILINE | re.DOTALL)
        for line in block.splitlines()
        if re.search(r"\bmongosh\b", line)
    ]


def given(line: Line, patient: Set, folder: Path) -> list[str]:
    """The arguments that mongosh gets when bash runs this line. Every call in it must be the same."""
    ports = re.findall(r"\{\{(\w*port)\b", line.text)
    values = GIVEN | dict.fromkeys(ports, str(patient.port))
    text = re.sub(r"\{\{(\w+)(?::\w+)?\}\}", lambda gap: values[gap[1]], line.text)
    tools = folder / "tools"
    if not tools.exists():
        tools.mkdir()
        for name, script in {"mongosh": NOTED, "sleep": "#!/bin/sh\n"}.items():
            (tools / name).write_text(script)
            (tools / name).chmod(0o755)
    noted = folder / "noted"
    noted.unlink(missing_ok=True)
    path = f"{tools}{os.pathsep}{os.environ['PATH']}"
    env = {"PATH": path, "NOTED": str(noted), "MONGODB_URI": patient.uri, "SPARE_URI": patient.uri}
    done = subprocess.run(["bash", "-c", text], env=env, cwd=folder, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, ""), f"{line}: {done.stderr}"
    calls = set(noted.read_text().removesuffix("\0\0").split("\0\0"))
    assert len(calls) == 1, f"{line}: {len(calls)} different calls"
    return calls.pop().split("\0")


def placed(line: Line, arguments: list[str]) -> tuple[tuple[str, ...], str]:
    """Whom the line asks, and its script. A line of any other form is one that nobody here knows how to run."""
    match arguments:
        case ["--quiet", "--host", str(), "--port", str(), "--eval", script]:
            return tuple(arguments[:5]), script
        case ["--quiet", address, "--eval", script] if address.startswith("mongodb://"):
            return tuple(arguments[:2]), script
    raise AssertionError(f"{line} calls mongosh with {arguments}")


class Shell:
    """The real mongosh in a home of its own, in which it is told to make no calls home."""

    def __init__(self, program: str, home: Path, patient: Set) -> None:
        self._program = program
        self._patient = patient
        self.home = home
        settings = home / ".mongodb" / "mongosh"
        settings.mkdir(parents=True)
        (settings / "config").write_text('{"enableTelemetry":false}')

    async def run(self, whom: tuple[str, ...], scripts: list[str]) -> list[Ran]:
        """What came of each script, all in one process."""
        begun = len(self._patient.heard)
        evals = [_mark(0, ""), *itertools.chain(*((s, _mark(n, s)) for n, s in enumerate(scripts, 1)))]
        if not _prints(scripts[-1]):
            evals.pop()  # its value is printed only if nothing comes after it
        process = await asyncio.create_subprocess_exec(
            *(self._program, *whom, *itertools.chain(*(("--eval", script) for script in evals))),
            env={"PATH": os.environ["PATH"], "HOME": str(self.home)},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        out, err = await process.communicate()
        parts = re.split(rf"^{MARK} \d+\n", out.decode(), flags=re.MULTILINE)[1:]
        sent = self._between(begun)
        assert process.returncode is not None
        end = (process.returncode, err.decode())
        return [_came_of(number, len(scripts), parts, sent, *end) for number in range(len(scripts))]

    def _between(self, begun: int) -> list[list[Request]]:
        """The commands of each script, without what the shell and its driver send by themselves."""
        found: list[list[Request]] = [[]]
        starting = {"buildInfo", "getParameter"}  # one of each comes at the start, at times within the first script
        for request in self._patient.heard[begun:]:
            if str(request.command.get("comment", "")).startswith(MARK):
                found.append([])
            elif _own(request):
                continue
            elif request.name in starting:
                starting.remove(request.name)
            else:
                found[-1].append(request)
        return found[1:]


def _came_of(number: int, of: int, parts: list[str], sent: list[list[Request]], code: int, complaints: str) -> Ran:
    """A script is done when its mark has been printed. The first that is not has failed, and none after it was run."""
    if number >= len(parts):
        return Ran("", (), 1, f"not run, since one before it failed: {complaints}")
    if code and number < len(parts) - 1 < of:
        code, complaints = 0, ""
    return Ran(parts[number], tuple(sent[number]), code, complaints)


async def run(shell: Shell, calls: list[tuple[tuple[str, ...], str]]) -> dict[tuple[tuple[str, ...], str], Ran]:
    """What came of each call, in as few processes as there can be."""
    ran: dict[tuple[tuple[str, ...], str], Ran] = {}
    for whom in dict.fromkeys(whom for whom, _ in calls):
        scripts = list(dict.fromkeys(script for who, script in calls if who == whom))
        loud = [script for script in scripts if _prints(script)]
        for group in filter(None, (loud, *([script] for script in scripts if not _prints(script)))):
            for script, one in zip(group, await shell.run(whom, group), strict=True):
                ran[whom, script] = one
    return ran


def _own(request: Request) -> bool:
    """Greetings have no session, a list is fetched to its end, and the shell looks for Atlas and for imitations."""
    text = str(request.command).lower()
    return "lsid" not in request.command or request.name == "getMore" or "atlas" in text or "'foo'" in text


def _prints(script: str) -> bool:
    return "print(" in script or "printjson(" in script


def _mark(number: int, script: str) -> str:
    """Says on both sides that a script has ended, and takes its variables away from the next."""
    gone = "".join(f"{name} = undefined; " for name in re.findall(r"\bvar (\w+)", script))
    mark = f'"{MARK} {number}"'
    return f"{gone}db.adminCommand({{ ping: 1, comment: {mark} }}); print({mark})"
