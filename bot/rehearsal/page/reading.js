// Tells the server what was read while one looked on, so that loading the page anew does not call it new.

import { ActError } from "./api.js";
import { as } from "./acts.js";
import { state } from "./store.js";

const WAIT_MS = 400;
let timer = 0;

/** Say soon that the channel in view was read to its end; one call for many messages. */
export function readSoon() {
  if (timer || document.hidden) return;
  timer = setTimeout(read, WAIT_MS);
}

async function read() {
  timer = 0;
  if (!state.current || document.hidden) return;
  try {
    await as("reads", { channel: state.current });
  } catch (problem) {
    // Not worth a word: the next message, or the next look at the channel, says it again.
    if (!(problem instanceof ActError)) throw problem;
  }
}

document.addEventListener("visibilitychange", readSoon);
