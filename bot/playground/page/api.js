/** Speaks with the playground's server. What it refuses comes as `Refused` with its calm sentence. */

/** No answer at all, or none that this page understands. */
export class Unreachable extends Error {}

/** The server said no, and why. */
export class Refused extends Error {
  constructor(says, status) {
    super(says);
    this.status = status;
  }
}

const LONG = 40_000;

export const api = {
  state: (as) => get("/api/state", { as }),
  messages: (as, place) => get("/api/messages", { as, place }),
  week: (as, from) => get("/api/week", { as, from }),
  glass: (after) => get("/api/glass", { after }),
  type: (as, place, text) => post("/api/type", { as, place, text }),
  press: (as, place, press) => post("/api/press", { as, place, ...press }),
  read: (as, place) => post("/api/read", { as, place }),
  put: (event) => post("/api/events", event),
  move: (event) => post("/api/events/move", event),
  remove: (event) => post("/api/events/delete", event),
  decline: (event) => post("/api/events/decline", event),
  server: (name, isUp) => post("/api/servers", { name, isUp }),
  bot: (isUp) => post("/api/bot", { isUp }),
};

function get(path, query) {
  return answered(`${path}?${new URLSearchParams(query)}`, { method: "GET" });
}

function post(path, body) {
  return answered(path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
}

async function answered(path, request) {
  let response;
  let body;
  try {
    response = await fetch(path, { cache: "no-store", signal: AbortSignal.timeout(LONG), ...request });
    body = await response.json();
  } catch (error) {
    throw new Unreachable("The playground does not answer.", { cause: error });
  }
  if (!response.ok || body.ok === false) {
    throw new Refused(body.says ?? "That did not work. Please try again.", response.status);
  }
  return body;
}
