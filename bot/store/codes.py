"""Which playbooks' codes and log ids stand in what somebody asked: what no other word in it outweighs."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.domain.known_errors import folded, is_code, is_log_id
from bot.domain.playbook import Playbook

_WORD = re.compile(r"[^\W_]+")
_SHOUTED = re.compile(r"[A-Z]+")  # RECOVERING keeps its case: who writes it small means the word


class Codes:
    """The codes and log ids of some playbooks, laid out so that a question is read once however many there are."""

    def __init__(self, playbooks: Sequence[Playbook]) -> None:
        numbers: dict[str, list[int]] = {}
        for number, playbook in enumerate(playbooks):
            for error in dict.fromkeys(playbook.errors):
                if is_code(error) or is_log_id(error):
                    numbers.setdefault(error, []).append(number)
        self._by_word: dict[str, list[tuple[str, tuple[int, ...]]]] = {}
        for code, whose in numbers.items():
            self._by_word.setdefault(_words(code)[0], []).append((code, tuple(whose)))

    def standing(self, query: str) -> dict[int, str]:
        """Return the numbers of the playbooks of which a code stands in `query`, each with its longest, as typed."""
        query = folded(query)
        found: dict[int, str] = {}
        for word in dict.fromkeys(_words(query)):
            for code, numbers in self._by_word.get(word, ()):
                seen = _pattern(code).search(query)
                if seen:
                    found |= {number: max(found.get(number, ""), seen[0], key=len) for number in numbers}
        return found


def _words(text: str) -> list[str]:
    return [word.casefold() for word in _WORD.findall(text)]


def _pattern(code: str) -> re.Pattern[str]:
    """The code between word ends; a number neither with a fraction nor as one."""
    if is_log_id(code):
        return re.compile(rf"(?<!\w)(?<![0-9][.,]){code}(?!\w)(?![.,][0-9])")
    case = 0 if _SHOUTED.fullmatch(code) else re.IGNORECASE
    return re.compile(rf"(?<!\w){re.escape(code)}(?!\w)", case)
