/** One event as it stands in the week. */

import { clock } from "/page/blocks/dates.js";
import { el, shape } from "/page/dom.js";
import { icon, mark } from "/page/icons.js";
import { sentence } from "/page/week/words.js";

const LINE = 13.75;
const EDGES = 6;

/** Names one event of one person on one day, however often the week is drawn. */
export function keyOf(person, event, day) {
  return `${person.handle} ${event.calendar} ${event.uid} ${event.start} ${day}`;
}

/** The event's button in a day's column; `part` says where it stands. */
export function inColumn({ person, event, hue, part, zone, scale }) {
  const room = Math.floor(((part.to - part.from) * scale - EDGES) / LINE);
  const hasTime = room > 1 && part.lanes / part.span < 3;
  const words = [
    el("span", { class: "event-title" }, ours(event), el("bdi", {}, event.title || "(no title)")),
    hasTime && el("span", { class: "event-time" }, `${clock(Date.parse(event.start), zone)}–${clock(Date.parse(event.end), zone)}`, series(event)),
  ];
  const shown = el("button", { ...shared({ person, event, hue, zone }, part.day), class: `${classes(event, person)}${room < 2 ? " is-low" : ""}` }, el("span", { class: "event-words" }, words));
  return shape(shown, {
    "--from": part.from, "--to": part.to, "--lane": part.lane, "--lanes": part.lanes, "--span": part.span, "--clamp": Math.max(1, room - (hasTime ? 1 : 0)),
  });
}

/** The same in the row for whole days, over as many days as it takes there. */
export function inAllDayRow({ person, event, hue, zone, from, to }) {
  const shown = el("button", { ...shared({ person, event, hue, zone }, from), class: `${classes(event, person)} is-all-day` }, el("span", { class: "event-title" }, ours(event), el("bdi", {}, event.title || "(no title)"), series(event)));
  return shape(shown, { "grid-column": `${from + 1} / ${to + 2}` });
}

function shared({ person, event, hue, zone }, day) {
  const words = sentence(person, event, zone);
  return { type: "button", tabindex: "-1", "aria-label": words, title: words, data: { key: keyOf(person, event, day), hue, calendar: event.calendar } };
}

function ours(event) {
  return event.isOurs && el("span", { class: "event-ours" }, mark());
}

function series(event) {
  return event.isSeries && icon("repeat");
}

function classes(event, person) {
  return [
    "event",
    event.isOurs && "is-ours",
    event.isTentative && "is-tentative",
    event.isDeclined && "is-declined",
    event.isFree && "is-free",
    !person.isUp && "is-stale",
  ].filter(Boolean).join(" ");
}
