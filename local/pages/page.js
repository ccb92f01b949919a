/** What the parts of a page share: finding, showing, telling, and doing one thing at a time. */

export const get = (id) => document.getElementById(id);

/** Shows one section and no other, and takes the focus there. */
export function show(name, focus) {
  for (const section of document.querySelectorAll("main > section"))
    section.hidden = section.id !== name;
  showStep(name);
  document.title = `${get(`${name}-title`).textContent} · Latchkey`;
  focus.focus();
}

/** An end is the end of the code. */
function showStep(name) {
  const steps = [...document.querySelectorAll("[data-step]")];
  const current = steps.findIndex(
    ({ dataset }) => dataset.step === (name === "ended" ? "code" : name),
  );
  for (const [index, step] of steps.entries()) {
    step.classList.toggle("done", index < current);
    if (index === current) step.setAttribute("aria-current", "step");
    else step.removeAttribute("aria-current");
  }
}

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

let isBusy = false;

/** One request at a time: a second press while one is under way does nothing. */
export async function alone(button, work) {
  if (isBusy) return;
  isBusy = true;
  button.setAttribute("aria-disabled", "true");
  try {
    await work();
  } finally {
    if (button.dataset.waiting === undefined) button.removeAttribute("aria-disabled");
    isBusy = false;
  }
}
