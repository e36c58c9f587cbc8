"""The record that a command opens: one that reads makes no database, one that writes says when it made a new one."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator

from bot.cli.talk import wrapped
from bot.errors import NotFound
from bot.services.desk import Desk
from bot.settings import Settings
from bot.store.door import file_of
from bot.wiring import desk


@contextlib.contextmanager
def read(settings: Settings, *, begun_by: str = "muster incident open sev2 checkout is failing") -> Iterator[Desk]:
    """A desk at a record that is there. Raises NotFound naming the file that was looked for, and what makes one."""
    file = file_of(settings.database_url)
    if file and not file.exists():
        raise NotFound(
            f"There is no database `{file.absolute()}`.",
            hint="Go to the folder that has one, or name it, as in `DATABASE_URL=sqlite:////srv/muster.db`. "
            f"`{begun_by}` makes a new one.",
        )
    with desk(settings) as opened:
        yield opened


@contextlib.contextmanager
def write(settings: Settings) -> Iterator[Desk]:
    """A desk at a record that is begun where there is none, which is said on stderr."""
    file = file_of(settings.database_url)
    new = file is not None and not file.exists()
    with desk(settings) as opened:
        if file and new:
            print(wrapped(f"New database {file.absolute()}", sys.stderr), file=sys.stderr)
        yield opened
