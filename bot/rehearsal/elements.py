"""Block Kit's interactive elements: which there are, what each may carry, what a person can choose in it."""

from __future__ import annotations

from typing import Any

from bot.rehearsal.shapes import (
    Json,
    Problems,
    check_confirm,
    check_image,
    check_list,
    check_option,
    check_string,
    check_text,
    only,
)

# element -> the properties it may have besides type and action_id
MENU = ("placeholder", "confirm", "focus_on_load")
ELEMENTS: dict[str, tuple[str, ...]] = {
    "button": ("text", "url", "value", "style", "confirm", "accessibility_label"),
    "static_select": (*MENU, "options", "option_groups", "initial_option"),
    "multi_static_select": (*MENU, "options", "option_groups", "initial_options", "max_selected_items"),
    "users_select": (*MENU, "initial_user"),
    "multi_users_select": (*MENU, "initial_users", "max_selected_items"),
    "channels_select": (*MENU, "initial_channel", "response_url_enabled"),
    "conversations_select": (
        *MENU,
        "initial_conversation",
        "default_to_current_conversation",
        "response_url_enabled",
        "filter",
    ),
    "overflow": ("options", "confirm"),
    "datepicker": (*MENU, "initial_date"),
    "timepicker": (*MENU, "initial_time", "timezone"),
    "datetimepicker": ("initial_date_time", "confirm", "focus_on_load"),
    "checkboxes": ("options", "initial_options", "confirm", "focus_on_load"),
    "radio_buttons": ("options", "initial_option", "confirm", "focus_on_load"),
    "plain_text_input": (
        "placeholder",
        "initial_value",
        "multiline",
        "min_length",
        "max_length",
        "dispatch_action_config",
        "focus_on_load",
    ),
    "number_input": (
        "placeholder",
        "initial_value",
        "is_decimal_allowed",
        "min_value",
        "max_value",
        "focus_on_load",
        "dispatch_action_config",
    ),
    "url_text_input": ("placeholder", "initial_value", "focus_on_load", "dispatch_action_config"),
    "email_text_input": ("placeholder", "initial_value", "focus_on_load", "dispatch_action_config"),
}
TYPED_IN = ("plain_text_input", "number_input", "url_text_input", "email_text_input")
MULTI = ("multi_static_select", "multi_users_select", "checkboxes")
INPUT_ELEMENTS = tuple(kind for kind in ELEMENTS if kind not in ("button", "overflow"))
ACTION_ELEMENTS = tuple(kind for kind in ELEMENTS if kind not in TYPED_IN and not kind.startswith("multi_"))
SECTION_ACCESSORIES = (*(kind for kind in ELEMENTS if kind not in TYPED_IN), "image")
OPTION_COUNTS = {"overflow": (1, 5), "checkboxes": (1, 10), "radio_buttons": (1, 10)}


def check_element(problems: Problems, element: Any, at: str, allowed: tuple[str, ...]) -> None:
    """Note what is wrong with one element in a place that takes the `allowed` kinds."""
    kind = element.get("type") if isinstance(element, dict) else None
    if kind not in allowed:
        problems.append(f"unsupported type: {kind} [json-pointer:{at}/type]")
        return
    if kind == "image":
        only(problems, element, at, "image_url", "alt_text")
        check_image(problems, element, at)
        return
    only(problems, element, at, *ELEMENTS[kind])
    check_string(problems, element, "action_id", at, 255, required=False)
    if "placeholder" in element:
        check_text(problems, element["placeholder"], f"{at}/placeholder", 150, plain=True)
    if "confirm" in element:
        check_confirm(problems, element["confirm"], f"{at}/confirm")
    if kind == "button":
        _check_button(problems, element, at)
    elif kind in TYPED_IN:
        _check_typed_in(problems, element, at)
    elif "options" in ELEMENTS[kind]:
        _check_options(problems, element, at)


def _check_button(problems: Problems, element: Json, at: str) -> None:
    check_text(problems, element.get("text"), f"{at}/text", 75, plain=True)
    check_string(problems, element, "value", at, 2000, required=False, empty=True)
    check_string(problems, element, "url", at, 3000, required=False)
    check_string(problems, element, "accessibility_label", at, 75, required=False)
    if element.get("style", "primary") not in ("primary", "danger"):
        problems.append(f"must be primary or danger [json-pointer:{at}/style]")


