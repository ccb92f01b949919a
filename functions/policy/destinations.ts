/** Where messages may go. Data only. */
export const DESTINATIONS = {
  /** ISO 3166-1 codes. Guernsey, Jersey and the Isle of Man are countries of their own, at prices of their own. */
  countries: ["GB"],

  /** Types of number, in libphonenumber's words. Premium, personal, pager, VoIP and all others are refused by not being here. */
  types: ["MOBILE"],

  /** 07700 900000–900999: Ofcom's numbers for drama, which reach nobody. For demonstrations and tests, never in production. */
  fictional: /^\+447700900\d{3}$/,
} as const;
