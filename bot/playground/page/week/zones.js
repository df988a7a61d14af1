/** Clocks of the world: instants as wall time and back, and days as long as they truly are (23, 24 or 25 hours). */

const MINUTE = 60_000;
const DAY = 86_400_000;
const FORMATS = new Map();
const LOCALES = ["en-GB", "en-US", "en-IN", "en-AU"]; // each knows the marks of its own part of the world

/** What the clocks of that zone show at an instant. */
export function wall(zone, at) {
  const found = {};
  for (const { type, value } of format(zone).formatToParts(at)) found[type] = Number(value);
  const { year, month, day, hour, minute, second } = found;
  return { year, month, day, hour, minute, second };
}

/** The date there, as 2026-12-01. */
export function dayOf(zone, at) {
  const here = wall(zone, at);
  return iso(here.year, here.month, here.day);
}

/** Minutes that the zone is ahead of UTC. */
function offset(zone, at) {
  const here = wall(zone, at);
  const shown = Date.UTC(here.year, here.month - 1, here.day, here.hour, here.minute, here.second);
  return Math.round((shown - Math.floor(at / 1000) * 1000) / MINUTE);
}

/** The instant of a wall time; in a gap the first moment after it, in an hour that comes twice the earlier. */
export function instant(zone, date, minutes = 0) {
  const shown = Date.parse(`${date}T00:00Z`) + minutes * MINUTE;
  const before = offset(zone, shown - DAY);
  const after = offset(zone, shown + DAY);
  for (const ahead of [before, after]) {
    const at = shown - ahead * MINUTE;
    if (offset(zone, at) === ahead) return at;
  }
  return turn(zone, shown - DAY, shown + DAY);
}

/** The first instant at which the clocks are set otherwise than at `from`; both lie around exactly one such turn. */
function turn(zone, from, to) {
  const before = offset(zone, from);
  let [low, high] = [Math.floor(from / MINUTE), Math.ceil(to / MINUTE)];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (offset(zone, middle * MINUTE) === before) low = middle;
    else high = middle;
  }
  return high * MINUTE;
}

/** A calendar date, so many days later. */
export function later(date, days) {
  return new Date(Date.parse(`${date}T00:00Z`) + days * DAY).toISOString().slice(0, 10);
}

/** The Monday of that date's week. */
export function monday(date) {
  return later(date, -((new Date(`${date}T00:00Z`).getUTCDay() + 6) % 7));
}

/**
 * A day as it is there: when it starts and ends, its minutes, where its first minute stands on the clock, and its
 * turn if the clocks are set in it: after how many minutes, and by how many (60 forward, -60 back).
 */
export function day(zone, date) {
  const start = instant(zone, date);
  const end = instant(zone, later(date, 1));
  const before = offset(zone, start);
  const by = offset(zone, end - 1) - before;
  const opens = Math.round((start + before * MINUTE - Date.parse(`${date}T00:00Z`)) / MINUTE);
  return {
    date,
    start,
    end,
    opens,
    minutes: Math.round((end - start) / MINUTE),
    turn: by === 0 ? null : { after: Math.round((turn(zone, start, end) - start) / MINUTE), by },
  };
}

/** CET, EDT, IST: what the zone is called at that instant. */
export function mark(zone, at) {
  const names = LOCALES.map((locale) => {
    const parts = new Intl.DateTimeFormat(locale, { timeZone: zone, timeZoneName: "short" }).formatToParts(at);
    return parts.find((one) => one.type === "timeZoneName").value;
  });
  return names.find((one) => !/^GMT[+-]/.test(one)) ?? names[0];
}

/** Berlin, New York: the place that a zone is named after. */
export function city(zone) {
  return zone.split("/").at(-1).replaceAll("_", " ");
}

function iso(year, month, date) {
  return `${String(year).padStart(4, "0")}-${String(month).padStart(2, "0")}-${String(date).padStart(2, "0")}`;
}

function format(zone) {
  if (!FORMATS.has(zone)) {
    FORMATS.set(zone, new Intl.DateTimeFormat("en-GB", {
      timeZone: zone, hourCycle: "h23", year: "numeric", month: "numeric", day: "numeric",
      hour: "numeric", minute: "numeric", second: "numeric",
    }));
  }
  return FORMATS.get(zone);
}
