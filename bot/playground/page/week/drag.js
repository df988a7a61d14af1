/** The pointer in the week: drawn over free paper it makes an event, and on an event it drags it elsewhere. */

import { clock } from "/page/blocks/dates.js";
import { el, shape } from "/page/dom.js";

const STEP = 15;
const USUAL = 30;
const STILL = 5;
const MINUTE = 60_000;

/**
 * Follows a pointer that was pressed in a panel. `does` is `{create(panel, start, end), move(found, start),
 * busy(isDragging)}`. A finger scrolls, so with a finger only a tap makes an event.
 */
export function follow(panel, event, does) {
  if (event.button !== 0) return;
  const shown = event.target.closest(".event");
  const column = event.target.closest(".column");
  if (!column || event.target.closest(".grid-head")) return;
  const found = shown ? panel.found.get(shown.dataset.key) : null;
  if (found === undefined || (found && event.pointerType === "touch")) return;
  const drag = found ? carried(panel, shown, found, event, does) : painted(panel, column, event, does);
  track(event, drag, does);
}

/** Listens until the pointer is let go; Escape lets everything be as it was. */
function track(first, drag, does) {
  let isMoving = false;
  const moved = (event) => {
    if (event.pointerId !== first.pointerId) return;
    if (!isMoving && Math.hypot(event.clientX - first.clientX, event.clientY - first.clientY) < STILL) return;
    if (first.pointerType === "touch") return;
    if (!isMoving) {
      isMoving = true;
      does.busy(true);
    }
    event.preventDefault();
    drag.to(event);
  };
  const done = (isKept) => {
    for (const [name, listener] of listeners) removeEventListener(name, listener, true);
    drag.gone();
    if (isMoving) does.busy(false);
    if (isKept) drag.drop(isMoving);
    if (isMoving) swallowClick();
  };
  const up = (event) => event.pointerId === first.pointerId && done(true);
  const cancelled = (event) => event.pointerId === first.pointerId && done(false);
  const keyed = (event) => event.key === "Escape" && done(false);
  const listeners = [["pointermove", moved], ["pointerup", up], ["pointercancel", cancelled], ["keydown", keyed]];
  for (const [name, listener] of listeners) addEventListener(name, listener, true);
}

/** The click that follows a drag is no click on what lies there. */
function swallowClick() {
  const swallow = (event) => event.stopPropagation();
  addEventListener("click", swallow, { capture: true, once: true });
  setTimeout(() => removeEventListener("click", swallow, true));
}

function painted(panel, column, first, does) {
  const draft = el("div", { class: "draft", "aria-hidden": "true" });
  const day = panel.axis.days[panel.columns.indexOf(column)];
  const anchor = snapped(panel, column, first.clientY, Math.floor);
  let [from, to] = [anchor, anchor + USUAL];
  return {
    to(event) {
      const at = snapped(panel, column, event.clientY, at_ => (event.clientY >= first.clientY ? Math.ceil(at_) : Math.floor(at_)));
      [from, to] = at > anchor ? [anchor, at] : [at, anchor + STEP];
      draft.textContent = `${clock(panel.axis.instant(day, from), panel.axis.zone)}–${clock(panel.axis.instant(day, to), panel.axis.zone)}`;
      if (!draft.isConnected) column.append(draft);
      shape(draft, { "--from": from, "--to": to });
    },
    gone: () => draft.remove(),
    drop() {
      const start = panel.axis.instant(day, from);
      const end = Math.max(start + STEP * MINUTE, panel.axis.instant(day, to));
      does.create(panel, start, end);
    },
  };
}

function carried(panel, shown, found, first, does) {
  const { axis } = panel;
  const start = Date.parse(found.event.start);
  const length = Date.parse(found.event.end) - start;
  const held = minutesAt(panel, shown.closest(".column"), first.clientY) - Number(shown.style.getPropertyValue("--from"));
  const draft = el("div", { class: "draft is-carried", "aria-hidden": "true", data: { hue: shown.dataset.hue } });
  let to = null;
  return {
    to(event) {
      const column = panel.columns.find((one) => one.getBoundingClientRect().right > event.clientX) ?? panel.columns.at(-1);
      const day = axis.days[panel.columns.indexOf(column)];
      const from = Math.max(0, Math.min(axis.minutes - STEP, Math.round((minutesAt(panel, column, event.clientY) - held) / STEP) * STEP));
      to = axis.instant(day, from);
      shown.classList.add("is-left");
      draft.textContent = `${clock(to, axis.zone)}–${clock(to + length, axis.zone)} ${found.event.title}`;
      if (draft.parentElement !== column) column.append(draft);
      shape(draft, { "--from": axis.place(day, to), "--to": Math.min(axis.minutes, axis.place(day, to) + length / MINUTE) });
    },
    gone() {
      draft.remove();
      shown.classList.remove("is-left");
    },
    drop(isMoved) {
      if (isMoved && to !== null && to !== start) does.move(found, to, shown);
    },
  };
}

function minutesAt(panel, column, y) {
  const box = column.getBoundingClientRect();
  return ((y - box.top) / box.height) * panel.axis.minutes;
}

function snapped(panel, column, y, round) {
  return Math.max(0, Math.min(panel.axis.minutes, round(minutesAt(panel, column, y) / STEP) * STEP));
}
