import "../../client/src/form/index.ts";
import { get, make, randomId } from "./page.js";
import { showProof } from "./proof.js";

/** The sign-in page: the form, and the checks of its proof. */

const PURPOSE = "login";
const NONCE = "demo nonce";

const form = get("form");

/** One for each sign-in, kept over a reload; a real page has it from the session of its back end. */
function currentNonce() {
  const nonce = sessionStorage.getItem(NONCE) ?? randomId();
  sessionStorage.setItem(NONCE, nonce);
  return nonce;
}

const TITLES = {
  number: "Sign in",
  code: "Enter the code",
  ended: "Ended",
  approved: "The number is proven",
};

function showStep(step) {
  get("sign-in").hidden = step === "approved";
  get("proven").hidden = step !== "approved";
  get("try-number").hidden = step !== "number";
  get("try-code").hidden = step !== "code";
  document.title = `${TITLES[step]} · Latchkey`;
}

form.texts = {
  numberTitle: "Sign in with your phone",
  numberLead: "We send a code by text message to see that the number is yours.",
};
form.setAttribute("purpose", PURPOSE);
form.nonce = currentNonce();

form.addEventListener("latchkey-step", ({ detail: { step } }) => {
  if (step !== "approved") showStep(step);
});

form.addEventListener("latchkey-proof", async ({ detail: { proof, verification } }) => {
  const nonce = currentNonce();
  // A proof is good for one sign-in: the next one has a nonce of its own.
  sessionStorage.removeItem(NONCE);
  form.nonce = currentNonce();
  await showProof(proof, { masked: verification.to, purpose: PURPOSE, nonce });
  showStep("approved");
  get("proven-title").focus();
});

/** `npm start -- --challenge`: where the widget of Turnstile, hCaptcha or reCAPTCHA would be. */
form.addEventListener("latchkey-challenge", () => {
  form.querySelector("[slot=challenge]")?.remove();
  const text = "I am a person";
  const widget = make("button", { type: "button", slot: "challenge", class: "small", text });
  widget.addEventListener("click", async () => {
    widget.disabled = true;
    const answer = await fetch("/challenge/token", { method: "POST" });
    const { token } = await answer.json();
    widget.remove();
    form.answerChallenge(token);
  });
  form.append(widget);
  widget.focus();
});

get("again").addEventListener("click", () => {
  showStep("number");
  form.reset();
});
function fillIn(number) {
  form.number = number;
  form.focus();
}
// A number without a fault: 990 to 996 fail.
get("invent").addEventListener("click", () =>
  fillIn(`07700 900${100 + Math.floor(Math.random() * 800)}`),
);
for (const button of document.querySelectorAll("[data-number]"))
  button.addEventListener("click", () => fillIn(button.dataset.number));
