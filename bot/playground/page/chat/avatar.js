/** A person's mark: their initial in their own colour; the bot's is Overlap's. */

import { el } from "/page/dom.js";
import { mark } from "/page/icons.js";

const HUES = 6;
const US = "overlap";

/** Which of the colours is theirs: by their place among the people, so that no two of the four share one. */
export function hue(people, handle) {
  const place = people.findIndex((one) => one.handle === handle);
  return place === -1 ? null : String(place % HUES);
}

export function avatar(people, { handle, name, isBot = false }) {
  if (isBot && (handle === null || handle === US)) return el("span", { class: "avatar is-bot", "aria-hidden": "true" }, mark());
  const initial = [...(name || "?").trim()][0]?.toUpperCase() ?? "?";
  return el("span", { class: "avatar", data: { hue: hue(people, handle) }, "aria-hidden": "true" }, initial);
}
