/** The server's time: a visitor's own clock may be an hour off, and the calendars must not be. */

let ahead = 0;

/** The server said what time it is. */
export function heard(now) {
  const told = Date.parse(now);
  if (Number.isFinite(told)) ahead = told - Date.now();
}

/** Milliseconds since 1970, by the server's clock. */
export function now() {
  return Date.now() + ahead;
}
