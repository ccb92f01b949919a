import { isSupportedCountry, parsePhoneNumberFromString } from "libphonenumber-js/mobile";
import { type Country, DESTINATIONS } from "../policy/destinations.ts";
import { GLOBAL_CODES } from "../policy/special-numbers.ts";
import { isE164, type Phone } from "./identifiers.ts";
import { judgeAbroad, judgeUk } from "./phone-plans.ts";
import {
  accepted,
  INVALID,
  notAllowed,
  type PhoneSettings,
  type PhoneVerdict,
} from "./phone-verdict.ts";

/**
 * Accepts a mobile number of an open country. It is an allow-list by country and type: an unknown number is refused. Canonical spellings only:
 * libraries fold more than 25 spellings of a number into one, NUL bytes and surrounding text included, so every other is refused before a library
 * sees it. Later code uses the `phone` of the verdict, never `to`.
 */
export function judgePhone(to: string, settings: PhoneSettings): PhoneVerdict {
  const phone = canonical(to, settings.defaultCountry);
  if (phone === undefined) return INVALID;
  if (DESTINATIONS.fictional.test(phone))
    return settings.fictionalNumbers ? accepted(phone, "GB") : notAllowed("fictional");
  const globalService = GLOBAL_CODES[phone.slice(1, 4)];
  if (globalService !== undefined) return notAllowed(globalService);
  return phone.startsWith("+44") ? judgeUk(phone, settings) : judgeAbroad(phone, settings);
}

// Stryker disable next-line Regex: only digits that a country writes so are equal below; this spares the library the rest
const NATIONAL_FORM = /^\d{4,15}$/;

/** E.164 unchanged. Of a number's national spellings only the one of its plan (with trunk zero), in digits alone: no library sees more. */
function canonical(to: string, defaultCountry: Country | undefined): Phone | undefined {
  if (isE164(to)) return to;
  // Stryker disable next-line ConditionalExpression,LogicalOperator: a fence in front of one; only digits that a country writes so are equal below
  if (defaultCountry === undefined || !NATIONAL_FORM.test(to)) return undefined;
  const parsed = parsePhoneNumberFromString(to, { defaultCountry });
  if (parsed?.formatNational().replace(/\D/g, "") !== to) return undefined;
  return isE164(parsed.number) ? parsed.number : undefined;
}

/**
 * The settings from the texts of an environment: countries separated by commas, and an empty default country for none. Throws for an unknown
 * country or choice, so that a function with a mistyped setting does not start.
 */
export function phoneSettings(texts: {
  readonly fictionalNumbers: string;
  readonly countries: string;
  readonly unallocatedBlocks: string;
  readonly defaultCountry: string;
}): PhoneSettings {
  const { fictionalNumbers, unallocatedBlocks, defaultCountry } = texts;
  if (unallocatedBlocks !== "refuse" && unallocatedBlocks !== "count")
    throw new Error(`unallocated blocks are refused or counted, not "${unallocatedBlocks}"`);
  return {
    fictionalNumbers: fictionalNumbers === "accepted",
    countries: texts.countries.split(",").map(countryOf),
    unallocatedBlocks,
    defaultCountry: defaultCountry === "" ? undefined : countryOf(defaultCountry),
  };
}

function countryOf(text: string): Country {
  if (!isSupportedCountry(text)) throw new Error(`"${text}" is no country`);
  return text;
}
