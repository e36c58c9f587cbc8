// The few addresses of the rehearsal server that the page uses.

/** A refusal or a lost connection, worded so that it can be shown. */
export class ActError extends Error {}

async function ask(address, options) {
  let answer;
  try {
    answer = await fetch(address, { credentials: "omit", ...options });
  } catch {
    throw new ActError("The rehearsal server does not answer. It may have been stopped.");
  }
  const body = await answer.json().catch(() => null);
  if (!answer.ok) throw new ActError(body?.error ?? body?.detail ?? `The server answered ${answer.status}.`);
  return body;
}

const post = (address, body) =>
  ask(address, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
const query = (fields) => new URLSearchParams(Object.entries(fields).filter(([, value]) => value)).toString();

export const loadState = (as) => ask(`/page/state?${query({ as })}`);
export const loadMessages = (as, channel, thread) => ask(`/page/messages?${query({ as, channel, thread })}`);
export const act = (as, what, fields) => post("/page/act", { as, do: what, ...fields });
export const loadKnobs = () => ask("/page/knobs");
export const setKnobs = (knobs) => post("/page/knobs", knobs);
export const loadLedger = (since) => ask(`/page/ledger?since=${since}`);

/** The text of a file of this workspace, at most `most_bytes` of it. Raises ActError. */
export async function loadFile(address, most_bytes = 200_000) {
  const answer = await fetch(address).catch(() => null);
  if (!answer?.ok) throw new ActError("The file cannot be read.");
  return (await answer.text()).slice(0, most_bytes);
}
