// The head of a channel: name, topic, people, pins, and the bar of bookmarks under it.

import { attempt } from "./acts.js";
import { h, icon, iconButton, link, reconcile, refill } from "./dom.js";
import { emoji, isEmoji } from "./emoji.js";
import { mrkdwn, unmarked } from "./mrkdwn.js";
import { avatar, personNode, showCard } from "./people.js";
import { choose, hang } from "./popover.js";
import { channelName, feed, fullName, isDirect, personOf, state } from "./store.js";
import { dateOf, hhmm } from "./when.js";

const MOST_FACES = 3;

/** Build the head in `box` and the bookmarks in `marks`; `on` has menu() and goTo(ts). */
export function header(box, marks, on) {
  const title = h("h1", { class: "channel-title" });
  const topic = h("div", { class: "topic" });
  const members = h("button", {
    type: "button",
    class: "head-button members",
    "aria-haspopup": "dialog",
    on: { click: () => showMembers() },
  });
  const pins = h("button", {
    type: "button",
    class: "head-button",
    "aria-haspopup": "dialog",
    on: { click: () => showPins() },
  });
  box.append(
    iconButton("menu", "Channels", on.menu, { class: "icon-button menu" }),
    h("div", { class: "head-words" }, title, topic),
    h("div", { class: "head-tools" }, pins, members),
  );

  function showMembers() {
    const channel = state.channels.get(state.current);
    const rows = channel.members.map((id) =>
      h(
        "button",
        { type: "button", class: "option", on: { click: () => showCard(members, id, { next: true, align: "right" }) } },
        personNode(personOf(id) ?? { id, name: id }),
        h("span", { class: "option-hint" }, personOf(id)?.title),
      ),
    );
    const mine = channel.is_member && !channel.is_archived && !isDirect(channel);
    hang(
      members,
      h(
        "div",
        { class: "chooser" },
        h("div", { class: "popover-head" }, `In #${channel.name}`),
        mine &&
          h(
            "button",
            { type: "button", class: "option add-people", on: { click: () => addPeople(channel) } },
            h("span", { class: "person-line" }, icon("plus"), h("span", { class: "person-name" }, "Add people and apps")),
          ),
        h("div", { class: "options" }, rows),
        mine &&
          h(
            "button",
            {
              type: "button",
              class: "text-button leave",
              on: { click: () => attempt("leaves", { channel: channel.id }) },
            },
            "Leave channel",
          ),
      ),
      { label: "Members", align: "right" },
    );
  }

  function addPeople(channel) {
    const others = [...state.people.values()].filter((p) => !p.deleted && !channel.members.includes(p.id));
    choose(
      members,
      others.map((p) => ({ value: p.id, label: p.real_name || p.name, hint: p.title || `@${p.name}`, node: personNode(p) })),
      {
        label: `Add to #${channel.name}`,
        onPick: (option) => attempt("invites", { channel: channel.id, people: [option.value] }),
        align: "right",
        next: true,
      },
    );
  }

  function showPins() {
    const at = feed(state.current);
    const found = at.pins.map((ts) => at.messages.get(ts)).filter(Boolean);
    const close = hang(
      pins,
      h(
        "div",
        { class: "pins" },
        h("div", { class: "popover-head" }, "Pinned here"),
        found.length
          ? found.map((m) =>
              h(
                "button",
                {
                  type: "button",
                  class: "pin",
                  on: {
                    click: () => {
                      close();
                      on.goTo(m.ts);
                    },
                  },
                },
                h(
                  "span",
                  { class: "pin-head" },
                  avatar(personOf(m.user), "tiny"),
                  h("b", {}, fullName(m.user)),
                  h("span", { class: "quiet" }, hhmm(dateOf(m.ts))),
                ),
                h("span", { class: "pin-text" }, mrkdwn(short(m))),
              ),
            )
          : h("p", { class: "quiet" }, "Nothing is pinned in this channel."),
      ),
      { label: "Pinned messages", align: "right" },
    );
  }

  const short = (m) => {
    const text =
      m.text ||
      (m.blocks ?? [])
        .map((b) => b.text?.text ?? "")
        .filter(Boolean)
        .join("\n");
    return text.length > 220 ? `${text.slice(0, 220)}…` : text;
  };

  function bookmark(one) {
    const name = (one.emoji ?? "").replaceAll(":", "");
    return {
      key: one.id,
      sig: JSON.stringify(one),
      build: () =>
        h(
          "span",
          { class: "bookmark" },
          link(one.link, isEmoji(name) ? emoji(name) : icon("bookmark"), h("span", {}, one.title)),
        ),
    };
  }

  /** Draw from the state. */
  function draw() {
    const channel = state.channels.get(state.current);
    if (!channel) return;
    const at = feed(channel.id),
      kind = channel.is_archived ? "archive" : channel.is_private ? "lock" : "hash";
    refill(title, !isDirect(channel) && icon(kind), channelName(channel.id));
    refill(topic, unmarked(channel.topic || channel.purpose));
    topic.title = topic.textContent;
    refill(
      members,
      h(
        "span",
        { class: "faces" },
        channel.members.slice(0, MOST_FACES).map((id) => avatar(personOf(id), "tiny")),
      ),
      h("span", {}, channel.members.length),
    );
    members.title = members.ariaLabel = `${channel.members.length} members`;
    refill(pins, icon("pin"), at.pins.length ? h("span", {}, at.pins.length) : null);
    pins.title = pins.ariaLabel = at.pins.length === 1 ? "1 pinned message" : `${at.pins.length} pinned messages`;
    marks.hidden = !at.bookmarks.length;
    reconcile(marks, at.bookmarks.map(bookmark));
  }

  return { draw };
}
