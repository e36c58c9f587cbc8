"""What people typed when a page was right: read from lists beside the pages; a broken list takes nothing along."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.store.heard import NOTHING_HEARD, read_list, read_lists
from bot.store.learning import learn
from bot.store.learnt import written
from bot.store.playbooks import Shelf, load


@pytest.fixture
def books(tmp_path: Path) -> Path:
    (tmp_path / "heard").mkdir()
    (tmp_path / "lost-mail.md").write_text("# Outgoing messages pile up\n")
    return tmp_path


def test_lists_are_read_from_the_folder_with_comments_and_sources_left_out(books: Path):
    (books / "heard" / "lost-mail.txt").write_text("# ours\n\nno mail for anybody\thttps://x.example/1\n")
    lists = read_lists(books, NOTHING_HEARD)
    assert read_list(books, "lost-mail.txt") == lists.new["lost-mail"] == ("no mail for anybody",)
    assert read_lists(books, lists) is lists


def test_a_list_that_cannot_be_read_or_has_no_page_is_told_and_takes_nothing_along(books: Path):
    (books / "heard" / "lost-mail.txt").write_bytes(b"no mail\n\xff\xfe\n")
    (books / "heard" / "lost-mial.txt").write_text("no mail\n")
    (books / "heard" / "learnt.json").write_text("{}")
    loaded = load(books)
    assert [book.name for book in loaded.playbooks] == ["lost-mail"]
    told = [str(problem).partition("heard/")[2] for problem in loaded.problems]
    assert told == [
        "learnt.json:1: this is not what was learnt by this version; type `muster runbook learn`",
        "lost-mail.txt:2: this is not UTF-8 text; save the file as UTF-8",
        "lost-mial.txt:1: there is no playbook lost-mial; name it after one, or none.txt",
    ]


def test_a_new_sentence_counts_at_the_next_look_and_is_new_until_it_is_learnt(books: Path):
    now = [0.0]
    shelf = Shelf(books, clock=lambda: now[0])
    asked = "nobody gets the password mail"
    assert shelf.find(asked) == []
    (books / "heard" / "lost-mail.txt").write_text(f"{asked}\n")
    now[0] += 10
    assert [match.name for match in shelf.find(asked)] == ["lost-mail"]
    lists = read_lists(books, NOTHING_HEARD)
    assert lists.new == {"lost-mail": (asked,)}
    (books / "heard" / "learnt.json").write_text(written(learn(lists.new)))
    assert read_lists(books, lists).new == {"lost-mail": ()}
    now[0] += 10
    assert [match.name for match in shelf.find("the password mail does not come")] == ["lost-mail"]
