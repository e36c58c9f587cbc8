"""Finding a playbook from what a worried person types, or pastes.

Two SQLite FTS5 tables in memory propose candidates: whole words (Porter stems) and three-letter pieces, the latter for
words run together or torn apart. Words no playbook knows are repaired by spelling first. A candidate is then judged by
which of the typed words it answers to, and where; one that answers to too little is not shown at all. The index is a
cache of the folder: it is rebuilt, never changed.
"""

from __future__ import annotations

import math
import sqlite3
import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.domain.playbook import Match, Playbook
from bot.store.signs import columns, head, quoted, stem
from bot.store.vocabulary import SUBJECTS, SYSTEMS
from bot.store.words import Said, is_known, known_words, said, spelled, squeezed, words_of

MAX_QUERY_CHARS = 20_000
MAX_WORDS = 24  # of a pasted stack trace, the rarest
MAX_WEIGHED = 200
MAX_REPAIRS = 8
CANDIDATES = 20
MAX_ROWS = 4_000  # rows the ranking may look through
MAX_PIECES = 12

# Chosen on tests/playbooks/tuning.toml; docs/decisions/0002-playbooks.md has the figures.
ENOUGH = 1.3  # a score below this may be an accident
CLEAR = 0.4  # and so may an answer to so little of what was said
ALONE = 0.6  # one word that fits is an accident unless it is most of what was said
SIGN = 2.5  # what the best single sign of a page counts beside all words of it together
BODY = 0.1  # a word that stands only in the steps says less than one in the title or the symptoms
REPAIRED = 0.8
ELSEWHERE = 0.3  # the query names a system the playbook is not about
UNKNOWN = 0.6  # a word no playbook holds dilutes the rest, but less than one that points elsewhere
QUOTED = 0.4  # an error text of the playbook stands in the query, word for word
PER_WORD = 0.35  # and each of its words that carries meaning makes that less of an accident
MOST_QUOTED = 1.5
TELLS = 2  # so many words of an error text need nothing beside them
SURE = 3.5  # less may be an accident: docs/decisions/0002-playbooks.md counts them
APART = 1.2  # with less than this between the first and the second, the words speak for both
NEAR = 0.5  # what scores less than this part of the best is not worth a tired person's time


@dataclass(frozen=True)
class _Term:
    """One thing the person said, the spellings that count for it, and how much it says."""

    typed: str
    forms: tuple[tuple[str, float], ...]
    weight: float


