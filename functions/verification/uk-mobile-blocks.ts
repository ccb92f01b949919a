import { DESTINATIONS, UK_COUNTRIES, type UkCountry } from "../policy/destinations.ts";
import { UK_MOBILE_BLOCKS } from "../policy/uk-mobile-blocks.generated.ts";
import type { Phone } from "./identifiers.ts";
import type { Instant } from "./verification.ts";

/** Numbers without their trunk zero, both ends included. */
type Range = { readonly from: number; readonly to: number; readonly country: UkCountry };

const CALLING_CODE = "+44";
const NATIONAL_DIGITS = 10;
const DAY_MS = 86_400_000;

const RANGES: readonly Range[] = UK_COUNTRIES.flatMap((country) =>
  Array.from(
    UK_MOBILE_BLOCKS[country].matchAll(/(\d+)(?:-(\d+))?/g),
    // Stryker disable next-line StringLiteral: what matches has its first group
    ([, first = "", last = first]) => ({
      from: Number(first.padEnd(NATIONAL_DIGITS, "0")),
      to: Number(last.padEnd(NATIONAL_DIGITS, "9")),
      country,
    }),
  ),
);

/**
 * The country of the holder of a UK mobile block, or nothing for an unallocated block. By the holder's name, since libraries call blocks of the
 * Isle of Man British. A holder does not prove the network: numbers are ported.
 */
export function countryOfBlock(phone: Phone): UkCountry | undefined {
  const national = Number(phone.slice(CALLING_CODE.length));
  return RANGES.find(({ from, to }) => from <= national && national <= to)?.country;
}

/** Whether the table is too old to refuse by: a block that was allocated since would count as unallocated. `now` in milliseconds. */
export function areUkBlocksOld(now: Instant): boolean {
  const age = now - Date.parse(UK_MOBILE_BLOCKS.asOf);
  return age > DESTINATIONS.ukBlocksFreshForDays * DAY_MS;
}
