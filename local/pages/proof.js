/** Browsers do no cryptography for pages without https, but for those of this very machine. */
const CAN_VERIFY = globalThis.crypto?.subtle !== undefined;

/**
 * Reads a proof and checks it as a back end would: its signature against the published keys, then what it says.
 * Gives the claims and a list of `{ text, passed }`, where `undefined` is for what this browser cannot check. A real page leaves this to its back end, which alone is believed.
 */
export async function examine(proof, { masked, purpose, nonce }) {
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

/** `+44•••••••123` is `+447700900123` with dots for what the page need not know. */
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
