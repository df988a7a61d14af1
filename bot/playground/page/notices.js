/** Short sentences at the edge of the page: what did not work, and why; they go by themselves or when dismissed. */

import { Refused } from "/page/api.js";
import { el } from "/page/dom.js";
import { icon } from "/page/icons.js";

const SECONDS = 9;
const MOST = 3;

/** Shows a sentence; said again while it stands, it only stays longer. */
function notice(words) {
  const place = document.getElementById("notices");
  for (const one of [...place.children]) if (one.dataset.words === words) one.remove();
  const shown = el("div", { class: "notice", data: { words } }, el("span", {}, words),
    el("button", { class: "button is-round is-quiet", type: "button", "aria-label": "Dismiss", on: { click: () => shown.remove() } }, icon("close")));
  place.append(shown);
  while (place.children.length > MOST) place.firstElementChild.remove();
  setTimeout(() => shown.remove(), SECONDS * 1000);
}

/** Does it; a refusal is told in the server's words. Whether it worked. */
export async function calmly(task) {
  try {
    await task();
    return true;
  } catch (error) {
    notice(error instanceof Refused ? error.message : "The playground does not answer. Nothing was done; try again in a moment.");
    if (!(error instanceof Error)) throw error;
    return false;
  }
}
