// Where a link leads: a channel, or one message of it.

/** "#/C123/1397601873.000100" or "?channel=…&ts=…": where a link leads. */
export function place() {
  const [, id, ts] = location.hash.split("/");
  const query = new URLSearchParams(location.search);
  return { id: id || query.get("channel"), ts: ts || query.get("message") || query.get("ts") };
}

/** The message that a permalink names: {id, ts}, or null. */
export function permalink(address) {
  const found = /\/archives\/([A-Z0-9]+)\/p(\d{10})(\d{6})/.exec(address);
  return found && { id: found[1], ts: `${found[2]}.${found[3]}` };
}

/** The channel that comes before (-1) or after (1) this one in the list at the side. */
export function neighbour(id, step) {
  const rows = [...document.querySelectorAll("#sidebar .channel")].map((row) => row.dataset.channel);
  return rows[rows.indexOf(id) + step];
}
