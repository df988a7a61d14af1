/** Makes elements out of names, properties and children. Words only ever become text nodes, so nothing becomes markup. */

const FORBIDDEN = /^(on|style$|srcdoc$)/i;

/** `el("button", {class: "go", on: {click}}, "Go")`; children that are null or false are left out. */
export function el(name, properties = {}, ...children) {
  return filled(document.createElement(name), properties, children);
}

/** The same for a drawing. */
export function svg(name, properties = {}, ...children) {
  return filled(document.createElementNS("http://www.w3.org/2000/svg", name), properties, children);
}

/** Puts these children in place of all others. */
export function fill(parent, ...children) {
  parent.replaceChildren(...nodes(children));
  return parent;
}

/** Sets lengths and colours through the style object, which a strict policy allows where it refuses attributes. */
export function shape(element, values) {
  for (const [name, value] of Object.entries(values)) element.style.setProperty(name, String(value));
  return element;
}

function filled(element, properties, children) {
  for (const [name, value] of Object.entries(properties)) set(element, name, value);
  element.append(...nodes(children));
  return element;
}

function set(element, name, value) {
  if (value === null || value === undefined || value === false) return;
  if (name === "on") {
    for (const [event, listener] of Object.entries(value)) element.addEventListener(event, listener);
  } else if (name === "data") {
    for (const [key, word] of Object.entries(value)) if (word !== null && word !== undefined) element.dataset[key] = word;
  } else if (FORBIDDEN.test(name)) {
    throw new Error(`“${name}” is not set here`);
  } else {
    element.setAttribute(name, value === true ? "" : String(value));
  }
}

function nodes(children) {
  return children.flat(Infinity).filter((one) => one !== null && one !== undefined && one !== false && one !== "");
}
