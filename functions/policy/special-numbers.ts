/**
 * Why a number is never sent to, whatever is opened. A closed list: a front end has one sentence for each in each of its languages. `not-mobile`:
 * its country is open and it is no mobile number there. `unallocated`: in an unallocated range. `unknown`: the billing carrier is unknown.
 */
export const PHONE_REASONS = [
  "not-mobile",
  "landline",
  "toll-free",
  "shared-cost",
  "premium",
  "universal-access",
  "voip",
  "personal-number",
  "pager",
  "machine",
  "satellite",
  "global-service",
  "fictional",
  "unallocated",
  "unknown",
] as const;

export type PhoneReason = (typeof PHONE_REASONS)[number];

/** The reasons beside `phone-not-allowed`: those of the policy, or that a stage of developers sends to a list of numbers only. */
export const REFUSAL_REASONS = [...PHONE_REASONS, "not-a-recipient"] as const;

export type RefusalReason = (typeof REFUSAL_REASONS)[number];

type SpecialNumbers = { readonly numbers: RegExp; readonly reason: PhoneReason };

/** Codes without a country (ITU-T E.164.1, list of assigned codes). Libraries type Inmarsat and Iridium as mobiles. */
export const GLOBAL_CODES: Readonly<Record<string, PhoneReason>> = {
  "800": "toll-free",
  "808": "shared-cost",
  "870": "satellite",
  "878": "personal-number",
  "881": "satellite",
  "882": "global-service",
  "883": "global-service",
  "888": "global-service",
  "979": "premium",
};

/** Ranges that a library accepts as mobiles, or refuses without a reason, by calling code; the first match gives the reason. */
export const SPECIAL_NUMBERS: Readonly<Record<string, readonly SpecialNumbers[]>> = {
  // North American Numbering Plan (NANPA; lincmad.com/nongeographic.html). The plan keeps no mobiles apart, so its exchanges decide.
  "1": [
    { numbers: /^\+1900/, reason: "premium" },
    { numbers: /^\+18(?:00|33|44|55|66|77|88)/, reason: "toll-free" },
    { numbers: /^\+15(?:00|2[1-9]|33|44|66|77|88)/, reason: "personal-number" },
    { numbers: /^\+1\d{3}55501/, reason: "fictional" },
    { numbers: /^\+1\d{3}976/, reason: "premium" },
    // Directory assistance, carrier access and the N11 codes have no subscribers.
    { numbers: /^\+1\d{3}(?:555|950|[2-9]11)/, reason: "not-mobile" },
  ],
  // Russia (Wikipedia, +7): 954 is Globalstar; 940 is Abkhazia's, at no price that Russia's mobiles have.
  "7": [
    { numbers: /^\+7954/, reason: "satellite" },
    { numbers: /^\+7940/, reason: "unknown" },
  ],
  // The Netherlands (ACM): 097 is for machines.
  "31": [{ numbers: /^\+3197/, reason: "machine" }],
  // The United Kingdom (Ofcom, National Telephone Numbering Plan, tables S3 to S9). 0500 closed in 2017; 089 has holders, but no tariff that we know.
  "44": [
    { numbers: /^\+44[12]/, reason: "landline" },
    { numbers: /^\+44(?:3|55)/, reason: "universal-access" },
    { numbers: /^\+4456/, reason: "voip" },
    { numbers: /^\+44(?:50|80)/, reason: "toll-free" },
    { numbers: /^\+4470/, reason: "personal-number" },
    // 07624 inside the pagers' range is the Isle of Man's.
    { numbers: /^\+4476(?!24)/, reason: "pager" },
    // 24 Seven's "Wi-Fi numbers", held as mobiles and answered by an application.
    { numbers: /^\+447911[28]/, reason: "voip" },
    { numbers: /^\+44(?:84|87)/, reason: "shared-cost" },
    { numbers: /^\+44(?:89|9)/, reason: "premium" },
  ],
  // Sweden (PTS): 070-174 06 05 to 99, for books and films.
  "46": [{ numbers: /^\+467017406(?:0[5-9]|[1-9]\d)$/, reason: "fictional" }],
  // Germany (Bundesnetzagentur, Mitteilung 148/2021): for films.
  "49": [
    { numbers: /^\+49(?:15228817386|15228895456|15254599371|17139200\d\d)$/, reason: "fictional" },
    { numbers: /^\+49172(?:9925904|9968532|997318[56]|9980752)$/, reason: "fictional" },
    { numbers: /^\+4917(?:49091317|49464308|6040690\d\d)$/, reason: "fictional" },
  ],
  // Australia (ACMA, numbers for creative works): those under 0491 570.
  "61": [{ numbers: /^\+61491570(?:006|110|15[6-9]|313|737)$/, reason: "fictional" }],
  // Indonesia (KM 28/2004): 086 is no code of a mobile network; 0868 are satellite telephones.
  "62": [{ numbers: /^\+6286/, reason: "satellite" }],
  // New Zealand (NAD): 026 is paging.
  "64": [{ numbers: /^\+6426/, reason: "pager" }],
  // China (MIIT): 1349 is China Satcom, 1740 0 to 5 is Tiantong.
  "86": [{ numbers: /^\+861(?:349|740[0-5])/, reason: "satellite" }],
  // Monaco: Kosovo's mobiles, until it got +383 on 3 February 2017.
  "377": [{ numbers: /^\+3774[45]/, reason: "unallocated" }],
};
