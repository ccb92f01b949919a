/** What the parts of a page share: finding, telling, copying. */

export const get = (id) => document.getElementById(id);

export function notice(element, text, isFault = false) {
  element.classList.toggle("fault", isFault);
  element.textContent = text;
}

/** Copies a text where the browser lets a page do that: on localhost and on https. Says whether it did. */
export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
