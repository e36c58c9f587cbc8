// How a person looks: avatar, name with its badge, and the card behind it.

import { h } from "./dom.js";
import { hang } from "./popover.js";
import { personOf, state } from "./store.js";

const SPARE_COLOURS = ["#b5483a", "#2f6f9f", "#3f8f5f", "#8a5fa8", "#b07d2b", "#4a7a7a", "#9f4f77"];

function initials(person) {
  const words = (person.real_name || person.name || "?").split(/[\s._-]+/).filter(Boolean);
  return ((words[0]?.[0] ?? "?") + (words.length > 1 ? words[words.length - 1][0] : "")).toUpperCase();
}

function colourOf(person) {
  const sum = [...(person.id ?? "")].reduce((n, c) => n + c.charCodeAt(0), 0);
  return /^#[0-9a-f]{6}$/i.test(person.colour ?? "") ? person.colour : SPARE_COLOURS[sum % SPARE_COLOURS.length];
}

/** A coloured square with initials; an app's is round-cornered in the page's own colour. */
export function avatar(person, size = "") {
  const who = person ?? { id: "?", name: "?" };
  return h(
    "span",
    {
      class: `avatar ${size}${who.is_bot ? " bot" : ""}${who.deleted ? " gone" : ""}`,
      "aria-hidden": "true",
      vars: who.is_bot ? {} : { "--avatar": colourOf(who) },
    },
    size === "tiny" ? initials(who)[0] : initials(who),
  );
}

/** Avatar and names in one line, for lists. */
export function personNode(person) {
  return h(
    "span",
    { class: "person-line" },
    avatar(person, "small"),
    h("span", { class: "person-name" }, person.real_name || person.name),
    person.is_bot && appBadge(),
  );
}

export const appBadge = () => h("span", { class: "badge-app" }, "APP");

/** Show who this is, hung on `anchor`; `next` when it takes the place of what hangs there. */
export function showCard(anchor, id, options = {}) {
  const person = personOf(id);
  if (!person) return;
  hang(
    anchor,
    h(
      "div",
      { class: "card" },
      avatar(person, "large"),
      h(
        "div",
        {},
        h("div", { class: "card-name" }, person.real_name || person.name, person.is_bot && appBadge()),
        h("div", { class: "quiet" }, `@${person.name}`),
      ),
      h(
        "dl",
        {},
        row("Title", person.title),
        row("Time zone", person.is_bot ? "" : person.tz),
        row(
          "Status",
          person.deleted ? "Has left the workspace" : person.id === state.me.id ? "You, at the moment" : "",
        ),
        row("Id", person.id),
      ),
    ),
    { label: person.real_name || person.name, className: "card-popover", ...options },
  );
}

const row = (name, value) => value && [h("dt", {}, name), h("dd", {}, value)];
