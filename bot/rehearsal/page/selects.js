// The menus of Block Kit: fixed options, people, channels; one or many.

import { h, icon } from "./dom.js";
import { personNode } from "./people.js";
import { choose } from "./popover.js";
import { drawText, named, report } from "./press.js";
import { channelName, isDirect, state } from "./store.js";

const optionsOf = (element) =>
  element.options ??
  (element.option_groups ?? []).flatMap((g) => g.options.map((o) => ({ ...o, group: g.label.text })));

/** Selects of every source: `choices()` gives the options, `show(value)` how the chosen one looks. */
function select(element, block, env, { choices, show, many }) {
  const held = () => {
    const value = env.get(block, element);
    return value === null || value === undefined ? [] : [value].flat();
  };
  const face = h("span", { class: "select-face" });
  const node = h(
    "button",
    {
      type: "button",
      class: "select",
      "aria-haspopup": "listbox",
      "aria-expanded": "false",
      ...named(element),
      on: { click: open },
    },
    face,
    icon("down"),
  );
  function draw() {
    const values = held();
    face.classList.toggle("empty", !values.length);
    face.replaceChildren(
      ...(values.length
        ? values.map((v) => h("span", { class: many ? "chip" : "chosen" }, show(v)))
        : [element.placeholder?.text ?? "Choose"]),
    );
  }
  function open() {
    let before = held();
    choose(node, choices(), {
      label: element.placeholder?.text ?? "Choose",
      chosen: before,
      many,
      onPick: async (option, all) => {
        const value = many ? all.slice(0, element.max_selected_items ?? 100) : option.value;
        if (!(await report(element, block, env, value, node)))
          env.set(block, element, many ? before : (before[0] ?? null));
        before = held();
        draw();
      },
    });
  }
  draw();
  return node;
}

const people = () =>
  [...state.people.values()]
    .filter((p) => !p.deleted)
    .map((p) => ({ value: p.id, label: p.real_name || p.name, hint: `@${p.name}`, node: personNode(p) }));
const channels = () =>
  [...state.channels.values()].filter((c) => !isDirect(c)).map((c) => ({ value: c.id, label: `#${c.name}` }));

/** A menu of the options the app gave. */
export function staticSelect(many) {
  return (element, block, env) => {
    const options = optionsOf(element);
    return select(element, block, env, {
      many,
      choices: () =>
        options.map((o) => ({
          value: o.value,
          label: o.text.text,
          group: o.group,
          hint: o.description?.text,
          node: h("span", { class: "option-label" }, drawText(o.text)),
        })),
      show: (value) => {
        const o = options.find((option) => option.value === value);
        return o ? drawText(o.text) : value;
      },
    });
  };
}
/** A menu of people. */
export const usersSelect = (many) => (element, block, env) =>
  select(element, block, env, {
    many,
    choices: people,
    show: (id) => {
      const p = state.people.get(id);
      return p ? personNode(p) : id;
    },
  });
/** A menu of channels. */
export const channelsSelect = (many) => (element, block, env) =>
  select(element, block, env, { many, choices: channels, show: (id) => `#${channelName(id)}` });
