// Block Kit's interactive elements. Each builds a node and reports to `env`:
//   env.act(element, block, selected, node)   something was pressed or chosen
//   env.get(block, element) / env.set(block, element, value)   what it holds now

import { h, icon, safeUrl } from "./dom.js";
import { plainText } from "./mrkdwn.js";
import { choose } from "./popover.js";
import { drawText, named, report } from "./press.js";
import { channelsSelect, staticSelect, usersSelect } from "./selects.js";

/** What an element holds before anyone touched it, in the plain form the server takes. */
export function initialOf(element) {
  const one = element.initial_option?.value;
  const many = element.initial_options?.map((option) => option.value);
  return (
    one ??
    many ??
    element.initial_value ??
    element.initial_user ??
    element.initial_users ??
    element.initial_channel ??
    element.initial_channels ??
    element.initial_conversation ??
    element.initial_conversations ??
    element.initial_date ??
    element.initial_time ??
    element.initial_date_time ??
    null
  );
}

/** Draw one element of `block`. */
export function drawElement(element, block, env) {
  const draw = DRAW[element.type];
  return draw ? draw(element, block, env) : h("span", { class: "unsupported" }, `${element.type} is not drawn here`);
}

function button(element, block, env) {
  const style = element.style ? ` ${element.style}` : "";
  const href = element.url && safeUrl(element.url);
  const props = {
    class: `button${style}`,
    "aria-label": element.accessibility_label,
    data: { action: element.action_id },
  };
  if (href) {
    // the page is opened by the link itself; the app is told besides, as Slack does
    return h(
      "a",
      {
        ...props,
        href,
        target: "_blank",
        rel: "noopener noreferrer",
        on: { click: () => report(element, block, env, undefined, null) },
      },
      plainText(element.text),
      icon("out"),
    );
  }
  const node = h(
    "button",
    { type: "button", ...props, on: { click: () => report(element, block, env, undefined, node) } },
    plainText(element.text),
  );
  return node;
}

function overflow(element, block, env) {
  const node = h(
    "button",
    {
      type: "button",
      class: "button overflow",
      "aria-haspopup": "listbox",
      title: "More",
      ...named(element),
      "aria-label": "More actions",
      on: {
        click: () =>
          choose(
            node,
            element.options.map((o) => ({
              value: o.value,
              label: o.text.text,
              hint: o.description?.text,
              node: h("span", { class: "option-label" }, drawText(o.text)),
              url: o.url,
            })),
            {
              label: "More actions",
              align: "right",
              onPick: (option) => {
                if (option.url && safeUrl(option.url)) open(safeUrl(option.url), "_blank", "noopener");
                report(element, block, env, option.value, node);
              },
            },
          ),
      },
    },
    icon("more"),
  );
  return node;
}

function ticks(kind) {
  return (element, block, env) => {
    const name = `${block.block_id}-${element.action_id}-${Math.random()}`;
    const box = h("div", {
      class: "ticks",
      role: kind === "radio" ? "radiogroup" : "group",
      "aria-label": element.action_id,
      data: { action: element.action_id },
    });
    const held = [env.get(block, element) ?? []].flat();
    const change = () => {
      const on = [...box.querySelectorAll("input:checked")].map((input) => input.value);
      report(element, block, env, kind === "radio" ? on[0] : on, box);
    };
    for (const option of element.options) {
      box.append(
        h(
          "label",
          { class: "tick" },
          h("input", { type: kind, name, value: option.value, checked: held.includes(option.value), on: { change } }),
          h(
            "span",
            {},
            drawText(option.text),
            option.description && h("span", { class: "tick-note" }, drawText(option.description)),
          ),
        ),
      );
    }
    return box;
  };
}

function dateLike(type, toInput, fromInput) {
  return (element, block, env) => {
    const value = env.get(block, element);
    const node = h("input", {
      type,
      class: "field",
      value: value === null || value === undefined ? "" : toInput(value),
      ...named(element),
      on: { change: () => report(element, block, env, node.value ? fromInput(node.value) : null, node) },
    });
    return type === "datetime-local"
      ? h("span", { class: "with-zone" }, node, h("span", { class: "zone" }, "UTC"))
      : node;
  };
}

function textInput(element, block, env) {
  const note = (change) => env.set(block, element, change.target.value || null);
  const props = {
    class: "field",
    placeholder: element.placeholder?.text ?? "",
    maxLength: element.max_length ?? 3000,
    ...named(element),
    value: env.get(block, element) ?? "",
    on: { input: note, keydown: (event) => enter(event, element, block, env) },
  };
  return element.multiline
    ? h("textarea", { rows: 4, ...props })
    : h("input", { type: KEYBOARD[element.type] ?? "text", ...props });
}

const KEYBOARD = { number_input: "number", email_text_input: "email", url_text_input: "url" };

function enter(event, element, block, env) {
  const wanted = element.dispatch_action_config?.trigger_actions_on ?? ["on_enter_pressed"];
  if (event.key !== "Enter" || element.multiline || !block.dispatch_action || !wanted.includes("on_enter_pressed"))
    return;
  event.preventDefault();
  report(element, block, env, event.target.value, event.target);
}

const DRAW = {
  button,
  overflow,
  workflow_button: button,
  static_select: staticSelect(false),
  multi_static_select: staticSelect(true),
  users_select: usersSelect(false),
  multi_users_select: usersSelect(true),
  channels_select: channelsSelect(false),
  multi_channels_select: channelsSelect(true),
  conversations_select: channelsSelect(false),
  multi_conversations_select: channelsSelect(true),
  checkboxes: ticks("checkbox"),
  radio_buttons: ticks("radio"),
  datepicker: dateLike("date", String, String),
  timepicker: dateLike("time", String, String),
  datetimepicker: dateLike(
    "datetime-local",
    (s) => new Date(s * 1000).toISOString().slice(0, 16),
    (text) => Date.parse(`${text}:00Z`) / 1000,
  ),
  plain_text_input: textInput,
  number_input: textInput,
  email_text_input: textInput,
  url_text_input: textInput,
};
