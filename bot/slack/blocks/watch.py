"""A watch as it stands in the channel: one message, brought up to date at each look."""

from __future__ import annotations

from bot.domain.chart import Series, spark
from bot.domain.chart.series import spelt
from bot.domain.finding import Verdict
from bot.services.systems import watches
from bot.services.systems.watch_shown import Told, Watched
from bot.slack.blocks.look import SIGN
from bot.slack.blocks.pieces import MAX_PART, Block, actions, button, context, section
from bot.slack.text import mention, plain, shorten

MOST_TOLD = 5
MOST_SPEAKING = 3
ENDED = {"time": "its time is over", "closed": "the incident is closed", "gone": "it left the inventory"}


def watched(shown: Watched) -> list[Block]:
    """What it says now, the numbers that speak or moved, the newest changes, and the button that stops it."""
    watch, check = shown.watch, shown.watch.newest
    speaking = [finding for finding in check.ordered if finding.speaks]
    blocks = [section(f"{SIGN[check.verdict]} *{plain(watch.system)}*  ·  {_headline(shown)}", MAX_PART)]
    blocks += [
        section(f"{SIGN[one.verdict]} {plain(shorten(one.says, 300))}", MAX_PART) for one in speaking[:MOST_SPEAKING]
    ]
    if len(speaking) > MOST_SPEAKING:
        blocks.append(context(f"and {len(speaking) - MOST_SPEAKING} more that speak"))
    if shown.lines:
        blocks.append(section("\n".join(_line(line) for line in shown.lines), MAX_PART))
    blocks += [context(f"{SIGN[one.verdict]} {plain(shorten(one.text, 300))}") for one in shown.told[-MOST_TOLD:]]
    if not watch.ended:
        blocks.append(actions(f"watch:{watch.id}", [button("Stop watching", "watch_stop", watch.id)]))
    return blocks


def line(shown: Watched) -> str:
    """The watch in one line."""
    state = "was watched" if shown.watch.ended else "is watched"
    return f"{plain(shown.watch.system)} {state}: {shown.watch.newest.verdict.value}"


def change(told: Told) -> list[Block]:
    """A change of verdicts."""
    return [section(f"{SIGN[told.verdict]} {plain(shorten(told.text, MAX_PART - 100))}", MAX_PART)]


def _headline(shown: Watched) -> str:
    watch, check = shown.watch, shown.watch.newest
    looks = f"{len(watch.samples)} look{'s' if len(watch.samples) != 1 else ''}"
    at = f"{check.taken_at or check.asked_at:%H:%M:%S} UTC"
    if watch.ended:
        why = ENDED.get(watch.ended) or f"stopped by {mention(watch.ended_by)}"
        return f"watched until {at}  ·  {looks}  ·  {why}"
    lasting = f"every {watches.EVERY_S:g} s for {watches.FOR_S / 60:g} min"
    return f"watched {lasting}  ·  look {len(watch.samples)} at {at}, took {check.took_s:.1f} s"


def _line(series: Series) -> str:
    limit = f" (limit {spelt(series.limit)})" if series.limit is not None else ""
    newest = series.points[-1].value
    value = "not known" if newest is None else f"{spelt(newest)} {series.unit}"
    worst = "" if series.worst is Verdict.OK else f", at the worst {series.worst.value}"
    return f"`{spark(series)}` *{plain(series.signal)}* {plain(series.member)}  {plain(value)}{limit}{worst}"
