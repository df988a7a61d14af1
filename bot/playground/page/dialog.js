/** Questions in a dialog of the browser's own, which keeps the keyboard inside and gives it back afterwards. */

import { el } from "/page/dom.js";
import { icon } from "/page/icons.js";

let count = 0;

/** Whether they say yes. */
export async function confirmed({ title, body, yes, no = "Cancel", isDanger = false }) {
  return (await asked({ title, body, no, yes, isDanger })) !== null;
}

/**
 * A dialog with this body and its buttons; what was filled in as an object, or null for no. `extra` are further
 * buttons `{label, name, isDanger}`, whose name is then the answer's `does`; `check(values)` may say what is wrong.
 */
export function asked({ title, body, yes, no = "Cancel", isDanger = false, extra = [], check = () => "" }) {
  count += 1;
  const id = `dialog-${count}`;
  const wrong = el("p", { class: "wrong", role: "alert" });
  const close = el("button", { class: "button is-round is-quiet", type: "button", "aria-label": "Close", on: { click: () => shown.close("") } }, icon("close"));
  const answers = [
    ...extra.map((one, at) => el("button", { class: `button ${one.isDanger ? "is-danger" : ""} ${at === extra.length - 1 ? "is-apart" : ""}`, type: "submit", value: one.name, formnovalidate: true }, one.label)),
    el("button", { class: "button", type: "button", on: { click: () => shown.close("") } }, no),
    yes && el("button", { class: `button ${isDanger ? "is-danger is-filled" : "is-primary"}`, type: "submit", value: "yes" }, yes),
  ];
  const form = el("form", { method: "dialog" }, el("div", { class: "dialog-body" }, body), wrong, el("div", { class: "dialog-answers" }, answers));
  const shown = el("dialog", { class: "dialog", "aria-labelledby": id }, el("div", { class: "dialog-head" }, el("h2", { id, dir: "auto" }, title), close), form);

  return new Promise((resolve) => {
    let answer = null;
    form.addEventListener("submit", (event) => {
      const values = { ...Object.fromEntries(new FormData(form)), does: event.submitter?.value ?? "yes" };
      const problem = values.does === "yes" ? check(values) : "";
      if (problem) {
        event.preventDefault();
        wrong.textContent = problem;
        return;
      }
      answer = values;
    });
    shown.addEventListener("click", (event) => {
      if (event.target === shown) shown.close("");
    });
    shown.addEventListener("close", () => {
      shown.remove();
      resolve(answer);
    });
    document.body.append(shown);
    shown.showModal();
  });
}
