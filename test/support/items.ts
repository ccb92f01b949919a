import { mac } from "../../functions/verification/code.ts";
import {
  isScopeKey,
  isSealed,
  isVerificationKey,
  type Mac,
  type ScopeKey,
  type Sealed,
  type VerificationKey,
} from "../../functions/verification/identifiers.ts";
import type { Verification } from "../../functions/verification/verification.ts";
import { NOON } from "./deps.ts";

const KEY = Buffer.alloc(32, 7);

/** A MAC of its own for each label: a guess, a pseudonym, the name of a request. */
export function aMac(label: string): Mac {
  return mac(KEY, [label]);
}

export function aVerificationKey(label = "verification"): VerificationKey {
  const key: string = aMac(label);
  if (!isVerificationKey(key)) throw new Error("a MAC has the letters of a key");
  return key;
}

export function scopeKey(text: string): ScopeKey {
  if (!isScopeKey(text)) throw new Error("no key of a scope");
  return text;
}

export function aScopeKey(label = "client", window = 3_000_000): ScopeKey {
  return scopeKey(`ipv4#${aMac(label)}#${window}`);
}

/** One window of a day that is counted as well. */
export function aDayScopeKey(slot: number): ScopeKey {
  return scopeKey(`ipv4#${aMac("client")}#20000#${slot}`);
}

export function aSealed(label = "sealed"): Sealed {
  const sealed: string = aMac(label);
  if (!isSealed(sealed)) throw new Error("a MAC has the letters of a seal");
  return sealed;
}

export const FIVE_MINUTES = 300_000;

/** A verification as a start at noon puts it: one code, five checks, five minutes. */
export function aVerification(changes: Partial<Verification> = {}): Verification {
  return {
    key: aVerificationKey(),
    codes: [{ mac: aMac("first code"), channel: "sms", expiresAt: NOON + FIVE_MINUTES }],
    codeLength: 6,
    checks: 0,
    maxChecks: 5,
    tried: new Set(),
    expiresAt: NOON + FIVE_MINUTES,
    resendAt: NOON + 30_000,
    turn: NOON,
    purpose: "login",
    locale: "en-GB",
    sealed: aSealed(),
    number: aMac("number"),
    country: "GB",
    counts: [aScopeKey()],
    ...changes,
  };
}
