/** Whose eyes and which conversation, kept in the page's address: a reload or a second window shows the same. */

/** What the address asks for; an old or broken one asks for nothing. */
export function asked() {
  const found = new URLSearchParams(location.hash.slice(1));
  return { as: found.get("as") ?? "", place: found.get("place") ?? "", tab: found.get("tab") ?? "" };
}

/** Writes it down without a step in the history. */
export function remember({ as, place, tab }) {
  const words = new URLSearchParams({ as, place, tab }).toString();
  if (location.hash.slice(1) !== words) history.replaceState(null, "", `#${words}`);
}
