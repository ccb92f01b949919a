import { get, notice } from "./page.js";
import { clock, countDown } from "./time.js";

/** The first step: asking for a number, and saying why one will not do. */

const SEND = "Send a code";
let stopWaiting = () => {};

/** Tells what is wrong with a number; where waiting helps, the button says how long. */
export function refuseNumber(text, retryAfterSeconds) {
  notice(get("number-notice"), text, true);
  get("number-field").setAttribute("aria-invalid", "true");
  get("number-field").focus();
  if (retryAfterSeconds !== undefined) wait(retryAfterSeconds);
}

export function acceptNumber() {
  stopWaiting();
  freeButton();
  notice(get("number-notice"), "");
  get("number-field").removeAttribute("aria-invalid");
}

/** Whether another number, at least, may be tried at once: a wait is for the number that was typed. */
function wait(seconds) {
  stopWaiting();
  const button = get("send");
  button.dataset.waiting = "";
  button.setAttribute("aria-disabled", "true");
  stopWaiting = countDown(Date.now() + seconds * 1000, (left) => {
    button.textContent = `${SEND} in ${clock(left)}`;
    if (left > 0) return;
    freeButton();
    notice(get("number-notice"), "");
    get("number-field").removeAttribute("aria-invalid");
    notice(get("number-status"), "You can send a code now.");
  });
}

function freeButton() {
  const button = get("send");
  delete button.dataset.waiting;
  button.removeAttribute("aria-disabled");
  button.textContent = SEND;
}

export function isWaiting() {
  return get("send").dataset.waiting !== undefined;
}

function fillIn(number) {
  acceptNumber();
  get("number-field").value = number;
  get("send").focus();
}

/** One of those that are well: 990 to 996 are not. */
function inventNumber() {
  const last = 100 + Math.floor(Math.random() * 800);
  return `07700 900${last}`;
}

get("invent").addEventListener("click", () => fillIn(inventNumber()));
for (const button of document.querySelectorAll("[data-number]"))
  button.addEventListener("click", () => fillIn(button.dataset.number));
get("number-field").addEventListener("input", acceptNumber);
