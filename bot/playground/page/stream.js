/** Hears from the server that something has changed, and notices when it no longer hears anything. */

const TOPICS = ["chat", "week", "bot", "story", "glass"];
const SHORTEST = 500;
const LONGEST = 5000;

/**
 * Calls `changed(topic)` for each change, and `connected(isUp)` when the connection comes or goes.
 * The browser tries again by itself after a broken connection, but gives up after an answer that is no stream
 * (html.spec.whatwg.org, "Server-sent events"): then we try again ourselves.
 */
export function listen({ changed, connected }) {
  let pause = SHORTEST;

  function open() {
    const source = new EventSource("/api/stream");
    source.addEventListener("open", () => {
      pause = SHORTEST;
      connected(true);
    });
    source.addEventListener("error", () => {
      connected(false);
      if (source.readyState === EventSource.CLOSED) {
        setTimeout(open, pause);
        pause = Math.min(LONGEST, pause * 2);
      }
    });
    for (const topic of TOPICS) source.addEventListener(topic, () => changed(topic));
  }

  open();
}
