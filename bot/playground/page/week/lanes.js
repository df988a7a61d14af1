/** Sets side by side what overlaps, each as wide as there is room. */

const SHORTEST = 22;

/** Gives every `{from, to}` its `lane`, how many `lanes` there are beside it, and over how many it may `span`. */
export function inLanes(parts) {
  const sorted = [...parts].sort((one, other) => one.from - other.from || other.to - one.to || one.order - other.order);
  const done = [];
  let group = [];
  let groupEnd = -1;
  for (const part of sorted) {
    if (part.from >= groupEnd && group.length > 0) {
      done.push(...settled(group));
      group = [];
    }
    group.push(part);
    groupEnd = Math.max(groupEnd, end(part));
  }
  return [...done, ...settled(group)];
}

function settled(group) {
  const lanes = [];
  const placed = group.map((part) => {
    let lane = lanes.findIndex((last) => last <= part.from);
    if (lane === -1) lane = lanes.push(0) - 1;
    lanes[lane] = end(part);
    return { ...part, lane };
  });
  return placed.map((part) => ({ ...part, lanes: lanes.length, span: room(part, placed, lanes.length) }));
}

/** How many lanes to its right nothing stands in beside it, and its own. */
function room(part, placed, lanes) {
  let span = 1;
  while (part.lane + span < lanes && !placed.some((other) => other.lane === part.lane + span && other.from < end(part) && end(other) > part.from)) span += 1;
  return span;
}

/** Something very short is still drawn as high as a line of words. */
function end(part) {
  return Math.max(part.to, part.from + SHORTEST);
}
