// What stands at the ends of a channel: its beginning, and in place of the composer why one cannot write.

import { attempt } from "./acts.js";
import { h, icon, refill } from "./dom.js";
import { exampleList, hasExamples } from "./help.js";
import { unmarked } from "./mrkdwn.js";
import { channelName, isDirect, state } from "./store.js";

/** In place of the composer: why one cannot write here, and how one could. */
export function outside(channel, box, typing) {
  const why = !channel ? "" : channel.is_archived ? "archived" : channel.is_member ? "" : "out";
  typing.hidden = Boolean(why) || !channel;
  box.hidden = !why;
  if (box.dataset.why === `${why}/${channel?.id}`) return;
  box.dataset.why = `${why}/${channel?.id}`;
  if (why === "archived")
    refill(box, icon("archive"), h("span", {}, "This channel is archived. It can be read, not written to."));
  if (why === "out")
    refill(
      box,
      h("span", {}, `${state.me.real_name} is not in `, h("b", {}, `#${channelName(channel.id)}`)),
      h(
        "button",
        { type: "button", class: "button primary", on: { click: () => attempt("joins", { channel: channel.id }) } },
        "Join channel",
      ),
    );
}

/** What stands above the first message of a channel; `write(line)` takes an example. */
export function opening(id, isEmpty, write) {
  const channel = state.channels.get(id);
  const mark = isDirect(channel) ? "reply" : channel.is_private ? "lock" : "hash";
  return h(
    "div",
    { class: isEmpty ? "opening only" : "opening" },
    h("span", { class: "opening-mark" }, icon(mark)),
    h("h2", {}, channelName(id)),
    h(
      "p",
      { class: "quiet" },
      channel.purpose
        ? unmarked(channel.purpose)
        : `The beginning of this ${isDirect(channel) ? "conversation" : "channel"}.`,
    ),
    isEmpty &&
      !channel.is_archived && [
        h("p", {}, `Nobody has written here. Say something${hasExamples() ? ", or try a command:" : "."}`),
        exampleList(write),
      ],
  );
}
