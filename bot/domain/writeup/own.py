"""A document that Muster exported, read in again: what it says about itself is taken out, what people said is kept."""

from __future__ import annotations

import re

_TITLE = re.compile(r'^# <a id="inc-\d+"></a>INC-\d+: ', re.MULTILINE)
_ORIGIN = re.compile(r"\*Drafted from the record on .*\*")
_FACT = re.compile(r"- \*\*(?P<name>[A-Z][a-z ]+):\*\* (?P<value>.*)")
_REFS = re.compile(r"\s\[(?:E\d+|INC-\d+)\]\(#[\w-]+\)")
_NUMBER = re.compile(r"^(- \*(?:To do|Done)\* \d+)\\\.")
_TAGGED = re.compile(  # an entry with its tags, which a line kept by hand has at its beginning or its end
    r'^(?P<when>- <a id="e\d+"></a>\*\*\d\d:\d\d\*\*(?: \([^)]*\))?)(?P<marks>(?: \*\*[A-Z][a-z ]+\.\*\*)*)'
    r"(?P<who> [^*]+:)(?P<tags>(?: \*#\w+\*)+)"
)
_DATE = re.compile(r"^- \*\*Date:\*\* \d{1,2} (?P<month>[A-Z][a-z]{2})[a-z]* (?P<year>\d{4})$", re.MULTILINE)
_STAMP = re.compile(r"^(- \*\*[A-Z][a-z ]+:\*\* \d{1,2} )([A-Z][a-z]{2})( \d\d:\d\d UTC)")
_ASKED = "**To ask"
_EMPTY = ("Not recorded.", "How long it took:", "When it happened:")
_UNSAID = re.compile(r"- \*\*(?:Time to [a-z]+:\*\* .*|[A-Z][a-z ]+:\*\* (?:not recorded|.*\(derived: .*\)))")


def is_own(text: str) -> bool:
    """Whether the text is a document of ours, by its title and what stands below it."""
    return bool(_TITLE.search(text)) and any(map(_ORIGIN.fullmatch, text.split("\n")))


def plainly(text: str) -> str:
    """The text of such a document, line by line, without its header, its references and its questions."""
    made: list[str] = []
    section, asking = "", False
    date = _DATE.search(text)
    for line in text.split("\n"):
        if line.startswith("## "):
            section = line
        asking = line.startswith(_ASKED) or (asking and (not line.strip() or line.startswith("- ")))
        of_times = section == "## Times"
        if asking or line in _EMPTY or _ORIGIN.fullmatch(line) or (of_times and _UNSAID.match(line)):
            made.append("")
        elif of_times:
            made.append(_said(_with_year(line, date)))
        else:
            made.append(_said(line) if section else _of_header(line))
    return "\n".join(made)


def _with_year(line: str, date: re.Match[str] | None) -> str:
    """A moment on a day without its year, with that of the header; an incident of December may end in January."""
    if date is None:
        return line
    year = int(date["year"])
    return _STAMP.sub(
        lambda at: f"{at[1]}{at[2]} {year + (date['month'] == 'Dec' and at[2] == 'Jan')}{at[3]}",
        line,
    )


def _said(line: str) -> str:
    line = _TAGGED.sub(
        lambda found: f"{found['when']}{found['tags'].replace('*', '')}{found['marks']}{found['who']}",
        _REFS.sub("", line),
    )
    return _NUMBER.sub(r"\1.", line).replace("- **First signal:**", "- **Detected:**")


def _of_header(line: str) -> str:
    """A line above all sections: of the header, the day and the last severity are heeded."""
    fact = _FACT.fullmatch(line)
    if fact and fact["name"] == "Severity":
        return f"Severity: {fact['value'].rpartition(' ')[2]}"
    return "" if fact and fact["name"] != "Date" else line
