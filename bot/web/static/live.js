// Fetches the page again while it is looked at and puts in what changed. Without this file the page is complete, only still.
"use strict";

const main = document.querySelector("main[data-live]");
const timer = setInterval(look, Number(main.dataset.live) * 1000);
let tag = "";
let failed = 0;

document.addEventListener("visibilitychange", () => document.hidden || look());

async function look() {
  if (document.hidden) return;
  try {
    const answer = await fetch(location.href, { headers: tag ? { "If-None-Match": tag } : {}, cache: "no-store" });
    if (!answer.ok && answer.status !== 304) throw new Error(String(answer.status));
    failed = 0;
    if (answer.status === 304) return;
    tag = answer.headers.get("ETag") || "";
    show(new DOMParser().parseFromString(await answer.text(), "text/html"));
  } catch {
    failed += 1;
    const words = document.getElementById("asof");
    if (failed === 2 && words) words.textContent = `${words.textContent.split(";")[0]}; no connection since, trying again`;
    tag = "";
  }
}

function show(next) {
  const fresh = next.querySelector("main");
  const ids = (root) => [...root.querySelectorAll("[data-part]")].map((part) => part.id);
  // A part that comes or goes (a trouble, the draft) has no place here yet: then the page is loaded anew.
  if (!fresh || String(ids(main)) !== String(ids(fresh))) return location.reload();
  document.title = next.title;
  holdStill(() => ids(main).forEach((id) => renew(document.getElementById(id), next.getElementById(id))));
  if (!fresh.dataset.live) clearInterval(timer);
}

// What is being read must not jump: the first line in view stays where it is, and the end of the page stays the end.
function holdStill(change) {
  const page = document.documentElement;
  const atEnd = window.scrollY > 0 && window.innerHeight + window.scrollY >= page.scrollHeight - 4;
  const held = [...main.querySelectorAll("ol.timeline > li, .card, #closed")].find((one) => one.getBoundingClientRect().top >= 0);
  const before = held && held.getBoundingClientRect().top;
  change();
  const still = held && document.getElementById(held.id);
  if (atEnd) window.scrollTo({ top: page.scrollHeight, behavior: "instant" });
  else if (still && window.scrollY > 0) {
    window.scrollBy({ top: still.getBoundingClientRect().top - before, behavior: "instant" });
  }
}

function renew(now, next) {
  if (now.matches("ol.timeline")) return renewLines(now, next);
  for (const one of next.querySelectorAll("details[id]")) one.open = document.getElementById(one.id)?.open ?? one.open;
  if (now.isEqualNode(next)) return;
  const href = now.contains(document.activeElement) && document.activeElement.getAttribute("href");
  const fresh = document.importNode(next, true);
  now.replaceWith(fresh);
  if (href) [...fresh.querySelectorAll("a")].find((a) => a.getAttribute("href") === href)?.focus({ preventScroll: true });
}

// Line by line, so that what is marked or focused in the others stays so.
function renewLines(now, next) {
  const known = new Map([...now.children].map((line) => [line.id, line]));
  const lines = [...next.children].map((line) => {
    const had = known.get(line.id);
    had?.classList.remove("fresh");
    if (had?.isEqualNode(line)) return had;
    const fresh = document.importNode(line, true);
    fresh.classList.add("fresh");
    return fresh;
  });
  lines.forEach((line, at) => now.children[at] === line || now.insertBefore(line, now.children[at] ?? null));
  while (now.children.length > lines.length) now.lastElementChild.remove();
}
