"""What the systems showed, what was tried, which runbook steps were walked, what was decided."""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain.postmortem.evidence import Evidence
from bot.domain.postmortem.values import Part, Question, Section, Sentence
from bot.domain.postmortem.wording import listed, one_line, plain, quote
from bot.domain.timeline import Entry, Kind, Tag
from bot.domain.walk import Did, Mark, Walk


def findings(ev: Evidence) -> Section:
    """Set the first look at each system beside the last one; those between stand in the timeline."""
    looks: dict[str, list[Entry]] = {}
    for entry in ev.of(Kind.FINDING):
        looks.setdefault(str(entry.data.get("system", "")), []).append(entry)
    if not looks:
        ask = "What did the systems themselves show while it lasted and afterwards, and where is that kept?"
        return Section(part=Part.FINDINGS, questions=(ev.ask(ask),))
    sentences: list[Sentence] = []
    for taken in looks.values():
        first, last = taken[0], taken[-1]
        sentences += [ev.told(first, "Seen")] if first is last else [ev.told(first, "First"), ev.told(last, "Last")]
    ask = "Which of this would have shown it sooner, had somebody looked?"
    return Section(part=Part.FINDINGS, sentences=tuple(sentences), questions=(ev.ask(ask),))


def tried(ev: Evidence) -> Section:
    """List hypotheses and actions side by side in time. Whether one held is for people to say."""
    entries = ev.tagged(Tag.HYPOTHESIS, Tag.ACTION)
    if not entries:
        ask = "What was tried, in which order, and what did each try show?"
        return Section(part=Part.TRIED, questions=(ev.ask(ask),))
    guesses = ev.refs(*(e for e in entries if Tag.HYPOTHESIS in e.tags))
    ask = "Which of the hypotheses held, which were ruled out, and by what?"
    questions = (ev.ask(ask, guesses),) if any(Tag.HYPOTHESIS in e.tags for e in entries) else ()
    return Section(part=Part.TRIED, sentences=tuple(ev.told(e, _sort(e)) for e in entries), questions=questions)


def decisions(ev: Evidence) -> Section:
    """List what was decided, in time."""
    told = tuple(ev.told(entry) for entry in ev.tagged(Tag.DECISION))
    questions = () if told else (ev.ask("Which decisions turned the course, and what was known when they were made?"),)
    return Section(part=Part.DECISIONS, sentences=told, questions=questions)


def playbooks(ev: Evidence) -> Section:
    """List every walk: who took it up, each step done, tried in vain or skipped, and what was never reached."""
    if not ev.facts.walks:
        ask = "Was there a runbook for this? If so, why was it not used; if not, who writes the first?"
        return Section(part=Part.PLAYBOOKS, questions=(ev.ask(ask),))
    walks = sorted(ev.facts.walks, key=lambda walk: walk.begun_at)
    sentences = [sentence for walk in walks for sentence in _walk(ev, walk)]
    ask = "Which step was missing, wrong, or slower to follow than to know?"
    return Section(part=Part.PLAYBOOKS, sentences=tuple(sentences), questions=(Question(ask),))


def step_entry(ev: Evidence, walk: Walk, mark: Mark) -> Entry | None:
    """Return the entry that recorded a press: same playbook, step and verdict, nearest in time."""
    wanted = (walk.playbook.name, str(mark.step), mark.did)
    fits = [
        e for e in ev.of(Kind.STEP) if (e.data.get("playbook"), str(e.data.get("step")), e.data.get("did")) == wanted
    ]
    return min(fits, key=lambda e: abs(e.at - mark.at), default=None)


def steps_named(numbers: Sequence[int]) -> str:
    """Return `step 4` or `steps 4, 5 and 6`."""
    return f"{'step' if len(numbers) == 1 else 'steps'} {listed(map(str, numbers))}"


def _walk(ev: Evidence, walk: Walk) -> list[Sentence]:
    begun = [e for e in ev.of(Kind.PLAYBOOK) if e.data.get("playbook") == walk.playbook.name]
    entry = min(begun, key=lambda e: abs(e.at - walk.begun_at), default=None)
    refs = ev.refs(entry)
    title = quote(plain(walk.playbook.title, {}))
    sentences = [Sentence(f"{title} was taken up by {ev.name(walk.begun_by)}.", refs, at=entry.at if entry else None)]
    standing = walk.standing
    for step in walk.playbook.steps:
        if step.number in standing:
            sentences.append(_step(ev, walk, standing[step.number], one_line(plain(step.title, {}))))
    left = [step.number for step in walk.playbook.steps if step.number not in standing]
    if left:
        sentences.append(Sentence(f"Left undone: {steps_named(left)}.", refs, mark="Open"))
    return sentences


def _step(ev: Evidence, walk: Walk, mark: Mark, title: str) -> Sentence:
    entry = step_entry(ev, walk, mark)
    told = f"Step {mark.step}, {quote(title)}: {mark.did} by {ev.name(mark.by)}"
    if mark.did is Did.TRIED:
        told += "; it did not help"
    elif mark.reason:
        told += f", because {quote(plain(mark.reason, ev.facts.people))}"
    word = mark.did.capitalize()
    return Sentence(f"{told}.", ev.refs(entry), at=entry.at if entry else None, mark=word)


def _sort(entry: Entry) -> str:
    guess, act = Tag.HYPOTHESIS in entry.tags, Tag.ACTION in entry.tags
    return "Hypothesis, action" if guess and act else "Hypothesis" if guess else "Action"
