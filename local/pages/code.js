import { get, notice } from "./page.js";
import { clock, countDown } from "./time.js";

/** The second step: the code's field, and what is left of its life and of its checks. */

/** When a person should hurry, and is told so once. */
const LATE_SECONDS = 60;

let stops = [];
let allChecks = 0;
/** How many digits stood in the field before the last input. */
let digitsBefore = 0;

export function stopClocks() {
  for (const stop of stops) stop();
  stops = [];
}

export function prepareCode({ codeLength, checksRemaining }) {
  const field = get("code-field");
  field.style.setProperty("--length", codeLength);
  field.value = "";
  digitsBefore = 0;
  field.removeAttribute("aria-invalid");
  allChecks = checksRemaining;
  notice(get("code-notice"), "");
  notice(get("code-status"), "");
}

export function showChecks(count) {
  get("code-checks").textContent = count === 1 ? "1 check left" : `${count} checks left`;
  const dots = Array.from({ length: allChecks }, (_, index) => {
    const dot = document.createElement("i");
    dot.classList.toggle("spent", index >= count);
    return dot;
  });
  get("code-dots").replaceChildren(...dots);
}

/** Runs the clocks of a verification; `onExpired` once its last code has run out. */
export function runClocks({ expiresAt, resendAt }, onExpired) {
  stopClocks();
  const end = Date.parse(expiresAt);
  const life = Math.max(1, Math.ceil((end - Date.now()) / 1000));
  const tick = (seconds) => {
    get("code-expiry").textContent = `expires in ${clock(seconds)}`;
    get("code-clock").style.setProperty("--left", `${(100 * seconds) / life}%`);
    get("code-state").classList.toggle("late", seconds <= LATE_SECONDS);
    if (seconds === LATE_SECONDS) notice(get("code-status"), "One minute left for this code.");
    if (seconds === 0) onExpired();
  };
  stops.push(countDown(end, tick));
  waitForResend(Date.parse(resendAt));
}

/** Holds the button until another code may be sent. */
export function waitForResend(end) {
  const button = get("resend");
  const mustWait = end > Date.now();
  stops.push(
    countDown(end, (seconds) => {
      button.disabled = seconds > 0;
      button.textContent =
        seconds > 0 ? `Send another code in ${clock(seconds)}` : "Send another code";
      if (seconds === 0 && mustWait)
        notice(get("code-status"), "You can ask for another code now.");
    }),
  );
}

export function refuseCode(text) {
  notice(get("code-notice"), text, true);
  const field = get("code-field");
  field.setAttribute("aria-invalid", "true");
  field.focus();
  field.select();
  // What comes next takes the place of all that is selected.
  digitsBefore = 0;
}

/** Calls back when a whole code came in one piece: from the message, by autofill, or from the clipboard. */
export function onWholeCode(check) {
  const field = get("code-field");
  field.addEventListener("input", () => {
    field.removeAttribute("aria-invalid");
    const digits = field.value.replace(/[\s-]/g, "");
    if (digits !== field.value) field.value = digits;
    const length = Number(field.style.getPropertyValue("--length"));
    if (digits.length === length && digitsBefore < length - 1 && /^\d+$/.test(digits)) check();
    digitsBefore = digits.length;
  });
}
