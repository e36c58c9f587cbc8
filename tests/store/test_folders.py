"""A team's own playbooks beside those that come with the bot: joined, and of one name the later folder's stands."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.errors import NotFound
from bot.store.heard import NOTHING_HEARD, read_lists
from bot.store.learning import learn
from bot.store.learnt import written
from bot.store.playbooks import RECHECK_S, Shelf, load


@pytest.fixture
def shipped(tmp_path: Path) -> Path:
    return folder(tmp_path / "shipped", **{"fryer.md": "# The fryer smokes\n", "oven.md": "# The oven is cold\n"})


@pytest.fixture
def ours(tmp_path: Path) -> Path:
    page = "---\ntitle: Our fryer smokes\nrelated: [oven]\n---\nSee [the oven](oven.md).\n"
    return folder(tmp_path / "ours", **{"fryer.md": page, "till.md": "# The till jams\n"})


def folder(path: Path, **pages: str) -> Path:
    (path / "heard").mkdir(parents=True)
    for name, text in pages.items():
        (path / name).write_text(text)
    return path


def test_a_later_folder_adds_to_the_earlier_and_its_page_of_the_same_name_stands(shipped, ours):
    loaded = load(shipped, ours)
    assert loaded.problems == ()
    assert [(book.name, book.title) for book in loaded.playbooks] == [
        ("fryer", "Our fryer smokes"),
        ("oven", "The oven is cold"),
        ("till", "The till jams"),
    ]
    assert loaded.homes == {"fryer": ours, "oven": shipped, "till": ours}
    assert [str(notice) for notice in loaded.notices] == [f"ours/fryer.md:1: stands in place of {shipped}/fryer.md"]
    assert load(ours, shipped).get("fryer").title == "The fryer smokes"


def test_where_a_page_that_stands_for_another_is_refused_the_other_does_not_come_back_unseen(shipped, ours):
    (ours / "fryer.md").write_text("---\ntitle: [\n---\n")
    loaded = load(shipped, ours)
    assert [book.name for book in loaded.playbooks] == ["oven", "till"]
    with pytest.raises(NotFound) as caught:
        loaded.get("fryer")
    assert caught.value.hint.startswith("ours/fryer.md:2: ")


def test_a_folder_that_is_gone_takes_the_others_not_along(shipped, ours, tmp_path):
    loaded = load(shipped, tmp_path / "gone", ours)
    assert [str(problem).partition(": ")[0] for problem in loaded.problems] == [f"{tmp_path}/gone:1"]
    assert len(loaded.playbooks) == 3


def test_a_change_in_either_folder_is_taken_up(shipped, ours):
    now = [0.0]
    shelf = Shelf(shipped, ours, clock=lambda: now[0])
    oven = shelf.get("oven")
    (ours / "till.md").write_text("# The till is open\n")
    now[0] += RECHECK_S
    assert shelf.get("till").title == "The till is open"
    assert shelf.get("oven") is oven
    (ours / "fryer.md").unlink()
    (shipped / "oven.md").write_text("# The oven burns\n")
    now[0] += RECHECK_S
    assert [book.title for book in shelf.current().playbooks] == [
        "The fryer smokes",
        "The oven burns",
        "The till is open",
    ]


def test_the_lists_of_all_folders_are_joined_and_a_stray_one_is_told_with_its_folder(shipped, ours):
    (shipped / "heard" / "fryer.txt").write_text("black clouds\n")
    (ours / "heard" / "fryer.txt").write_text("it reeks\n")
    (ours / "heard" / "oven.txt").write_text("no heat\n")
    (shipped / "heard" / "grill.txt").write_text("no grill\n")
    lists = read_lists(shipped, NOTHING_HEARD, ours)
    assert lists.new == {"fryer": ("black clouds", "it reeks"), "grill": ("no grill",), "oven": ("no heat",)}
    assert read_lists(shipped, lists, ours) is lists
    (problem,) = load(shipped, ours).problems
    assert (problem.path, problem.file) == (shipped / "heard" / "grill.txt", "shipped/heard/grill.txt")
    assert {match.name for match in Shelf(shipped, ours).find("it reeks of no heat")} == {"fryer", "oven"}


def test_what_was_learnt_is_the_last_folders_that_has_it_and_the_one_before_where_that_is_broken(shipped, ours):
    for home, said in ((shipped, "black clouds"), (ours, "it reeks")):
        (home / "heard" / "fryer.txt").write_text(f"{said}\n")
    first, both = (learn({"fryer": said, "none": ("who has the keys",)}) for said in (("a",), ("black clouds", "b")))
    (shipped / "heard" / "learnt.json").write_text(written(first))
    assert read_lists(shipped, NOTHING_HEARD, ours).learnt.marks == first.marks
    (ours / "heard" / "learnt.json").write_text(written(both))
    lists = read_lists(shipped, NOTHING_HEARD, ours)
    assert (lists.learnt.marks, lists.new["fryer"]) == (both.marks, ("it reeks",))
    (ours / "heard" / "learnt.json").write_text("{}")
    broken = read_lists(shipped, NOTHING_HEARD, ours)
    assert broken.learnt.marks == first.marks
    assert [(home, file) for home, file, _ in broken.faults(["fryer"])] == [(ours, "learnt.json")]
