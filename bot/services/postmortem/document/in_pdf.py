"""The postmortem as PDF, laid out by WeasyPrint, which is an extra. Nothing is fetched from anywhere.

`python -m bot.services.postmortem.document.in_pdf` lays out the page on its stdin, so that a server can give the work,
its memory and its crashes to a process of its own.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Mapping
from typing import Any

from bot.domain.postmortem.values import Draft
from bot.domain.postmortem.written import Document
from bot.domain.roles import Person
from bot.errors import UserError
from bot.services.postmortem.document.in_html import printed
from bot.services.postmortem.document.pieces import whole

NO_PACKAGE = UserError(
    "A PDF needs WeasyPrint, which is not installed.",
    hint="Install it where Muster runs: `pip install 'weasyprint>=68,<71'`. Or print the HTML form from a browser.",
)
NO_PANGO = UserError(
    "A PDF needs Pango, and this system has none that WeasyPrint can load.",
    hint="On Debian or Ubuntu: `apt install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0`; on a Mac: "
    "`brew install pango`. Or print the HTML form from a browser.",
)


def pdf(paper: Document | Draft, people: Mapping[str, Person] | None = None) -> bytes:
    """Return the postmortem as PDF. Raises UserError saying what to install where WeasyPrint or Pango is missing."""
    return laid_out(printed(paper, people), identifier=f"muster {whole(paper).draft.label}")


def laid_out(page: str, *, identifier: str = "muster") -> bytes:
    """Return an HTML page of ours as PDF, which can be told by its identifier. Raises UserError as `pdf` does."""
    weasyprint = _weasyprint()
    nothing = weasyprint.urls.URLFetcher(allowed_protocols=("data",))  # only what the page holds itself
    collecting = gc.isenabled()
    gc.disable()  # hundreds of thousands of boxes that all live to the end: looking for garbage takes a fifth of it
    try:
        made: bytes = weasyprint.HTML(string=page, url_fetcher=nothing).write_pdf(pdf_identifier=identifier.encode())
    finally:
        if collecting:
            gc.enable()
    return made


def _weasyprint() -> Any:
    try:
        import weasyprint  # type: ignore[import-untyped]
    except ImportError:
        raise NO_PACKAGE from None
    except OSError:
        raise NO_PANGO from None
    return weasyprint


def main() -> int:
    """Lay out the page on stdin onto stdout."""
    try:
        sys.stdout.buffer.write(laid_out(sys.stdin.buffer.read().decode("utf-8")))
    except UserError as missing:
        sys.stderr.write(f"{missing.message}\n{missing.hint}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