def _check_typed_in(problems: Problems, element: Json, at: str) -> None:
    check_string(problems, element, "initial_value", at, 3000, required=False, empty=True)
    for field, least in (("min_length", 0), ("max_length", 1)):
        value = element.get(field, least)
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= 3000:
            problems.append(f"must be an integer from {least} to 3000 [json-pointer:{at}/{field}]")
    longest = element.get("max_length")
    if isinstance(longest, int) and len(str(element.get("initial_value", ""))) > longest:
        problems.append(f"initial_value is longer than max_length [json-pointer:{at}/initial_value]")
    if element["type"] == "number_input" and not isinstance(element.get("is_decimal_allowed"), bool):
        problems.append(f"missing required field: is_decimal_allowed [json-pointer:{at}]")


def _check_options(problems: Problems, element: Json, at: str) -> None:
    least, most = OPTION_COUNTS.get(element["type"], (1, 100))
    rich = element["type"] in ("checkboxes", "radio_buttons")
    if ("options" in element) == ("option_groups" in element):
        problems.append(f"needs either options or option_groups [json-pointer:{at}]")
    for n, option in enumerate(check_list(problems, element, "options", at, least, most)):
        check_option(problems, option, f"{at}/options/{n}", rich=rich)
    for n, group in enumerate(check_list(problems, element, "option_groups", at, 1, 100)):
        inside = group if isinstance(group, dict) else {}
        check_text(problems, inside.get("label"), f"{at}/option_groups/{n}/label", 75, plain=True)
        for m, option in enumerate(check_list(problems, inside, "options", f"{at}/option_groups/{n}", 1, 100)):
            check_option(problems, option, f"{at}/option_groups/{n}/options/{m}")
    offered = options_of(element)
    wanted = element.get("initial_options", [element["initial_option"]] if "initial_option" in element else [])
    if isinstance(wanted, list) and any(option not in offered for option in wanted):
        problems.append(f"an initial option is not among the options [json-pointer:{at}]")
    values = [str(option.get("value")) for option in offered if isinstance(option, dict)]
    if len(values) != len(set(values)):
        problems.append(f"option values must differ [json-pointer:{at}/options]")


def options_of(element: Json) -> list[Json]:
    """Return every option of a menu, whether in groups or not."""
    groups = [group for group in _list(element.get("option_groups")) if isinstance(group, dict)]
    return [*_list(element.get("options")), *(option for group in groups for option in _list(group.get("options")))]


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def initial_state(element: Json) -> Json:
    """Return what `view.state.values` says of an element that nobody touched."""
    kind = element["type"]
    field = STATE_FIELD.get(kind)
    if field is None:
        return {}
    initial = element.get(INITIAL_FIELD.get(kind, ""), [] if kind in MULTI else None)
    return {"type": kind, field: initial}


STATE_FIELD = {
    "static_select": "selected_option",
    "multi_static_select": "selected_options",
    "users_select": "selected_user",
    "multi_users_select": "selected_users",
    "channels_select": "selected_channel",
    "conversations_select": "selected_conversation",
    "overflow": "selected_option",
    "datepicker": "selected_date",
    "timepicker": "selected_time",
    "datetimepicker": "selected_date_time",
    "checkboxes": "selected_options",
    "radio_buttons": "selected_option",
    **dict.fromkeys(TYPED_IN, "value"),
}
INITIAL_FIELD = {
    "static_select": "initial_option",
    "multi_static_select": "initial_options",
    "users_select": "initial_user",
    "multi_users_select": "initial_users",
    "channels_select": "initial_channel",
    "conversations_select": "initial_conversation",
    "datepicker": "initial_date",
    "timepicker": "initial_time",
    "datetimepicker": "initial_date_time",
    "checkboxes": "initial_options",
    "radio_buttons": "initial_option",
    **dict.fromkeys(TYPED_IN, "initial_value"),
}
