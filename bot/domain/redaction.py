"""Cut secrets out of text before anything keeps it: `[redacted:kind]` stands where each was.

Some secrets are known by their own shape (a Slack token, an AWS key), others by what stands before them (`password=`,
`AUTH`, `-p`). Scheme, user and host of an address stay readable. Redacting twice changes nothing, and the time grows
with the length of the text, not faster. Not told apart: a password that is a plain word in the middle of a sentence.
"""

from __future__ import annotations

import re
from functools import partial

from bot.domain.secret_shapes import LEADS, PLAIN_WORDS, SHAPES, Doubt, Lead

MAX_QUOTED_CHARS = 4000  # a quote that closes later than this is an apostrophe

_BEGIN_KEY = re.compile(r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----")
_END_KEY = re.compile(r"-----END [A-Z0-9 ]{0,40}-----")
_KEY_BODY = re.compile(r"(?:\s++|\\[nr]|[A-Za-z-]{2,20}: [^\n\\]{1,80}(?=\n|\\n)|[A-Za-z0-9+/=]{16,}+)*+")
_UNQUOTED = re.compile(r"(?:[^\s\"'`&;,<>\\]|,(?=[^\s\"',]))++")
_QUOTE = re.compile(r"\\?[\"'`]")
_GOES_ON = re.compile(r"[ \t]{1,3}[A-Za-z\[]")
_MASK = re.compile(r"[*.xX•_?#-]*+|\$\{?[A-Z_]++\}?|\{\{.*")


def redact(text: str) -> str:
    """The text with every secret that can be told replaced by `[redacted:kind]`."""
    text = _without_private_keys(text)
    for shape in SHAPES:
        text = shape.pattern.sub(partial(_cut_shape, kind=shape.kind), text)
    for lead in LEADS:
        text = _without_led(text, lead)
    return text


def _cut_shape(found: re.Match[str], kind: str) -> str:
    whole, start = found[0], found.start()
    if again := found.groupdict().get("again"):  # Slack's e-mail link says the password twice
        return (
            whole[: found.start("secret") - start - len("<mailto:")] + f"[redacted:{kind}]@{again.rpartition('@')[2]}"
        )
    return whole[: found.start("secret") - start] + f"[redacted:{kind}]" + whole[found.end("secret") - start :]


def _without_private_keys(text: str) -> str:
    kept: list[str] = []
    place, closed = 0, True
    while begin := _BEGIN_KEY.search(text, place):
        end = _END_KEY.search(text, begin.end()) if closed else None
        closed = end is not None  # without this, many keys that are cut off would each search to the end
        last = end or _KEY_BODY.match(text, begin.end()) or begin
        kept += [text[place : begin.start()], "[redacted:private-key]"]
        place = last.end()
    return "".join([*kept, text[place:]])


def _without_led(text: str, lead: Lead) -> str:
    kept: list[str] = []
    place = 0
    for found in lead.pattern.finditer(text):
        if found.start() < place:
            continue  # inside a value that is already cut
        start, end, quoted = _value(text, found.end())
        exact = quoted or lead.doubt is Doubt.NONE or found[0].rstrip().endswith("=")
        doubt = Doubt.MOST if "\n" in found[0] else lead.doubt
        if _is_secret(text[start:end], doubt, exact=exact, goes_on=bool(_GOES_ON.match(text, end))):
            kept += [text[place:start], f"[redacted:{lead.kind}]"]
            place = end
    return "".join([*kept, text[place:]])


def _value(text: str, start: int) -> tuple[int, int, bool]:
    """Where the value that begins at `start` lies, without its quotes, and whether it had some."""
    if quote := _QUOTE.match(text, start):
        start = quote.end()
        end = text.find(quote[0], start, start + MAX_QUOTED_CHARS)
        while end > 0 and text[end - 1] == "\\" and len(quote[0]) == 1:
            end = text.find(quote[0], end + 1, start + MAX_QUOTED_CHARS)
        if end > start and "\n" not in text[start:end]:
            return start, end, True
    found = _UNQUOTED.match(text, start)
    if not found:
        return start, start, False
    return start, start + len(found[0].rstrip(")]}.,:!?")), False


def _is_secret(value: str, doubt: Doubt, *, exact: bool, goes_on: bool) -> bool:
    word = value.lower().strip(" .,:!?")
    if not word or "[redacted" in value or word in PLAIN_WORDS or _MASK.fullmatch(value):
        return False
    mixed, long_number = _mixed(value), len(value) >= 8 and value.isdecimal()
    if doubt is Doubt.NONE:
        return True
    if doubt is Doubt.SOME:
        return exact or mixed or (value.isdecimal() and len(value) >= 4) or (len(value) >= 3 and not goes_on)
    if doubt is Doubt.HALF and exact and len(value) >= 8:
        return True
    if doubt in (Doubt.HALF, Doubt.MUCH):
        return len(value) >= 6 and "://" not in value and (mixed or long_number)
    digits, capitals = sum(map(str.isdigit, value)), sum(map(str.isupper, value))
    return mixed and (
        (exact and len(value) >= 6) or (len(value) >= 7 and digits >= 1) or (len(value) >= 12 and capitals >= 4)
    )


def _mixed(value: str) -> bool:
    """Letters with digits, capitals inside a word, or symbols that no word has."""
    letters, digits = any(map(str.isalpha, value)), any(map(str.isdigit, value))
    inner_capital = any(map(str.isupper, value[1:])) and any(map(str.islower, value))
    return (letters and digits) or inner_capital or any(char in "!@#$%^&*+=~|" for char in value)
