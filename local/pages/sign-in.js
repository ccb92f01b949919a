import { createApi } from "./api.js";
import { alone, get, notice, show } from "./page.js";
import { toE164 } from "./phone-number.js";
import { showProof } from "./proven.js";
import { clock, countDown, howLong } from "./time.js";

const api = createApi();
const PURPOSE = "login";

const ENDS = {
  expired: ["The code has expired", "Codes work for a few minutes only. Please start again."],
  exhausted: [
    "Too many wrong codes",
    "That was the last check. Please start again, and a new code will be sent.",
  ],
  canceled: ["Canceled", "This sign-in was canceled. Please start again."],
  used: [
    "Already used",
    "This code has proven the number once and does so no more. Please start again.",
  ],
};

/** What the page knows of the sign-in that it is in. */
let session = {};
let stops = [];

function stopClocks() {
  for (const stop of stops) stop();
  stops = [];
}

/** A problem in words for the person: the API's own, and when to come back. */
function words({ title, retryAfterSeconds }) {
  return retryAfterSeconds === undefined
    ? title
    : `${title} Try again in ${howLong(retryAfterSeconds)}.`;
}

async function start() {
  const field = get("number-field");
  const to = toE164(field.value);
  if (to === undefined)
    return refuseNumber("Please type a UK mobile number, such as 07700\u00a0900123.");
  const nonce = session.to === to ? session.nonce : crypto.randomUUID();
  session = { to, nonce };
  const { body, problem } = await api.start({ to, purpose: PURPOSE, nonce });
  if (problem !== undefined) return refuseNumber(words(problem));
  notice(get("number-notice"), "");
  field.removeAttribute("aria-invalid");
  askForCode(body);
}

function refuseNumber(text) {
  notice(get("number-notice"), text, true);
  get("number-field").setAttribute("aria-invalid", "true");
  get("number-field").focus();
}

function askForCode(verification) {
  update(verification);
  notice(get("code-notice"), "");
  get("code-field").value = "";
  show("code", get("code-field"));
}

/** Shows where the verification stands, after a start and after each resend. */
function update(verification) {
  session = { ...session, id: verification.id };
  get("code-to").textContent = verification.to;
  get("code-delivery").textContent =
    verification.delivery === "unknown" ? "It may take a while: the network gave no answer." : "";
  showChecks(verification.checksRemaining);
  stopClocks();
  stops.push(
    countDown(Date.parse(verification.expiresAt), showExpiry),
    waitForResend(Date.parse(verification.resendAt)),
  );
}

function showChecks(count) {
  get("code-checks").textContent = count === 1 ? "1 check left" : `${count} checks left`;
}

function showExpiry(seconds) {
  if (seconds > 0) get("code-expiry").textContent = `expires in ${clock(seconds)}`;
  else end("expired");
}

function waitForResend(end) {
  const button = get("resend");
  return countDown(end, (seconds) => {
    button.disabled = seconds > 0;
    button.textContent =
      seconds > 0 ? `Send another code in ${clock(seconds)}` : "Send another code";
  });
}

async function check() {
  const code = get("code-field").value.replace(/\s/g, "");
  if (!/^\d+$/.test(code)) return refuseCode("Please type the digits of the code.");
  const { body, problem } = await api.check(session.id, code);
  if (problem !== undefined) return refuseCode(words(problem));
  if (body.result === "approved") return celebrate(body.proof);
  const ended = [body.result, body.status].find((name) => name in ENDS);
  if (ended !== undefined) return end(ended);
  showChecks(body.checksRemaining);
  const left =
    body.checksRemaining === 1 ? "1 check is left." : `${body.checksRemaining} checks are left.`;
  refuseCode(
    body.result === "code-expired"
      ? "This code is too old. Please type the newest one."
      : `This is not the code. ${left}`,
  );
}

function refuseCode(text) {
  notice(get("code-notice"), text, true);
  const field = get("code-field");
  field.setAttribute("aria-invalid", "true");
  field.focus();
  field.select();
}

async function resend() {
  const { body, problem } = await api.resend(session.id);
  if (problem === undefined) {
    update(body);
    get("code-field").focus();
    return notice(
      get("code-notice"),
      "Another code is on its way. The earlier one works too until it expires.",
    );
  }
  if (problem.verificationStatus in ENDS) return end(problem.verificationStatus);
  if (problem.resendAt !== undefined) stops.push(waitForResend(Date.parse(problem.resendAt)));
  notice(get("code-notice"), words(problem), true);
}

async function cancel() {
  const { problem } = await api.cancel(session.id);
  if (problem !== undefined && problem.code !== "verification-ended")
    return notice(get("code-notice"), words(problem), true);
  startAgain();
}

async function celebrate(proof) {
  stopClocks();
  await showProof(proof, { number: session.to, purpose: PURPOSE, nonce: session.nonce });
}

function end(name) {
  stopClocks();
  const [title, text] = ENDS[name];
  get("ended-title").textContent = title;
  get("ended-text").textContent = text;
  show("ended", get("ended-title"));
}

function startAgain() {
  stopClocks();
  session = {};
  notice(get("number-notice"), "");
  show("number", get("number-field"));
}

function onSubmit(form, work) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void alone(form.querySelector(".primary"), work);
  });
}

onSubmit(get("number-form"), start);
onSubmit(get("code-form"), check);
get("resend").addEventListener("click", () => alone(get("resend"), resend));
get("cancel").addEventListener("click", () => alone(get("cancel"), cancel));
for (const button of document.querySelectorAll(".again"))
  button.addEventListener("click", startAgain);
get("code-field").addEventListener("input", ({ target }) => target.removeAttribute("aria-invalid"));
get("number-field").addEventListener("input", ({ target }) =>
  target.removeAttribute("aria-invalid"),
);
