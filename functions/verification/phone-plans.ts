import {
  getCountryCallingCode,
  type PhoneNumber,
  parsePhoneNumberFromString,
} from "libphonenumber-js/mobile";
import { type Country, DESTINATIONS, UK_COUNTRIES } from "../policy/destinations.ts";
import { type PhoneReason, SPECIAL_NUMBERS } from "../policy/special-numbers.ts";
import type { Phone } from "./identifiers.ts";
import {
  accepted,
  INVALID,
  NOT_ENABLED,
  notAllowed,
  type PhoneSettings,
  type PhoneVerdict,
} from "./phone-verdict.ts";
import { countryOfBlock } from "./uk-mobile-blocks.ts";

/** Ten digits; older numbers have nine or seven. None begins with 0 (a trunk zero kept), 4 or 6. */
const UK_NUMBER = /^\+44(?:[1-357-9]\d{9}|[158]\d{8}|8\d{6})$/;

/** +44 follows Ofcom's tables: no library knows the holder of a block, nor all blocks of the Isle of Man. */
export function judgeUk(phone: Phone, settings: PhoneSettings): PhoneVerdict {
  const { countries = DESTINATIONS.countries } = settings;
  if (!UK_COUNTRIES.some((country) => countries.includes(country))) return NOT_ENABLED;
  if (!UK_NUMBER.test(phone)) return INVALID;
  const special = specialReason("44", phone);
  if (special !== undefined) return notAllowed(special);
  const holder = countryOfBlock(phone);
  if (holder === undefined) return judgeUnallocated(phone, settings);
  return countries.includes(holder) ? accepted(phone, holder) : NOT_ENABLED;
}

/** If unallocated blocks are only counted, libraries decide what is a mobile, and its country. */
function judgeUnallocated(phone: Phone, settings: PhoneSettings): PhoneVerdict {
  const { countries = DESTINATIONS.countries, unallocatedBlocks } = settings;
  const isCounted = (unallocatedBlocks ?? DESTINATIONS.unallocatedBlocks) === "count";
  const country = isCounted ? mobileCountry(parsePhoneNumberFromString(phone)) : undefined;
  if (country === undefined) return notAllowed("unallocated");
  if (!countries.includes(country)) return NOT_ENABLED;
  return { ...accepted(phone, country), isUnallocated: true };
}

/**
 * Every other country goes by libphonenumber's metadata of mobiles. On the 368 numbers of the plans in the tests `mobile` is wrong about 30, all
 * of them in SPECIAL_NUMBERS, and `max` about 31. `min` has no types for most countries: it refuses 93 mobiles, or else lets 237 landlines,
 * premium numbers and others through. `max` is 58 KB more (16 KB of gzip; 1.2 times the load and the decision), past the budget of the bundle;
 * all it would add is a finer reason.
 */
export function judgeAbroad(
  phone: Phone,
  { countries = DESTINATIONS.countries }: PhoneSettings,
): PhoneVerdict {
  const parsed = parsePhoneNumberFromString(phone);
  if (parsed?.number !== phone) return INVALID;
  const { country, countryCallingCode } = parsed;
  const isCodeOpen = countries.some((open) => getCountryCallingCode(open) === countryCallingCode);
  if (!isCodeOpen) return NOT_ENABLED;
  if (!parsed.isPossible()) return INVALID;
  if (country !== undefined && !countries.includes(country)) return NOT_ENABLED;
  const special = specialReason(countryCallingCode, phone);
  if (special !== undefined) return notAllowed(special);
  const mobile = mobileCountry(parsed);
  return mobile === undefined ? notAllowed("not-mobile") : accepted(phone, mobile);
}

function specialReason(callingCode: string, phone: Phone): PhoneReason | undefined {
  return SPECIAL_NUMBERS[callingCode]?.find(({ numbers }) => numbers.test(phone))?.reason;
}

/** `isValid` is weaker: where the metadata has no types at all (Tristan da Cunha), it calls every number valid. */
function mobileCountry(parsed: PhoneNumber | undefined): Country | undefined {
  // Stryker disable next-line OptionalChaining: a number in the form of a plan can be parsed; only the types require it
  return parsed?.getType() === "MOBILE" ? parsed.country : undefined;
}
