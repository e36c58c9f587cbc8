// What happens when a control of Block Kit is pressed: it asks, it tells, it looks busy meanwhile.

import { sentence } from "./acts.js";
import { toast } from "./dom.js";
import { textObject } from "./mrkdwn.js";
import { confirmed } from "./popover.js";
import { state } from "./store.js";

/** A text object as a node; nothing where there is none. */
export const drawText = (object) => (object ? textObject(object) : "");

/** What every control carries: a spoken name and its action_id. */
export const named = (element) => ({
  "aria-label": element.accessibility_label ?? element.placeholder?.text ?? element.action_id,
  data: { action: element.action_id },
});

/** Ask where the element wants it, then keep the choice and tell `env`. False when the person said no. */
export async function report(element, block, env, selected, node) {
  if (element.confirm && !(await confirmed(element.confirm, drawText))) return false;
  env.set(block, element, selected);
  await env.act(element, block, selected, node);
  return true;
}

/** Run an act of a pressed control: it looks busy meanwhile, and says so when the app did not take it. */
export async function pressed(node, run) {
  node?.classList.add("busy");
  node?.setAttribute("aria-busy", "true");
  try {
    const answer = await run();
    if (answer?.ok === false)
      toast(`${state.app.name || "The app"} did not take that (${answer.error ?? answer.status}). Try again.`);
    return answer;
  } catch (problem) {
    toast(sentence(problem));
    return null;
  } finally {
    node?.classList.remove("busy");
    node?.removeAttribute("aria-busy");
  }
}
