import { copy, get, notice } from "./page.js";
import { readable } from "./phone-number.js";
import { examine } from "./proof.js";
import { clock, countDown } from "./time.js";

let stopClock = () => {};

/** Shows a proof: what it proves, whether this page believes it, and what it says. */
export async function showProof(proof, expected) {
  const { claims, checks } = await examine(proof, expected);
  get("proven-number").textContent = readable(claims.phone_number);
  get("proven-checks").replaceChildren(...checks.map(checkItem));
  get("proven-claims").replaceChildren(...Object.entries(claims).flatMap(claimItem));
  get("proven-proof").replaceChildren(...partsOf(proof));
  stopClock();
  stopClock = countDown(claims.exp * 1000, (seconds) => {
    get("proven-life").textContent =
      seconds > 0 ? `for another ${clock(seconds)}` : "but this one has run out";
  });
  notice(get("copied"), "");
}

function checkItem({ text, passed }) {
  const item = document.createElement("li");
  item.textContent = text;
  item.classList.toggle("failed", passed === false);
  item.classList.toggle("unknown", passed === undefined);
  return item;
}

/** Header, claims and signature, each in its colour. */
function partsOf(proof) {
  return proof.split(".").flatMap((text, index) => {
    const part = document.createElement("span");
    part.className = `part-${index}`;
    part.textContent = text;
    return index === 0 ? [part] : [".", part];
  });
}

function claimItem([name, value]) {
  const term = document.createElement("dt");
  const description = document.createElement("dd");
  term.textContent = name;
  const isTime = name === "iat" || name === "exp";
  description.textContent = isTime
    ? new Date(value * 1000).toLocaleString("en-GB")
    : String(value).replaceAll(",", ", ");
  return [term, description];
}

get("copy").addEventListener("click", async () => {
  const isCopied = await copy(get("proven-proof").textContent);
  notice(get("copied"), isCopied ? "Copied" : "This browser lets no page copy here.");
});
