// What the page knows, and the only functions that change it. Views subscribe and draw from `state`.

import { runningClock } from "./when.js";

export const state = {
  me: null,
  people: new Map(),
  channels: new Map(),
  app: { name: "", commands: [] },
  builtIn: [],
  team: { name: "" },
  clock: runningClock(new Date(0).toISOString(), 0),
  progress: { text: "" },
  connected: true,
  current: "",
  thread: "",
  feeds: new Map(),
  view: null,
  pending: [],
  fresh: new Set(),
  unread: new Map(),
  mentions: new Map(),
  notes: new Map(),
  running: new Map(),
  hiddenEphemerals: new Set(),
};

const readers = new Set();
let queued = false;

/** Call `draw(state)` after every change, at most once per frame. */
export function subscribe(draw) {
  readers.add(draw);
}

/** Ask for a drawing soon. */
export function changed() {
  if (queued) return;
  queued = true;
  const run = () => {
    queued = false;
    for (const draw of readers) draw(state);
  };
  if (document.hidden) setTimeout(run, 30);
  else requestAnimationFrame(run);
}

export const personOf = (id) => state.people.get(id);
export const personName = (id, otherwise = "") => personOf(id)?.name || otherwise || id;
export const fullName = (id) => personOf(id)?.real_name || personOf(id)?.name || id;

/** A channel's name as people read it; a direct message is called after the other person. */
export function channelName(id, otherwise = "") {
  const channel = state.channels.get(id);
  if (!channel) return otherwise || id;
  if (channel.name && channel.kind !== "im") return channel.name;
  const others = channel.members.filter((member) => member !== state.me?.id);
  return (others.length ? others : channel.members).map((member) => personName(member)).join(", ");
}

export const isDirect = (channel) => channel.kind === "im" || channel.kind === "mpim" || !channel.name;

/** The messages, pins and bookmarks of one channel; made empty when first asked for. */
export function feed(id) {
  if (!state.feeds.has(id))
    state.feeds.set(id, { messages: new Map(), pins: [], bookmarks: [], loaded: false, firstNew: "" });
  return state.feeds.get(id);
}

/** Top-level messages in order; or with `thread`, that message and its replies. */
export function messagesOf(id, thread = "") {
  const here = [...feed(id).messages.values()].filter(
    (m) =>
      !state.hiddenEphemerals.has(m.ts) &&
      (thread
        ? m.ts === thread || m.thread_ts === thread
        : !m.thread_ts || m.thread_ts === m.ts || m.subtype === "thread_broadcast"),
  );
  const sent = state.pending.filter((p) => p.channel === id && (p.thread_ts ?? "") === thread);
  return [...here.sort((a, b) => (a.ts < b.ts ? -1 : 1)), ...sent];
}

/** Take over GET /page/state. */
export function takeState(body) {
  state.me = body.me;
  state.people = new Map(body.people.map((person) => [person.id, person]));
  state.channels = new Map(body.channels.map((channel) => [channel.id, channel]));
  state.app = { commands: [], ...body.app };
  state.builtIn = body.built_in ?? [];
  state.team = body.team;
  state.clock = runningClock(body.clock.now, body.clock.speed);
  state.progress = { text: body.progress };
  state.unread = new Map(body.channels.filter((c) => c.is_member && c.unread).map((c) => [c.id, c.unread]));
  state.view = body.view ?? null;
  changed();
}

/** Take over GET /page/messages; `thread` answers are added to what is there. */
export function takeMessages(id, body, thread = "") {
  const at = feed(id);
  if (!thread) {
    const kept = [...at.messages.values()].filter((m) => m.thread_ts && m.thread_ts !== m.ts);
    at.messages = new Map([...kept, ...body.messages].map((m) => [m.ts, m]));
    Object.assign(at, { pins: body.pins ?? [], bookmarks: body.bookmarks ?? [], loaded: true });
    markPins(at);
  } else {
    for (const message of body.messages) at.messages.set(message.ts, { ...at.messages.get(message.ts), ...message });
  }
  if (body.channel) state.channels.set(id, body.channel);
  changed();
}

