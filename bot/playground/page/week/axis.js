/**
 * The minutes of a week on paper, honest about days on which the clocks are set: an hour that comes twice has two
 * rows, and where a day has no such hour its row is marked as missing.
 */

import { day, later } from "/page/week/zones.js";

const MINUTE = 60_000;
const HOUR = 60;
const WHOLE = 1440;

/** The seven days from that Monday on, on the clocks of that zone, and where each of their minutes stands. */
export class Axis {
  constructor(zone, monday) {
    this.zone = zone;
    this.days = Array.from({ length: 7 }, (_, place) => day(zone, later(monday, place)));
    this.fold = this.days.find((one) => one.turn !== null && one.turn.by < 0) ?? null;
    this.twice = this.fold ? -this.fold.turn.by : 0;
    this.splitsAt = this.fold ? this.fold.opens + this.fold.turn.after : WHOLE;
    this.minutes = WHOLE + this.twice;
  }

  get start() {
    return this.days[0].start;
  }

  get end() {
    return this.days.at(-1).end;
  }

  /** Where an instant stands on that day: minutes from the top. */
  place(day_, at) {
    const elapsed = Math.max(0, Math.min(day_.minutes, (at - day_.start) / MINUTE));
    const shown = day_.opens + elapsed;
    if (day_ === this.fold) return shown;
    const wall = day_.turn !== null && elapsed >= day_.turn.after ? shown + day_.turn.by : shown;
    return wall < this.splitsAt || (wall === this.splitsAt && elapsed === day_.minutes) ? wall : wall + this.twice;
  }

  /** The instant at that place; where there is none, the first moment after. */
  instant(day_, place) {
    let elapsed = place - day_.opens;
    if (day_ !== this.fold) {
      const wall = place < this.splitsAt ? place : Math.max(this.splitsAt, place - this.twice);
      elapsed = wall - day_.opens;
      if (day_.turn !== null && elapsed > day_.turn.after) elapsed = Math.max(day_.turn.after, elapsed - day_.turn.by);
    }
    return day_.start + Math.max(0, Math.min(day_.minutes, elapsed)) * MINUTE;
  }

  /** The hours with their rows: `{at, hour, isAgain}`. */
  hours() {
    const found = [];
    for (let wall = 0; wall < WHOLE; wall += HOUR) {
      found.push({ at: wall < this.splitsAt ? wall : wall + this.twice, hour: wall / HOUR, isAgain: false });
    }
    for (let more = 0; more < this.twice; more += HOUR) {
      found.push({ at: this.splitsAt + more, hour: (this.splitsAt - this.twice + more) / HOUR, isAgain: true });
    }
    return found.sort((one, other) => one.at - other.at);
  }

  /** Rows that this day does not have: `{from, to, isSkipped}`; `isSkipped` where the clocks jump over them. */
  missing(day_) {
    const found = [];
    if (day_.opens > 0) found.push({ from: 0, to: day_.opens, isSkipped: true });
    if (day_.turn !== null && day_.turn.by > 0) {
      const from = day_.opens + day_.turn.after;
      found.push({ from, to: from + day_.turn.by, isSkipped: true });
    }
    if (this.twice > 0 && day_ !== this.fold) found.push({ from: this.splitsAt, to: this.splitsAt + this.twice, isSkipped: false });
    return found;
  }

  /** The parts of a stretch of time, one for each day it touches: `{day, from, to, isFirst, isLast}`. */
  parts(start, end) {
    const found = [];
    for (const [index, one] of this.days.entries()) {
      const touches = start < one.end && (end > one.start || (end === start && start >= one.start));
      if (!touches) continue;
      found.push({ day: index, from: this.place(one, start), to: this.place(one, end), isFirst: start >= one.start, isLast: end <= one.end });
    }
    return found;
  }
}
