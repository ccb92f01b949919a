/** Shared functions of the pages: elements, notices, the clipboard. */

export const get = (id) => document.getElementById(id);

/** An element with its text, attributes and children. */
export function make(name, { text, ...attributes } = {}, children = []) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  if (text !== undefined) element.textContent = text;
  element.append(...children);
  return element;
}

export function notice(element, text, isFault = false) {
  element.classList.toggle("fault", isFault);
  element.textContent = text;
}

export const put = (path, wish) => fetch(path, { method: "PUT", body: JSON.stringify(wish) });

/** Copies a text where the browser lets a page do that: on localhost and on https. Returns whether it did. */
export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

/** `+447700900123` as people in Britain write it. */
export function readable(e164) {
  return e164.replace(/^\+44(\d{4})(\d{6})$/, "0$1 $2");
}

/** The time of day, on a clock. */
export function timeOf(date, withSeconds = false) {
  const seconds = withSeconds ? { second: "2-digit" } : {};
  return date.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit", ...seconds });
}

/** 128 random bits in hex. `crypto.randomUUID` is there on localhost and on https only, and phones come by the address of the network. */
export function randomId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