function markPins(at) {
  for (const [ts, message] of at.messages) {
    if (Boolean(message.pinned) !== at.pins.includes(ts))
      at.messages.set(ts, { ...message, pinned: at.pins.includes(ts) });
  }
}

/** Remember where "new" begins in a channel and call everything in it read. */
export function markRead(id) {
  const at = feed(id);
  let left = state.unread.get(id) ?? 0;
  at.firstNew = "";
  for (const message of messagesOf(id).reverse()) {
    if (left <= 0) break;
    if (message.user === state.me.id || message.subtype || message.ephemeral) continue;
    at.firstNew = message.ts;
    left -= 1;
  }
  state.unread.delete(id);
  state.mentions.delete(id);
  state.fresh.delete(id);
  changed();
}

function put(message) {
  const at = feed(message.channel);
  const isReply = message.thread_ts && message.thread_ts !== message.ts;
  const isNew = !at.messages.has(message.ts);
  at.messages.set(message.ts, { pinned: at.pins.includes(message.ts), ...message });
  if (isReply && isNew) countReply(at, message);
  const twin = state.pending.findIndex(
    (p) =>
      p.channel === message.channel &&
      p.user === message.user &&
      (p.thread_ts ?? "") === (isReply ? message.thread_ts : ""),
  );
  if (twin >= 0 && isNew) state.pending.splice(twin, 1);
  return isNew;
}

function countReply(at, reply) {
  const root = at.messages.get(reply.thread_ts);
  if (!root || reply.ephemeral || reply.ts <= (root.latest_reply ?? "")) return;
  const users = root.reply_users ?? [];
  at.messages.set(root.ts, {
    ...root,
    reply_count: (root.reply_count ?? 0) + 1,
    latest_reply: reply.ts,
    reply_users: users.includes(reply.user) ? users : [...users, reply.user],
  });
}

function arrived(message) {
  const isNew = put(message);
  const mine = message.user === state.me.id;
  const isReply = message.thread_ts && message.thread_ts !== message.ts;
  if (!isNew || mine || message.subtype || isReply || message.channel === state.current) return;
  if (!state.channels.get(message.channel)?.is_member) return;
  state.unread.set(message.channel, (state.unread.get(message.channel) ?? 0) + 1);
  if (message.text?.includes(`<@${state.me.id}`) || message.ephemeral) {
    state.mentions.set(message.channel, (state.mentions.get(message.channel) ?? 0) + 1);
  }
}

function changeChannel(channel) {
  const isNew = !state.channels.has(channel.id);
  if (channel.gone) {
    state.channels.delete(channel.id);
    return false;
  }
  state.channels.set(channel.id, channel);
  if (isNew) state.fresh.add(channel.id);
  return isNew;
}

/** Take over one object of the live feed. Returns the id of a channel that was not known before, or "". */
export function takeEvent(event) {
  const at = event.channel && feed(event.channel.id ?? event.channel);
  let fresh = "";
  switch (event.type) {
    case "message":
    case "ephemeral":
      arrived(event.message);
      break;
    case "message_changed":
      put(event.message);
      break;
    case "message_deleted":
      at.messages.delete(event.ts);
      break;
    case "reaction":
      takeReactions(at, event);
      break;
    case "pins":
      at.pins = event.pins;
      markPins(at);
      break;
    case "bookmarks":
      at.bookmarks = event.bookmarks;
      break;
    case "channel":
      if (changeChannel(event.channel)) fresh = event.channel.id;
      break;
    case "people":
      for (const person of event.people) state.people.set(person.id, person);
      break;
    case "view":
      state.view = event.view;
      break;
    case "view_closed":
      if (state.view?.id === event.view_id) state.view = null;
      break;
    case "progress":
      state.progress = { text: event.text, done: event.done, of: event.of };
      break;
    case "clock":
      state.clock = runningClock(event.clock.now, event.clock.speed);
      break;
  }
  changed();
  return fresh;
}

function takeReactions(at, { ts, reactions }) {
  const message = at.messages.get(ts);
  if (message) at.messages.set(ts, { ...message, reactions });
}
