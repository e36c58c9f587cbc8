"""What has changed in a system since a snapshot: what was lost first, a line each."""

from __future__ import annotations

from bot.domain.snapshot_diff import Weight
from bot.services.systems.snapshots import Compared
from bot.slack.blocks.pieces import MAX_PART, Block, context, section
from bot.slack.text import plain, shorten

SIGN = {
    Weight.LOST: ":red_circle:",
    Weight.CHANGED: ":large_yellow_circle:",
    Weight.UNKNOWN: ":question:",
    Weight.NOTHING: ":white_check_mark:",
}
MOST_LINES = 12  # of each weight; the terminal lists them all
MOST_CHARS = 200  # of a line


def diff(told: Compared) -> list[Block]:
    """The answer, as it stands in the channel."""
    blocks = [section(f"{SIGN[told.worst]} *{plain(told.new.system)}*  ·  {plain(told.headline)}", MAX_PART)]
    for weight in (Weight.LOST, Weight.CHANGED):
        if lines := _lines(told, weight):
            blocks.append(section("\n".join(lines), MAX_PART))
    if unknown := _lines(told, Weight.UNKNOWN):
        blocks.append(context("\n".join(unknown)))
    return blocks


def line(told: Compared) -> str:
    """The answer in one line."""
    return f"{plain(told.new.system)}: {plain(told.headline)}"


def _lines(told: Compared, weight: Weight) -> list[str]:
    says = [change.says for change in told.changes if change.weight is weight]
    lines = [f"{SIGN[weight]} {plain(shorten(one, MOST_CHARS))}" for one in says[:MOST_LINES]]
    more = len(says) - MOST_LINES
    command = f"`muster diff {plain(told.new.system)} --since {told.old.number}`"
    return [*lines, f"and {more} more: {command} lists them all"] if more > 0 else lines
