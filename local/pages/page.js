/** What the parts of a page share: finding, showing, telling, and doing one thing at a time. */

export const get = (id) => document.getElementById(id);

/** Shows one section and no other, and takes the focus there. */
export function show(name, focus) {
  for (const section of document.querySelectorAll("main > section"))
    section.hidden = section.id !== name;
  focus.focus();
}

export function notice(element, text, isFault = false) {
  element.classList.toggle("fault", isFault);
  element.textContent = text;
}

let isBusy = false;

/** One request at a time: a second press while one is under way does nothing. */
export async function alone(button, work) {
  if (isBusy) return;
  isBusy = true;
  button.setAttribute("aria-disabled", "true");
  try {
    await work();
  } finally {
    button.removeAttribute("aria-disabled");
    isBusy = false;
  }
}
