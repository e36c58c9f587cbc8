"""`muster runbook learn [FOLDER]`: what people typed, weighed once, so that look-ups answer from it."""

from __future__ import annotations

import sys
from pathlib import Path

from bot.cli import output
from bot.cli.talk import wrapped
from bot.errors import NotFound, UserError
from bot.store.frontmatter import Fault
from bot.store.heard import ENDING, FOLDER, LEARNT, lists_of, read_list
from bot.store.learning import learn
from bot.store.learnt import BEGINS, NONE, written


def run(folder: Path) -> int:
    """Learn from the lists of a folder and write it beside them. A list that cannot be read stops it: half is worse."""
    sentences = {}
    for file in sorted(lists_of(folder).keys() - {LEARNT}):
        try:
            sentences[file.removesuffix(ENDING)] = read_list(folder, file)
        except Fault as fault:
            raise UserError(f"{folder / FOLDER / file}:{fault.line}: {fault.message}", hint=fault.hint) from fault
    count = sum(map(len, sentences.values()))
    if not count:
        raise NotFound(
            f"There is nothing to learn from in `{folder / FOLDER}`.",
            hint="What people typed goes into NAME.txt there, a sentence a line, named after its playbook.",
        )
    learnt = learn(sentences, _tell)
    told = output.write(
        folder / FOLDER / LEARNT,
        written(learnt).encode(),
        what="file of what was learnt",
        is_ours=lambda held: held.startswith(BEGINS),
        instead="Copy the playbooks to a folder of your own and name that",
    )
    pages = len(sentences.keys() - {NONE})
    print(wrapped(f"{told} Learnt from {count} sentences, for {pages} {'playbook' if pages == 1 else 'playbooks'}."))
    return 0


def _tell(done: int, of: int) -> None:
    if sys.stderr.isatty():
        print(f"\rlearning: {done} of {of} passes", end="\n" if done == of else "", file=sys.stderr, flush=True)
