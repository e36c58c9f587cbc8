"""A postmortem committed beside the code: one file, in the repository that holds its folder, by git itself."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from bot.errors import NotAllowed, UserError

DEADLINE_S = 30.0  # for each call; a hook or a signature that waits for somebody must not hold us for ever


@dataclass(frozen=True, kw_only=True)
class Committed:
    """The file, and the commit that holds it: "" when nothing had changed."""

    file: Path
    commit: str


def commit(folder: Path, name: str, text: str, *, subject: str, earlier: str) -> Committed:
    """Write `name` into the folder and commit exactly that file; unchanged, it makes no commit.

    A file there whose name matches the pattern `earlier` is the same postmortem under an older title, and is written
    in place. Author and signature are what git's own settings say. Raises UserError where git is missing or refuses,
    NotAllowed where somebody's own changes to the file would be lost.
    """
    if shutil.which("git") is None:
        raise UserError("git is not installed here.", hint="Install git, or take `--format front-matter --out FILE`.")
    root = _root(folder)
    folder.mkdir(parents=True, exist_ok=True)
    before = sorted(path.name for path in folder.iterdir() if re.fullmatch(earlier, path.name))
    file = folder / (before[0] if before else name)
    old = _standing(root, file)
    data = text.encode("utf-8", "replace")
    if old == data:
        return Committed(file=file, commit="")
    file.write_bytes(data)
    try:
        _git(root, "add", "--", str(file.resolve()))
        _git(root, "commit", "--quiet", "--message", subject, "--only", "--", str(file.resolve()))
    except UserError:
        _undo(root, file, old)
        raise
    return Committed(file=file, commit=_git(root, "rev-parse", "--short", "HEAD").strip())


def _root(folder: Path) -> Path:
    there = next((path for path in (folder, *folder.absolute().parents) if path.is_dir()), Path())
    if folder.exists() and not folder.is_dir():
        raise UserError(f"`{folder}` is a file.", hint="Name the folder to write into with --out.")
    done = _run(there, "rev-parse", "--show-toplevel")
    if done.returncode != 0:
        raise UserError(
            f"`{folder}` is in no git repository.", hint="Name a folder of one with --out, or make one with `git init`."
        )
    return Path(done.stdout.rstrip("\n"))


def _standing(root: Path, file: Path) -> bytes | None:
    """What is committed of the file, None where it is new. Raises NotAllowed where it holds what git does not."""
    if file.is_symlink() or (file.exists() and not file.is_file()):
        raise NotAllowed(f"`{file}` is no plain file.", hint="Move it away, then again.")
    changed = _git(root, "status", "--porcelain", "--ignored", "--", str(file.absolute())).strip()
    if changed.startswith("!!"):
        raise NotAllowed(f"git ignores `{file}`.", hint="Take it out of .gitignore, or name another folder.")
    if changed:
        raise NotAllowed(
            f"`{file}` has changes that are not committed.", hint="Commit them or put them away, then again."
        )
    return file.read_bytes() if file.exists() else None


def _undo(root: Path, file: Path, old: bytes | None) -> None:
    """Leave file and index as they were."""
    if old is None:
        _run(root, "rm", "--cached", "--quiet", "--force", "--", str(file.resolve()))
        file.unlink(missing_ok=True)
        return
    file.write_bytes(old)
    _run(root, "add", "--", str(file.resolve()))


def _git(root: Path, *words: str) -> str:
    done = _run(root, *words)
    if done.returncode != 0:
        said = next((line for line in (done.stderr + done.stdout).splitlines() if line.strip()), "it said nothing")
        raise UserError(f"git {words[0]} failed: {said.strip()}", hint=_HINTS.get(words[0], "See what git says there."))
    return done.stdout


def _run(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(
            ["git", "-C", str(folder), *words],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            encoding="utf-8",
            errors="replace",
            timeout=DEADLINE_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise UserError(
            f"git {words[0]} took longer than {DEADLINE_S:.0f} s.", hint="A hook or a signature may wait for somebody."
        ) from None


_HINTS = {"commit": "Does git know who you are (user.name, user.email)? Do the repository's hooks let it pass?"}
