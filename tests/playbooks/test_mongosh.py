"""Every line for mongosh in the playbooks, run in the real shell against a set that speaks MongoDB's protocol."""

import os
import re
import shutil
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from bot.rehearsal.patients.mongodb.wire import Request
from tests.playbooks.mongod import WRITER, Set
from tests.playbooks.mongosh_lines import (
    CHANGES,
    KILLS_MANY,
    MEMBER,
    OF_THE_DRIVER,
    PRIMARY,
    READS,
    SECONDARY,
    SENDS,
    SHOWN,
    WITHOUT_END,
)
from tests.playbooks.shell import ROOT, Line, Ran, Shell, given, lines, placed, run

VERSIONS = ("4.4", "8.0")  # the oldest that this mongosh talks to, and the newest that a patient can be of


@dataclass
class Stage:
    """One version's set after all lines were run, and what came of each."""

    version: str
    patient: Set
    shell: Shell
    scripts: dict[Line, str]
    ran: dict[Line, Ran]

    @property
    def primary(self) -> tuple[str, ...]:
        """How a line asks the primary."""
        return ("--quiet", "--host", PRIMARY, "--port", str(self.patient.port))


@pytest.fixture(scope="module")
def program() -> str:
    """The real mongosh. Where there is none these tests are skipped, and on CI they fail."""
    if sys.platform != "linux":
        pytest.skip("each member has an address of its own, which only Linux has on its loopback without being asked")
    found = shutil.which("mongosh")
    if found is None:
        missing = "there is no mongosh here: npm install --global mongosh"
        pytest.fail(missing) if os.environ.get("CI") == "true" else pytest.skip(missing)
    return found


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("mongosh")


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=VERSIONS)
async def stage(request: pytest.FixtureRequest, program: str, folder: Path) -> AsyncIterator[Stage]:
    async with Set(request.param) as patient:
        shell = Shell(program, folder / request.param, patient)
        calls = {line: placed(line, given(line, patient, folder)) for line in lines()}
        ran = await run(shell, list(calls.values()))
        scripts = {line: script for line, (_, script) in calls.items()}
        yield Stage(request.param, patient, shell, scripts, {line: ran[call] for line, call in calls.items()})


def bare(request: Request) -> dict[str, Any]:
    """The command as the line means it, without what the driver adds to each."""
    return {name: value for name, value in request.command.items() if name not in OF_THE_DRIVER}


def changes(ran: Ran) -> list[dict[str, Any]]:
    return [bare(request) for request in ran.heard if request.name not in READS]


def meant(script: str) -> set[str]:
    """The commands that a script's own words say it will send."""
    found = set(re.findall(r"(?:admin|run)Command\(\{ (\w+):", script))
    return found.union(*(sent for helper, sent in SENDS.items() if re.search(helper, script)))


def test_no_line_of_any_page_is_left_out():
    pages = "\n".join(page.read_text() for page in sorted((ROOT / "playbooks").glob("*.md")))
    blocks = re.findall(r"^```\w.*?^```", pages, re.MULTILINE | re.DOTALL)
    written = [line for block in blocks for line in block.splitlines() if "mongosh" in line]
    assert sorted(written) == sorted(line.text for line in lines())


@pytest.mark.parametrize("book", ["collection-scan-storm", "disk-full", "escalate-to-vendor", "shed-load-at-edge"])
def test_no_line_waits_for_ever_on_a_server_that_hangs(book):
    for line in (one for one in lines() if one.book == book and not any(word in one.text for word in WITHOUT_END)):
        assert len(re.findall(r"\btimeout \d+ mongosh ", line.text)) == line.text.count("mongosh"), line


def test_every_line_runs_to_its_end_prints_and_complains_of_nothing(stage):
    for line, ran in stage.ran.items():
        assert (ran.code, ran.complaints) == (0, ""), line
        assert ran.printed.strip(), line


def test_every_line_prints_what_a_person_can_read(stage):
    for line, ran in stage.ran.items():
        assert not re.search(r"undefined|NaN|\[Object|\[object|Promise|more item|\"high\":", ran.printed), line
        if "printjson(" not in stage.scripts[line]:
            assert "Long(" not in ran.printed, line


def test_every_line_sends_what_it_says_and_nothing_else(stage):
    for line, ran in stage.ran.items():
        assert {request.name for request in ran.heard} == meant(stage.scripts[line]), line


def test_what_reads_writes_nothing_and_what_changes_sends_the_very_document(stage):
    found: dict[tuple[str, int], list[dict[str, Any]]] = {}
    for line, ran in stage.ran.items():
        stages = [name for request in ran.heard for one in request.command.get("pipeline", []) for name in one]
        assert not {"$out", "$merge"}.intersection(stages), line
        if "rs.reconfig(" not in line.text and KILLS_MANY not in line.text and changes(ran):
            found.setdefault((line.book, line.step), []).extend(changes(ran))
    assert found == CHANGES


