import type { Country } from "../functions/policy/destinations.ts";
import type { AnyFunctionName } from "../functions/runtime/environment.ts";
import { channelSettings, channelsFor } from "../functions/verification/channels.ts";
import { capsOf, priceOf, type SpendTerms } from "../functions/verification/spend.ts";
import { channelsEnv } from "./environments.ts";
import { spendTermsOf } from "./sending-terms.ts";
import type { Stage } from "./stage.ts";
import { StageFault } from "./stage-rules.ts";

/** Faults of settings that are valid field by field and still cannot be deployed. */

/** Any moment: first sends cost the same at each. */
const NOON = 43_200_000;

/** An SMS has two segments at most. */
export const MOST_SEGMENTS = 2;

/** Throws if a cap has no room for one message of an open country: it would always be refused as if the cap were full. */
export function refuseUnaffordable(stageName: string, stage: Stage): void {
  const terms = spendTermsOf(stage);
  const caps = Object.entries(stage.spend.apps ?? {}).map(
    ([name, dollarsPerDay]) => ({ name, perDayMicros: dollarsPerDay * 1_000_000 }) as const,
  );
  for (const country of stage.countries)
    for (const app of [undefined, ...caps]) {
      const price = Math.max(...pricesOf(stage, { country, segments: MOST_SEGMENTS }));
      const room = roomFor({ ...terms, app }, country);
      if (price > room)
        throw new StageFault(
          `Stage ${stageName}: spend must have room for one message to ${country} in an hour (${dollars(price)}), beside the share kept for tickets; ${app?.name ?? "it"} has ${dollars(room)}.`,
        );
    }
}

function roomFor(terms: SpendTerms, country: Country): number {
  const caps = capsOf(terms, { country, priority: "stranger", now: NOON });
  return Math.min(...Object.values(caps).filter((cap) => cap !== undefined));
}

/** The price of a message to a country by each open channel, in millionths of the currency. */
export function pricesOf(
  stage: Stage,
  priced: { readonly country: Country; readonly segments: number },
): readonly number[] {
  const terms = spendTermsOf(stage);
  const channels = channelsFor(priced.country, channelSettings(channelsEnv(stage)));
  return channels.map((channel) => priceOf(terms, { ...priced, channel }));
}

function dollars(micros: number): string {
  return `$${(micros / 1_000_000).toFixed(2)}`;
}

/** Lambda's limit; it measures the variables as JSON. https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html */
const ENVIRONMENT_BYTES = 4_096;

/** Values that are known only after deployment: ARNs and names. The ARN of a secret is the longest, at about 110. */
const REFERENCE = /\$\{Token\[((?:AWS\.\w+)?)[^\]]*\]\}/g;
const LONGEST_REFERENCE = 110;
/** As long as `ap-southeast-1` and `amazonaws.com.cn`. */
const LONGEST: Readonly<Record<string, number>> = { "AWS.Region": 14, "AWS.URLSuffix": 16 };

/** Throws if the environment of a function is larger than Lambda allows. Otherwise the deployment would fail halfway. */
export function refuseLargeEnvironment(
  stageName: string,
  name: AnyFunctionName,
  environment: Readonly<Record<string, string>>,
): void {
  const text = JSON.stringify(environment).replace(REFERENCE, (_, pseudo: string) =>
    "x".repeat(LONGEST[pseudo] ?? LONGEST_REFERENCE),
  );
  const bytes = Buffer.byteLength(text);
  if (bytes > ENVIRONMENT_BYTES)
    throw new StageFault(
      `Stage ${stageName}: countries, senders, prices, locales, origins and templates must take less room: ${name} would be told ${bytes} bytes, and Lambda takes ${ENVIRONMENT_BYTES}.`,
    );
}
