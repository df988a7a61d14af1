/** Arrow keys in the week: up and down along a day, left and right to the nearest event of another day. */

/** Moves the focus; whether there was somewhere to go. */
export function walked(panel, from, key) {
  const days = [[...panel.gridHead.querySelectorAll(".event")], ...panel.columns.map(sorted)];
  if (!["ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight", "Home", "End"].includes(key)) return false;
  if (from === null) return key === "ArrowUp" || key === "ArrowLeft" ? false : focus(panel, days.flat()[0], null);
  const day = days.findIndex((one) => one.includes(from));
  const place = days[day].indexOf(from);
  if (key === "Home" || key === "End") return focus(panel, days.flat().at(key === "Home" ? 0 : -1), from);
  if (key === "ArrowUp" || key === "ArrowDown") {
    const step = key === "ArrowDown" ? 1 : -1;
    const all = days.flat();
    return focus(panel, days[day][place + step] ?? all[all.indexOf(from) + step], from);
  }
  return focus(panel, beside(days, day, from, key === "ArrowRight" ? 1 : -1), from);
}

/** The event at nearly the same time, on the next day in that direction that has any. */
function beside(days, day, from, step) {
  for (let next = day + step; next >= 0 && next < days.length; next += step) {
    const nearest = [...days[next]].sort((one, other) => Math.abs(top(one) - top(from)) - Math.abs(top(other) - top(from)))[0];
    if (nearest) return nearest;
  }
  return undefined;
}

function focus(panel, next, from) {
  if (!next) return false;
  for (const one of panel.root.querySelectorAll('.event[tabindex="0"]')) one.setAttribute("tabindex", "-1");
  from?.setAttribute("tabindex", "-1");
  next.setAttribute("tabindex", "0");
  next.focus();
  return true;
}

function sorted(column) {
  return [...column.querySelectorAll(".event")].sort((one, other) => top(one) - top(other));
}

function top(event) {
  return Number(event.style.getPropertyValue("--from")) || 0;
}
