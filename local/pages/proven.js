import { get, notice, show } from "./page.js";
import { readable } from "./phone-number.js";
import { examine } from "./proof.js";

/** Shows a proof: what it proves, whether this page believes it, and what it says. */
export async function showProof(proof, expected) {
  const { claims, checks } = await examine(proof, expected);
  get("proven-text").textContent =
    `Whoever typed the code reads the messages of ${readable(claims.phone_number)}. A back end can check that from the proof alone.`;
  get("proven-checks").replaceChildren(...checks.map(checkItem));
  get("proven-claims").replaceChildren(...Object.entries(claims).flatMap(claimItem));
  get("proven-proof").textContent = proof;
  notice(get("copied"), "");
  show("proven", get("proven-title"));
}

function checkItem({ text, passed }) {
  const item = document.createElement("li");
  item.textContent = text;
  item.classList.toggle("failed", !passed);
  return item;
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
  await navigator.clipboard.writeText(get("proven-proof").textContent);
  notice(get("copied"), "Copied");
});
