/** Says calmly that the connection is lost, and that it is being tried again; and that the bot is off. */

import { el, fill } from "/page/dom.js";
import { icon } from "/page/icons.js";

const PATIENCE = 700;

export function banner(root, store) {
  let waiting = null;

  function show(words) {
    fill(root, icon("plug"), el("span", {}, words));
    root.hidden = false;
  }

  store.watch(["connection"], ({ connection }) => {
    clearTimeout(waiting);
    if (connection === "up") {
      root.hidden = true;
      return;
    }
    // A demo that is only being restarted is back before anybody needs to read this.
    waiting = setTimeout(() => show("The playground does not answer. What you see is as it was; it comes back by itself."), PATIENCE);
  });
}
