"""Block Kit's limits: what Slack takes in a message, a modal and a Home tab, and where it would not.

The limits are those of docs.slack.dev and of the SDK's own validators; where the two differ, the stricter one.
A problem is a sentence ending in the JSON pointer of the place, as in Slack's `response_metadata.messages`.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from bot.rehearsal.elements import ACTION_ELEMENTS, INPUT_ELEMENTS, SECTION_ACCESSORIES, check_element
from bot.rehearsal.shapes import Problems, check_image, check_list, check_string, check_text, only

MAX_BLOCKS = {"message": 50, "modal": 100, "home": 100}
MAX_VIEW_BYTES = 250_000
MAX_PRIVATE_METADATA_CHARS = 3_000
MAX_ID_CHARS = 255
Json = dict[str, Any]


def check_blocks(blocks: Any, surface: str) -> list[str]:
    """Return every problem of a list of blocks on a `message`, `modal` or `home`."""
    problems: Problems = []
    if not isinstance(blocks, list):
        return ["blocks must be an array [json-pointer:/blocks]"]
    if len(blocks) > MAX_BLOCKS[surface]:
        problems.append(f"no more than {MAX_BLOCKS[surface]} items allowed [json-pointer:/blocks]")
    for at, block in enumerate(blocks):
        _check_block(problems, block, f"/blocks/{at}", surface)
    named = [b["block_id"] for b in blocks if isinstance(b, dict) and isinstance(b.get("block_id"), str)]
    for twice in sorted({name for name in named if named.count(name) > 1}):
        problems.append(f"block_id `{twice}` already exists [json-pointer:/blocks]")
    return problems


def _check_block(problems: Problems, block: Any, at: str, surface: str) -> None:
    kind = block.get("type") if isinstance(block, dict) else None
    check = BLOCKS.get(str(kind))
    if check is None or surface not in SURFACES.get(str(kind), ALL):
        problems.append(f"unsupported type: {kind} [json-pointer:{at}/type]")
        return
    if "block_id" in block:
        check_string(problems, block, "block_id", at, MAX_ID_CHARS)
    check(problems, block, at)


def _section(problems: Problems, block: Json, at: str) -> None:
    only(problems, block, at, "text", "fields", "accessory", "expand")
    if "text" not in block and "fields" not in block:
        problems.append(f"missing required field: text or fields [json-pointer:{at}]")
    if "text" in block:
        check_text(problems, block["text"], f"{at}/text", 3000)
    for n, item in enumerate(check_list(problems, block, "fields", at, 1, 10)):
        check_text(problems, item, f"{at}/fields/{n}", 2000)
    if "accessory" in block:
        check_element(problems, block["accessory"], f"{at}/accessory", SECTION_ACCESSORIES)


def _header(problems: Problems, block: Json, at: str) -> None:
    only(problems, block, at, "text")
    check_text(problems, block.get("text"), f"{at}/text", 150, plain=True)


def _divider(problems: Problems, block: Json, at: str) -> None:
    only(problems, block, at)


def _context(problems: Problems, block: Json, at: str) -> None:
    only(problems, block, at, "elements")
    for n, item in enumerate(check_list(problems, block, "elements", at, 1, 10, required=True)):
        if isinstance(item, dict) and item.get("type") == "image":
            check_image(problems, item, f"{at}/elements/{n}")
        else:
            check_text(problems, item, f"{at}/elements/{n}", 2000)


def _actions(problems: Problems, block: Json, at: str) -> None:
    only(problems, block, at, "elements")
    items = check_list(problems, block, "elements", at, 1, 25, required=True)
    for n, item in enumerate(items):
        check_element(problems, item, f"{at}/elements/{n}", ACTION_ELEMENTS)
    named = [item["action_id"] for item in items if isinstance(item, dict) and "action_id" in item]
    if len(named) != len(set(map(str, named))):
        problems.append(f"action_id must be unique in its block [json-pointer:{at}/elements]")


def _input(problems: Problems, block: Json, at: str) -> None:
    only(problems, block, at, "label", "element", "hint", "optional", "dispatch_action")
    check_text(problems, block.get("label"), f"{at}/label", 2000, plain=True)
    if "hint" in block:
        check_text(problems, block["hint"], f"{at}/hint", 2000, plain=True)
    for flag in ("optional", "dispatch_action"):
        if not isinstance(block.get(flag, False), bool):
            problems.append(f"must be a boolean [json-pointer:{at}/{flag}]")
    check_element(problems, block.get("element"), f"{at}/element", INPUT_ELEMENTS)


def _image(problems: Problems, block: Json, at: str) -> None:
    only(problems, block, at, "image_url", "alt_text", "title")
    check_image(problems, block, at)
    if "title" in block:
        check_text(problems, block["title"], f"{at}/title", 2000, plain=True)


def _markdown(problems: Problems, block: Json, at: str) -> None:
    only(problems, block, at, "text")
    check_string(problems, block, "text", at, 12_000)


RICH_PARTS = ("rich_text_section", "rich_text_list", "rich_text_preformatted", "rich_text_quote")
RICH_LEAVES = ("text", "link", "user", "channel", "emoji", "broadcast", "usergroup", "date", "color", "team")


def _rich_text(problems: Problems, block: Json, at: str) -> None:
    only(problems, block, at, "elements")
    for n, part in enumerate(check_list(problems, block, "elements", at, 0, 1000, required=True)):
        _rich_part(problems, part, f"{at}/elements/{n}", RICH_PARTS)


def _rich_part(problems: Problems, part: Any, at: str, allowed: tuple[str, ...]) -> None:
    kind = part.get("type") if isinstance(part, dict) else None
    if kind not in allowed:
        problems.append(f"unsupported type: {kind} [json-pointer:{at}/type]")
        return
    inner = ("rich_text_section",) if kind == "rich_text_list" else RICH_LEAVES
    for n, leaf in enumerate(check_list(problems, part, "elements", at, 0, 1000, required=True)):
        if kind == "rich_text_list":
            _rich_part(problems, leaf, f"{at}/elements/{n}", inner)
        elif not isinstance(leaf, dict) or leaf.get("type") not in inner:
            problems.append(f"unsupported type [json-pointer:{at}/elements/{n}/type]")
        elif leaf["type"] == "text":
            check_string(problems, leaf, "text", f"{at}/elements/{n}", 40_000)


ALL = ("message", "modal", "home")
SURFACES = {"markdown": ("message",)}
BLOCKS: dict[str, Callable[[Problems, Json, str], None]] = {
    "section": _section,
    "header": _header,
    "divider": _divider,
    "context": _context,
    "actions": _actions,
    "input": _input,
    "image": _image,
    "markdown": _markdown,
    "rich_text": _rich_text,
}


def check_view(view: Any) -> list[str]:
    """Return every problem of a modal or Home view."""
    problems: Problems = []
    kind = view.get("type") if isinstance(view, dict) else None
    if kind not in ("modal", "home"):
        return ["must be a modal or a home view [json-pointer:/view/type]"]
    allowed = ["type", "blocks", "private_metadata", "callback_id", "external_id"]
    if kind == "modal":
        allowed += ["title", "submit", "close", "clear_on_close", "notify_on_close", "submit_disabled"]
        check_text(problems, view.get("title"), "/view/title", 24, plain=True)
        for part in ("submit", "close"):
            if part in view:
                check_text(problems, view[part], f"/view/{part}", 24, plain=True)
    for field in sorted(set(view) - set(allowed)):
        problems.append(f"invalid additional property: {field} [json-pointer:/view]")
    for field, limit in (("private_metadata", MAX_PRIVATE_METADATA_CHARS), ("callback_id", 255), ("external_id", 255)):
        check_string(problems, view, field, "/view", limit, required=False, empty=True)
    for flag in ("clear_on_close", "notify_on_close", "submit_disabled"):
        if not isinstance(view.get(flag, False), bool):
            problems.append(f"must be a boolean [json-pointer:/view/{flag}]")
    blocks = view.get("blocks")
    problems += check_blocks(blocks, kind)
    inputs = [b for b in blocks if isinstance(b, dict) and b.get("type") == "input"] if isinstance(blocks, list) else []
    if kind == "modal" and inputs and "submit" not in view:
        problems.append("missing required field: submit, because there is an input block [json-pointer:/view]")
    return problems


def view_too_large(view: Json) -> bool:
    """Say whether the view is over 250 KB."""
    return len(json.dumps(view)) > MAX_VIEW_BYTES


def text_chars(content: Any) -> int:
    """Return the characters of every text in the blocks, the way a reader would count."""
    if isinstance(content, list):
        return sum(map(text_chars, content))
    if not isinstance(content, dict):
        return 0
    own = len(content["text"]) if isinstance(content.get("text"), str) else 0
    return own + sum(text_chars(value) for value in content.values() if isinstance(value, list | dict))


def with_ids(blocks: list[Json], new_id: Callable[[], str]) -> list[Json]:
    """Return the blocks as Slack keeps them: a block_id and an action_id wherever the app gave none."""
    return [_named(block, new_id) for block in blocks]


def _named(block: Json, new_id: Callable[[], str]) -> Json:
    named = dict(block)
    named.setdefault("block_id", new_id())
    if named["type"] == "actions":
        named["elements"] = [{"action_id": new_id(), **element} for element in named["elements"]]
    for place in ("accessory", "element"):
        if isinstance(named.get(place), dict) and named[place]["type"] != "image":
            named[place] = {"action_id": new_id(), **named[place]}
    return named
