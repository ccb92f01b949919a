import { createApi } from "./api.js";
import {
  onWholeCode,
  prepareCode,
  refuseCode,
  runClocks,
  showChecks,
  stopClocks,
  waitForResend,
} from "./code.js";
import { ENDS } from "./ends.js";
import { acceptNumber, isWaiting, refuseNumber } from "./number.js";
import { alone, get, notice, show } from "./page.js";
import { readable, toE164 } from "./phone-number.js";
import { showProof } from "./proven.js";
import { randomId } from "./random.js";
import { howLong } from "./time.js";

const api = createApi();
const PURPOSE = "login";

/** What the page knows of the sign-in that it is in. */
let session = {};

/** A problem in words for the person: the API's own, and when to come back. */
function words({ title, retryAfterSeconds }) {
  return retryAfterSeconds === undefined
    ? title
    : `${title} Try again in ${howLong(retryAfterSeconds)}.`;
}

async function start() {
  if (isWaiting()) return;
  const to = toE164(get("number-field").value);
  if (to === undefined)
    return refuseNumber("Please type a UK mobile number, such as 07700\u00a0900123.");
  const nonce = session.to === to ? session.nonce : randomId();
  session = { to, nonce };
  const { body, problem } = await api.start({ to, purpose: PURPOSE, nonce });
  if (problem !== undefined) return refuseNumber(words(problem), problem.retryAfterSeconds);
  acceptNumber();
  prepareCode(body);
  update(body);
  show("code", get("code-field"));
}

/** Shows where the verification stands, after a start and after each resend. */
function update(verification) {
  session = { ...session, id: verification.id, masked: verification.to };
  get("code-to").textContent = verification.to;
  showChecks(verification.checksRemaining);
  runClocks(verification, () => end("expired"));
  if (verification.delivery === "unknown")
    notice(get("code-notice"), "The network gave no answer. The message may still arrive.");
}

async function check() {
  const code = get("code-field").value.replace(/[\s-]/g, "");
  if (!/^\d+$/.test(code)) return refuseCode("Please type the digits of the code.");
  const { body, problem } = await api.check(session.id, code);
  if (problem !== undefined) return refuseCode(words(problem));
  if (body.result === "approved") return celebrate(body.proof);
  const ended = [body.result, body.status].find((name) => Object.hasOwn(ENDS, name));
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

async function resend() {
  const { body, problem } = await api.resend(session.id);
  if (problem === undefined) {
    notice(
      get("code-notice"),
      "Another code is on its way. The earlier one works too until it expires.",
    );
    get("code-field").focus();
    return update(body);
  }
  if (Object.hasOwn(ENDS, problem.verificationStatus ?? "")) return end(problem.verificationStatus);
  if (problem.resendAt !== undefined) waitForResend(Date.parse(problem.resendAt));
  notice(get("code-notice"), words(problem), true);
}

async function cancel() {
  const { problem } = await api.cancel(session.id);
  if (problem !== undefined && problem.code !== "verification-ended")
    return notice(get("code-notice"), words(problem), true);
  askForNumber();
}

async function celebrate(proof) {
  stopClocks();
  await showProof(proof, { number: session.to, purpose: PURPOSE, nonce: session.nonce });
}

function end(name) {
  stopClocks();
  const { title, text, icon } = ENDS[name];
  get("ended-title").textContent = title;
  get("ended-text").textContent = `${text} It goes to ${session.masked}.`;
  get("ended-icon").setAttribute("d", icon);
  show("ended", get("ended-title"));
}

/** Another code for the same number is another sign-in; what keeps it from starting is told where numbers are asked for. */
async function retry() {
  get("number-field").value = readable(session.to);
  session = {};
  show("number", get("number-field"));
  await start();
}

function askForNumber() {
  stopClocks();
  session = {};
  acceptNumber();
  show("number", get("number-field"));
  get("number-field").select();
}

function onSubmit(form, work) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void alone(form.querySelector(".primary"), work);
  });
}

onSubmit(get("number-form"), start);
onSubmit(get("code-form"), check);
onWholeCode(() => get("code-form").requestSubmit());
get("resend").addEventListener("click", () => alone(get("resend"), resend));
get("cancel").addEventListener("click", () => alone(get("cancel"), cancel));
get("retry").addEventListener("click", () => alone(get("retry"), retry));
for (const button of document.querySelectorAll(".again"))
  button.addEventListener("click", askForNumber);
