"""What people mean by the words after a command: severity, people, an incident, tags, in any order.

Every finder returns what it found and the text without it. What it does not know it leaves in the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import SequenceMatcher, get_close_matches
from functools import lru_cache

from bot.domain.incident import Severity
from bot.domain.timeline import Tag
from bot.errors import UserError

MAX_WORD_CHARS = 60  # of a word compared with others; longer ones are no misspelling of ours

_SMART = str.maketrans({**dict.fromkeys("“”„‟″", '"'), **dict.fromkeys("‘’‚‛′", "'")})
_INVISIBLE = re.compile(r"[\u200b\u2060\ufeff\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_SPACES = re.compile(r"[\xa0\u2000-\u200a\u202f\u205f\u3000]")
_LINE_ENDS = re.compile(r"\r\n?|[\u2028\u2029\x85]")
_DASHED_OPTION = re.compile(r"(?<!\S)[—–]{1,3}(?=\w)")
_ENTITY = re.compile(r"&(amp|lt|gt);")

_CALLED = {"critical": Severity.SEV1, "major": Severity.SEV2, "minor": Severity.SEV3}
_WORD_END = r"(?=[,.;:!?)]*(?:\s|\Z))[,.;:!?)]{0,8}"
_SEV = re.compile(
    r"(?<!\S)\(?-{0,2}(?:sev|severity)(?:(?P<glue>[-_:=])?(?P<tight>\d\S*)"
    r"|[:=]?\s{1,4}(?P<loose>[+-]?\d\S*)|(?:[:=-]|:?\s{1,4})(?P<called>critical|major|minor)" + _WORD_END + ")",
    re.IGNORECASE,
)
_LEVEL = re.compile(rf"([1-3]){_WORD_END}", re.ASCII)
_FIRST_WORD = re.compile(rf"\s*(?P<called>critical|major|minor){_WORD_END}", re.IGNORECASE)
_SHORT_FIRST = re.compile(rf"\s*(?P<whole>(?P<letter>[sp])-?(?P<level>[0-9])){_WORD_END}", re.IGNORECASE | re.ASCII)
_SHORT_OPTION = re.compile(rf"(?<!\S)--?(?P<whole>[sp](?P<level>[0-9])){_WORD_END}", re.IGNORECASE | re.ASCII)
_SHORT_LAST = re.compile(r"(?<!\S)p-?(?P<level>[1-3])[.)]?\s*\Z", re.IGNORECASE | re.ASCII)

_PERSON = re.compile(r"[ \t]?<@([UW][A-Z0-9]{1,30})(?:\|[^<>]{0,200})?>")
_NAME = re.compile(r"[ \t]?(?<![\w@<|./-])@(?!(?:here|channel|everyone)\b)(\w[\w.-]{0,79})")
_INCIDENT = re.compile(
    r"<#[CG][A-Z0-9]{1,30}\|inc-(?P<channel>[0-9]{1,9})(?:-[^<>]{0,100})?>"
    r"|(?<![\w#&<|/-])(?:inc[-\s#]{0,2}|#)(?P<number>[0-9]{1,9})(?![\w-])|\A\s*(?P<alone>[0-9]{1,9})\s*\Z",
    re.IGNORECASE | re.ASCII,
)
_HASH = re.compile(r"(?<![\w#&/<|])#([A-Za-z]{3,20})(?![\w-])")
_OTHER_TAG_WORDS = {"mitigate": Tag.MITIGATED, "mitigation": Tag.MITIGATED, "detection": Tag.DETECTED}
_OTHER_TAG_WORDS |= {"detect": Tag.DETECTED, "luck": Tag.LUCKY, "decide": Tag.DECISION, "decided": Tag.DECISION}
_OTHER_TAG_WORDS |= {"hypotheses": Tag.HYPOTHESIS, "theory": Tag.HYPOTHESIS}
_OTHER_TAG_WORDS |= {"ack": Tag.ACKNOWLEDGED, "acked": Tag.ACKNOWLEDGED, "identify": Tag.IDENTIFIED}
_OTHER_TAG_WORDS |= {"surprised": Tag.SURPRISE, "surprising": Tag.SURPRISE, "bad": Tag.BADLY, "good": Tag.WELL}
_OTHER_TAG_WORDS |= {"misleading": Tag.MISLED, "waited": Tag.WAITING, "wait": Tag.WAITING, "worsened": Tag.WORSE}
NEAR_TAG = 0.88  # below it #reaction would be read as #action
ASK_TAG = 0.75  # from here on it is worth asking: #impcat


def normalise(text: str) -> str:
    """Undo what phones and editors do to a command line: smart quotes, odd spaces, CRLF, `—sev1` for `--sev1`.

    Invisible and control characters go; half surrogates, which no database can keep, become `\\ufffd`. A dash
    between words, emoji and scripts of any direction stay as they are.
    """
    text = _LINE_ENDS.sub("\n", text.encode("utf-16", "surrogatepass").decode("utf-16", "replace"))
    text = _SPACES.sub(" ", _INVISIBLE.sub("", text)).translate(_SMART)
    return _DASHED_OPTION.sub("--", text)


def unescape(text: str) -> str:
    """Undo Slack's `&amp;`, `&lt;` and `&gt;`, once: `&amp;lt;` becomes `&lt;`."""
    return _ENTITY.sub(lambda found: {"amp": "&", "lt": "<", "gt": ">"}[found[1]], text)


