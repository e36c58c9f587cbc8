"""What is asked of a place with backups: which there are, and when the data in the newest were taken."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

from bot.domain.inventory import Member, System
from bot.probes.backup.listing import Place
from bot.probes.backup.taken import content_of
from bot.probes.seen import NOT_ASKED, Answer, Trouble

QUESTIONS = ("files", "content")
LIST_SHARE = 0.7  # of the time, when the content is asked for as well


def ask(
    system: System, member: Member | None, questions: Sequence[str], deadline_s: float, password: str
) -> dict[str, Answer]:
    """List once, then look into the newest. Storage keeps its credentials its own way, so `password` is not needed."""
    until = time.monotonic() + deadline_s
    place: list[Place] = []

    def listed() -> list[dict[str, Any]]:
        place.append(Place(system))
        return place[0].newest()

    files = _in_time(listed, deadline_s * (LIST_SHARE if "content" in questions else 1))
    content = files if not files.ok else NOT_ASKED
    if "content" in questions and files.ok:
        left_s = until - time.monotonic()
        newest = files.value[0] if files.value else None
        content = _in_time(lambda: content_of(place[0], newest) if newest else {"kind": "none"}, left_s)
    return {question: files if question == "files" else content for question in questions}


def _in_time(job: Callable[[], Any], within_s: float) -> Answer:
    """What `job` returns, or why it does not. A job that hangs is left behind in its thread."""
    began = time.monotonic()
    found: list[Answer] = []

    def run() -> None:
        try:
            value = job()
        except BaseException as error:  # noqa: BLE001  # each storage has errors of its own
            found.append(_why_none(error, time.monotonic() - began))
        else:
            found.append(Answer(value=value, took_s=time.monotonic() - began))

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(max(0.0, within_s))
    took_s = time.monotonic() - began
    return found[0] if found else Answer(trouble=Trouble.SILENT, says=f"no answer in {took_s:.1f} s", took_s=took_s)


def _why_none(error: BaseException, took_s: float) -> Answer:
    trouble, says = Trouble.BROKEN, type(error).__name__
    if isinstance(error, ImportError):  # fsspec's text names the package
        trouble, says = Trouble.UNREACHABLE, f"a package is missing here: {error}"[:160]
    elif isinstance(error, PermissionError):
        trouble, says = Trouble.DENIED, "this machine's user may not read there"
    elif isinstance(error, FileNotFoundError | NotADirectoryError):
        trouble, says = Trouble.UNREACHABLE, "there is no such place"
    elif isinstance(error, ValueError):
        trouble, says = Trouble.UNREACHABLE, str(error)[:160]
    elif isinstance(error, MemoryError):
        says = "the list is longer than may be taken in"
    return Answer(trouble=trouble, says=says, took_s=took_s)
