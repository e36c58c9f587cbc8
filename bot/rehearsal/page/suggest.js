// The list above the composer: what could come next, chosen with arrows, Tab, Enter or the mouse.

import { completions } from "./complete.js";
import { h, icon, refill } from "./dom.js";

let lists = 0;

/** Make the list for `area`. `taken()` is called when a row was put into the text. */
export function suggestions(area, { commands, taken }) {
  const listId = `complete-${++lists}`;
  const list = h("div", { class: "complete", id: listId, role: "listbox", "aria-label": "Suggestions", hidden: true });
  let found = null,
    at = 0;
  area.setAttribute("aria-controls", listId);

  /** Look at what stands before the caret, and show what fits. */
  function suggest() {
    found = completions(area.value, area.selectionStart, { commands });
    if (!found || (!found.rows.length && !found.hint)) {
      hide();
      return;
    }
    at = 0;
    list.hidden = false;
    area.setAttribute("aria-expanded", "true");
    refill(
      list,
      found.hint && h("div", { class: "usage-line" }, icon("slash"), h("span", {}, found.hint)),
      found.rows.map((row, i) =>
        h(
          "div",
          {
            class: "complete-row",
            role: "option",
            id: `${listId}-${i}`,
            on: {
              mousedown: (e) => {
                e.preventDefault();
                take(i);
              },
              mousemove: () => mark(i),
            },
          },
          row.node,
          row.hint && h("span", { class: "option-hint" }, row.hint),
        ),
      ),
    );
    mark(found.soft ? -1 : 0);
  }

  function mark(i) {
    at = i;
    list
      .querySelectorAll(".complete-row")
      .forEach((row, n) => row.setAttribute("aria-selected", n === i ? "true" : "false"));
    if (i < 0) area.removeAttribute("aria-activedescendant");
    else area.setAttribute("aria-activedescendant", `${listId}-${i}`);
    list.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" });
  }

  function hide() {
    found = null;
    list.hidden = true;
    area.setAttribute("aria-expanded", "false");
    area.removeAttribute("aria-activedescendant");
  }

  function take(i) {
    const row = found.rows[i],
      caret = area.selectionStart;
    area.setRangeText(row.text, found.from, caret, "end");
    taken();
    suggest();
  }

  // Enter after a word that is already complete sends the line; it does not complete it once more.
  const isWhole = (i) => area.value.slice(found.from, area.selectionStart) === found.rows[i].text.trim();

  /** Take a key if it means something here; true when it was taken. */
  function key(event) {
    const rows = found?.rows.length ?? 0;
    const takes = event.key === "Tab" || (event.key === "Enter" && at >= 0 && !event.shiftKey && rows && !isWhole(at));
    if (rows && ["ArrowDown", "ArrowUp"].includes(event.key)) {
      mark((at + (event.key === "ArrowDown" ? 1 : at < 0 ? 0 : -1) + rows) % rows);
    } else if (rows && takes) {
      take(Math.max(0, at));
    } else if (event.key === "Escape" && found) {
      event.stopPropagation();
      hide();
    } else {
      return false;
    }
    event.preventDefault();
    return true;
  }

  return { list, suggest, hide, key };
}