def split_verb(text: str) -> tuple[str, str]:
    """The first word in lower case without a trailing colon or comma, and what follows it."""
    parts = text.split(maxsplit=1)
    if not parts:
        return "", ""
    return parts[0].rstrip(":,").lower(), parts[1].strip() if len(parts) > 1 else ""


def nearest(word: str, choices: Iterable[str], limit: int = 3) -> tuple[str, ...]:
    """Up to `limit` of the choices that `word` may have meant, best first; those it abbreviates lead."""
    word, known = word.strip().lower()[:MAX_WORD_CHARS], list(dict.fromkeys(choices))
    begun = [choice for choice in known if len(word) >= 2 and choice.startswith(word)]
    return tuple(dict.fromkeys([*begun, *get_close_matches(word, known, n=max(1, limit), cutoff=0.6)]))[: max(0, limit)]


def find_severity(text: str) -> tuple[Severity | None, str]:
    """Find the first severity: sev1, SEV-1, `severity 2`, `--sev=3` and `sev major` anywhere, short words less freely.

    critical, major, minor, s1 and p1 count as the first word, p1 also as the last. `s3 uploads fail` is about storage:
    s3 counts alone or as `--s3`. Raises UserError for sev0, sev9, `sev -1` and digits that are not 1, 2 or 3.
    """
    if found := _SEV.search(text):
        if found["called"]:
            return _CALLED[found["called"].lower()], _without(text, found.start(), found.end())
        word = found["tight"] or found["loose"]
        level = _LEVEL.fullmatch(word)
        if not level:
            raise _no_severity(found[0], text)
        return Severity(f"sev{level[1]}"), _without(text, found.start(), found.end())
    if found := _FIRST_WORD.match(text):
        return _CALLED[found["called"].lower()], _without(text, 0, found.end())
    if found := _SHORT_OPTION.search(text) or _SHORT_LAST.search(text):
        if found["level"] not in "123":
            raise _no_severity(found["whole"], text)
        return Severity(f"sev{found['level']}"), _without(text, found.start(), found.end())
    found = _SHORT_FIRST.match(text)
    if not found:
        return None, text
    alone, priority = found.end() >= len(text.rstrip()), found["letter"] in "pP"
    if found["level"] not in "123":
        if alone or priority:
            raise _no_severity(found["whole"], text)
        return None, text
    if found["whole"].lower() == "s3" and not alone:
        return None, text
    return Severity(f"sev{found['level']}"), _without(text, 0, found.end())


