// The left side: the workspace, who one is at the moment, the channels, the workspace's clock.

import { attempt } from "./acts.js";
import { h, icon, iconButton, reconcile, refill } from "./dom.js";
import { wordsOf } from "./mrkdwn.js";
import { avatar } from "./people.js";
import { choose, hang } from "./popover.js";
import { channelName, isDirect, state } from "./store.js";
import { fullTime, hhmmss } from "./when.js";

const FOLLOW = "rehearsal.follow";

/** Whether the view follows new incident channels; on until someone switches it off. */
export const follows = () => localStorage.getItem(FOLLOW) !== "no";

/** Build the side in `box`; `on` has become(personId), go(channelId), help(anchor), knobs(). */
export function sidebar(box, on) {
  const team = h("div", { class: "team-name" });
  const me = h("button", {
    type: "button",
    class: "me",
    "aria-haspopup": "listbox",
    "aria-label": "Act as another person",
    on: { click: switchPerson },
  });
  const channels = h("div", { class: "channels", role: "list" });
  const directs = h("div", { class: "channels", role: "list" });
  const old = h("div", { class: "channels", role: "list" });
  const directsHead = h("div", { class: "side-head" }, "Direct messages"),
    oldHead = h("div", { class: "side-head" }, "Archived");
  const follow = h("input", {
    type: "checkbox",
    checked: follows(),
    on: { change: () => localStorage.setItem(FOLLOW, follow.checked ? "yes" : "no") },
  });
  const clock = h("div", { class: "clock" });
  box.append(
    h(
      "div",
      { class: "team" },
      h("span", { class: "team-mark", "aria-hidden": "true" }),
      h("div", { class: "team-words" }, team, h("div", { class: "team-note" }, "Rehearsal workspace")),
      iconButton("help", "What can I try?", (e) => on.help(e.currentTarget), { "aria-haspopup": "dialog" }),
      iconButton("knobs", "Knobs: latency, faults, ledger", () => on.knobs()),
    ),
    me,
    h(
      "nav",
      { class: "side-scroll", "aria-label": "Channels" },
      h("div", { class: "side-head" }, "Channels", iconButton("plus", "New channel", newChannel)),
      channels,
      directsHead,
      directs,
      oldHead,
      old,
    ),
    h(
      "div",
      { class: "side-foot" },
      h(
        "label",
        { class: "switch" },
        follow,
        h("span", { class: "switch-track", "aria-hidden": "true" }),
        "Follow new incident channels",
      ),
      clock,
    ),
  );
  setInterval(tick, 500);

  function switchPerson() {
    const others = [...state.people.values()].filter((p) => !p.is_bot && !p.deleted);
    choose(
      me,
      others.map((p) => ({
        value: p.id,
        label: p.real_name,
        hint: p.title,
        node: h("span", { class: "person-line" }, avatar(p, "small"), h("span", { class: "person-name" }, p.real_name)),
      })),
      {
        label: "Act as",
        chosen: [state.me.id],
        onPick: (option) => option.value !== state.me.id && on.become(option.value),
        className: "act-as",
      },
    );
  }

  function newChannel(event) {
    const name = h("input", { class: "field", placeholder: "such as payments", maxLength: 80, "aria-label": "Name" });
    const make = async (submitted) => {
      submitted.preventDefault();
      const made = await attempt("creates_channel", { name: name.value.trim().toLowerCase().replaceAll(" ", "-") });
      if (!made) return;
      close();
      on.go(made.id);
    };
    const form = h(
      "form",
      { class: "new-channel", on: { submit: make } },
      h("label", {}, "New channel", name),
      h("button", { type: "submit", class: "button primary" }, "Create"),
    );
    const close = hang(event.currentTarget, form, { label: "New channel" });
    name.focus();
  }

  function row(channel) {
    const unread = state.unread.get(channel.id) ?? 0,
      mentions = state.mentions.get(channel.id) ?? 0;
    const marks = [
      ["on", channel.id === state.current],
      ["unread", unread > 0],
      ["fresh", state.fresh.has(channel.id)],
      ["archived", channel.is_archived],
      ["not-in", !channel.is_member],
    ];
    const classes = ["channel", ...marks.filter(([, is]) => is).map(([word]) => word)].join(" ");
    const name = channelName(channel.id);
    return {
      key: channel.id,
      sig: `${classes}|${name}|${unread}|${mentions}|${channel.topic}`,
      build: () =>
        h(
          "div",
          { role: "listitem" },
          h(
            "button",
            {
              type: "button",
              class: classes,
              title: wordsOf(channel.topic) || name,
              "aria-current": channel.id === state.current ? "page" : null,
              data: { channel: channel.id },
              on: { click: () => on.go(channel.id) },
            },
            isDirect(channel)
              ? avatar(state.people.get(channel.members.find((m) => m !== state.me.id)), "tiny")
              : icon(channel.is_archived ? "archive" : channel.is_private ? "lock" : "hash"),
            h("span", { class: "channel-name" }, name),
            state.fresh.has(channel.id) && !mentions && h("span", { class: "tag-new" }, "new"),
            mentions > 0
              ? h("span", { class: "count-badge", "aria-label": `${mentions} for you` }, mentions)
              : unread > 0 && h("span", { class: "dot", "aria-label": `${unread} unread` }),
          ),
        ),
    };
  }

  function tick() {
    const at = state.clock.read(),
      { speed } = state.clock;
    if (at.getTime() <= 0) return;
    refill(
      clock,
      icon("clock"),
      h("time", { title: fullTime(at) }, hhmmss(at)),
      h("span", { class: "zone" }, "UTC"),
      speed !== 1 &&
        h(
          "span",
          { class: "speed", title: "Speed of the workspace's clock" },
          speed === 0 ? "paused" : `×${Math.round(speed * 10) / 10}`,
        ),
    );
  }

  /** Draw from the state. */
  function draw() {
    if (!state.me) return;
    team.textContent = state.team.name;
    refill(
      me,
      avatar(state.me),
      h(
        "span",
        { class: "me-words" },
        h("span", { class: "me-as" }, "You act as"),
        h("span", { class: "me-name" }, state.me.real_name || state.me.name),
      ),
      icon("down"),
    );
    const all = [...state.channels.values()];
    const rooms = all.filter((c) => !isDirect(c)),
      live = rooms.filter((c) => !c.is_archived),
      done = rooms.filter((c) => c.is_archived),
      talks = all.filter(isDirect);
    // Newest rooms first: while an incident runs, that is where one goes.
    const rank = (a, b) => b.created - a.created || a.name.localeCompare(b.name);
    reconcile(channels, live.sort(rank).map(row));
    reconcile(directs, talks.map(row));
    reconcile(old, done.sort(rank).map(row));
    directsHead.hidden = !talks.length;
    oldHead.hidden = !done.length;
    tick();
  }

  return { draw };
}
