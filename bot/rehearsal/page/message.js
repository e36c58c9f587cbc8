// One message: who, when, what, and what can be done with it.

import { as } from "./acts.js";
import { drawBlocks } from "./blocks.js";
import { fill, h, icon, link } from "./dom.js";
import { initialOf } from "./elements.js";
import { fileCards } from "./files.js";
import { inline, mrkdwn, unmarked } from "./mrkdwn.js";
import { appBadge, avatar, showCard } from "./people.js";
import { pressed } from "./press.js";
import { changed, personOf, state } from "./store.js";
import { reactions, tools } from "./tools.js";
import { dateOf, fullTime, hhmm } from "./when.js";

const held = new Map(); // what menus inside messages hold, by message, block and action

/** Joins, topic changes and the like: drawn as one quiet line. */
export const isSystem = (message) =>
  Boolean(message.subtype) &&
  !["bot_message", "thread_broadcast", "file_share", "me_message"].includes(message.subtype);

export function systemLine(message) {
  const person = personOf(message.user);
  return h(
    "div",
    { class: "message system", tabIndex: -1, data: { ts: message.ts } },
    avatar(person, "tiny"),
    h("span", { class: "system-text" }, unmarked(message.text)),
    stamp(message),
  );
}

/** Draw a message. `continued` leaves out the author; `openThread(ts)` is given where replies are listed elsewhere. */
export function messageNode(message, { continued, openThread }) {
  const marks = [
    ["continued", continued],
    ["ephemeral", message.ephemeral],
    ["pinned", message.pinned],
    ["pending", message.pending],
  ];
  const author = personOf(message.user) ?? {
    id: message.user,
    name: message.username ?? message.user,
    is_bot: Boolean(message.bot_id) || message.user === "USLACKBOT",
  };
  const name = message.username || author.real_name || author.name;
  const node = h("article", {
    class: ["message", ...marks.filter(([, on]) => on).map(([word]) => word)].join(" "),
    tabIndex: -1,
    data: { ts: message.ts },
  });
  const labels = [
    message.ephemeral && ephemeralLabel(message),
    message.pinned && h("div", { class: "label pinned-label" }, icon("pin"), "Pinned"),
  ];
  const meta =
    !continued &&
    h(
      "div",
      { class: "meta" },
      h(
        "button",
        { type: "button", class: "author", on: { click: (e) => showCard(e.currentTarget, author.id) } },
        name,
      ),
      (author.is_bot || message.bot_id) && appBadge(),
      stamp(message),
    );
  fill(
    node,
    labels,
    h(
      "div",
      { class: "row" },
      h(
        "div",
        { class: "gutter" },
        continued
          ? h("span", { class: "hover-time", "aria-hidden": "true" }, message.pending ? "" : hhmm(dateOf(message.ts)))
          : avatar(author),
      ),
      h(
        "div",
        { class: "content" },
        meta,
        body(message),
        attachments(message),
        fileCards(message.files ?? []),
        reactions(message),
        openThread && replies(message, openThread),
      ),
    ),
  );
  if (!message.pending && !message.ephemeral) {
    for (const look of ["mouseenter", "focusin"]) node.addEventListener(look, () => tools(node, message, openThread));
  }
  return node;
}

function stamp(message) {
  if (message.pending) return h("span", { class: "time" }, "sending");
  const at = dateOf(message.ts);
  return h("time", { class: "time", datetime: at.toISOString(), title: fullTime(at) }, hhmm(at));
}

function ephemeralLabel(message) {
  const hide = () => {
    state.hiddenEphemerals.add(message.ts);
    changed();
  };
  return h(
    "div",
    { class: "label" },
    icon("eye"),
    "Only visible to you",
    h("button", { type: "button", class: "text-button", on: { click: hide } }, "Dismiss"),
  );
}

function body(message) {
  const edited =
    message.edited && h("span", { class: "edited", title: fullTime(dateOf(message.edited.ts)) }, "(edited)");
  if (message.blocks?.length) return [drawBlocks(message.blocks, messageEnv(message)), edited];
  const text = mrkdwn(message.text);
  if (edited) (text.lastElementChild?.tagName === "P" ? text.lastElementChild : text).append(" ", edited);
  return text;
}

function attachments(message) {
  return (message.attachments ?? []).map((one) =>
    h(
      "div",
      {
        class: "attachment",
        vars: /^#?[0-9a-f]{6}$/i.test(one.color ?? "") ? { "--bar": `#${one.color.replace("#", "")}` } : {},
      },
      one.pretext && mrkdwn(one.pretext),
      one.author_name && h("div", { class: "quiet" }, one.author_name),
      one.title &&
        h(
          "div",
          { class: "attachment-title" },
          one.title_link ? link(one.title_link, ...inline(one.title)) : inline(one.title),
        ),
      one.text && mrkdwn(one.text),
      one.fields &&
        h(
          "div",
          { class: "fields" },
          one.fields.map((f) => h("div", { class: "field-cell" }, h("strong", {}, f.title), mrkdwn(f.value))),
        ),
      one.blocks && drawBlocks(one.blocks, messageEnv(message)),
      one.footer && h("div", { class: "quiet" }, inline(one.footer)),
    ),
  );
}

/** What the elements of a message report to: a press is an act, and what they hold stays while the page is open. */
function messageEnv(message) {
  const key = (block, element) => `${message.ts}/${block.block_id}/${element.action_id}`;
  return {
    prefix: message.ts,
    get: (block, element) => (held.has(key(block, element)) ? held.get(key(block, element)) : initialOf(element)),
    set: (block, element, value) => {
      if (value !== undefined) held.set(key(block, element), value);
    },
    act: async (element, block, selected, node) => {
      const fields = {
        channel: message.channel,
        ts: message.ts,
        action_id: element.action_id,
        block_id: block.block_id,
        ...(element.type === "button" && element.value !== undefined && { value: element.value }),
        ...(selected !== undefined && { selected }),
      };
      await pressed(node, () => as("clicks", fields));
    },
  };
}

function replies(message, openThread) {
  if (!message.reply_count) return null;
  const last = message.latest_reply && dateOf(message.latest_reply);
  return h(
    "button",
    { type: "button", class: "replies", on: { click: () => openThread(message.ts) } },
    h(
      "span",
      { class: "faces" },
      (message.reply_users ?? []).slice(0, 4).map((id) => avatar(personOf(id), "tiny")),
    ),
    h("span", { class: "replies-count" }, message.reply_count === 1 ? "1 reply" : `${message.reply_count} replies`),
    last && h("span", { class: "quiet" }, `last at ${hhmm(last)}`),
    icon("right"),
  );
}
