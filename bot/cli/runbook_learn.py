"""`muster runbook learn [FOLDER]`: what people typed, weighed once, so that look-ups answer from it."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from bot.cli import output
from bot.cli.talk import wrapped
from bot.errors import NotFound, UserError
from bot.store.frontmatter import Fault
from bot.store.heard import ENDING, FOLDER, LEARNT, lists_of, read_list
from bot.store.learning import learn
from bot.store.learnt import BEGINS, NONE, written


def run(folders: Sequence[Path]) -> int:
    """Learn from the lists of all folders and write it beside those of the last, whose file is the one that counts.
    A list that cannot be read stops it: half is worse."""
    sentences: dict[str, tuple[str, ...]] = {}
    for folder in folders:
        for file in sorted(lists_of(folder).keys() - {LEARNT}):
            name = file.removesuffix(ENDING)
            try:
                sentences[name] = (*sentences.get(name, ()), *read_list(folder, file))
            except Fault as fault:
                raise UserError(f"{folder / FOLDER / file}:{fault.line}: {fault.message}", hint=fault.hint) from fault
    folder = folders[-1]
    if not any(sentences.values()):
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
        instead="Name a folder of your own, last in MUSTER_PLAYBOOKS",
    )
    few = sorted(sentences.keys() - set(learnt.pages) - {NONE})
    count, pages = sum(len(sentences.get(name, ())) for name in learnt.pages), len(learnt.pages) - 1
    of_all = f" of {len(folders)} folders" if len(folders) > 1 else ""
    told += f" Learnt from {count} sentences{of_all}, for {pages} {'playbook' if pages == 1 else 'playbooks'}."
    if few:
        told += f" Too few lines beside the others, so they go on counting as symptoms: {', '.join(few)}."
    print(wrapped(told))
    return 0


def _tell(done: int, of: int) -> None:
    if sys.stderr.isatty():
        print(f"\rlearning: {done} of {of} passes", end="\n" if done == of else "", file=sys.stderr, flush=True)
