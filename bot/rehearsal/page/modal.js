// A modal view of the app: the form, what is wrong with it, and sending it. The browser's dialog keeps the focus inside.

import { as, sentence } from "./acts.js";
import { drawBlocks } from "./blocks.js";
import { h, icon, refill } from "./dom.js";
import { initialOf } from "./elements.js";
import { plainText } from "./mrkdwn.js";
import { avatar } from "./people.js";
import { pressed } from "./press.js";
import { changed, personOf, state } from "./store.js";

/** Make the modal; its `draw()` shows `state.view` when there is one. */
export function modal() {
  const before = new Map();
  let shown = "",
    values = new Map(),
    dialog = null,
    sending = false,
    problem = "",
    ownErrors = null;
  const answered = new Set(); // the blocks touched since their error was shown
  const key = (block, element) => `${block.block_id}\n${element.action_id}`;

  const env = {
    prefix: "view",
    get errors() {
      const errors = Object.entries(ownErrors ?? state.view?.errors ?? {});
      return Object.fromEntries(errors.filter(([block]) => !answered.has(block)));
    },
    get: (block, element) => (values.has(key(block, element)) ? values.get(key(block, element)) : initialOf(element)),
    set: (block, element, value) => {
      if (value === undefined) return;
      values.set(key(block, element), value);
      if (env.errors[block.block_id]) calm(block);
    },
    act: async (element, block, selected, node) => {
      if (block.type === "input" && !block.dispatch_action) return;
      await pressed(node, async () => {
        await tellTyped();
        return act(block, element, selected);
      });
    },
  };

  // In place, not by drawing the form anew: that would move the caret of the one who is typing.
  function calm(block) {
    answered.add(block.block_id);
    const box = dialog.querySelector(`.input-block[data-block="${CSS.escape(block.block_id)}"]`);
    box?.classList.remove("invalid");
    box?.querySelector(".input-error")?.remove();
    const field = box?.querySelector("[aria-invalid]");
    for (const name of ["aria-invalid", "aria-describedby"]) field?.removeAttribute(name);
  }

  const act = (block, element, selected) =>
    as("clicks_in_view", {
      view_id: state.view.id,
      action_id: element.action_id,
      block_id: block.block_id,
      ...(element.type === "button" && element.value !== undefined && { value: element.value }),
      ...(selected !== undefined && { selected }),
    });

  // The app sees the whole form with every press, so what stands in the quiet inputs goes first.
  async function tellTyped() {
    for (const block of inputs()) {
      if (!block.dispatch_action && values.has(key(block, block.element)))
        await act(block, block.element, env.get(block, block.element));
    }
  }

  const inputs = () => state.view.blocks.filter((block) => block.type === "input");

  function collect() {
    const out = {};
    const note = (block, element) => {
      if (element?.action_id && element.type !== "button")
        (out[block.block_id] ??= {})[element.action_id] = env.get(block, element);
    };
    for (const block of state.view.blocks) {
      if (block.type === "input") note(block, block.element);
      if (block.accessory) note(block, block.accessory);
      if (block.type === "actions") for (const element of block.elements) note(block, element);
    }
    return out;
  }

  const isEmpty = (value) =>
    value === null || value === undefined || value === "" || (Array.isArray(value) && !value.length);

  function missing() {
    const empty = inputs().filter((block) => !block.optional && isEmpty(env.get(block, block.element)));
    return empty.length ? Object.fromEntries(empty.map((block) => [block.block_id, "Please fill this in."])) : null;
  }

  async function submit(event) {
    event.preventDefault();
    if (sending) return;
    answered.clear();
    ownErrors = missing();
    problem = "";
    if (ownErrors) {
      redraw();
      firstInvalid();
      return;
    }
    sending = true;
    const view = state.view.id;
    redraw();
    try {
      const answer = await as("submits", { view_id: view, values: collect() });
      if (answer?.errors && state.view?.id === view) state.view = { ...state.view, errors: answer.errors };
      else if (answer?.ok === false)
        problem = `${state.app.name || "The app"} did not take this (${answer.error ?? answer.status}). Your words are still here; send them again.`;
    } catch (trouble) {
      problem = sentence(trouble);
    } finally {
      sending = false;
      redraw();
      firstInvalid();
    }
  }

  const firstInvalid = () => dialog?.querySelector("[aria-invalid=true]")?.focus();

  async function dismiss() {
    const view = state.view;
    state.view = null;
    changed();
    try {
      if (view) await as("dismisses", { view_id: view.id });
    } catch (trouble) {
      sentence(trouble); // it is closed here all the same
    }
  }

  function redraw() {
    if (!dialog || !state.view) return;
    const view = state.view,
      focus = document.activeElement?.id,
      scroll = dialog.querySelector(".modal-body")?.scrollTop ?? 0;
    const form = h(
      "form",
      { class: "modal-form", novalidate: true, "aria-busy": sending ? "true" : null, on: { submit } },
      h(
        "header",
        { class: "modal-head" },
        avatar(personOf(state.app.bot_user_id), "small"),
        h("h2", { id: "modal-title" }, plainText(view.title)),
        h(
          "button",
          { type: "button", class: "icon-button", title: "Close", "aria-label": "Close", on: { click: dismiss } },
          icon("close"),
        ),
      ),
      h("div", { class: "modal-body" }, drawBlocks(view.blocks, env)),
      h(
        "footer",
        { class: "dialog-foot" },
        problem && h("p", { class: "input-error", role: "alert" }, problem),
        h(
          "button",
          { type: "button", class: "button", on: { click: dismiss } },
          view.close ? plainText(view.close) : view.submit ? "Cancel" : "Close",
        ),
        view.submit &&
          h(
            "button",
            { type: "submit", class: sending ? "button primary busy" : "button primary", disabled: sending },
            plainText(view.submit),
          ),
      ),
    );
    refill(dialog, form);
    form.querySelector(".modal-body").scrollTop = scroll;
    ((focus && dialog.querySelector(`#${CSS.escape(focus)}`)) || null)?.focus();
  }

  // A view that comes back from under another one still holds what was typed into it.
  function typedIn(id) {
    if (!before.has(id)) before.set(id, new Map());
    return before.get(id);
  }

  function open() {
    dialog = h("dialog", {
      class: "modal",
      "aria-labelledby": "modal-title",
      on: {
        cancel: (event) => {
          event.preventDefault();
          if (!dialog.querySelector(":popover-open")) dismiss();
        },
      },
    });
    document.body.append(dialog);
    redraw();
    dialog.showModal();
    dialog.querySelector(".modal-body input, .modal-body textarea, .modal-body .select")?.focus();
  }

  /** Show, change or take away the view, as the state says. */
  function draw() {
    const view = state.view?.type === "modal" ? state.view : null;
    const now = view ? JSON.stringify(view) : "";
    if (now === shown) return;
    const same = view && shown && JSON.parse(shown).id === view.id;
    shown = now;
    if (!view) {
      dialog?.close();
      dialog?.remove();
      dialog = null;
      return;
    }
    ownErrors = null;
    answered.clear();
    if (!same) {
      values = typedIn(view.id);
      problem = "";
      sending = false;
    }
    if (dialog) redraw();
    else open();
    if (!same || view.errors) firstInvalid();
  }

  return { draw };
}
