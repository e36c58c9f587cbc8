"""The course of an incident as a picture: when, who, how bad, what was done and what the systems showed. Pure."""

from bot.domain.course.drawing import draw
from bot.domain.course.paper import CHANNEL, PHONE, WIDE, Paper
from bot.domain.course.values import Course

__all__ = ["CHANNEL", "PHONE", "WIDE", "Course", "Paper", "draw"]
