/** Things to try: the steps of the tour, each ticked once it has truly happened. */

import { el, fill } from "/page/dom.js";
import { icon } from "/page/icons.js";

const TYPED = /(`[^`]+`|\/meet (?:status|help|connect|@[^.:;`]+))/;

export function story(root, store, propose) {
  const told = el("p", { class: "story-told" });
  const bar = el("progress", { class: "story-bar", "aria-label": "Steps done" });
  const list = el("ol", { class: "story-list" });
  root.append(el("div", { class: "story-sum" }, told, bar), list);
  let chosen = null;

  function step(one, isOpen) {
    const shown = el(
      "details",
      { class: "step-more", name: "story", open: isOpen, on: { toggle: () => { if (shown.open) chosen = one.id; } } },
      el("summary", {},
        el("span", { class: "tick", "aria-hidden": "true" }, icon("check")),
        el("span", { class: "step-title" }, one.title),
        el("span", { class: "hidden" }, one.done ? " (done)" : " (to do)")),
      el("p", { class: "step-hint" }, hint(one.hint ?? "")),
    );
    return el("li", { class: `step${one.done ? " is-done" : ""}`, data: { step: one.id } }, shown);
  }

  /** A command is something to type: pressing it puts it into the box. It stands alone, so what ends a sentence goes. */
  function hint(words) {
    return words.split(TYPED).map((part, place) => {
      const typed = part.replaceAll("`", "").trim();
      return place % 2 === 1 ? el("button", { class: "chip", type: "button", on: { click: () => propose(typed) } }, typed) : part.replace(place > 0 ? /^[.,;:]\s*/ : "", "");
    });
  }

  store.watch(["story"], ({ story: steps }) => {
    const done = steps.filter((one) => one.done).length;
    told.textContent = steps.length === 0 ? "" : `${done} of ${steps.length} seen`;
    bar.max = Math.max(1, steps.length);
    bar.value = done;
    const next = steps.find((one) => !one.done)?.id;
    const open = steps.some((one) => one.id === chosen && !one.done) ? chosen : next;
    const focused = list.contains(document.activeElement) ? document.activeElement.closest(".step")?.dataset.step : null;
    fill(list, steps.map((one) => step(one, one.id === open)));
    if (focused) list.querySelector(`[data-step="${CSS.escape(focused)}"] summary`)?.focus();
  });
}
