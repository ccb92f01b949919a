import type { CountryCode } from "libphonenumber-js/mobile";

/** ISO 3166-1 alpha-2, as in libphonenumber. Guernsey, Jersey and the Isle of Man are countries of their own, with their own prices. */
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

/** The default destinations of a stage. Data only; numbers that no setting can open are in special-numbers.ts. */
export const DESTINATIONS = {
  /** Only the mobile numbers of each country. Another country costs more and attracts pumping, so each is opened by name. */
  countries: ["GB"],

  /**
   * The treatment of a UK mobile in a block that Ofcom has not allocated. libphonenumber calls 800 million numbers UK mobiles; 247 million of them
   * are such. `count` is for an old table: it would refuse people whose block was allocated later.
   */
  unallocatedBlocks: "refuse",

  /** From January 2024 to September 2025 Ofcom allocated 130 mobile blocks on ten days, 120 of them on two: a quarter misses one batch at most. */
  ukBlocksFreshForDays: 90,

  /** 07700 900000–900999: Ofcom's numbers for drama, without subscribers. For demonstrations and tests, never in production. */
  fictional: /^\+447700900\d{3}$/,
} as const satisfies Destinations;
