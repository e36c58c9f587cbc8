"""What is kept of a place of backups each night."""

from __future__ import annotations

import json

from hypothesis import given, settings

from bot.domain.inventory import SystemKind
from bot.domain.snapshot import Snapshot, Why
from bot.domain.snapshot_diff import Weight, changes, worst
from bot.probes.backup.snapshot import take
from bot.probes.evidence import plain
from bot.probes.seen import Answer, Seen, Trouble
from tests.probes.backup.listed import FILES, file, look, unanswered
from tests.probes.web.seeing import NOW, ODD, seen


def shot(now: Seen) -> Snapshot:
    body = json.loads(json.dumps(plain(take(now))))
    return Snapshot(id="", team_id="", system="dumps", why=Why.NIGHT, taken_at=NOW, body=body)


def test_files_the_newest_and_its_age_are_kept():
    held = shot(look(file(30, name="old"), file(2, 17, name="new"), every_h=12)).body["backups"]
    assert (held["files"], held["newest"], held["newest_bytes"], held["every_h"]) == (2, "new", 17, 12)
    assert held["age_s"] == 2 * 3600


def test_a_place_that_does_not_answer_holds_nothing_and_says_why():
    taken = shot(unanswered(Answer(trouble=Trouble.DENIED, says="not for you")))
    assert taken.sections == ()
    assert taken.gaps == ("The place of the backups refuses us (not for you)",)


def test_an_empty_place_is_fewer_than_before():
    found = changes(shot(look(file(2))), shot(look()))
    assert [change.says for change in found] == ["there are 0 backups, there were 1"]


@settings(max_examples=150)
@given(FILES | ODD)
def test_odd_lists_never_raise_and_can_be_compared(files: object):
    night, now = shot(look(file(2), file(26))), shot(seen(SystemKind.BACKUP, {"files": files}))
    for old, new in ((night, now), (now, night), (now, now)):
        changes(old, new)
    if not isinstance(files, list):
        assert worst(changes(night, now)) is Weight.UNKNOWN
