import { isE164, type Phone, type Sealed, type VerificationId, wellFormed } from "./identifiers.ts";
import type { Key, Random } from "./ports.ts";
import { seal, unseal } from "./seal.ts";
import type { Purpose } from "./verification.ts";

/** The contents of a verification that its item holds sealed. */
export type Contents = { readonly to: Phone; readonly nonce?: string | undefined };

/** The seal opens only with the id, which the table does not hold, and for its purpose. */
type SealContext = { readonly id: VerificationId; readonly purpose: Purpose };

export function sealContents(
  key: Key,
  context: SealContext,
  { to, nonce }: Contents,
  random: Pick<Random, "bytes">,
): Sealed {
  return seal(key, contextOf(context), JSON.stringify([to, nonce ?? null]), random);
}

export function openContents(key: Key, context: SealContext, sealed: Sealed): Contents {
  const contents: unknown = JSON.parse(unseal(key, contextOf(context), sealed));
  const [number, nonce]: readonly unknown[] = Object(contents);
  const to = wellFormed(String(number), isE164, "a number in E.164");
  return typeof nonce === "string" ? { to, nonce } : { to };
}

function contextOf({ id, purpose }: SealContext): string {
  return `${id}|${purpose}`;
}
