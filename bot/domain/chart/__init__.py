"""Charts of what a watch saw: which numbers are worth drawing, and how they stand on the paper. Pure."""

from bot.domain.chart.drawing import draw
from bot.domain.chart.series import Series, choose, spark
from bot.domain.chart.shapes import Drawing
from bot.domain.chart.svg import svg

__all__ = ["Drawing", "Series", "choose", "draw", "spark", "svg"]
