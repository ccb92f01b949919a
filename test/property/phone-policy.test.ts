import fc from "fast-check";
import {
  getCountries,
  getCountryCallingCode,
  parsePhoneNumberFromString,
} from "libphonenumber-js/max";
import examples from "libphonenumber-js/mobile/examples";
import { describe, expect, it } from "vitest";
import { GLOBAL_CODES } from "../../functions/policy/special-numbers.ts";
import { judgePhone } from "../../functions/verification/phone-policy.ts";

const EVERY_COUNTRY = getCountries();

/** Tries a fact with two thousand values. */
function holds<Value>(values: fc.Arbitrary<Value>, fact: (value: Value) => void): void {
  fc.assert(fc.property(values, fact), { numRuns: 2_000 });
}

const digits = (count: number) =>
  fc
    .array(fc.integer({ min: 0, max: 9 }), { minLength: count, maxLength: count })
    .map((all) => all.join(""));

/** Mobiles by their plans, and how each plan writes them at home: whoever knows the plan knows this without a library. */
const HOMES = [
  { country: "GB", code: "44", trunk: "0", range: "7400", rest: 6 },
  { country: "GB", code: "44", trunk: "0", range: "7700900", rest: 3 },
  { country: "FR", code: "33", trunk: "0", range: "61", rest: 7 },
  { country: "DE", code: "49", trunk: "0", range: "1511", rest: 7 },
  { country: "ES", code: "34", trunk: "", range: "61", rest: 7 },
  { country: "IT", code: "39", trunk: "", range: "347", rest: 7 },
  { country: "HU", code: "36", trunk: "06", range: "202", rest: 6 },
  { country: "RU", code: "7", trunk: "8", range: "912", rest: 7 },
  { country: "US", code: "1", trunk: "", range: "201234", rest: 4 },
] as const;

const mobile = fc
  .constantFrom(...HOMES)
  .chain((home) =>
    digits(home.rest).map((rest) => ({ ...home, national: `${home.range}${rest}` })),
  );

const otherDigits = (zero: number) => (text: string) =>
  text.replace(/\d/g, (digit) => String.fromCodePoint(zero + Number(digit)));

/** What libraries fold into one number, and what people type. Each makes of a canonical spelling one that is not. */
const SPELLINGS: readonly ((spelling: string) => string)[] = [
  ...[..." -.\u00a0\u200b\u2060\u200f\u00ad\t\n\u0000"].flatMap((mark) => [
    (text: string) => `${text.slice(0, 6)}${mark}${text.slice(6)}`,
    (text: string) => `${text}${mark}`,
    (text: string) => `${mark}${text}`,
  ]),
  // Full-width, Arabic-Indic, extended Arabic-Indic, Devanagari, Bengali and mathematical digits.
  ...[0xff10, 0x660, 0x6f0, 0x966, 0x9e6, 0x1d7ce].map(otherDigits),
  ...[
    ";ext=1",
    "x123",
    "#99",
    ";isub=1",
    ";phone-context=+44",
    "\r\nBcc: x",
    ",+447400123457",
    "e0",
  ].map((end) => (text: string) => `${text}${end}`),
  ...["tel:", "whatsapp:", "++", "sip:", "call ", "\uff0b", "(0)"].map(
    (start) => (text: string) => `${start}${text}`,
  ),
  (text) => `(${text.slice(0, 5)})${text.slice(5)}`,
  (text) => text.replace("+", "\uff0b").replace(/^\d/, "\uff10"),
  (text) => `${text.slice(0, -1)}A`,
];

describe("the spellings of a number", () => {
  it("that are accepted, E.164 and the plan's own, are one number with one verdict", () => {
    holds(mobile, ({ country, code, trunk, national }) => {
      const settings = { fictionalNumbers: true, countries: [country], defaultCountry: country };
      const verdict = judgePhone(`+${code}${national}`, settings);
      expect(verdict).toMatchObject({ kind: "accepted", phone: `+${code}${national}`, country });
      expect(judgePhone(`${trunk}${national}`, settings)).toEqual(verdict);
    });
  });

  it("that differ by anything else are refused before they are parsed", () => {
    holds(
      fc.tuple(mobile, fc.constantFrom(...SPELLINGS), fc.boolean(), fc.boolean()),
      ([{ country, code, trunk, national }, respell, isNational, hasDefault]) => {
        const spelling = respell(isNational ? `${trunk}${national}` : `+${code}${national}`);
        const defaultCountry = hasDefault ? country : undefined;
        const settings = { fictionalNumbers: true, countries: EVERY_COUNTRY, defaultCountry };
        expect(judgePhone(spelling, settings)).toEqual({ kind: "refused", why: "phone-invalid" });
      },
    );
  });

  it("with a trunk prefix too many or too few, or dialled from abroad, are refused", () => {
    holds(mobile, ({ country, code, trunk, national }) => {
      const settings = { fictionalNumbers: true, countries: [country], defaultCountry: country };
      const wrong = [
        `00${code}${national}`,
        `${code}${national}`,
        `+${code}0${national}`,
        `011${code}${national}`,
      ];
      for (const spelling of trunk === "" ? wrong : [...wrong, national])
        expect(judgePhone(spelling, settings)).toMatchObject({ kind: "refused" });
    });
  });

  it("at home are refused where no default country is set", () => {
    holds(mobile, ({ trunk, national }) => {
      const settings = { fictionalNumbers: true, countries: EVERY_COUNTRY };
      expect(judgePhone(`${trunk}${national}`, settings)).toMatchObject({ why: "phone-invalid" });
    });
  });
});

describe("whatever is opened", () => {
  const open = {
    fictionalNumbers: false,
    countries: EVERY_COUNTRY,
    unallocatedBlocks: "count",
  } as const;

  it("a code of no country is refused", () => {
    const number = fc.tuple(
      fc.constantFrom(...Object.keys(GLOBAL_CODES)),
      fc.integer({ min: 4, max: 12 }),
    );
    holds(
      number.chain(([code, count]) => digits(count).map((rest) => `+${code}${rest}`)),
      (to) => {
        expect(judgePhone(to, open)).toMatchObject({ why: "phone-not-allowed" });
      },
    );
  });

  it("a number that the fullest metadata types as anything but a mobile is refused", () => {
    const number = fc.constantFrom(...EVERY_COUNTRY).chain((country) => {
      const example = `${examples[country]}`;
      return fc
        .integer({ min: 0, max: example.length })
        .chain((kept) =>
          digits(example.length - kept).map(
            (rest) => `+${getCountryCallingCode(country)}${example.slice(0, kept)}${rest}`,
          ),
        );
    });
    let accepted = 0;
    fc.assert(
      fc.property(number, (to) => {
        const verdict = judgePhone(to, open);
        if (verdict.kind === "refused") return true;
        accepted += 1;
        return /MOBILE$/.test(`${parsePhoneNumberFromString(to)?.getType()}`);
      }),
      { numRuns: 20_000 },
    );
    expect(accepted).toBeGreaterThan(5_000);
  });

  it("a 555 number of the North American plan is refused", () => {
    holds(fc.tuple(fc.integer({ min: 201, max: 989 }), digits(4)), ([area, line]) => {
      expect(judgePhone(`+1${area}555${line}`, open)).toMatchObject({ kind: "refused" });
    });
  });
});
