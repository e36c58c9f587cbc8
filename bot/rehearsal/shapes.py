"""The small shapes that Block Kit is made of: texts, strings, lists, images, options."""

from __future__ import annotations

from typing import Any

Problems = list[str]
Json = dict[str, Any]


def only(problems: Problems, thing: Json, at: str, *allowed: str) -> None:
    """Note every property that does not belong."""
    for field in sorted(set(thing) - {"type", "block_id", "action_id", *allowed}):
        problems.append(f"invalid additional property: {field} [json-pointer:{at}]")


def check_string(
    problems: Problems, thing: Json, field: str, at: str, limit: int, *, required: bool = True, empty: bool = False
) -> None:
    """Note a missing, wrong, empty or too long string."""
    value = thing.get(field)
    if value is None:
        if required:
            problems.append(f"missing required field: {field} [json-pointer:{at}]")
    elif not isinstance(value, str):
        problems.append(f"must be a string [json-pointer:{at}/{field}]")
    elif not value and not empty:
        problems.append(f"must be more than 0 characters [json-pointer:{at}/{field}]")
    elif len(value) > limit:
        problems.append(f"must be less than {limit + 1} characters [json-pointer:{at}/{field}]")


def check_list(
    problems: Problems, thing: Json, field: str, at: str, least: int, most: int, *, required: bool = False
) -> list[Any]:
    """Return the list in the field (empty if there is none), noting a wrong kind or length."""
    items = thing.get(field)
    if items is None:
        if required:
            problems.append(f"missing required field: {field} [json-pointer:{at}]")
        return []
    if not isinstance(items, list):
        problems.append(f"must be an array [json-pointer:{at}/{field}]")
        return []
    if len(items) < least:
        problems.append(f"no fewer than {least} items required [json-pointer:{at}/{field}]")
    if len(items) > most:
        problems.append(f"no more than {most} items allowed [json-pointer:{at}/{field}]")
    return items


def check_text(problems: Problems, text: Any, at: str, limit: int, *, plain: bool = False) -> None:
    """Note what is wrong with a text object."""
    if not isinstance(text, dict):
        problems.append(f"missing or wrong text object [json-pointer:{at}]")
        return
    kinds = ("plain_text",) if plain else ("plain_text", "mrkdwn")
    if text.get("type") not in kinds:
        problems.append(f"must be {' or '.join(kinds)} [json-pointer:{at}/type]")
        return
    flag = "emoji" if text["type"] == "plain_text" else "verbatim"
    only(problems, text, at, "text", flag)
    if not isinstance(text.get(flag, False), bool):
        problems.append(f"must be a boolean [json-pointer:{at}/{flag}]")
    check_string(problems, text, "text", at, limit)


def check_image(problems: Problems, image: Json, at: str) -> None:
    """Note what is wrong with an image's address and words."""
    check_string(problems, image, "image_url", at, 3000)
    check_string(problems, image, "alt_text", at, 2000)
    if not str(image.get("image_url", "")).startswith(("http://", "https://")):
        problems.append(f"invalid image url [json-pointer:{at}/image_url]")


def check_option(problems: Problems, option: Any, at: str, *, rich: bool = False) -> None:
    """Note what is wrong with one option; `rich` ones (checkboxes, radio buttons) may use mrkdwn."""
    if not isinstance(option, dict):
        problems.append(f"must be an option object [json-pointer:{at}]")
        return
    only(problems, option, at, "text", "value", "description", "url")
    check_text(problems, option.get("text"), f"{at}/text", 75, plain=not rich)
    check_string(problems, option, "value", at, 150)
    if "description" in option:
        check_text(problems, option["description"], f"{at}/description", 75, plain=not rich)


def check_confirm(problems: Problems, confirm: Any, at: str) -> None:
    """Note what is wrong with a confirmation dialog."""
    if not isinstance(confirm, dict):
        problems.append(f"must be a confirm object [json-pointer:{at}]")
        return
    only(problems, confirm, at, "title", "text", "confirm", "deny", "style")
    check_text(problems, confirm.get("title"), f"{at}/title", 100, plain=True)
    check_text(problems, confirm.get("text"), f"{at}/text", 300)
    check_text(problems, confirm.get("confirm"), f"{at}/confirm", 30, plain=True)
    check_text(problems, confirm.get("deny"), f"{at}/deny", 30, plain=True)
