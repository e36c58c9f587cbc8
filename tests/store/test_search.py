"""Looking up a playbook: what is found, what is not, and that no input breaks it."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from bot.domain.playbook import Playbook, Step
from bot.settings import HERE
from bot.store.playbooks import Shelf
from bot.store.search import Index
from bot.store.signs import stem
from bot.store.vocabulary import ALIKE
from bot.store.words import all_words, known_words, spelled


def book(name: str, title: str, **more) -> Playbook:
    return Playbook(name=name, title=title, text="", digest="", **more)


LAG = book(
    "shed-lag",
    "A MongoDB secondary falls behind",
    symptoms=("replication lag grows", "reads from the secondary are stale"),
    errors=("too stale to catch up", "10107", "oplog window of * hours"),
    systems=("mongodb",),
    steps=(Step(number=1, title="Measure the distance", body="rs.printSecondaryReplicationInfo()"),),
)
DISK = book(
    "free-disk-space",
    "The disk of a PostgreSQL server is full",
    symptoms=("no space left on device", "the database is read-only"),
    errors=("could not extend file", "53100"),
    systems=("postgresql",),
)
CERTIFICATE = book("renew-certificate", "A certificate has expired", symptoms=("browsers refuse the certificate",))
CHINESE = book("chinese", "数据库连接数已满", symptoms=("数据库连接被拒绝",))
INDEX = Index([LAG, DISK, CERTIFICATE, CHINESE])


def names(query: str, index: Index = INDEX) -> list[str]:
    return [match.name for match in index.find(query)]


def test_words_of_a_symptom_find_its_playbook():
    assert names("reads are stale on the secondary") == ["shed-lag"]


def test_an_answer_says_which_of_the_typed_words_matched():
    (match,) = INDEX.find("Certificate EXPIRED on shop.example")
    assert (match.name, match.title) == ("renew-certificate", "A certificate has expired")
    assert match.why == ("Certificate", "EXPIRED")


SLOW = book("find-what-blocks", "One command blocks a cache", symptoms=("Redis is slow", "Redis hangs at midnight"))


@pytest.mark.parametrize(
    ("query", "sure"),
    [
        ("redis is slow", True),
        ("Why is my redis so slow", True),
        ("redis hangs", False),  # a part of a symptom
        ("redis and the disk are slow", False),  # a word more
    ],
)
def test_a_few_vague_words_are_sure_of_a_page_only_where_just_they_are_its_symptom(query: str, sure: bool):
    best = Index([SLOW, LAG, DISK, CERTIFICATE]).find(query)[0]
    assert (best.name, best.sure) == ("find-what-blocks", sure)


def test_misspelt_words_are_repaired():
    assert names("certifcate exipred") == ["renew-certificate"]


def test_words_run_together_are_found_within_a_symptom():
    assert names("readonly database") == ["free-disk-space"]


def test_other_forms_of_a_word_are_found():
    assert names("the secondaries are falling behind") == ["shed-lag"]


def test_a_synonym_finds_what_the_page_calls_otherwise():
    assert names("mongo slave is stale") == ["shed-lag"]


def test_an_error_text_in_a_pasted_log_is_enough():
    log = "\n".join(f"2026-01-01T00:00:{n:02} I NETWORK connection accepted from 10.0.0.{n}" for n in range(60))
    assert names(f"{log}\nE REPL we are TOO  STALE to catch up -- entering maintenance mode")[0] == "shed-lag"


def test_an_error_code_is_matched_as_a_whole_number():
    assert names("server returned 10107")[0] == "shed-lag"
    assert names("it took 1010734 ms") == []


def test_a_star_in_an_error_text_stands_for_anything():
    assert names("warning: oplog window of 3.5 hours")[0] == "shed-lag"


def test_the_playbook_of_another_system_is_no_answer():
    assert names("mysql replication lag grows") == []
    assert names("kafka disk is full") == []


@pytest.mark.parametrize("query", ["how do I order lunch", "hello", "help", "the the the", "is it down", "lag" * 30])
def test_nothing_fits_what_is_about_something_else(query):
    assert names(query) == []


def test_other_scripts_are_searched_as_they_are():
    assert names("数据库连接被拒绝") == ["chinese"]
    assert names("база данных не отвечает") == []


def test_the_best_comes_first_and_no_more_than_asked_for():
    index = Index([book(f"page-{n}", "Certificate renewal", intro="certificate " * n) for n in range(20)])
    found = index.find("certificate renewal", limit=3)
    assert len(found) == 3
    assert [match.score for match in found] == sorted((match.score for match in found), reverse=True)
    assert index.find("certificate", limit=0) == []


def test_a_prose_page_is_found_by_its_words():
    index = Index([LAG, book("vpn", "Office VPN", intro="Restart the concentrator in the basement.")])
    assert names("vpn concentrator", index) == ["vpn"]


@pytest.mark.parametrize(
    "query",
    [
        "",
        " \n\t",
        "\0",
        "lag\0lag",
        '"',
        "'",
        '" OR 1=1 --',
        'NEAR("a" "b", 5)',
        "title: stale",
        "{title signs}: x",
        "* AND * OR NOT *",
        "(((",
        "^stale",
        "a-b-c +d",
        ";DROP TABLE words",
        "🔥🔥🔥",
        "\ud800",
        "\u202estale",
        "ﬁ ﬂ ½ Ⅷ",
        "İstanbul ß ſ",
        "x" * 10_000,
        "stale " * 2_000,
        " ".join(f"word{n}" for n in range(1_500)),
        "-" * 10_000,
        "a b c d e f g h",
        "é" * 5_000,
    ],
)
def test_any_input_is_answered(query):
    assert isinstance(INDEX.find(query), list)


def test_an_index_of_nothing_finds_nothing():
    assert Index([]).find("mongodb is slow") == []


def test_names_with_odd_words_build_an_index():
    odd = book("odd", 'A "title" with (signs): \0 * ^', symptoms=("🔥", '""', "x" * 500))
    assert names("title with signs", Index([odd])) == ["odd"]


def test_many_threads_may_ask_at_once():
    queries = ["certificate expired", "reads are stale on the secondary", "no space left on device", "lunch"] * 50
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(names, queries))
    assert found == [["renew-certificate"], ["shed-lag"], ["free-disk-space"], []] * 50


@pytest.mark.parametrize("typed", ["postgres: no space left on device", "npm ERR! ENOSPC: no space left on device"])
def test_the_same_error_of_another_system_is_never_sure(typed: str):
    shelf = Shelf(HERE / "playbooks")
    assert shelf.find("no space left on device")[0].sure
    assert not any(match.sure for match in shelf.find(typed))


def test_the_reasons_are_the_words_that_decided_and_no_filler():
    shelf = Shelf(HERE / "playbooks")
    first = shelf.find(
        "MISCONF Redis is configured to save RDB snapshots, commands that may modify 4411 keys are disabled"
    )[0]
    assert first.name == "disk-full" and "MISCONF" in first.why and not {"may", "4411", "that"} & set(first.why)


MISSPELT = "mastr respawnd wiht old dta"


@pytest.mark.parametrize("typed", ["primary anwsers heartbets", MISSPELT, "customers get empty carts after the swap"])
def test_a_reason_is_a_word_of_the_page_or_of_what_people_typed_for_it(typed: str):
    for match in Shelf(HERE / "playbooks").find(typed):
        page = (HERE / "playbooks" / f"{match.name}.md").read_text()
        heard = (HERE / "playbooks" / "heard" / f"{match.name}.txt").read_text()
        held = {stem(word) for word in all_words(page + heard)}
        known = known_words([page, heard])
        for word in match.why:
            forms = [word.lower(), *spelled(word.lower(), known), *ALIKE.get(word.lower(), ())]
            assert any(stem(form) in held for form in forms), (match.name, word)


def test_letters_that_only_look_alike_are_no_reason():
    shown = {match.name: match.why for match in Shelf(HERE / "playbooks").find(MISSPELT)}
    assert shown["stop-respawn"][:2] == ("mastr", "respawnd")
    assert not any("wiht" in why or "dta" in why for why in shown.values())


def test_where_no_single_word_decided_the_reason_is_that_people_typed_alike():
    assert INDEX.find("Certificate EXPIRED")[0].because == "because of: Certificate, EXPIRED"
    assert replace(INDEX.find("Certificate EXPIRED")[0], why=()).because == "as people typed alike"