class Index:
    """A search index over some playbooks. Reads are safe from any thread."""

    def __init__(self, playbooks: Sequence[Playbook]) -> None:
        self._playbooks = tuple(playbooks)
        self._heads = [head(playbook) for playbook in self._playbooks]
        self._lock = threading.Lock()
        self._sets: dict[str, tuple[frozenset[int], frozenset[int]]] = {}
        self._sign_words: dict[int, list[dict[str, float]]] = {}
        self._db = sqlite3.connect(":memory:", check_same_thread=False, isolation_level=None)
        self._db.execute(
            "CREATE VIRTUAL TABLE words USING fts5(title, signs, body, tokenize='porter unicode61 remove_diacritics 2')"
        )
        self._db.execute("CREATE VIRTUAL TABLE pieces USING fts5(text, tokenize='trigram')")
        self._fill()

    def _fill(self) -> None:
        rows = [(number, *columns(playbook)) for number, playbook in enumerate(self._playbooks)]
        pieces = [(number, squeezed(head)) for number, head in enumerate(self._heads)]
        self._db.execute("BEGIN")
        self._db.executemany("INSERT INTO words (rowid, title, signs, body) VALUES (?, ?, ?, ?)", rows)
        self._db.executemany("INSERT INTO pieces (rowid, text) VALUES (?, ?)", pieces)
        self._db.execute("COMMIT")
        self._known = known_words(self._heads)

    def find(self, query: str, limit: int = 5) -> list[Match]:
        """Return at most `limit` playbooks that fit `query`, best first; an empty list when none does."""
        query = query[:MAX_QUERY_CHARS]
        with self._lock:
            terms = self._terms(said(query))
            if not terms or limit < 1:
                return []
            ranks = self._candidates(terms)
            found = [self._judge(number, rank, terms, query) for number, rank in ranks.items()]
        fitting = sorted((match for match in found if match), key=lambda match: (-match.score, match.name))
        worth = [match for match in fitting[:limit] if match.score >= NEAR * fitting[0].score]
        return [replace(match, sure=_is_sure(match, fitting)) for match in worth]

    def _terms(self, spoken: list[Said]) -> list[_Term]:
        """What was said, as terms to look for: the rarest words when it was a whole log, unknown words repaired."""
        if len(spoken) > MAX_WORDS * 2:
            known = [one for one in spoken if is_known(one.word, self._known)]
            spoken = known[:MAX_WEIGHED] or spoken[: MAX_WORDS * 2]
        if len(spoken) > MAX_WORDS:
            spoken = sorted(spoken, key=lambda one: -self._rarity(one.word) * one.weight)[:MAX_WORDS]
        terms, repairs = [], 0
        for one in spoken:
            forms = [(one.word, 1.0), *one.synonyms]
            if not self._holders(one.word)[1] and repairs < MAX_REPAIRS:
                repairs += 1
                forms += [(word, REPAIRED) for word in spelled(one.word, self._known)]
            terms.append(_Term(one.typed, tuple(forms), one.weight))
        return terms

    def _candidates(self, terms: list[_Term]) -> dict[int, float]:
        """Playbooks worth judging, each with its reciprocal rank over the two tables."""
        forms = sorted({form for term in terms for form, _ in term.forms}, key=lambda form: len(self._holders(form)[1]))
        told: list[str] = []
        rows = 0
        for form in forms:
            rows += len(self._holders(form)[1])
            if told and rows > MAX_ROWS:
                break  # commoner words than these cannot tell playbooks apart, and ranking them takes long
            told.append(form)
        lost = [term.forms[0][0] for term in terms if not self._is_known(term)]
        pieces = [word[at : at + 3] for word in lost if len(word) >= 5 for at in range(len(word) - 2)]
        ranks: dict[int, float] = {}
        for table, wanted, weight, order in (
            ("words", told, 1.0, "bm25(words, 8.0, 6.0, 1.0)"),
            ("pieces", pieces[:MAX_PIECES], 0.5, "bm25(pieces)"),
        ):
            sql = f"SELECT rowid FROM {table} WHERE {table} MATCH ? ORDER BY {order} LIMIT {CANDIDATES}"
            match = " OR ".join(f'"{form}"' for form in wanted)
            for rank, (number,) in enumerate(self._db.execute(sql, (match,)) if match else ()):
                ranks[number] = ranks.get(number, 0.0) + weight / (10 + rank)
        return ranks

    def _judge(self, number: int, rank: float, terms: list[_Term], query: str) -> Match | None:
        """The playbook as a match, None when it answers to too little of what was said."""
        why = tuple(dict.fromkeys(term.typed for term in terms if self._answers(number, term)))
        words = quoted(self._playbooks[number], query)
        quote = min(MOST_QUOTED, QUOTED + PER_WORD * words) if words else 0.0
        weights = [term.weight * max(self._rarity(form) for form, _ in term.forms) for term in terms]
        meant = 1.0 if words >= TELLS or self._is_meant(number, terms) else ELSEWHERE
        evidence, share = self._weigh(number, terms, weights, meant)
        sign = meant * self._best_sign(number, terms, weights)
        score = round(evidence * (0.5 + share / 2) + SIGN * sign + quote + rank, 4)
        alone = len(why) == 1 and share < ALONE
        if not why or not (words >= TELLS or (score >= ENOUGH and evidence * share >= CLEAR and not alone)):
            return None
        return Match(name=self._playbooks[number].name, title=self._playbooks[number].title, score=score, why=why)

    def _weigh(self, number: int, terms: list[_Term], weights: list[float], meant: float) -> tuple[float, float]:
        """How much of what was said the playbook answers to: in all, and as a share."""
        evidence = total = 0.0
        for term, weight in zip(terms, weights, strict=True):
            evidence += weight * self._answers(number, term)
            total += weight * (1.0 if self._is_known(term) else UNKNOWN)
        return meant * evidence, meant * evidence / total if total else 0.0

    def _best_sign(self, number: int, terms: list[_Term], weights: list[float]) -> float:
        """How well the one symptom, error text or title that fits best is answered to: what it shares, as far as that
        is all of it. Words scattered over many signs say less than the same words in one."""
        best = 0.0
        for words in self._signs(number):
            shared, hit = 0.0, set()
            for term, weight in zip(terms, weights, strict=True):
                found = max(((factor, form) for form, factor in term.forms if stem(form) in words), default=None)
                if found:
                    shared += weight * found[0]
                    hit.add(stem(found[1]))
            if shared:
                whole = sum(words.values())
                best = max(best, shared * math.sqrt(sum(words[one] for one in hit) / whole))
        return best

    def _signs(self, number: int) -> list[dict[str, float]]:
        """The words of each sign of a playbook, stemmed, with how rare each is."""
        if number not in self._sign_words:
            if len(self._sign_words) > 2_000:
                self._sign_words.clear()
            playbook = self._playbooks[number]
            signs = (words_of(sign) for sign in (playbook.title, *playbook.symptoms, *playbook.errors))
            self._sign_words[number] = [{stem(word): self._rarity(word) for word in words} for words in signs if words]
        return self._sign_words[number]

    def _is_known(self, term: _Term) -> bool:
        """True for a word that some playbook holds, and for the name of a system, which always counts."""
        return term.forms[0][0] in SYSTEMS or any(self._holders(form)[1] for form, _ in term.forms)

    def _is_meant(self, number: int, terms: list[_Term]) -> bool:
        """False when systems are named and the playbook is about none of them, or when a subject of its own is named
        that the playbook does not know: who says certificate means certificates, whatever else stands beside it."""
        words = [term.forms[0][0] for term in terms]
        systems = [SYSTEMS[word] for word in words if word in SYSTEMS]
        if systems and not any(number in self._holders(name)[0] for names in systems for name in names):
            return False
        subjects = [SUBJECTS[word] for word in words if word in SUBJECTS]
        return all(any(number in self._holders(name)[0] for name in names) for names in subjects)

    def _answers(self, number: int, term: _Term) -> float:
        """1 when the playbook's title or signs hold the word itself, less for its body, a synonym or a repair."""
        best = 0.0
        for form, factor in term.forms:
            head, anywhere = self._holders(form)
            best = max(best, factor * (1.0 if number in head else BODY if number in anywhere else 0.0))
        return best

    def _rarity(self, form: str) -> float:
        """1 for a word of one playbook, towards 0 for a word of all; 1 for an unknown one."""
        holders, count = len(self._holders(form)[1]), len(self._playbooks)
        return math.log(1 + count / max(holders, 1)) / math.log(1 + count)

    def _holders(self, form: str) -> tuple[frozenset[int], frozenset[int]]:
        """The playbooks that hold `form` in title or signs, and those that hold it anywhere."""
        if form not in self._sets:
            if len(self._sets) > 5_000:
                self._sets.clear()
            anywhere = self._rows("words", f'"{form}"')
            head = self._rows("words", f'{{title signs}} : "{form}"') if anywhere else frozenset()
            if not anywhere and len(form) >= 5:
                anywhere = head = self._rows("pieces", f'"{form}"')
            self._sets[form] = (head, anywhere)
        return self._sets[form]

    def _rows(self, table: str, match: str) -> frozenset[int]:
        rows = self._db.execute(f"SELECT rowid FROM {table} WHERE {table} MATCH ?", (match,))
        return frozenset(number for (number,) in rows)


def _is_sure(match: Match, fitting: Sequence[Match]) -> bool:
    return match.score >= SURE and all(match.score >= APART * other.score for other in fitting if other is not match)
