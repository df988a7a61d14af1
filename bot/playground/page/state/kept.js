/** Small things this browser keeps to itself for as long as its tab lives: drafts, typed lines, how the week is shown. */

/** What was kept under that name, or the other value. */
export function kept(name, otherwise) {
  try {
    return JSON.parse(sessionStorage.getItem(name)) ?? otherwise;
  } catch {
    return otherwise; // storage that is switched off or spoilt is no reason to stop
  }
}

export function keep(name, value) {
  try {
    sessionStorage.setItem(name, JSON.stringify(value));
  } catch {
    // the same: what cannot be kept is only forgotten at the next reload
  }
}
