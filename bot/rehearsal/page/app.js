// Joins the parts of the page: who one is, where one is, and the live feed.

import { ActError, loadMessages, loadState } from "./api.js";
import { composer } from "./composer.js";
import { toast } from "./dom.js";
import { header } from "./header.js";
import { showHelp } from "./help.js";
import { knobsDrawer } from "./knobs.js";
import { follow } from "./live.js";
import { messageList } from "./messages.js";
import { modal } from "./modal.js";
import { opening, outside } from "./opening.js";
import { neighbour, permalink, place } from "./places.js";
import { progressLine } from "./progress.js";
import { readSoon } from "./reading.js";
import { follows, sidebar } from "./sidebar.js";
import {
  changed,
  channelName,
  feed,
  isDirect,
  markRead,
  messagesOf,
  state,
  subscribe,
  takeEvent,
  takeMessages,
  takeState,
} from "./store.js";
import { threadPanel } from "./thread.js";

const ME = "rehearsal.me";
const at = (id) => document.getElementById(id);
const isIncident = (channel) => /^inc(ident)?[-_]/.test(channel?.name ?? "") && !channel.is_archived;

let stop = () => {};

const side = sidebar(at("sidebar"), {
  become,
  go,
  help: (anchor) => showHelp(anchor, write),
  knobs: () => openKnobs(at("knobs").hidden),
});
const head = header(at("head"), at("bookmarks"), { menu: () => drawer(true), goTo });
const list = messageList(at("messages"), {
  empty: (id, isEmpty) => opening(id, isEmpty, write),
  jump: at("jump"),
  openThread,
});
const typing = composer(at("composer"), () => ({
  channel: state.current,
  thread: "",
  name: isDirect(state.channels.get(state.current) ?? {})
    ? channelName(state.current)
    : `#${channelName(state.current)}`,
}));
const thread = threadPanel(at("thread"), closeThread);
const knobs = knobsDrawer(at("knobs"), () => openKnobs(false));
const view = modal();
const progress = progressLine(at("progress"));

subscribe(() => {
  if (!state.me) return;
  side.draw();
  head.draw();
  const channel = state.channels.get(state.current);
  if (channel) list.draw(channel.id, `${state.me.id}/${channel.id}`, messagesOf(channel.id), feed(channel.id).loaded);
  typing.draw();
  outside(channel, at("outside"), at("composer"));
  thread.draw();
  view.draw();
  progress();
  at("offline").hidden = state.connected;
  const waiting = [...state.mentions.values()].reduce((a, b) => a + b, 0);
  document.title = `${waiting ? `(${waiting}) ` : ""}${channel ? channelName(channel.id) : "Rehearsal"} · ${state.team.name || "Rehearsal"}`;
});

/** Ready to type; not where a keyboard would slide over the page. */
function focusTyping() {
  if (matchMedia("(hover: hover)").matches) typing.focus();
}

function write(line) {
  drawer(false);
  typing.write(line);
}

async function load() {
  const id = state.current,
    me = state.me.id,
    seen = feed(id).loaded;
  const body = await loadMessages(me, id);
  if (state.me.id !== me) return;
  takeMessages(id, body);
  if (id !== state.current) return;
  if (seen) state.unread.delete(id);
  else markRead(id);
}

async function loadThread() {
  const { current, thread: ts, me } = state;
  const body = await loadMessages(me.id, current, ts);
  if (state.me.id === me.id) takeMessages(current, body, ts);
}

/** Show a channel. */
async function go(id, ts = "") {
  drawer(false);
  if (!state.channels.has(id)) return;
  if (id !== state.current) closeThread();
  state.current = id;
  const hash = `#/${id}`;
  if (!location.hash.startsWith(hash)) history.pushState(null, "", hash);
  if (feed(id).loaded) markRead(id);
  changed();
  await quietly(load);
  if (ts) requestAnimationFrame(() => goTo(ts));
  else focusTyping();
}

function goTo(ts) {
  requestAnimationFrame(() => {
    if (list.goTo(ts)) return;
    const reply = feed(state.current).messages.get(ts);
    if (reply?.thread_ts) openThread(reply.thread_ts);
  });
}

function openThread(ts) {
  state.thread = ts;
  openKnobs(false);
  changed();
  quietly(loadThread);
  requestAnimationFrame(thread.focus);
}

function closeThread() {
  if (!state.thread) return;
  state.thread = "";
  changed();
}

function openKnobs(open) {
  if (open) closeThread();
  drawer(false);
  knobs.toggle(open);
}

function drawer(open) {
  document.body.classList.toggle("drawer-open", open);
}

