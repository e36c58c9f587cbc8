"""A PDF laid out in a process of its own: its memory, its seconds and its crashes stay out of the bot."""

from __future__ import annotations

import asyncio
import sys

from bot.errors import UserError

DEADLINE_S = 60.0
ONE_AT_A_TIME = asyncio.Lock()  # each takes a processor for seconds, and the bot has to answer Slack meanwhile


async def pdf(page: str) -> bytes:
    """Return a page of `document.in_html.printed` as PDF. Raises UserError where it cannot be made, saying why."""
    async with ONE_AT_A_TIME:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "bot.services.postmortem.document.in_pdf",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        try:
            async with asyncio.timeout(DEADLINE_S):
                made, said = await process.communicate(page.encode("utf-8", "replace"))
        except TimeoutError:
            raise UserError(
                f"The PDF took longer than {DEADLINE_S:.0f} s.", hint="Take the HTML form and print it from a browser."
            ) from None
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
    if process.returncode != 0:
        message, _, hint = said.decode("utf-8", "replace").strip().partition("\n")
        if process.returncode == 1 and hint and "Traceback" not in message:
            raise UserError(message, hint=hint)
        raise UserError("The PDF could not be laid out.", hint="Take the HTML form and print it from a browser.")
    return made
