"""Finding a playbook from what a worried person types, or pastes.

On a shelf of many, a SQLite FTS5 table in memory proposes candidates by their rarest words. A candidate is judged by
how alike it and the query are (see likeness), by error texts that stand in the query word for word, and by the system
it is about; one that is not alike enough is not shown at all. One of whose codes stands in the query comes first (see
codes); a sentence that was filed before is answered as it was filed (see learnt). Words no playbook knows are repaired
by spelling first. The index is a cache of the folder: it is rebuilt, never changed.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from bot.domain.known_errors import is_log_id
from bot.domain.playbook import Match, Playbook
from bot.store.codes import Codes
from bot.store.learnt import NONE, Learnt, Spoken
from bot.store.likeness import Asked, Likeness
from bot.store.signs import head, is_symptom, quoted, signs, stem
from bot.store.vocabulary import IDLE, SUBJECTS, SYSTEMS
from bot.store.words import Said, all_words, is_known, known_words, said, spelled

MAX_QUERY_CHARS = 20_000
MAX_WORDS = 24  # of a pasted stack trace, the rarest
MAX_WEIGHED = 200
MAX_REPAIRS = 8
WHOLE = 24  # playbooks; of a larger shelf the JUDGED that hold the rarest TOLD words are looked at
JUDGED = 3
HEARD_OF = 3  # playbooks for which the most sentences speak are looked at as well
TOLD = 5
CODED = 8  # and at most so many that hold a code that was typed

# Chosen on the lists of tests/playbooks; docs/decisions/0002-playbooks.md has the figures.
ENOUGH = 0.28  # a score below this may be an accident
CLEAR = 0.7  # and so may an answer to less than a word that carries meaning
REPAIRED = 0.8
ASIDE = 0.5  # it names a subject the playbook does not know
ELSEWHERE = 0.2  # the query names a system the playbook is not about
QUOTED = 0.06  # for each word of an error text of the playbook that stands in the query, word for word
MOST_QUOTED = 6  # words
TELLS = 2  # so many words of an error text need nothing beside them
HEARD_ENOUGH = -0.5  # over what speaks for no page; less and nothing fits
HEARD_NEAR = 0.01  # a page that so much speaks for is shown beside one that fits
HEARD_SURE = 0.9  # over what speaks for no page; less may be an accident
SURE = 0.6  # less may be an accident: docs/decisions/0002-playbooks.md counts them
PLAIN = 1.8  # and so may an answer to less than two words that carry meaning, unless they are a symptom of the page
APART = 1.1  # with less than this between the first and the second, the words speak for both
TELLING = 0.25  # of the loudest word; one that is lower and in none of a page's signs is no reason to give
NEAR = 0.4  # what scores less than this part of the best is not worth a tired person's time
SAID_OF_AN_ID = frozenset(("code", *SYSTEMS))  # beside another word a number may be one of anything


@dataclass(frozen=True)
class _Term:
    """One thing the person said, the spellings that count for it, and how much it says."""

    typed: str
    forms: tuple[tuple[str, float], ...]
    weight: float

    @property
    def word(self) -> str:
        """What was typed, folded."""
        return self.forms[0][0]


@dataclass(frozen=True)
class _Judged:
    """A playbook, whether it fits by itself, and whether it may be shown beside one that does."""

    match: Match
    stands: bool
    joins: bool


class Index:
    """A search index over some playbooks. Reads are safe from any thread."""

    def __init__(self, playbooks: Sequence[Playbook], learnt: Learnt | None = None) -> None:
        self._playbooks = tuple(playbooks)
        self._learnt = learnt or Learnt()
        self._numbers = {playbook.name: number for number, playbook in enumerate(self._playbooks)}
        self._lock = threading.Lock()
        self._likeness = Likeness(self._playbooks)
        self._codes = Codes(self._playbooks)
        self._known = known_words(head(playbook) for playbook in self._playbooks)
        self._db = sqlite3.connect(":memory:", check_same_thread=False, isolation_level=None)
        if len(self._playbooks) > WHOLE:
            self._fill()

    def _fill(self) -> None:
        self._db.execute(
            "CREATE VIRTUAL TABLE words USING fts5("
            "signs, content='', columnsize=0, tokenize='porter unicode61 remove_diacritics 2')"
        )
        rows = ((number, "\n".join(signs(playbook))) for number, playbook in enumerate(self._playbooks))
        self._db.execute("BEGIN")
        self._db.executemany("INSERT INTO words (rowid, signs) VALUES (?, ?)", rows)
        self._db.execute("COMMIT")

    def find(self, query: str, limit: int = 5) -> list[Match]:
        """Return at most `limit` playbooks that fit `query`, best first; an empty list when none does."""
        query = query[:MAX_QUERY_CHARS]
        with self._lock:
            terms = self._terms(said(query))
            if not terms or limit < 1:
                return []
            spoken = self._spoken(terms, query)
            asked = self._likeness.asked(_weights(terms), spoken)
            heard = self._learnt.ask(spoken)
            codes = self._codes.standing(query)
            filed = "" if codes else self._learnt.filed(query)
            if filed == NONE:
                return []
            numbers = dict.fromkeys([*self._candidates(terms, heard), *list(codes)[:CODED]])
            found = [self._judge(number, terms, asked, heard, query, codes.get(number, "")) for number in numbers]
        fitting = [replace(match, why=self._why(match, terms, spoken)) for match in _fitting(found, terms)]
        if fitting and fitting[0].code:  # beside it, what fits for no reason that can be named is noise
            fitting = [match for match in fitting if match.why]
        fitting = [replace(match, sure=match.name == filed or _is_sure(match, fitting)) for match in fitting]
        return sorted(fitting, key=lambda match: match.name != filed)[:limit]

    def _why(self, match: Match, terms: list[_Term], spoken: list[str]) -> tuple[str, ...]:
        """The words that decided, as typed, its own code first: all of them, in some spelling, on the page or in what
        people typed for it. Of a page nothing was learnt of, those that its signs hold."""
        loud = self._learnt.loud([word for word in spoken if not word.isdigit()], match.name)
        least = max(loud.values(), default=0) * TELLING
        told = {word for word, much in loud.items() if much > max(0.0, least)}
        held = {word for word, much in loud.items() if much > 0}
        near = {one.word for one in terms if one.typed in match.why or self._heard(one, match.name)}
        loudest = [one for one in terms if one.word in told & near or (one.word in held and one.typed in match.why)]
        why = [one.typed for one in loudest] if loudest else match.why
        if match.code:
            why = [match.code, *(typed for typed in why if typed not in match.code)]
        return tuple(dict.fromkeys(why))

    def _heard(self, term: _Term, page: str) -> bool:
        return any(self._learnt.holds(form, page) for form, _ in term.forms)

    def _terms(self, spoken: list[Said]) -> list[_Term]:
        """What was said, as terms to look for: the rarest words when it was a whole log, unknown words repaired."""
        if len(spoken) > MAX_WORDS * 2:
            known = [one for one in spoken if is_known(one.word, self._known)]
            spoken = known[:MAX_WEIGHED] or spoken[: MAX_WORDS * 2]
        if len(spoken) > MAX_WORDS:
            spoken = sorted(spoken, key=lambda one: -self._likeness.rarity(one.word) * one.weight)[:MAX_WORDS]
        terms, repairs = [], 0
        for one in spoken:
            forms = [(one.word, 1.0), *one.synonyms]
            if repairs < MAX_REPAIRS and not is_known(one.word, self._known):
                repairs += 1
                forms += [(word, REPAIRED) for word in spelled(one.word, self._known) if word not in IDLE]
            terms.append(_Term(one.typed, tuple(forms), one.weight))
        return terms

    def _spoken(self, terms: list[_Term], query: str) -> list[str]:
        spoken = all_words(query)
        return spoken if len(spoken) <= MAX_WORDS * 2 else [term.word for term in terms]

    def _candidates(self, terms: list[_Term], heard: Spoken) -> Iterable[int]:
        """Playbooks worth judging: all of a short shelf, else those that hold the rarest words, or were heard of."""
        if len(self._playbooks) <= WHOLE:
            return range(len(self._playbooks))
        forms = {form: term.weight * factor for term in terms for form, factor in term.forms if self._holds(form)}
        told = sorted(forms, key=lambda form: -forms[form] * self._likeness.rarity(form))[:TOLD]
        sql = f"SELECT rowid FROM words WHERE words MATCH ? ORDER BY rank LIMIT {JUDGED}"
        match = " OR ".join(f'"{form}"' for form in told)
        rare = [number for (number,) in self._db.execute(sql, (match,))] if match else []
        spoken = sorted(heard.shares, key=lambda name: -heard.shares[name])[:HEARD_OF]
        return dict.fromkeys([*rare, *(self._numbers[name] for name in spoken if name in self._numbers)])

    def _holds(self, form: str) -> bool:
        return is_known(form, self._known)

    def _judge(self, number: int, terms: list[_Term], asked: Asked, heard: Spoken, query: str, code: str) -> _Judged:
        playbook, roots = self._playbooks[number], self._likeness.drawn(number).roots
        why = tuple(dict.fromkeys(term.typed for term in terms if any(stem(form) in roots for form, _ in term.forms)))
        near = _meant(roots, terms)
        code = code if near > ELSEWHERE else ""  # of another system the same words mean another page
        words = quoted(playbook, query) if near > ELSEWHERE else 0
        meant = 1.0 if words >= TELLS else near
        alike = meant * self._likeness.alike(asked, number) + QUOTED * min(words, MOST_QUOTED)
        held = _held(roots, terms)
        if playbook.name in self._learnt.pages:
            share = heard.shares.get(playbook.name, 0.0)
            score = alike + meant * share
            over = score - heard.none
            fits = over >= HEARD_ENOUGH and (share > 0 or alike >= ENOUGH)
            plain, joins = over >= HEARD_SURE, share >= HEARD_NEAR
        else:  # nobody was heard yet: it speaks for itself
            score, joins = 2 * alike, False
            fits, plain = alike >= ENOUGH and held >= CLEAR, alike >= SURE
        plain = plain and near > ASIDE
        plain = plain and (words >= TELLS or held >= PLAIN or is_symptom(playbook, (term.word for term in terms)))
        match = Match(
            name=playbook.name,
            title=playbook.title,
            score=round(score, 4),
            why=why,
            sure=plain,
            code=code,
            walkable=bool(playbook.steps),
        )
        return _Judged(match, stands=fits or words >= TELLS or bool(code), joins=joins)


def _fitting(found: list[_Judged], terms: list[_Term]) -> list[Match]:
    """What may be shown, best first: pages with a code of theirs in the query, then those that are near the best. A
    log id with no word beside it that says anything means its page, and no other."""
    if not any(judged.stands for judged in found):
        return []
    least = NEAR * max(judged.match.score for judged in found if judged.stands)
    lone = all(is_log_id(term.word) or term.word in SAID_OF_AN_ID for term in terms)
    coded = [replace(one.match, sure=one.match.sure or lone) for one in found if one.match.code]
    others = [one.match for one in found if one.joins or (one.stands and one.match.score >= least)]
    shown = coded if coded and lone else [*coded, *(match for match in others if not match.code)]
    return sorted(shown, key=lambda match: (not match.code, -match.score, match.name))


def _weights(terms: Iterable[_Term]) -> dict[str, float]:
    """How much each word says, in each of the spellings that count for it."""
    weights: dict[str, float] = {}
    for term in terms:
        for form, factor in term.forms:
            weights[form] = max(weights.get(form, 0.0), factor * term.weight)
    return weights


def _meant(roots: frozenset[str], terms: list[_Term]) -> float:
    """Less than 1 when systems are named and the playbook is about none of them, or when a subject of its own is named
    that the playbook does not know: who says certificate means certificates, whatever else stands beside it."""
    words = [term.word for term in terms]
    systems = [SYSTEMS[word] for word in words if word in SYSTEMS]
    if systems and not any(stem(name) in roots for names in systems for name in names):
        return ELSEWHERE
    subjects = [SUBJECTS[word] for word in words if word in SUBJECTS]
    return 1.0 if all(any(stem(name) in roots for name in names) for names in subjects) else ASIDE


def _held(roots: frozenset[str], terms: list[_Term]) -> float:
    """How much of what was said a playbook's signs hold: 1 for a word that carries meaning, less for a vague one."""
    return sum(term.weight * max((f for form, f in term.forms if stem(form) in roots), default=0.0) for term in terms)


def _is_sure(match: Match, fitting: Sequence[Match]) -> bool:
    others = [other for other in fitting if other is not match]
    return match.sure and all(match.score >= APART * other.score and (match.code or not other.code) for other in others)
