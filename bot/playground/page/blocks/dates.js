/** Slack's date tokens: an instant, written in its reader's own zone (docs.slack.dev, "Formatting message text"). */

import { now } from "/page/state/clock.js";
import { dayOf, wall } from "/page/week/zones.js";

const LONGEST = 8.64e12;
const UNITS = [["year", 31_536_000], ["month", 2_592_000], ["week", 604_800], ["day", 86_400], ["hour", 3600], ["minute", 60]];

/** The words for that Unix time, or null when it is none or the format names a token that does not exist. */
export function dated(unix, format, zone) {
  const seconds = Number(unix);
  if (!/^-?\d+$/.test(unix) || Math.abs(seconds) >= LONGEST) return null;
  const at = seconds * 1000;
  let isKnown = true;
  const words = format.replace(/\{([a-z_]+)\}/g, (all, token) => {
    const write = TOKENS[token];
    if (write === undefined) isKnown = false;
    return write === undefined ? all : write(at, zone);
  });
  return isKnown ? { words, at } : null;
}

const TOKENS = {
  date_num: (at, zone) => dayOf(zone, at),
  date_slash: (at, zone) => {
    const here = wall(zone, at);
    return `${two(here.month)}/${two(here.day)}/${here.year}`;
  },
  date_long: (at, zone) => `${part(at, zone, { weekday: "long" })}, ${TOKENS.date(at, zone)}`,
  date_long_full: (at, zone) => TOKENS.date_long(at, zone),
  date_long_pretty: (at, zone) => near(at, zone) ?? TOKENS.date_long(at, zone),
  date: (at, zone) => {
    const here = wall(zone, at);
    return `${part(at, zone, { month: "long" })} ${here.day}${ordinal(here.day)}, ${here.year}`;
  },
  date_pretty: (at, zone) => near(at, zone) ?? TOKENS.date(at, zone),
  date_short: (at, zone) => part(at, zone, { month: "short", day: "numeric", year: "numeric" }),
  date_short_pretty: (at, zone) => near(at, zone) ?? TOKENS.date_short(at, zone),
  day_divider_pretty: (at, zone) => near(at, zone) ?? TOKENS.date_long(at, zone),
  time: (at, zone) => clock(at, zone),
  time_secs: (at, zone) => `${clock(at, zone)}:${two(wall(zone, at).second)}`,
  ago: (at) => ago((now() - at) / 1000),
};

/** 09:05 on the clocks of that zone. */
export function clock(at, zone) {
  const here = wall(zone, at);
  return `${two(here.hour)}:${two(here.minute)}`;
}

/** Everything about an instant, for those who want to know exactly. */
export function exactly(at, zone) {
  return part(at, zone, {
    weekday: "long", day: "numeric", month: "long", year: "numeric",
    hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZoneName: "short",
  }, "en-GB");
}

/** Today, yesterday, tomorrow; null for every other day. */
export function near(at, zone) {
  const days = Math.round((Date.parse(dayOf(zone, at)) - Date.parse(dayOf(zone, now()))) / 86_400_000);
  return { "-1": "yesterday", 0: "today", 1: "tomorrow" }[days] ?? null;
}

function ago(seconds) {
  const [unit, length] = UNITS.find(([, one]) => Math.abs(seconds) >= one) ?? ["second", 1];
  return new Intl.RelativeTimeFormat("en", { numeric: "auto" }).format(-Math.round(seconds / length), unit);
}

/** Slack's documentation writes its examples as an American reader sees them. */
function part(at, zone, options, locale = "en-US") {
  return new Intl.DateTimeFormat(locale, { timeZone: zone, ...options }).format(at);
}

function ordinal(day) {
  if (day > 10 && day < 14) return "th";
  return ["th", "st", "nd", "rd"][day % 10] ?? "th";
}

function two(number) {
  return String(number).padStart(2, "0");
}
