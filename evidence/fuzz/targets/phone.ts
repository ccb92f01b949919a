/** Which numbers are sent to. */
import assert from "node:assert/strict";
import {
  getCountries,
  getCountryCallingCode,
  parsePhoneNumberFromString,
} from "libphonenumber-js/max";
import type { Country } from "../../../functions/policy/destinations.ts";
import { judgePhone } from "../../../functions/verification/phone-policy.ts";
import { modeOf, seed, seedsOf } from "./target.ts";

export const reaches = [
  "functions/verification/phone-plans.ts",
  "functions/verification/phone-policy.ts",
  "functions/verification/phone-verdict.ts",
  "functions/verification/uk-mobile-blocks.ts",
] as const;

const OPEN: readonly (readonly Country[])[] = [
  ["GB"],
  ["GB", "GG", "IM", "JE"],
  ["FR", "DE", "US", "CA", "IT", "VA", "RU", "KZ", "HU", "MX"],
  getCountries(),
];
const HOMES: readonly (Country | undefined)[] = [undefined, "GB", "FR", "US", "HU", "IT", "RU"];

/** Bits of the mode: 1, 2 which countries are open; 4 numbers of fiction; 8 unallocated blocks are counted; 16 to 64 the default country. */
export function fuzz(data: Buffer): void {
  const { bit, number, rest } = modeOf(data);
  const countries = OPEN[number & 3] ?? [];
  const settings = {
    countries,
    fictionalNumbers: bit(2),
    unallocatedBlocks: bit(3) ? "count" : "refuse",
    defaultCountry: HOMES[(number >> 4) & 7],
  } as const;
  const to = rest.toString("utf8");
  const verdict = judgePhone(to, settings);
  assert.deepEqual(judgePhone(to, settings), verdict, "one number has one verdict");
  if (verdict.kind === "refused") return;
  const { phone, country } = verdict;
  assert.match(phone, /^\+[1-9][0-9]{6,14}$/);
  assert.match(to, /^\+?[0-9]+$/);
  if (to.startsWith("+")) assert.equal(phone, to, "E.164 is taken as it is");
  else insistOnOwnForm(to, phone, settings.defaultCountry);
  const isFictional = /^\+447700900\d{3}$/.test(phone);
  assert.ok(isFictional ? settings.fictionalNumbers : countries.includes(country), "opened");
  assert.ok(phone.startsWith(`+${getCountryCallingCode(country)}`));
  assert.deepEqual(judgePhone(phone, { ...settings, defaultCountry: undefined }), verdict);
  insistOnMobile(phone);
}

/** Of the national spellings only the one that the plan of the stage's own country writes. */
function insistOnOwnForm(to: string, phone: string, home: Country | undefined): void {
  assert.ok(home !== undefined, "a national form has a country");
  assert.ok(phone.startsWith(`+${getCountryCallingCode(home)}`));
  const written = parsePhoneNumberFromString(phone)
    ?.formatNational()
    .replace(/[^0-9]/g, "");
  assert.equal(to, written, "as the plan writes it");
}

/** By the fullest metadata, which the product does not ship. Of +44 Ofcom's plan is the judge: mobiles begin with 7, personal numbers and pagers do not. */
function insistOnMobile(phone: string): void {
  if (phone.startsWith("+44")) {
    assert.match(phone, /^\+447(?:[1-57-9][0-9]{8}|624[0-9]{6})$/);
    return;
  }
  const parsed = parsePhoneNumberFromString(phone);
  assert.equal(parsed?.number, phone, "the number equals what a parser makes of it");
  assert.match(parsed.getType() ?? "", /^(MOBILE|FIXED_LINE_OR_MOBILE)$/);
}

export const seeds = [
  ...["+447400123456", "+447700900123", "+447911012345", "+447700123456", "+447624123456"].flatMap(
    (number) => [seed(0, number), seed(15, number)],
  ),
  ...seedsOf(6, "+33612345678", "+4915112345678", "+12012345678", "+393471234567", "+36202345678"),
  ...seedsOf(7, "+870773111632", "+800123456789", "+97312345678", "+8613123456789", "+1684733123"),
  seed(0x17, "07400123456"),
  seed(0x27, "0612345678"),
  seed(0x37, "2012345678"),
  seed(0x47, "06202345678"),
  seed(0x57, "3471234567"),
  seed(0x67, "89123456789"),
  ...seedsOf(0, "+44 7400 123456", "tel:+447400123456;ext=1", "+447400123456\u0000", ""),
];
