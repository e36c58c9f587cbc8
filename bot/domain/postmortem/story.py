"""Summary, impact, detection and updates: what happened, to whom, how it was noticed, what those outside were told."""

from __future__ import annotations

from bot.domain.incident import Moment
from bot.domain.metrics import Known, Measure, spelt_out
from bot.domain.postmortem.evidence import Evidence, joined, labels
from bot.domain.postmortem.values import Part, Question, Rule, Section, Sentence
from bot.domain.postmortem.walked import done_in_time, thought
from bot.domain.postmortem.wording import ended, quote
from bot.domain.timeline import Entry, Kind, Tag

SHORT_QUOTE_CHARS = 140


def summary(ev: Evidence) -> Section:
    """Write the few sentences that someone reads who reads nothing else."""
    sentences = (_declared(ev), _course(ev), *_hurt(ev), *_noticed(ev), *_set_off(ev), *_turning_point(ev))
    return Section(part=Part.SUMMARY, sentences=sentences)


def impact(ev: Evidence) -> Section:
    """Write what customers felt: the window, then everything tagged `#impact`."""
    told = [ev.told(entry) for entry in ev.told_of(Tag.IMPACT)]
    ask = "Who was affected, how many of them, and how do we know?"
    if told:
        ask = "Do these lines give the whole impact: how many customers, how much work or money, how measured?"
    window = [] if ev.spans[Measure.MITIGATE].length is None else [_window(ev)]
    return Section(part=Part.IMPACT, sentences=(*window, *told), questions=(ev.ask(ask),))


def detection(ev: Evidence) -> Section:
    """Write how it came to light, and how long that took."""
    first = ev.moments.get(Moment.DETECTED)
    if first is None:
        ask = "What was the first sign of it, when, and who or what saw it?"
        return Section(part=Part.DETECTION, questions=(ev.ask(ask),))
    signals = [ev.told(entry) for entry in ev.told_of(Tag.DETECTED)]
    sentences = [_seen(ev, first)]
    declare = ev.spans[Measure.DECLARE]
    if declare.length is not None:
        told = f"The incident was declared {spelt_out(declare.length)} after that."
        sentences.append(Sentence(told, declare.refs, rule=Rule.LENGTH))
    sooner = Question(f"What would have shown it before {ev.clock(first.at)}?", first.refs)
    return Section(part=Part.DETECTION, sentences=(*sentences, *signals), questions=(sooner,))


def updates(ev: Evidence) -> Section:
    """List what was told to those outside."""
    told = tuple(ev.told(entry) for entry in ev.tagged(Tag.UPDATE))
    questions = () if told else (ev.ask("What were customers told, when, and by whom?"),)
    return Section(part=Part.UPDATES, sentences=told, questions=questions)


def _declared(ev: Evidence) -> Sentence:
    known = ev.moments.get(Moment.DECLARED)
    if known is None:
        told = f"{ev.incident.label}, {quote(ev.title)}, was read in as {ev.incident.severity}"
        return Sentence(f"{told}; when it was declared is not recorded.", (ev.incident.label,))
    changes = [e for e in ev.of(Kind.SEVERITY) if e.data.get("from") and e.data.get("to")]
    severity = changes[0].data["from"] if changes else ev.incident.severity
    told = f"{ev.incident.label}, {quote(ev.title)}, was declared {severity} at {ev.clock(known.at)}"
    became = "".join(f", then {e.data['to']} at {ev.clock(e.at)}" for e in changes)
    return Sentence(f"{told}{became}.", joined(known.refs, labels(changes)))


def _course(ev: Evidence) -> Sentence:
    window, known = _window(ev), ev.moments.get(Moment.RESOLVED)
    if known is None:
        return window
    told = f"{window.text.removesuffix('.')}; it was resolved at {ev.clock(known.at)}."
    return Sentence(told, joined(window.refs, known.refs), rule=window.rule)


def _window(ev: Evidence) -> Sentence:
    start, end = ev.moments.get(Moment.STARTED), ev.moments.get(Moment.MITIGATED)
    span = ev.spans[Measure.MITIGATE]
    if start and end and span.length is not None:
        began = f"Impact began at {ev.clock(start.at)} and stopped at {ev.clock(end.at)}"
        return Sentence(f"{began}, {spelt_out(span.length)} later.", span.refs, rule=Rule.LENGTH)
    if start and end:
        return Sentence("The recorded beginning and end of the impact contradict each other.", span.refs)
    if start:
        return Sentence(f"Impact began at {ev.clock(start.at)}; when it stopped is not recorded.", start.refs)
    if end:
        return Sentence(f"Impact stopped at {ev.clock(end.at)}; when it began is not recorded.", end.refs)
    return Sentence("When the impact began and when it stopped is not recorded.", (ev.incident.label,))


def _hurt(ev: Evidence) -> list[Sentence]:
    told = ev.told_of(Tag.IMPACT)
    if not told or told[0] in (_signal(ev), _trigger(ev)):  # another sentence quotes it
        return []
    return [Sentence(f"The first impact on record: {_said(ev, told[0])}", ev.refs(told[0]))]


def _noticed(ev: Evidence) -> list[Sentence]:
    first = ev.moments.get(Moment.DETECTED)
    if first is None:
        return [Sentence("When it was first noticed is not recorded.", (ev.incident.label,))]
    seen, entry = _seen(ev, first), _signal(ev)
    if entry is None:
        return [seen]
    told = f"{seen.text.removesuffix('.')}: {_said(ev, entry)}"
    return [Sentence(told, joined(seen.refs, (entry.label,)), rule=seen.rule)]


def _signal(ev: Evidence) -> Entry | None:
    first = ev.moments.get(Moment.DETECTED)
    return next((e for e in ev.told_of(Tag.DETECTED) if first and e.at == first.at), None)


def _turning_point(ev: Evidence) -> list[Sentence]:
    """Tell what was done last; of a note and a press in the same minute the note, which says it in somebody's words."""
    acts = list(enumerate(done_in_time(ev)))
    if not acts:
        return []
    _, (last, step) = max(acts, key=lambda act: (act[1][0].at.replace(second=0, microsecond=0), not act[1][1], act[0]))
    told = f"The last action recorded before the impact stopped, at {ev.clock(last.at)}: {_said(ev, last)}"
    return [thought(ev, Sentence(told, ev.refs(last)), step)]


def _set_off(ev: Evidence) -> list[Sentence]:
    entry = _trigger(ev)
    return [Sentence(f"What set it off, as recorded: {_said(ev, entry)}", ev.refs(entry))] if entry else []


def _trigger(ev: Evidence) -> Entry | None:
    return next((e for e in ev.tagged(Tag.TRIGGER) if ev.text(e)), None)


def _seen(ev: Evidence, first: Known) -> Sentence:
    detect, told = ev.spans[Measure.DETECT], f"The first signal came at {ev.clock(first.at)}"
    if detect.length is None:
        return Sentence(f"{told}.", first.refs)
    if len(detect.refs) == 1:  # one entry stands for both, so nothing was measured
        return Sentence(f"{told}; the same entry tells of the first impact.", detect.refs)
    return Sentence(f"{told}, {spelt_out(detect.length)} after impact began.", detect.refs, rule=Rule.LENGTH)


def _said(ev: Evidence, entry: Entry) -> str:
    return ended(quote(ev.text(entry), SHORT_QUOTE_CHARS))
