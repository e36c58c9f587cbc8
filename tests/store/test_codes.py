"""A code or a log id that stands in what was typed: its page comes before all that is only alike."""

from __future__ import annotations

import pytest

from bot.domain.known_errors import is_code, is_log_id
from bot.domain.playbook import Playbook
from bot.settings import HERE
from bot.store.codes import Codes
from bot.store.playbooks import Shelf
from bot.store.search import Index
from bot.store.vocabulary import SYSTEMS
from bot.store.words import all_words

SHELF = Shelf(HERE / "playbooks")
BOOKS = SHELF.current().playbooks
ONE = Playbook(
    name="one", title="One", errors=("ENOSPC", "4615652", "rdb_last:err", "RECOVERING", "disk full"), text="", digest=""
)
TWO = Playbook(name="two", title="Two", errors=("ENOSPC", "+switch-master", "NotMaster"), text="", digest="")
CODES = Codes([ONE, TWO])
LISTED = {
    code: {book.name for book in BOOKS if code in book.errors}
    for code in sorted({error for book in BOOKS for error in book.errors if is_code(error) or is_log_id(error)})
}


@pytest.mark.parametrize(
    ("typed", "standing"),
    [
        ("ENOSPC: write", {0: "ENOSPC", 1: "ENOSPC"}),
        ('{"id":4615652,"ctx":"x"}', {0: "4615652"}),
        ("error code 4615652.", {0: "4615652"}),
        ("rdb_last:ERR and notmaster", {0: "rdb_last:ERR", 1: "notmaster"}),  # as typed
        ("+switch-master shop 10.0.0.1 6379", {1: "+switch-master"}),
        ("46156520 and x4615652", {}),
        ("it took 0.4615652 s, or 4615652.5", {}),
        ("the node is recovering", {}),  # a word that people write
        ("the disk full of ENOSPCs", {}),  # no code is plain words
        ("", {}),
    ],
)
def test_a_code_stands_as_a_whole_word(typed: str, standing: dict[int, str]) -> None:
    assert CODES.standing(typed) == standing


def test_the_pages_list_enough_codes_to_look_at() -> None:
    assert len(LISTED) >= 80


@pytest.mark.parametrize("code", LISTED)
@pytest.mark.parametrize("typed", ["{}", "{} disk full", "error code {}", "id {}", '"id":{}', "{} after the deploy"])
def test_whatever_stands_beside_a_code_its_page_comes_first(typed: str, code: str) -> None:
    assert SHELF.find(typed.format(code))[0].name in LISTED[code]


def test_a_code_comes_before_the_symptoms_of_every_other_page() -> None:
    plain = [book for book in BOOKS if not SYSTEMS.keys() & set(all_words(book.symptoms[0]))]  # no system is named
    asked = [
        (own, f"{code} {book.symptoms[0]}") for code, own in LISTED.items() for book in plain if book.name not in own
    ]
    first = sum(SHELF.find(typed)[0].name in own for own, typed in asked)
    assert len(asked) > 800 and first >= 0.98 * len(asked)


@pytest.mark.parametrize("typed", ["{}", "error code {}", '{{"id":{}}}', "mongod: {}"])
@pytest.mark.parametrize("code", [code for code in LISTED if is_log_id(code)])
def test_a_log_id_alone_means_its_page_and_says_so(typed: str, code: str) -> None:
    (match,) = SHELF.find(typed.format(code))
    assert match.name in LISTED[code] and match.sure and match.why[0] == match.code == code


@pytest.mark.parametrize("typed", ["11600 connections since noon", "10107 orders are stuck, the queue is slow"])
def test_a_number_among_words_may_be_one_of_anything(typed: str) -> None:
    assert not SHELF.find(typed)[0].sure


@pytest.mark.parametrize("typed", ["postgres: ENOSPC no space left on device", "mysql error 10107"])
def test_a_code_of_another_system_leads_nowhere(typed: str) -> None:
    assert not any(match.code or match.sure for match in SHELF.find(typed))


def test_a_code_leads_in_a_long_paste_too() -> None:
    lines = [f"Oct 11 08:{n:02} api-3 request took long, the pool waits, retrying the call" for n in range(40)]
    first = SHELF.find("\n".join([*lines, "MongoServerError[IndexKeySpecsConflict]"]))[0]
    assert (first.name, first.code) == ("safe-index-swap", "IndexKeySpecsConflict")


def test_on_a_large_shelf_the_page_that_lists_a_code_is_looked_at() -> None:
    many = [
        Playbook(
            name=f"page-{n}", title=f"The disk is full of files {n}", errors=(f"{50_000 + n}",), text="", digest=""
        )
        for n in range(200)
    ]
    assert Index(many).find("disk is full, id 50077")[0].name == "page-77"


def test_where_a_page_fits_for_no_reason_it_does_not_stand_beside_a_code() -> None:
    assert all(match.why for match in SHELF.find("RECOVERING"))
