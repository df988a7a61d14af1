/** One event as it stands in the week. */

import { clock } from "/page/blocks/dates.js";
import { el, shape } from "/page/dom.js";
import { icon, mark } from "/page/icons.js";
import { sentence } from "/page/week/words.js";

const LOW = 34;

/** Names one event of one person on one day, however often the week is drawn. */
export function keyOf(person, event, day) {
  return `${person.handle} ${event.calendar} ${event.uid} ${event.start} ${day}`;
}

/** The event's button in a day's column; `part` says where it stands. */
export function inColumn({ person, event, hue, part, zone }) {
  const isLow = part.to - part.from < LOW;
  const words = [
    el("span", { class: "event-title" }, signs(event), el("bdi", {}, event.title || "(no title)")),
    el("span", { class: "event-time" }, `${clock(Date.parse(event.start), zone)}–${clock(Date.parse(event.end), zone)}`),
  ];
  const shown = el("button", { ...shared({ person, event, hue, zone }, part.day), class: `${classes(event)}${isLow ? " is-low" : ""}` }, el("span", { class: "event-words" }, words));
  return shape(shown, {
    "--from": part.from, "--to": part.to, "--lane": part.lane, "--lanes": part.lanes, "--span": part.span,
  });
}

/** The same in the row for whole days, over as many days as it takes there. */
export function inAllDayRow({ person, event, hue, zone, from, to }) {
  const shown = el("button", { ...shared({ person, event, hue, zone }, from), class: `${classes(event)} is-all-day` }, el("span", { class: "event-title" }, signs(event), el("bdi", {}, event.title || "(no title)")));
  return shape(shown, { "grid-column": `${from + 1} / ${to + 2}` });
}

function shared({ person, event, hue, zone }, day) {
  const words = sentence(person, event, zone);
  return { type: "button", tabindex: "-1", "aria-label": words, title: words, data: { key: keyOf(person, event, day), hue, calendar: event.calendar } };
}

function signs(event) {
  return [event.isOurs && el("span", { class: "event-ours" }, mark()), event.isSeries && icon("repeat")];
}

function classes(event) {
  return [
    "event",
    event.isOurs && "is-ours",
    event.isTentative && "is-tentative",
    event.isDeclined && "is-declined",
    event.isFree && "is-free",
  ].filter(Boolean).join(" ");
}
