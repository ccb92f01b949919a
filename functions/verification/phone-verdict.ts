import type { Country } from "../policy/destinations.ts";
import type { PhoneReason } from "../policy/special-numbers.ts";
import type { Phone } from "./identifiers.ts";

/** The settings of a stage; DESTINATIONS holds the defaults. */
export type PhoneSettings = {
  readonly fictionalNumbers: boolean;
  readonly countries?: readonly Country[] | undefined;
  readonly unallocatedBlocks?: "refuse" | "count" | undefined;
  /** The country whose national form is accepted beside E.164. */
  readonly defaultCountry?: Country | undefined;
};

type Accepted = {
  readonly kind: "accepted";
  readonly phone: Phone;
  /** The country of the number, which sets the price of a message. */
  readonly country: Country;
  /** A UK mobile in an unallocated block, accepted to be counted. */
  readonly isUnallocated: boolean;
};

type Refused =
  | { readonly kind: "refused"; readonly why: "phone-invalid" | "country-not-enabled" }
  | { readonly kind: "refused"; readonly why: "phone-not-allowed"; readonly reason: PhoneReason };

/** The verdict of the policy: accepted, or the reason against it. */
export type PhoneVerdict = Accepted | Refused;

export const INVALID: PhoneVerdict = { kind: "refused", why: "phone-invalid" };
export const NOT_ENABLED: PhoneVerdict = { kind: "refused", why: "country-not-enabled" };

export function accepted(phone: Phone, country: Country): Accepted {
  return { kind: "accepted", phone, country, isUnallocated: false };
}

export function notAllowed(reason: PhoneReason): PhoneVerdict {
  return { kind: "refused", why: "phone-not-allowed", reason };
}
