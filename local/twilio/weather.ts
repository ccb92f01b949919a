import type { Disturbance } from "./disturbances.ts";
import { PROVIDER_ERROR_NAMES } from "./provider-errors.ts";
import { type Random, seededRandom } from "./random.ts";

/** How often each thing goes wrong, from 0 to 1, each on its own. */
type Rates = {
  /** Of messages and calls that are accepted. */
  readonly late: number;
  readonly lost: number;
  readonly reordered: number;
  readonly duplicated: number;
  /** Of requests. */
  readonly providerError: number;
  /** Of callbacks. */
  readonly lostCallback: number;
};

/** The storm is the one that Latchkey has to stand: nothing may be sent twice, and no verification lost. Real networks are mostly calm. */
export const WEATHERS = {
  calm: { late: 0, lost: 0, reordered: 0, duplicated: 0, providerError: 0, lostCallback: 0 },
  rain: {
    late: 0.1,
    lost: 0.03,
    reordered: 0.03,
    duplicated: 0.03,
    providerError: 0.01,
    lostCallback: 0.03,
  },
  storm: {
    late: 0.3,
    lost: 0.1,
    reordered: 0.1,
    duplicated: 0.1,
    providerError: 0.05,
    lostCallback: 0.1,
  },
} as const satisfies Readonly<Record<string, Rates>>;

export type WeatherName = keyof typeof WEATHERS;
export const WEATHER_NAMES = ["calm", "rain", "storm"] as const satisfies readonly WeatherName[];

export function isWeatherName(name: string): name is WeatherName {
  return WEATHER_NAMES.some((weather) => weather === name);
}

/** The longest is over the 30 seconds after which people may ask for another code, and under the life of a code. */
const LATE_SECONDS = { least: 5, most: 90 };
/** No message and no call has more callbacks. */
const MOST_CALLBACKS = 8;

export type Weather = {
  readonly name: WeatherName;
  /** With the same seed the same weather comes again, request by request. */
  readonly seed: number;
  readonly next: () => Disturbance;
};

export function createWeather(name: WeatherName, seed: number): Weather {
  const random = seededRandom(seed);
  return { name, seed, next: () => draw(WEATHERS[name], random) };
}

/** Takes the same count of random numbers whatever comes out, so that one request's luck does not shift another's. */
function draw(rates: Rates, random: Random): Disturbance {
  const happens = (rate: number): boolean => random() < rate;
  const isError = happens(rates.providerError);
  const error = PROVIDER_ERROR_NAMES[Math.floor(random() * PROVIDER_ERROR_NAMES.length)];
  const isLost = happens(rates.lost);
  const isLate = happens(rates.late);
  const lateness = LATE_SECONDS.least + random() * (LATE_SECONDS.most - LATE_SECONDS.least);
  return {
    error: isError ? error : undefined,
    isLost,
    lateSeconds: isLate ? lateness : 0,
    isReordered: happens(rates.reordered),
    isDuplicated: happens(rates.duplicated),
    lostCallbacks: Array.from({ length: MOST_CALLBACKS }, () => happens(rates.lostCallback)),
  };
}
