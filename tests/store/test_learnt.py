"""What is learnt from sentences: pieces of their words speak for a page, and what is written of it is read again."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from bot.domain.playbook import Playbook
from bot.store.frontmatter import Fault
from bot.store.learning import PASSES, learn
from bot.store.learnt import NONE, Learnt, gist, mark, parsed, written
from bot.store.search import Index
from bot.store.words import all_words

LISTS = {
    "lost-mail": ["nobody gets the password mail", "mails are stuck in the outgoing queue", "smtp relay refuses us"],
    "slow-search": ["the search page takes a minute", "search results come back empty and late"],
    NONE: ["lunch is at noon", "the coffee machine is broken", "who has the key of the office"],
}


def book(name: str, title: str) -> Playbook:
    return Playbook(name=name, title=title, text="", digest="")


BOOKS = (book("lost-mail", "Outgoing messages pile up"), book("slow-search", "Looking things up is slow"))


@pytest.fixture(scope="module")
def learnt() -> Learnt:
    return learn(LISTS)


def test_sentences_speak_for_their_page_and_misspelt_ones_too(learnt: Learnt):
    for words in ("password mails are not sent", "pasword mial nobody gets it"):
        shares = learnt.ask(all_words(words)).shares
        assert max(shares, key=lambda name: shares[name]) == "lost-mail"


def test_shares_add_up_to_one_and_none_is_told_apart(learnt: Learnt):
    said = learnt.ask(all_words("the machine for coffee broke"))
    assert sum(said.shares.values()) + said.none == pytest.approx(1)
    assert said.none > 0.5


def test_where_nothing_is_known_or_nothing_was_learnt_nobody_speaks(learnt: Learnt):
    for of, words in ((learnt, "数据库"), (learnt, ""), (Learnt(), "mail")):
        said = of.ask(all_words(words))
        assert (said.shares, said.none) == ({}, 0.0)


def test_the_same_sentences_teach_the_same_and_what_is_written_is_read_again(learnt: Learnt):
    text = written(learnt)
    assert written(learn(LISTS)) == text
    read = parsed(text)
    assert (read.pages, read.rows, read.marks) == (learnt.pages, learnt.rows, learnt.marks)
    words = all_words("the outgoing mails are stuck")
    assert read.ask(words).shares == pytest.approx(dict(learnt.ask(words).shares), abs=1e-3)
    assert (read.filed("lunch is at noon"), read.filed("lunch is at one")) == (NONE, "")


def test_a_sentence_is_known_again_by_its_words_and_is_nobodys_where_two_lists_have_it():
    lists = {"lost-mail": ["mail is stuck"], "our-fryer": ["it reeks", "the fryer is stuck"], NONE: ["it reeks"]}
    learnt = learn(lists)
    assert learnt.filed("It REEKS!") == ""
    assert learnt.filed("Stuck mails") == "lost-mail" and learnt.filed("the mails of the fryer are stuck") == ""
    assert parsed(written(learnt)).gists == learnt.gists and mark("it reeks") in learnt.known()
    assert gist("🔥") != gist("!!")


def test_what_is_too_long_for_a_sentence_is_filed_nowhere():
    long = " ".join(f"mail{n}" for n in range(200))
    assert learn({"lost-mail": [long, long[:500]], NONE: ["lunch"]}).filed(long) == ""


def test_what_begins_in_the_middle_of_a_mark_is_none():
    assert replace(Learnt(), gists={"a": b"xx" + gist("mail") + b"yy"}).filed("mail") == ""
    assert replace(Learnt(), gists={"a": b"xx" + gist("mail") + b"yy" + gist("mail")}).filed("mail") == "a"


def test_what_people_typed_just_so_is_found_under_their_page_and_what_fits_none_under_none(learnt: Learnt):
    index = Index(BOOKS, learnt)
    for name, lines in LISTS.items():
        for line in lines:
            found = index.find(line)
            assert (found[0].name, found[0].sure) == (name, True) if name != NONE else found == []


def test_a_page_with_few_sentences_beside_others_is_not_learnt_and_its_sentences_stay_new():
    own = "der speicher von redis ist voll"
    many = {"lost-mail": [f"mail number {n} is stuck in the queue" for n in range(40)], "our-memory": [own]}
    learnt = learn(many | {NONE: LISTS[NONE]})
    assert learnt.pages == ("lost-mail", NONE)
    assert mark(own) not in learnt.known() and mark("lunch is at noon") in learnt.known()


def test_progress_is_told_to_the_end():
    heard: list[tuple[int, int]] = []
    learn(LISTS, lambda done, of: heard.append((done, of)))
    assert heard == [(done, PASSES) for done in range(PASSES + 1)]


@pytest.mark.parametrize(
    "change",
    [
        {"format": 1}, {"format": None}, {"pages": 7}, {"pages": ["lost-mail"]}, {"bias": ["x", 1, 2]},
        {"bias": [float("nan"), 1, 2]}, {"step": float("inf")}, {"marks": "!"}, {"marks": 7},
        {"gists": {"lost-mail": "!"}}, {"gists": {"stranger": ""}}, {"gists": "!"}, {"rows": []},
        {"rows": {"abc": "AAAAAA=="}}, {"pages": [], "bias": [], "rows": {}},
        {"rows": {"abc": "AAAA AAA"}}, {"rows": {"abc": "AAA="}}, {"rows": {"abc": None}}, {"rows": None},
    ],
)  # fmt: skip
def test_a_file_of_anything_else_is_refused_with_what_to_type(learnt: Learnt, change: dict[str, object]):
    with pytest.raises(Fault) as caught:
        parsed(json.dumps(json.loads(written(learnt)) | change))
    assert caught.value.hint == "type `muster runbook learn`"


@pytest.mark.parametrize("text", ["", "[]", "7", "{}", "null", '{"format": 1}', "[" * 100_000])
def test_a_file_that_is_no_object_of_ours_is_refused(text: str):
    with pytest.raises(Fault):
        parsed(text)


def test_a_page_is_found_by_what_people_typed_though_it_says_it_otherwise(learnt: Learnt):
    assert Index(BOOKS).find("nobody gets the password mail") == []
    found = Index(BOOKS, learnt).find("nobody gets their password mail")
    assert [match.name for match in found][:1] == ["lost-mail"]


def test_what_was_typed_when_no_page_fitted_keeps_pages_away(learnt: Learnt):
    assert Index(BOOKS, learnt).find("is the coffee machine broken again") == []


def test_a_page_that_nothing_was_learnt_of_speaks_for_itself(learnt: Learnt):
    wiki = book("vpn", "The office VPN concentrator hangs")
    found = Index((*BOOKS, wiki), learnt).find("vpn concentrator hangs")
    assert [match.name for match in found][:1] == ["vpn"]
