"""A postmortem as Markdown, as one HTML file, as JSON, and as a few lines for the channel. All pure."""

from bot.services.postmortem.document.in_canvas import canvas
from bot.services.postmortem.document.in_html import html
from bot.services.postmortem.document.in_json import as_json
from bot.services.postmortem.document.in_markdown import markdown, section_text, sentence_text
from bot.services.postmortem.document.in_short import summary_lines

__all__ = ["as_json", "canvas", "html", "markdown", "section_text", "sentence_text", "summary_lines"]
