import { mac } from "./code.ts";
import type { Mac, VerificationId } from "./identifiers.ts";
import type { Key, Random } from "./ports.ts";

type Request = { readonly id: VerificationId; readonly idempotencyKey?: string | undefined };

/**
 * The mark in the item by which the same request is recognized: a MAC of its idempotency key. A request without one gets a fresh mark, which no
 * other request can have.
 */
export function requestKeyOf(
  key: Key,
  use: "check" | "resend",
  { id, idempotencyKey }: Request,
  random: Pick<Random, "bytes">,
): Mac {
  if (idempotencyKey !== undefined) return mac(key, [use, id, idempotencyKey]);
  return mac(key, [`${use} once`, id, Buffer.from(random.bytes(32)).toString("base64url")]);
}
