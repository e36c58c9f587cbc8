// What the person at this page does. Each act is sent at once; the page shows it before the server has answered.

import { ActError, act } from "./api.js";
import { toast } from "./dom.js";
import { escape } from "./mrkdwn.js";
import { changed, state } from "./store.js";

const FAILURES = {
  operation_timeout: (name) =>
    `${name} did not answer within 3 seconds (operation_timeout). What you typed is back below.`,
  dispatch_failed: (name) => `${name} could not be reached (dispatch_failed). What you typed is back below.`,
  // These two are the workspace's own words; the app had no part in them.
  invalid_command: (_, says) => `Slackbot: ${says}. What you typed is back below.`,
  not_done: (_, says) => `Slackbot: ${says}. What you typed is back below.`,
  app_missing: (name) => `${name} is not connected yet. What you typed is back below.`,
};

let counter = 0;

export const as = (what, fields) => act(state.me.id, what, fields);

/** Send a line to a channel or a thread. Resolves to "" or to the sentence that says why not. */
export async function send(channel, line, thread = "") {
  if (!line.startsWith("/")) return say(channel, line, thread);
  const [name] = line.split(/\s/);
  if (thread) return `Slackbot: ${name} cannot be used in a thread. Type it in the channel; it is back below.`;
  return command(channel, line);
}

async function say(channel, line, thread) {
  const pending = {
    ts: `pending-${++counter}`,
    channel,
    user: state.me.id,
    text: escape(line),
    pending: true,
    reactions: [],
    ...(thread && { thread_ts: thread }),
  };
  state.pending.push(pending);
  changed();
  try {
    await as("says", { channel, text: line, ...(thread && { thread_ts: thread }) });
    // The live feed brings the real one; this is for the case that it never does.
    setTimeout(() => drop(pending), 3000);
    return "";
  } catch (problem) {
    drop(pending);
    return sentence(problem);
  }
}

function drop(pending) {
  state.pending = state.pending.filter((p) => p !== pending);
  changed();
}

async function command(channel, line) {
  const run = { line, from_ms: performance.now() };
  const runs = state.running.get(channel) ?? [];
  state.running.set(channel, [...runs, run]);
  changed();
  try {
    const answer = await as("types", { channel, line });
    if (answer.ok !== false) return "";
    return (
      FAILURES[answer.error]?.(state.app.name, answer.says) ??
      `${state.app.name || "The app"} answered ${answer.status || answer.error}. What you typed is back below.`
    );
  } catch (problem) {
    return sentence(problem);
  } finally {
    state.running.set(
      channel,
      state.running.get(channel).filter((r) => r !== run),
    );
    changed();
  }
}

/** The sentence of a problem that can be shown; anything else is a bug of this page and goes on. */
export function sentence(problem) {
  if (problem instanceof ActError) return problem.message;
  throw problem;
}

/** Do something that has no place of its own for errors: they show as a toast. */
export async function attempt(what, fields) {
  try {
    return await as(what, fields);
  } catch (problem) {
    toast(sentence(problem));
    return null;
  }
}

/** Add or take back my reaction. */
export function toggleReaction(message, name) {
  const mine = (message.reactions ?? []).some((r) => r.name === name && r.users.includes(state.me.id));
  return attempt(mine ? "unreacts" : "reacts", { channel: message.channel, ts: message.ts, emoji: name });
}
