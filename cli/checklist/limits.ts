import { scopeTermsOf } from "../../functions/runtime/terms.ts";
import { CLIENTS } from "../../infra/stage-rules.ts";
import { at, resourcesOf } from "../template.ts";
import { guessingAt, percent, sendsWithin } from "./guessing.ts";
import { type Evidence, type Finding, faultsOf } from "./question.ts";

export function expiry({ policies: { limits } }: Evidence): Finding {
  const { codeLifetimeSeconds: life, proofLifetimeSeconds: proof } = limits;
  return {
    value: `after ${life} seconds; a proof after ${proof}`,
    faults: faultsOf({
      [`${life} seconds are not between 60 and 300`]: life < 60 || life > 300,
      [`a proof lives ${proof} seconds, more than 300`]: proof > 300,
    }),
  };
}

/** NIST SP 800-63B-4 §3.2.2 */
const MOST_FAILURES_IN_A_ROW = 100;
/** 50 guesses a day among a million codes. */
const HIGHEST_CHANCE_A_DAY = 50 / (10 ** 6 - 20);

export function guesses({ policies: { limits } }: Evidence): Finding {
  const { guessesADay, chanceADay, guessesUntilLock, chanceUntilLock } = guessingAt(limits);
  const checks = limits.checksPerVerification;
  return {
    value: `${checks} checks each; ${guessesADay} a day at one number, ${percent(chanceADay)}; ${guessesUntilLock} in a row at most, ${percent(chanceUntilLock)}`,
    faults: faultsOf({
      [`${checks} checks are more than 5`]: checks > 5,
      [`${percent(chanceADay)} a day is more than 0.005 %`]: chanceADay > HIGHEST_CHANCE_A_DAY,
      [`${guessesUntilLock} failures in a row are not fewer than 100`]:
        guessesUntilLock >= MOST_FAILURES_IN_A_ROW,
    }),
  };
}

/** Bounds that no configuration may exceed: most messages in so many seconds. */
const CEILINGS = [
  { max: 1, seconds: 30, words: "30 s" },
  { max: 3, seconds: 600, words: "10 min" },
  { max: 10, seconds: 86_400, words: "24 h" },
] as const;

export function perNumber({ policies }: Evidence): Finding {
  const found = CEILINGS.map((ceiling) => ({
    ...ceiling,
    sends: Math.max(
      sendsWithin(policies.limits.sendsPerNumber, ceiling.seconds),
      sendsWithin(policies.limits.sendsPerNumberWithTicket, ceiling.seconds),
    ),
  }));
  return {
    value: `${found.map(({ sends, words }) => `${sends} in ${words}`).join(", ")}, in every sliding window`,
    faults: found
      .filter(({ sends, max }) => sends > max)
      .map(({ sends, max, words }) => `${sends} messages in ${words} are more than ${max}`),
  };
}

const MOST_STARTS_IN_TEN_MINUTES = 60;

/** The settings refuse a header that the client writes itself, and the rules of the firewall are asserted by Guard. */
export function perClient({ stage, policies: { limits } }: Evidence): Finding {
  const windows = CLIENTS.map((kind) => ({ kind, window: limits.unverifiedSends[kind] }));
  const { firewall, clientAddressHeader: header } = stage;
  const ipv4 = limits.unverifiedSends["ipv4"];
  return {
    value: `${ipv4?.max ?? "any number of"} unverified sends of an address in ${(ipv4?.windowSeconds ?? 0) / 60} min; ${"off" in firewall ? "no firewall" : `${firewall.requestsPerAddress} requests in 5 min at the firewall`}${header === undefined ? "" : `; counted by what the proxy writes into ${header.name}`}`,
    faults: [
      ...windows
        .filter(({ window }) => startsInTenMinutes(window) > MOST_STARTS_IN_TEN_MINUTES)
        .map(({ kind }) => `${kind} starts without limit`),
      ...faultsOf({ "production has no firewall": stage.production && "off" in firewall }),
    ],
  };
}

function startsInTenMinutes(
  window: { readonly max: number; readonly windowSeconds: number } | undefined,
): number {
  if (window === undefined || window.windowSeconds <= 0) return Number.POSITIVE_INFINITY;
  return window.max * Math.ceil(600 / window.windowSeconds);
}

/** The most unverified sends an hour of a range, a country or a service, whatever a stage sets. */
const MOST_UNVERIFIED_AN_HOUR = {
  range: 1_000,
  country: 2_000,
  "home-country": 20_000,
  service: 20_000,
} as const;
const SHARED = ["range", "country", "home-country", "service"] as const;

export function sharedScopes({ template }: Evidence): Finding {
  const senders = resourcesOf(template, "AWS::Lambda::Function").filter(
    ({ Properties }) => at(Properties, "Environment", "Variables", "BRAND") !== undefined,
  );
  const [terms] = senders.flatMap(({ Properties }) => {
    const text = at(Properties, "Environment", "Variables", "SCOPE_TERMS");
    return typeof text === "string" ? [scopeTermsOf({ SCOPE_TERMS: text })] : [];
  });
  if (terms === undefined) return { value: "unknown", faults: ["a function sends without limits"] };
  const { limits } = terms;
  return {
    value: `${SHARED.map((kind) => `${kind} ${limits[kind].max}`).join(", ")} unverified sends an hour`,
    faults: SHARED.flatMap((kind) => {
      const { max, windowSeconds, mode } = limits[kind];
      const anHour = max * Math.ceil(3_600 / windowSeconds);
      return [
        ...(anHour > MOST_UNVERIFIED_AN_HOUR[kind]
          ? [`${kind} allows ${anHour} unverified sends an hour`]
          : []),
        ...(mode === "enforce" ? [] : [`${kind} is ${mode === "watch" ? "watched only" : "off"}`]),
      ];
    }),
  };
}
