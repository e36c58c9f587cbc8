"""A playbook's lines for Redis: bash runs each as it stands, with the tools of one Redis first on its path."""

from __future__ import annotations

import asyncio
import os
import re
from pathlib import Path

from bot.domain.playbook import Step
from bot.store.playbooks import load
from tests.playbooks.redis_nodes import Node

ROOT = Path(__file__).parents[2]
BOOKS = {book.name: book for book in load(ROOT / "playbooks").playbooks}
TOOL = r"\bredis-(?:cli|server|check-\w+)\b"
REFUSED = re.compile(r"\b(?:ERR|NOAUTH|WRONGPASS|MISCONF|LOADING|NOMASTERLINK)\b|Could not connect|Error:")
SUDO = '#!/bin/sh\nexec "$@"\n'  # one's own servers and files need no more


def lines(step: Step, which: str = TOOL) -> list[str]:
    """The lines of the step's `run` blocks in which `which` is found."""
    blocks = re.findall(r"^```\S+ run\n(.*?)^```", step.body, re.MULTILINE | re.DOTALL)
    return [line for block in blocks for line in block.splitlines() if re.search(which, line)]


def filled(text: str, given: dict[str, object]) -> str:
    """The text with its gaps filled; a `port` that is given is that of every host without one of its own.

    Raises KeyError for a gap that nobody can fill.
    """

    def value(gap: re.Match[str]) -> str:
        shared = gap[1] not in given and gap[1].endswith("port")
        return str(given["port" if shared else gap[1]])

    return re.sub(r"\{\{(\w+)(?::\w+)?\}\}", value, text)


class Page:
    """One playbook in somebody's hands, and which of its lines for Redis were typed."""

    def __init__(self, name: str, binary: Path, folder: Path, password: str = "") -> None:
        self.steps = {step.number: step for step in BOOKS[name].steps}
        self.left = {(number, line) for number, step in self.steps.items() for line in lines(step)}
        self.tools = tools = folder / "tools"
        tools.mkdir()
        for tool in ("redis-server", "redis-check-rdb", "redis-check-aof"):  # one program, told apart by its name
            (tools / tool).symlink_to(binary)
        (tools / "redis-cli").symlink_to(binary.with_name("redis-cli"))
        (tools / "sudo").write_text(SUDO)
        (tools / "sudo").chmod(0o755)
        self._env = {"PATH": f"{tools}{os.pathsep}{os.environ['PATH']}"} | (
            {"REDISCLI_AUTH": password} if password else {}
        )

    async def step(self, number: int, which: str = TOOL, **given: object) -> str:
        """Type the lines of a step that have `which` in them, filled in, and return what they print.

        Fails at the first that does not end well, that finds no such server, or that Redis refuses.
        """
        told = []
        for line in lines(self.steps[number], which):
            code, printed, complaints = await self.typed(filled(line, given))
            assert code == 0 and not REFUSED.search(printed + complaints), f"{line}\n{code}\n{printed}\n{complaints}"
            self.left.discard((number, line))
            told.append(printed)
        assert told, f"step {number} has no line with {which}"
        return "".join(told)

    async def undo(self, number: int, which: str, at: Node | None = None, rest: str = "", **given: object) -> None:
        """Type the commands of the step's Undo that have `which` in them, for Redis at a node, for bash without one.

        `rest` is what the page leaves to the reader, such as the value of before.
        """
        told = [span for span in re.findall(r"`([^`]+)`", self.steps[number].undo) if re.search(which, span)]
        assert told, f"the Undo of step {number} has no {which}"
        for span in told:
            whom = f"redis-cli -h {at.host} -p {at.port} " if at else ""
            code, printed, complaints = await self.typed(whom + filled(span, given) + rest)
            assert code == 0 and not REFUSED.search(printed + complaints), f"{span}\n{code}\n{printed}\n{complaints}"

    async def typed(self, text: str) -> tuple[int, str, str]:
        """What bash makes of a line: exit code, what it prints, what it complains of."""
        process = await asyncio.create_subprocess_exec(
            *("bash", "-c", text),
            env=self._env,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        printed, complained = await process.communicate()
        assert process.returncode is not None
        return process.returncode, printed.decode().replace("\r\n", "\n"), complained.decode()
