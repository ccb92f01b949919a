import type { CountryCode } from "libphonenumber-js/mobile";

/** ISO 3166-1 alpha-2, as libphonenumber knows it. Guernsey, Jersey and the Isle of Man are countries of their own, at prices of their own. */
export type Country = CountryCode;

/** The countries that share +44. */
export const UK_COUNTRIES = ["GB", "GG", "IM", "JE"] as const satisfies readonly Country[];

export type UkCountry = (typeof UK_COUNTRIES)[number];

type Destinations = {
  readonly countries: readonly Country[];
  readonly unallocatedBlocks: "refuse" | "count";
  readonly ukBlocksFreshForDays: number;
  readonly fictional: RegExp;
};

/** Where messages may go when a stage says nothing else. Data only; what no setting can open is in special-numbers.ts. */
export const DESTINATIONS = {
  /** Of each country its mobiles only. Another country costs more and draws pumping, so each is opened by name. */
  countries: ["GB"],

  /**
   * What becomes of a UK mobile in a block that Ofcom has given to nobody. 247 of the 800 million numbers that libphonenumber calls UK mobiles
   * are such. `count` is for a table that has grown old: it would refuse people whose block was given out after it.
   */
  unallocatedBlocks: "refuse",

  /** From January 2024 to September 2025 Ofcom gave out 130 mobile blocks on ten days, 120 of them on two: a quarter misses one batch at most. */
  ukBlocksFreshForDays: 90,

  /** 07700 900000–900999: Ofcom's numbers for drama, which reach nobody. For demonstrations and tests, never in production. */
  fictional: /^\+447700900\d{3}$/,
} as const satisfies Destinations;
