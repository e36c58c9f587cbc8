// Fetches the page again while it is shown and puts in what changed. Without this file the page is complete, only still.
"use strict";

const main = document.querySelector("main[data-live]");
let tag = "";
let failed = 0;

// Text that is being read must not jump: the first thing in view stays where it is.
function holdStill(change) {
  const atEnd = window.innerHeight + window.scrollY >= document.documentElement.scrollHeight - 4 && window.scrollY > 0;
  const inView = [...main.querySelectorAll("[id]")].filter((one) => one.getBoundingClientRect().top >= 0);
  const held = inView.find((one) => one.matches("li, section"));
  const before = held ? held.getBoundingClientRect().top : 0;
  change();
  const after = held && document.getElementById(held.id);
  if (atEnd) window.scrollTo({ top: document.documentElement.scrollHeight, behavior: "instant" });
  else if (after && window.scrollY > 0) {
    window.scrollBy({ top: after.getBoundingClientRect().top - before, behavior: "instant" });
  }
}

// Lists change line by line, so that a selection elsewhere in them survives; anything else changes whole.
function renew(now, next) {
  if (now.isEqualNode(next)) return;
  if (now.matches("ol.timeline") && next.matches("ol.timeline")) {
    const known = new Map([...now.children].map((line) => [line.id, line]));
    const lines = [...next.children].map((line) => {
      const had = known.get(line.id);
      if (had && had.isEqualNode(line)) return had;
      line.classList.add(had ? "changed" : "fresh");
      return document.importNode(line, true);
    });
    lines.forEach((line, at) => now.children[at] !== line && now.insertBefore(line, now.children[at] || null));
    while (now.children.length > lines.length) now.lastElementChild.remove();
    return;
  }
  for (const one of next.querySelectorAll("details[id]")) {
    const had = document.getElementById(one.id);
    if (had) one.open = had.open;
  }
  const list = now.querySelector(":scope > ol.timeline");
  const nextList = next.querySelector(":scope > ol.timeline");
  if (list && nextList) {
    renew(list, nextList);
    nextList.replaceWith(list);
    now.replaceChildren(...[...next.childNodes].map((node) => (node === list ? list : document.importNode(node, true))));
    return;
  }
  const focused = now.contains(document.activeElement) ? document.activeElement : null;
  const fresh = document.importNode(next, true);
  now.replaceWith(fresh);
  const href = focused && focused.getAttribute("href");
  if (href) [...fresh.querySelectorAll("a")].find((a) => a.getAttribute("href") === href)?.focus({ preventScroll: true });
}

function show(text) {
  const next = new DOMParser().parseFromString(text, "text/html");
  const fresh = next.querySelector("main");
  // A part that appears or disappears (a draft, a trouble) moves the others: then the page is loaded anew.
  const parts = (root) => [...root.querySelectorAll(":scope > [id], .columns [id][aria-labelledby]")].map((one) => one.id);
  if (!fresh || String(parts(main)) !== String(parts(fresh))) return location.reload();
  holdStill(() => {
    document.title = next.title;
    parts(main).forEach((id) => renew(document.getElementById(id), next.getElementById(id)));
  });
  if (!fresh.dataset.live) clearInterval(timer);
}

async function look() {
  if (document.hidden) return;
  try {
    const answer = await fetch(location.href, { headers: tag ? { "If-None-Match": tag } : {}, cache: "no-store" });
    if (answer.status === 304) return void (failed = 0);
    if (!answer.ok) throw new Error(String(answer.status));
    tag = answer.headers.get("ETag") || "";
    failed = 0;
    show(await answer.text());
  } catch {
    failed += 1;
    const words = document.getElementById("asof");
    if (words && failed === 2) words.textContent = `${words.textContent.split(";")[0]}; no connection since, trying again`;
  }
}

const timer = main && setInterval(look, Number(main.dataset.live) * 1000);
if (main) document.addEventListener("visibilitychange", () => document.hidden || look());
