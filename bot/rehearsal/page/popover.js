// Small boxes that hang on a button: lists to choose from, the reaction picker, cards. The browser's popover does the closing.

import { fill, h } from "./dom.js";
import { PICKER, emoji, emojiNames } from "./emoji.js";

let showing = null;

/** Hang `content` on `anchor`; returns a close function. Opening the same one twice closes it, unless it is `next`. */
export function hang(
  anchor,
  content,
  { label, className = "", role = "dialog", align = "left", next = false, onClose } = {},
) {
  if (next) showing?.close();
  else if (showing?.anchor === anchor) {
    showing.close();
    return showing?.close;
  }
  const box = h("div", { class: `popover ${className}`, popover: "auto", role, "aria-label": label }, content);
  (anchor.closest("dialog") ?? document.body).append(box);
  const close = () => {
    if (box.isConnected && box.matches(":popover-open")) box.hidePopover();
  };
  const mine = { anchor, close };
  box.addEventListener("toggle", (event) => {
    if (event.newState !== "closed") return;
    const inside = box.contains(document.activeElement) || document.activeElement === document.body;
    box.remove();
    // A press on the anchor closes the popover first; without the wait the same press would open it again.
    setTimeout(() => {
      if (showing === mine) showing = null;
    }, 120);
    if (showing !== mine && showing?.anchor === anchor) return;
    anchor.setAttribute("aria-expanded", "false");
    if (inside && anchor.isConnected) anchor.focus({ preventScroll: true });
    onClose?.();
  });
  box.showPopover();
  place(box, anchor, align);
  anchor.setAttribute("aria-expanded", "true");
  showing = mine;
  return close;
}

function place(box, anchor, align) {
  const at = anchor.getBoundingClientRect(),
    size = box.getBoundingClientRect(),
    edge = 8;
  const below = at.bottom + 6,
    above = at.top - size.height - 6;
  const top =
    below + size.height > innerHeight - edge && above > edge
      ? above
      : Math.min(below, innerHeight - size.height - edge);
  const left = align === "right" ? at.right - size.width : at.left;
  box.style.setProperty("top", `${Math.max(edge, top)}px`);
  box.style.setProperty("left", `${Math.max(edge, Math.min(left, innerWidth - size.width - edge))}px`);
}

/**
 * Let a person choose from `options` ({value, label, node?, hint?, group?}). `chosen` holds the values now on.
 * `onPick(option)` runs per choice; with `many` the list stays open.
 */
export function choose(
  anchor,
  options,
  { label, chosen = [], onPick, many = false, align, next, filter = options.length > 7, className = "" },
) {
  const on = new Set(chosen);
  const list = h("div", {
    class: "options",
    role: "listbox",
    "aria-label": label,
    "aria-multiselectable": many ? "true" : null,
  });
  const search =
    filter &&
    h("input", {
      type: "search",
      class: "options-filter",
      placeholder: "Filter",
      "aria-label": `Filter: ${label}`,
      on: { input: draw },
    });
  let close = () => {};

  function draw() {
    const wanted = (search ? search.value : "").trim().toLowerCase();
    const fit = options.filter((o) => !wanted || `${o.label} ${o.hint ?? ""}`.toLowerCase().includes(wanted));
    let group = "";
    list.replaceChildren();
    for (const option of fit) {
      if (option.group && option.group !== group)
        fill(list, h("div", { class: "options-group" }, (group = option.group)));
      fill(list, row(option));
    }
    if (!fit.length) fill(list, h("div", { class: "options-none" }, "Nothing fits."));
  }

  function row(option) {
    return h(
      "button",
      {
        type: "button",
        role: "option",
        class: "option",
        "aria-selected": on.has(option.value) ? "true" : "false",
        data: { value: option.value },
        on: { click: () => pick(option) },
      },
      option.node ?? h("span", { class: "option-label" }, option.label),
      option.hint && h("span", { class: "option-hint" }, option.hint),
    );
  }

  function pick(option) {
    if (!many) {
      close();
      onPick(option);
      return;
    }
    if (!on.delete(option.value)) on.add(option.value);
    for (const node of list.querySelectorAll(".option"))
      node.setAttribute("aria-selected", on.has(node.dataset.value) ? "true" : "false");
    onPick(option, [...on]);
  }

  function keys(event) {
    const rows = [...list.querySelectorAll(".option")],
      at = rows.indexOf(document.activeElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: rows.length - 1 }[event.key];
    if (event.key === "Enter" && at < 0 && rows.length) {
      event.preventDefault();
      rows[0].click();
    }
    if (to === undefined || !rows.length || (at < 0 && ["Home", "End"].includes(event.key))) return;
    event.preventDefault();
    (to < 0 && search ? search : rows[Math.max(0, Math.min(rows.length - 1, to))]).focus();
  }

  draw();
  close =
    hang(anchor, h("div", { class: "chooser", on: { keydown: keys } }, search, list), { label, align, next, className }) ??
    close;
  (search || list.querySelector("[aria-selected=true]") || list.querySelector(".option"))?.focus();
  return close;
}

/** Let a person choose an emoji by name. */
export function chooseEmoji(anchor, onPick, align = "right") {
  const grid = h("div", { class: "emoji-grid" });
  const search = h("input", {
    type: "search",
    class: "options-filter",
    placeholder: "Find an emoji",
    "aria-label": "Find an emoji",
    on: { input: draw, keydown: first },
  });
  let close = () => {};
  const one = (name) =>
    h(
      "button",
      {
        type: "button",
        class: "emoji-choice",
        title: `:${name}:`,
        "aria-label": name,
        on: {
          click: () => {
            close();
            onPick(name);
          },
        },
      },
      emoji(name),
    );
  function draw() {
    const part = search.value.trim().replaceAll(":", "").toLowerCase();
    grid.replaceChildren(...(part ? emojiNames(part, 32) : PICKER).map(one));
  }
  function first(event) {
    if (event.key === "Enter") {
      event.preventDefault();
      grid.firstElementChild?.click();
    }
  }
  draw();
  close =
    hang(anchor, h("div", { class: "chooser" }, search, grid), { label: "Emoji", align, className: "emoji-popover" }) ??
    close;
  search.focus();
}

/** Ask before something that cannot be taken back, with Slack's confirm object. Resolves to true or false. */
export function confirmed(confirm, draw) {
  return new Promise((resolve) => {
    const finish = (answer) => {
      dialog.close();
      dialog.remove();
      resolve(answer);
    };
    const yes = h(
      "button",
      {
        type: "button",
        class: confirm.style === "danger" ? "button danger" : "button primary",
        on: { click: () => finish(true) },
      },
      draw(confirm.confirm),
    );
    const dialog = h(
      "dialog",
      { class: "confirm", "aria-labelledby": "confirm-title", on: { cancel: () => finish(false) } },
      h("h2", { id: "confirm-title" }, draw(confirm.title)),
      h("div", { class: "confirm-text" }, draw(confirm.text)),
      h(
        "div",
        { class: "dialog-foot" },
        h("button", { type: "button", class: "button", on: { click: () => finish(false) } }, draw(confirm.deny)),
        yes,
      ),
    );
    document.body.append(dialog);
    dialog.showModal();
    yes.focus();
  });
}
