import type { Country } from "../policy/destinations.ts";
import type { PhoneReason } from "../policy/special-numbers.ts";
import type { Phone } from "./identifiers.ts";

/** What a stage decides; what it leaves out is as in DESTINATIONS. */
export type PhoneSettings = {
  readonly fictionalNumbers: boolean;
  readonly countries?: readonly Country[] | undefined;
  readonly unallocatedBlocks?: "refuse" | "count" | undefined;
  /** Whose national form is taken beside E.164. */
  readonly defaultCountry?: Country | undefined;
};

type Accepted = {
  readonly kind: "accepted";
  readonly phone: Phone;
  /** Whose mobile it is: what a message costs goes by it. */
  readonly country: Country;
  /** A UK mobile in a block of nobody, let through to be counted. */
  readonly isUnallocated: boolean;
};

type Refused =
  | { readonly kind: "refused"; readonly why: "phone-invalid" | "country-not-enabled" }
  | { readonly kind: "refused"; readonly why: "phone-not-allowed"; readonly reason: PhoneReason };

/** What the policy makes of a number: accepted, or why not. */
export type PhoneVerdict = Accepted | Refused;

export const INVALID: PhoneVerdict = { kind: "refused", why: "phone-invalid" };
export const NOT_ENABLED: PhoneVerdict = { kind: "refused", why: "country-not-enabled" };

export function accepted(phone: Phone, country: Country): Accepted {
  return { kind: "accepted", phone, country, isUnallocated: false };
}

export function notAllowed(reason: PhoneReason): PhoneVerdict {
  return { kind: "refused", why: "phone-not-allowed", reason };
}
