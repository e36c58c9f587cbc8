// What can be done with a message: reactions under it, and the bar of tools that appears on it.

import { attempt, toggleReaction } from "./acts.js";
import { h, icon, iconButton, toast } from "./dom.js";
import { QUICK, emoji } from "./emoji.js";
import { chooseEmoji } from "./popover.js";
import { fullName, state } from "./store.js";

/** The reactions of a message with their counts, or null. */
export function reactions(message) {
  if (!message.reactions?.length) return null;
  const add = (e) =>
    chooseEmoji(
      e.currentTarget,
      (name) => attempt("reacts", { channel: message.channel, ts: message.ts, emoji: name }),
      "left",
    );
  return h(
    "div",
    { class: "reactions" },
    message.reactions.map((r) => {
      const mine = r.users.includes(state.me.id);
      return h(
        "button",
        {
          type: "button",
          class: "reaction",
          "aria-pressed": mine ? "true" : "false",
          data: { emoji: r.name },
          title: `${r.users.map(fullName).join(", ")} · :${r.name}:`,
          "aria-label": `${r.name}, ${r.count}`,
          on: { click: () => toggleReaction(message, r.name) },
        },
        emoji(r.name),
        h("span", { class: "count" }, r.count),
      );
    }),
    h(
      "button",
      {
        type: "button",
        class: "reaction add",
        title: "Add a reaction",
        "aria-label": "Add a reaction",
        "aria-haspopup": "dialog",
        on: { click: add },
      },
      icon("smile"),
    ),
  );
}

let bar = null;

/** Show the tools on `node`. One tool bar for the whole page: it moves to the message that is looked at. */
export function tools(node, message, openThread) {
  if (bar?.parentElement === node) return;
  bar?.remove();
  bar = h(
    "div",
    { class: "tools", role: "toolbar", "aria-label": "Message actions" },
    QUICK.map((name) =>
      h(
        "button",
        {
          type: "button",
          class: "icon-button",
          title: `React with :${name}:`,
          "aria-label": `React with ${name}`,
          on: { click: () => toggleReaction(message, name) },
        },
        emoji(name),
      ),
    ),
    iconButton(
      "smile",
      "More reactions",
      (e) => chooseEmoji(e.currentTarget, (name) => toggleReaction(message, name)),
      { "aria-haspopup": "dialog" },
    ),
    openThread &&
      iconButton("reply", "Reply in thread", () =>
        openThread(message.thread_ts && message.thread_ts !== message.ts ? message.thread_ts : message.ts),
      ),
    iconButton("pin", message.pinned ? "Take the pin off" : "Pin to channel", () =>
      attempt("pins", { channel: message.channel, ts: message.ts, remove: Boolean(message.pinned) }),
    ),
    iconButton("link", "Copy link to message", () => copyLink(message)),
  );
  node.append(bar);
}

async function copyLink(message) {
  const address = `${location.origin}/archives/${message.channel}/p${message.ts.replace(".", "")}`;
  try {
    await navigator.clipboard.writeText(address);
    toast("Link copied.", null, 2500);
  } catch {
    toast(address, null, 12_000);
  }
}