def find_people(text: str) -> tuple[tuple[str, ...], str]:
    """Find `<@U123|bob>` and `<@W9>`: the user ids, each once, in order. The label is never trusted."""
    return tuple(dict.fromkeys(_PERSON.findall(text))), _cut(_PERSON, text)


def find_person(text: str) -> tuple[str, str]:
    """Find the first `<@U123|bob>`: the user id, "" when nobody is named. The others stay in the text."""
    found = _PERSON.search(text)
    return (found[1], _PERSON.sub("", text, count=1).strip()) if found else ("", text)


def find_names(text: str) -> tuple[tuple[str, ...], str]:
    """Find plain `@bob`, which names nobody for sure: the names without @, for a question back. @here is left alone."""
    return tuple(dict.fromkeys(_NAME.findall(text))), _cut(_NAME, text)


def find_incident(text: str) -> tuple[int | None, str]:
    """Find the first incident named: INC-12, inc 12, #12, a link to its channel, or 12 when nothing else was typed."""
    found = _INCIDENT.search(text)
    if not found:
        return None, text
    number = found["channel"] or found["number"] or found["alone"]
    return int(number), _without(text, found.start(), found.end())


def find_tags(text: str) -> tuple[tuple[Tag, ...], str]:
    """Find #decision and its kin, plurals and near misses included, each tag once, in order.

    Tags before and after the sentence go; inside it the word stays without its #. Other #words stay whole.
    """
    tags: list[Tag] = []
    pieces: list[str] = []
    end, begun = 0, False  # `begun` once there is a word before the tag
    for found in _HASH.finditer(text):
        tag = _tag(found[1].lower())
        if tag is None:
            continue
        tags.append(tag)
        before = text[end : found.start()]
        begun = begun or any(map(str.isalnum, before))
        inside = begun and _goes_on(text[found.end() : found.end() + 200])
        pieces += [before, found[1]] if inside else [before.removesuffix(" ")]
        end = found.end()
    return tuple(dict.fromkeys(tags)), "".join([*pieces, text[end:]]).strip() if tags else text


def near_tags(text: str) -> tuple[tuple[str, Tag], ...]:
    """Find #words that may have meant a tag and were not taken for one: the word without its #, and the tag."""
    near: dict[str, Tag] = {}
    for found in _HASH.finditer(text):
        word = found[1].lower()
        close = get_close_matches(word, [tag.value for tag in Tag], n=1, cutoff=ASK_TAG)
        begun = [tag.value for tag in Tag if tag.value.startswith(word)]
        if _tag(word) is None and (close or begun):
            near[found[1]] = Tag((close or begun)[0])
    return tuple(near.items())


def _goes_on(text: str) -> bool:
    words = (word.strip("#.,;:!?").lower() for word in text.split())
    return any(word and _tag(word) is None for word in words)


@lru_cache(maxsize=256)
def _tag(word: str) -> Tag | None:
    if word in _OTHER_TAG_WORDS:
        return _OTHER_TAG_WORDS[word]
    for tag in Tag:
        if word in (tag.value, f"{tag.value}s") or SequenceMatcher(None, word, tag.value).ratio() >= NEAR_TAG:
            return tag
    return None


def _no_severity(typed: str, text: str) -> UserError:
    shown = " ".join(typed.split()).strip("(),.;:!?")[:MAX_WORD_CHARS]
    return UserError(f"`{shown}` is not a severity.", hint="Use sev1, sev2 or sev3.", typed=text)


def _without(text: str, start: int, end: int) -> str:
    before, after = text[:start].rstrip(" \t"), text[end:].lstrip(" \t")
    return f"{before} {after}".strip() if before and after and not after[0].isspace() else (before + after).strip()


def _cut(pattern: re.Pattern[str], text: str) -> str:
    cut, many = pattern.subn("", text)
    return cut.strip() if many else text
