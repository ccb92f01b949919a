import { getCountryCallingCode, parsePhoneNumberFromString } from "libphonenumber-js/mobile";
import { DESTINATIONS } from "../policy/destinations.ts";
import { isE164, type Phone } from "./identifiers.ts";

type PhoneRefusal = "phone-invalid" | "phone-not-allowed" | "country-not-enabled";

/** What the policy makes of a number: accepted, or why not. */
export type PhoneVerdict =
  | { readonly kind: "accepted"; readonly phone: Phone }
  | { readonly kind: "refused"; readonly why: PhoneRefusal };

/**
 * Accepts a mobile of an enabled country, in E.164 and in no other spelling: libraries fold more than 25 spellings of a number into one,
 * NUL bytes and text around it included, so anything but the canonical form is refused before a library sees it.
 */
export function judgePhone(
  to: string,
  { fictionalNumbers }: { readonly fictionalNumbers: boolean },
): PhoneVerdict {
  if (!isE164(to)) return { kind: "refused", why: "phone-invalid" };
  const isFictional = DESTINATIONS.fictional.test(to);
  if (isFictional && fictionalNumbers) return { kind: "accepted", phone: to };
  const why = isFictional ? "phone-not-allowed" : refusalOf(to);
  return why === undefined ? { kind: "accepted", phone: to } : { kind: "refused", why };
}

/** Country by country and type by type is an allow-list: what the metadata cannot place is refused. */
function refusalOf(to: Phone): PhoneRefusal | undefined {
  const parsed = parsePhoneNumberFromString(to);
  if (parsed === undefined || parsed.number !== to) return "phone-invalid";
  const callingCodes = DESTINATIONS.countries.map((country) => getCountryCallingCode(country));
  if (!callingCodes.includes(parsed.countryCallingCode)) return "country-not-enabled";
  if (!parsed.isPossible()) return "phone-invalid";
  const countries: readonly (string | undefined)[] = [...DESTINATIONS.countries, undefined];
  if (!countries.includes(parsed.country)) return "country-not-enabled";
  const types: readonly (string | undefined)[] = DESTINATIONS.types;
  const isPlaced = parsed.country !== undefined && parsed.isValid();
  return isPlaced && types.includes(parsed.getType()) ? undefined : "phone-not-allowed";
}
