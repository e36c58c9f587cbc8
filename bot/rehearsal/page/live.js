// The live feed: one WebSocket, opened again whenever it falls, with a fresh look at everything after each gap.

import { changed, state } from "./store.js";

const FIRST_WAIT_MS = 400;
const LONGEST_WAIT_MS = 5000;

/** Follow the workspace as person `as`. `onEvent(object)` for each event, `onOpen()` each time the feed (re)opens. Returns a stop function. */
export function follow(as, onEvent, onOpen) {
  let socket = null,
    timer = 0,
    wait_ms = FIRST_WAIT_MS,
    stopped = false;

  function open() {
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    socket = new WebSocket(`${scheme}://${location.host}/page/live?as=${encodeURIComponent(as)}`);
    socket.addEventListener("open", () => {
      wait_ms = FIRST_WAIT_MS;
      tell(true);
      onOpen();
    });
    socket.addEventListener("message", (message) => onEvent(JSON.parse(message.data)));
    socket.addEventListener("close", () => {
      tell(false);
      again();
    });
  }

  function again() {
    if (stopped) return;
    timer = setTimeout(open, wait_ms);
    wait_ms = Math.min(LONGEST_WAIT_MS, wait_ms * 1.7);
  }

  function tell(connected) {
    if (stopped) return;
    state.connected = connected;
    changed();
  }

  open();
  return () => {
    stopped = true;
    clearTimeout(timer);
    socket.close();
  };
}