def test_dozens_are_ended_of_one_program_only_and_the_list_says_which(stage):
    (ran,) = (ran for line, ran in stage.ran.items() if KILLS_MANY in line.text)
    ended = [int(word) for word in ran.printed.split()]
    assert changes(ran) == [{"killOp": 1, "op": number} for number in ended]
    assert (
        WRITER not in ended and len(ended) > 40 and {(number - 7_000_000) % 3 for number in ended} == {0}
    )  # every third one is shop-web's


def test_a_new_configuration_changes_what_the_page_says_and_nothing_else(stage):
    sent = {(line.book, line.step): changes(ran) for line, ran in stage.ran.items() if "rs.reconfig(" in line.text}
    now = stage.patient.config
    later = now | {"version": now["version"] + 1}
    slow = later | {"settings": now["settings"] | {"electionTimeoutMillis": 20000}}
    alone = later | {"members": [one for one in now["members"] if one["host"].startswith(MEMBER)]}
    quiet = {SECONDARY: {"votes": 0, "priority": 0}}
    members = [one | quiet.get(one["host"].partition(":")[0], {}) for one in now["members"]]
    assert sent == {
        ("no-primary-or-election-loop", 6): [{"replSetReconfig": slow}],
        ("no-primary-or-election-loop", 7): [{"replSetReconfig": alone, "force": True}],
        ("write-concern-stall", 7): [{"replSetReconfig": later | {"members": members}}],
    }


def test_what_the_page_says_to_look_for_is_what_the_line_prints(stage):
    printed: dict[tuple[str, int], str] = {}
    for line, ran in stage.ran.items():
        printed[line.book, line.step] = printed.get((line.book, line.step), "") + ran.printed
    tickets = "queueLength: " if stage.version == "8.0" else "available: 0"
    for place, wanted in (SHOWN | {("collection-scan-storm", 2): [tickets]}).items():
        for pattern in wanted:
            assert re.search(pattern, printed[place], re.MULTILINE), f"{place}: {pattern}\n{printed[place]}"


def test_a_members_list_beside_the_saved_one_names_the_index_that_it_lacks_and_no_other(stage):
    of_a_member, saved = (
        next(set(ran.printed.splitlines()) for line, ran in stage.ran.items() if mark in line.text)
        for mark in ("> indexes-{{member}}.txt", "> indexes.txt")
    )
    missing = 'shop.orders {"v":2,"key":{"status":1,"created":-1},"name":"status_1_created_-1"}'
    assert (saved - of_a_member, of_a_member - saved) == ({missing}, set())


@pytest.mark.asyncio(loop_scope="module")
async def test_the_right_to_write_that_was_taken_away_is_given_back_as_the_undo_says(stage):
    (line,) = (line for line in stage.scripts if "revokeRolesFromUser" in line.text)
    script = stage.scripts[line].replace("revokeRolesFromUser", "grantRolesToUser")
    (ran,) = await stage.shell.run(("--quiet", stage.patient.uri), [script])
    (taken,) = changes(stage.ran[line])
    assert (ran.code, changes(ran)) == (
        0,
        [{"grantRolesToUser": taken["revokeRolesFromUser"], "roles": taken["roles"]}],
    )


@pytest.mark.asyncio(loop_scope="module")
async def test_the_shell_has_been_told_to_make_no_calls_home(stage):
    (ran,) = await stage.shell.run(stage.primary, ['print(config.get("enableTelemetry"))'])
    assert ran.printed == "false\n"


@pytest.mark.asyncio(loop_scope="module")
async def test_a_zombie_says_that_it_is_primary_though_the_shell_itself_reads_in_vain(stage):
    (script,) = {script for line, script in stage.scripts.items() if "isMaster: 1" in line.text}
    stage.patient.members[0].silent = True
    (ran,) = await stage.shell.run(stage.primary, [script])
    stage.patient.members[0].silent = False
    assert (ran.code, ran.printed, ran.complaints) == (0, "true\n", "")


@pytest.mark.asyncio(loop_scope="module")
async def test_a_tier_that_tells_no_state_of_its_set_is_described_all_the_same(stage):
    ((line, script),) = ((line, script) for line, script in stage.scripts.items() if line.book == "escalate-to-vendor")
    whom, _ = placed(line, ["--quiet", stage.patient.uri, "--eval", script])
    for member in stage.patient.members:
        member.shared = True
    (ran,) = await stage.shell.run(whom, [script])
    for member in stage.patient.members:
        member.shared = False
    assert (ran.code, ran.complaints) == (0, "")
    assert "version: " in ran.printed and "not allowed in this atlas tier" in ran.printed


def test_a_line_of_another_form_is_not_passed_over():
    with pytest.raises(AssertionError, match="calls mongosh with"):
        placed(Line("disk-full", 1, "mongosh --eval 1"), ["--eval", "1"])
