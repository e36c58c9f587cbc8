// Marks in the contents which part is being read. Without this file they are complete, only unmarked.
"use strict";

let asked = false;

function mark() {
  asked = false;
  const line = window.innerHeight / 3;
  const links = [...document.querySelectorAll(".contents a")];
  // Of two that stand side by side, the later one: it is the longer one that is read.
  const now = links.findLast((link) => {
    const place = document.getElementById(link.hash.slice(1))?.getBoundingClientRect();
    return place && place.top <= line && place.bottom > line;
  });
  for (const link of links) {
    if (link !== now) link.removeAttribute("aria-current");
    else if (!link.hasAttribute("aria-current")) link.setAttribute("aria-current", "location");
  }
}

function ask() {
  if (!asked) requestAnimationFrame(mark);
  asked = true;
}

addEventListener("scroll", ask, { passive: true });
addEventListener("resize", ask);
mark();
