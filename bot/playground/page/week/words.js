/** How the week's days and times read. */

import { clock } from "/page/blocks/dates.js";
import { city, dayOf } from "/page/week/zones.js";

/** Mon · 30 · Monday 30 November: a date's parts. */
export function dateWords(date) {
  const at = Date.parse(`${date}T12:00Z`);
  const write = (options) => new Intl.DateTimeFormat("en-GB", { timeZone: "UTC", ...options }).format(at);
  return { weekday: write({ weekday: "short" }), number: write({ day: "numeric" }), long: write({ weekday: "long", day: "numeric", month: "long" }) };
}

/** 30 Nov – 6 Dec 2026. */
export function weekWords(first, last) {
  const write = (date, options) => new Intl.DateTimeFormat("en-GB", { timeZone: "UTC", day: "numeric", month: "short", ...options }).format(Date.parse(`${date}T12:00Z`));
  const isOneYear = first.slice(0, 4) === last.slice(0, 4);
  const isOneMonth = isOneYear && first.slice(0, 7) === last.slice(0, 7);
  const from = isOneMonth ? String(Number(first.slice(8))) : write(first, isOneYear ? {} : { year: "numeric" });
  return `${from} – ${write(last, { year: "numeric" })}`;
}

/** Tue 1 Dec, 10:00–10:30. */
export function stretchWords(event, zone) {
  if (event.allDay) return event.first === event.last ? `${short(event.first)}, all day` : `${short(event.first)} – ${short(event.last)}, all day`;
  const [start, end] = [Date.parse(event.start), Date.parse(event.end)];
  const [first, last] = [dayOf(zone, start), dayOf(zone, end)];
  return first === last ? `${short(first)}, ${clock(start, zone)}–${clock(end, zone)}` : `${short(first)} ${clock(start, zone)} – ${short(last)} ${clock(end, zone)}`;
}

function short(date) {
  const words = dateWords(date);
  const month = new Intl.DateTimeFormat("en-GB", { timeZone: "UTC", month: "short" }).format(Date.parse(`${date}T12:00Z`));
  return `${words.weekday} ${words.number} ${month}`;
}

/** What an event is besides its title and time, in words: for screen readers, tooltips and the dialog. */
export function marks(event) {
  return [
    event.isOurs && "booked by Overlap",
    event.isTentative && "tentative",
    event.isDeclined && "declined",
    event.isFree && "shown as free",
    event.isSeries && "repeats",
  ].filter(Boolean);
}

/** Everything about an event in one sentence. */
export function sentence(person, event, zone) {
  const calendar = person.calendars.find((one) => one.id === event.calendar)?.name ?? event.calendar;
  return [`${person.name.split(" ")[0]}: ${event.title || "(no title)"}`, `${stretchWords(event, zone)} ${city(zone)} time`, `${calendar} calendar`, ...marks(event)].join(", ");
}
