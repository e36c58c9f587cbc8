"""The Makefile on a machine that lacks something: one clear line each time."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from bot.settings import HERE

pytestmark = pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")

PYTHONS = ("python3", "python3.11", "python3.12", "python3.13")


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """What make needs of a fresh clone, without its installation."""
    folder = tmp_path / "muster"
    folder.mkdir()
    for name in ("Makefile", "pyproject.toml", "requirements.lock", "requirements-dev.lock", "README.md"):
        shutil.copy(HERE / name, folder / name)
    return folder


def make(folder: Path, *words: str, **environ: str) -> subprocess.CompletedProcess[str]:
    bare = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.run(
        ["make", *words], cwd=folder, env=bare | environ, capture_output=True, text=True, timeout=300, check=False
    )


def of_ours(said: str) -> list[str]:
    """The lines that are not make's own."""
    return [line for line in said.splitlines() if line and not line.startswith("make")]


def shadowed(folder: Path, script: str) -> str:
    """A PATH on which every python3 is this script."""
    folder.mkdir()
    for name in PYTHONS:
        (folder / name).write_text(f"#!/bin/sh\n{script}\n")
        (folder / name).chmod(0o755)
    return f"{folder}:{os.environ['PATH']}"


@pytest.mark.parametrize("target", ["demo", "test", "check", "bench"])
def test_an_old_python_is_one_line_that_says_which_is_needed(clone, tmp_path, target):
    path = shadowed(tmp_path / "old", "exit 1  # older than 3.11")
    done = make(clone, target, "PYTHON=/bin/false", PATH=path)
    assert done.returncode != 0
    assert done.stdout == ""
    (line,) = of_ours(done.stderr)
    assert line.startswith("Muster needs Python 3.11 or newer.")
    assert "make PYTHON=/path/to/python3.12" in line


def test_a_python_without_venv_is_one_line_that_says_what_to_install(clone, tmp_path):
    path = shadowed(tmp_path / "bare", 'case "$*" in *venv*) exit 1;; esac')
    done = make(clone, "demo", PATH=path)
    assert done.returncode != 0
    (line,) = of_ours(done.stderr)
    assert "apt install python3-venv" in line
    assert not (clone / ".venv").exists()


def test_a_failed_installation_is_one_line_that_says_what_to_do(clone):
    nowhere = {"PIP_INDEX_URL": "http://127.0.0.1:1/simple", "PIP_RETRIES": "0", "PIP_NO_CACHE_DIR": "1"}
    done = make(clone, "demo", **nowhere, PIP_CONFIG_FILE=os.devnull)
    assert done.returncode != 0
    first, line = of_ours(done.stderr)
    assert first.startswith("Installing into .venv/")
    assert line.startswith("The installation failed: ")
    assert line.endswith("Is the network there? Then run make again.")
    assert (clone / ".venv/install.log").read_text()
    assert not (clone / ".venv/ready").exists()
