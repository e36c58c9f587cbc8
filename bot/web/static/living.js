// Beside htmx: what is being typed is never swapped away, and a press that failed says so. Without it every button works.
"use strict";

const said = document.getElementById("said");
let kept = false; // a part was not swapped, so it is asked for again
const typed = (root) =>
  [...root.querySelectorAll("textarea")].some((field) => field.value.trim() !== field.defaultValue.trim());

document.addEventListener("htmx:oobBeforeSwap", (event) => {
  const { target, fragment } = event.detail;
  if (!target.matches("section")) return;
  const lost = (one) => typed(one) && !fragment.querySelector(`#${one.id}`); // somebody else answered it meanwhile
  const answering = [...target.querySelectorAll(".answering")].some(lost);
  if (target.querySelector(".editor") || answering || (target.id === "review" && typed(target))) {
    kept = true;
    return event.preventDefault();
  }
  for (const one of fragment.querySelectorAll("details[id]")) {
    one.open = document.getElementById(one.id)?.open ?? one.open;
  }
});

document.addEventListener("htmx:beforeRequest", (event) => {
  const asks = event.detail.elt.getAttribute("hx-trigger")?.startsWith("every");
  if (asks && document.hidden) event.preventDefault();
  if (!asks) said.textContent = "";
});

document.addEventListener("htmx:afterRequest", () => {
  if (kept) document.getElementById("pulse").value = "pulse:";
  kept = false;
});

document.addEventListener("htmx:responseError", (event) => {
  const page = new DOMParser().parseFromString(event.detail.xhr.responseText, "text/html");
  const words = [...page.querySelectorAll(".trouble h1, .trouble p:not(.kicker)")].map((one) => one.textContent.trim());
  said.textContent = words.join(" ") || "That did not work. What you typed is still here; try again in a moment.";
});

document.addEventListener("htmx:sendError", (event) => {
  if (event.detail.elt.getAttribute("hx-trigger")?.startsWith("every")) return;
  said.textContent = "No connection. What you typed is still here; try again in a moment.";
});

window.addEventListener("beforeunload", (event) => {
  if (typed(document)) event.preventDefault();
});

// The section that is left with its page is free for others at once; a lock ends by itself, but late.
window.addEventListener("pagehide", () => {
  for (const form of document.querySelectorAll("form.editor")) {
    const leave = form.querySelector("[formaction$='/leave']").formAction;
    fetch(leave, { method: "POST", body: new URLSearchParams(), keepalive: true, redirect: "manual" });
  }
});

function count() {
  for (const held of document.querySelectorAll("[data-until]")) {
    const minutes = Math.floor((Date.parse(held.dataset.until) - Date.now()) / 60000);
    const words = held.dataset.words ?? (held.dataset.words = held.textContent);
    const left = minutes < 1 ? "less than a minute" : minutes === 1 ? "1 minute" : `${minutes} minutes`;
    const over = "It has run out: type on to hold it again, or save";
    held.textContent = Date.parse(held.dataset.until) > Date.now() ? `${words}, ${left} left` : `${words}. ${over}`;
  }
}
setInterval(count, 5000);
document.addEventListener("htmx:afterSettle", count);
count();
