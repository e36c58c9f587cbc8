"""What people typed when a page was right: the nearest of it speaks for its page; a broken list takes nothing along."""

from __future__ import annotations

from bot.domain.playbook import Playbook
from bot.store.heard import NONE, NOTHING_HEARD, Heard, read_lists
from bot.store.playbooks import Shelf, load
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


def spoken(words: str, lists: dict[str, list[str]] = LISTS):
    return Heard(lists).ask(all_words(words))


def test_the_nearest_sentences_speak_for_their_page_and_misspelt_ones_too():
    for words in ("password mails are not sent", "pasword mial nobody gets it"):
        shares = spoken(words).shares
        assert max(shares, key=lambda name: shares[name]) == "lost-mail"


def test_shares_add_up_to_one_and_none_is_told_apart():
    said = spoken("the machine for coffee broke")
    assert abs(sum(said.shares.values()) + said.none - 1) < 1e-9
    assert said.none > 0.5


def test_where_nothing_is_near_or_nothing_was_heard_nobody_speaks():
    assert (spoken("数据库").shares, spoken("数据库").none) == ({}, 0.0)
    assert (spoken("mail", {}).shares, spoken("mail", {}).none) == ({}, 0.0)
    assert spoken("").none == 0.0


def test_a_page_is_found_by_what_people_typed_though_it_says_it_otherwise():
    assert Index(BOOKS).find("nobody gets the password mail") == []
    found = Index(BOOKS, Heard(LISTS)).find("nobody gets their password mail")
    assert [match.name for match in found][:1] == ["lost-mail"]


def test_what_was_typed_when_no_page_fitted_keeps_pages_away():
    assert Index(BOOKS, Heard(LISTS)).find("is the coffee machine broken again") == []


def test_a_page_that_nobody_was_heard_of_speaks_for_itself():
    wiki = book("vpn", "The office VPN concentrator hangs")
    found = Index((*BOOKS, wiki), Heard(LISTS)).find("vpn concentrator hangs")
    assert [match.name for match in found][:1] == ["vpn"]


def test_lists_are_read_from_the_folder_with_comments_and_sources_left_out(tmp_path):
    folder = tmp_path / "books"
    (folder / "heard").mkdir(parents=True)
    (folder / "lost-mail.md").write_text("# Outgoing messages pile up\n")
    (folder / "heard" / "lost-mail.txt").write_text("# ours\n\nno mail for anybody\thttps://x.example/1\n")
    lists = read_lists(folder, NOTHING_HEARD)
    assert lists.sentences == {"lost-mail": ("no mail for anybody",)}
    assert read_lists(folder, lists) is lists


def test_a_list_that_cannot_be_read_or_has_no_page_is_told_and_takes_nothing_along(tmp_path):
    (tmp_path / "heard").mkdir()
    (tmp_path / "lost-mail.md").write_text("# Outgoing messages pile up\n")
    (tmp_path / "heard" / "lost-mail.txt").write_bytes(b"no mail\n\xff\xfe\n")
    (tmp_path / "heard" / "lost-mial.txt").write_text("no mail\n")
    loaded = load(tmp_path)
    assert [book.name for book in loaded.playbooks] == ["lost-mail"]
    told = [str(problem) for problem in loaded.problems]
    assert "heard/lost-mail.txt:2: this is not UTF-8 text; save the file as UTF-8" in told[0]
    assert "heard/lost-mial.txt:1: there is no playbook lost-mial; name it after one, or none.txt" in told[1]


def test_a_list_that_changes_counts_at_the_next_look(tmp_path):
    now = [0.0]
    (tmp_path / "lost-mail.md").write_text("# Outgoing messages pile up\n")
    shelf = Shelf(tmp_path, clock=lambda: now[0])
    assert shelf.find("nobody gets the password mail") == []
    (tmp_path / "heard").mkdir()
    (tmp_path / "heard" / "lost-mail.txt").write_text("nobody gets the password mail\n")
    now[0] += 10
    assert [match.name for match in shelf.find("nobody gets the password mail")] == ["lost-mail"]
