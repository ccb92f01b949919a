import { type Seeded, seeded } from "../../evidence/simulation/seeded.ts";
import type { Disturbance } from "./disturbances.ts";
import { PROVIDER_ERRORS } from "./provider-errors.ts";

/**
 * How often each thing goes wrong, from 0 to 1, each on its own: `providerError` of requests, `lostCallback` of callbacks, all else of messages and
 * calls that are accepted. On the bad network nothing may be sent twice, and no verification lost. Real networks are mostly good.
 */
export const NETWORKS = {
  good: { ...often(0), late: 0, providerError: 0 },
  poor: { ...often(0.03), late: 0.1, providerError: 0.01 },
  bad: { ...often(0.1), late: 0.3, providerError: 0.05 },
} as const;

function often(rate: number) {
  return { lost: rate, reordered: rate, duplicated: rate, lostCallback: rate };
}

export type NetworkName = keyof typeof NETWORKS;
export const NETWORK_NAMES = ["good", "poor", "bad"] as const satisfies readonly NetworkName[];

export function isNetworkName(name: string): name is NetworkName {
  return NETWORK_NAMES.some((network) => network === name);
}

/** The longest is over the 30 seconds after which people may ask for another code, and under the life of a code. */
const LATE_SECONDS = { least: 5, most: 90 };
/** No message and no call has more callbacks. */
const MOST_CALLBACKS = 8;

export type PhoneNetwork = {
  readonly name: NetworkName;
  /** The same seed gives the same disturbances, request by request. */
  readonly seed: number;
  readonly next: () => Disturbance;
};

export function createNetwork(name: NetworkName, seed: number): PhoneNetwork {
  const random = seeded(seed);
  return { name, seed, next: () => draw(NETWORKS[name], random) };
}

const ERRORS = Object.values(PROVIDER_ERRORS);

/** Takes the same count of random numbers whatever comes out, so that one request's luck does not shift another's. */
function draw(rates: (typeof NETWORKS)[NetworkName], random: Seeded): Disturbance {
  const happens = random.chance;
  const isError = happens(rates.providerError);
  const error = ERRORS[random.integer(ERRORS.length)];
  const isLost = happens(rates.lost);
  const isLate = happens(rates.late);
  const lateness = random.between(LATE_SECONDS.least, LATE_SECONDS.most);
  return {
    error: isError ? error : undefined,
    isLost,
    lateSeconds: isLate ? lateness : 0,
    isReordered: happens(rates.reordered),
    isDuplicated: happens(rates.duplicated),
    lostCallbacks: Array.from({ length: MOST_CALLBACKS }, () => happens(rates.lostCallback)),
  };
}