let loads = 0;
const waiting = [];

/** Load something. What the feed brings meanwhile waits, or the older answer would wipe it out. */
async function quietly(run) {
  loads += 1;
  try {
    await run();
  } catch (problem) {
    if (!(problem instanceof ActError)) throw problem;
    toast(problem.message);
  } finally {
    loads -= 1;
    while (!loads && waiting.length) happened(waiting.shift());
  }
}

function happened(event) {
  if (loads) {
    waiting.push(event);
    return;
  }
  const isMine = state.channels.get(state.current)?.is_member;
  const fresh = takeEvent(event);
  if (event.type === "message" && event.message.channel === state.current) readSoon();
  if (event.type === "message" && nothingHere() && state.channels.get(event.message.channel)?.is_member)
    go(event.message.channel);
  const channel = state.channels.get(fresh);
  if (isIncident(channel)) followTo(channel);
  if (event.type === "channel" && event.channel.id === state.current && event.channel.is_member !== isMine)
    quietly(load);
}

/** Whether someone who asked for no place is in one where nobody has said anything. */
function nothingHere() {
  const here = feed(state.current);
  return follows() && !place().id && here.loaded && !here.messages.size && typing.isEmpty() && !state.view;
}

function followTo(channel) {
  // Never take away the page from under someone who is typing.
  if (follows() && typing.isEmpty() && !state.view) go(channel.id);
  else toast(`New incident channel #${channel.name}`, ["Go there", () => go(channel.id)], 12_000);
}

/** Look at everything anew: each time the feed opens, so that nothing falls between the two. */
async function refresh() {
  takeState(await loadState(state.me.id));
  for (const [id, one] of state.feeds) if (id !== state.current) one.loaded = false;
  if (!state.channels.has(state.current)) state.current = firstPlace()?.id ?? "";
  if (state.current) await load();
  if (state.thread) await loadThread();
}

/** Where someone begins who asked for no place: the newest incident, else where something new was said. */
function firstPlace() {
  const mine = [...state.channels.values()].filter((c) => c.is_member && !c.is_archived);
  const rooms = mine.filter(isIncident).sort((a, b) => b.created - a.created);
  const said = mine.find((c) => c.unread);
  return (follows() && rooms[0]) || said || mine.find((c) => c.name === "incidents") || mine[0] || [...state.channels.values()][0];
}

/** Follow the workspace as `state.me`. */
function listen() {
  stop = follow(state.me.id, happened, () => quietly(refresh).then(followPlace));
}

async function become(id) {
  stop();
  localStorage.setItem(ME, id);
  Object.assign(state, {
    me: { ...state.people.get(id) },
    view: null,
    thread: "",
    feeds: new Map(),
    mentions: new Map(),
    pending: [],
    running: new Map(),
  });
  waiting.length = 0;
  listen();
  focusTyping();
}

function followPlace() {
  const { id, ts } = place();
  if (id && id !== state.current) go(id, ts);
  else if (ts) goTo(ts);
  // Once is enough: a later reconnection must not jump back there.
  if (ts) history.replaceState(null, "", `/#/${id}`);
}

function clicked(event) {
  const link = event.target.closest?.("a[href]");
  const to = link && permalink(link.href);
  if (!to || !state.channels.has(to.id) || event.metaKey || event.ctrlKey) return;
  event.preventDefault();
  go(to.id, to.ts);
}

function keyed(event) {
  if (event.altKey && ["ArrowUp", "ArrowDown"].includes(event.key)) {
    const next = neighbour(state.current, event.key === "ArrowUp" ? -1 : 1);
    event.preventDefault();
    if (next) go(next);
  }
  if (event.key === "Escape" && document.body.classList.contains("drawer-open")) drawer(false);
}

async function whoAmI() {
  const kept = localStorage.getItem(ME);
  try {
    return await loadState(kept ?? "");
  } catch (problem) {
    if (!(problem instanceof ActError) || !kept) throw problem;
    // Kept from another workspace: begin again as this one's first person.
    localStorage.removeItem(ME);
    return loadState("");
  }
}

async function start() {
  try {
    takeState(await whoAmI());
  } catch (problem) {
    if (!(problem instanceof ActError)) throw problem;
    at("loading").textContent = "The rehearsal server does not answer. Start it, then load this page again.";
    return;
  }
  state.current = place().id ?? "";
  at("loading").remove();
  listen();
  focusTyping();
}

addEventListener("hashchange", followPlace);
addEventListener("popstate", followPlace);
addEventListener("keydown", keyed);
addEventListener("click", clicked);
at("shade").addEventListener("click", () => drawer(false));
start();
