import { copy, get, make, notice, readable } from "./page.js";

/** Browsers do no cryptography for pages without https, but for those of this very machine. */
const CAN_VERIFY = globalThis.crypto?.subtle !== undefined;

/**
 * Reads a proof and checks it as a back end would: its signature against the published keys, then its claims.
 * Gives the claims and a list of `{ text, passed }`, where `undefined` is for what this browser cannot check. In production only the back end does this.
 */
async function examine(proof, { masked, purpose, nonce }) {
  const [header, claims] = proof.split(".").slice(0, 2).map(decoded);
  const checks = [
    {
      text: "Signed by a published key (RS256)",
      passed: CAN_VERIFY ? await isSigned(proof, header).catch(() => false) : undefined,
    },
    {
      text: "Names the number that the code went to",
      passed: isMasked(claims.phone_number, masked) && claims.phone_number_verified === true,
    },
    { text: "Belongs to this sign-in (nonce)", passed: claims.nonce === nonce },
    { text: "Is for this purpose", passed: claims.purpose === purpose },
    { text: "Has not run out", passed: claims.exp * 1000 > Date.now() },
  ];
  return { claims, checks };
}

/** `+44•••••••123` is the masked form of `+447700900123`. */
function isMasked(number, masked) {
  const [first, ...rest] = masked.split("•");
  const last = rest.at(-1) ?? "";
  return number.length === masked.length && number.startsWith(first) && number.endsWith(last);
}

async function isSigned(proof, { alg, kid }) {
  const response = await fetch("/.well-known/jwks.json");
  const { keys } = await response.json();
  const jwk = keys.find((key) => key.kid === kid);
  if (alg !== "RS256" || jwk === undefined) return false;
  const key = await crypto.subtle.importKey(
    "jwk",
    jwk,
    { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" },
    false,
    ["verify"],
  );
  const [header, payload, signature] = proof.split(".");
  const signed = new TextEncoder().encode(`${header}.${payload}`);
  return crypto.subtle.verify("RSASSA-PKCS1-v1_5", key, bytes(signature), signed);
}

function decoded(part) {
  return JSON.parse(new TextDecoder().decode(bytes(part)));
}

function bytes(base64url) {
  const binary = atob(base64url.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}

let clock;

/** Shows a proof: its meaning, the result of the checks, and its claims. */
export async function showProof(proof, expected) {
  const { claims, checks } = await examine(proof, expected);
  get("proven-number").textContent = readable(claims.phone_number);
  get("proven-checks").replaceChildren(...checks.map(checkItem));
  get("proven-claims").replaceChildren(...Object.entries(claims).flatMap(claimItem));
  get("proven-proof").replaceChildren(...partsOf(proof));
  clearInterval(clock);
  clock = setInterval(showLife, 1_000, claims.exp);
  showLife(claims.exp);
  notice(get("copied"), "");
}

function showLife(exp) {
  const seconds = Math.ceil(exp - Date.now() / 1_000);
  const left = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  get("proven-life").textContent = seconds > 0 ? `for another ${left}` : "but this one has run out";
}

function checkItem({ text, passed }) {
  const states = { undefined: "unknown", false: "failed", true: "passed" };
  return make("li", { class: states[passed], text });
}

/** Header, claims and signature, each in its colour. */
function partsOf(proof) {
  return proof.split(".").flatMap((text, index) => {
    const part = make("span", { class: `part-${index}`, text });
    return index === 0 ? [part] : [".", part];
  });
}

function claimItem([name, value]) {
  const isTime = name === "iat" || name === "exp";
  const text = isTime
    ? new Date(value * 1000).toLocaleString("en-GB")
    : String(value).replaceAll(",", ", ");
  return [make("dt", { text: name }), make("dd", { text })];
}

get("copy").addEventListener("click", async () => {
  const isCopied = await copy(get("proven-proof").textContent);
  notice(get("copied"), isCopied ? "Copied" : "This browser lets no page copy here.");
});
