import { parsePhoneNumber } from "libphonenumber-js/mobile";
import { eachScope, LIMITS } from "../functions/policy/limits.ts";
import { PRICES } from "../functions/policy/prices.ts";
import type { Phone } from "../functions/verification/identifiers.ts";
import { CLIENTS, validateStage } from "../infra/stage-rules.ts";
import { STAGES, type Stage } from "../infra/stages.ts";
import type { Flags } from "./flags.ts";

/** A developer abandons many starts from one address: ten times the thirty of production are allowed. */
const TIMES_THE_LIMIT = 10;

/**
 * The stage whose limits hold in `npm start`. With an attack, that of the attack, with the limits of production. Otherwise that of development, with a higher limit for one address, or with no limit of unverified sends if `--unthrottled` is given. The limits of a number always hold.
 */
export function stageFor({
  attack,
  throttled,
  real,
}: Pick<Flags, "attack" | "throttled"> & Partial<Pick<Flags, "real">>): Stage {
  if (attack !== undefined) return attack.stage;
  validateStage("dev", STAGES.dev);
  const dev = opening(STAGES.dev, real);
  return { ...dev, scopes: { ...dev.scopes, ...(throttled ? ROOMY : UNLIMITED) } };
}

/** A code to a country without a list price is reserved at this. */
const UNKNOWN_PRICE = { sms: 200_000, whatsapp: 200_000, voice: 800_000 } as const;

/** Enables the country of the number that receives real messages, at any price. */
function opening(stage: Stage, real: Phone | undefined): Stage {
  const country = real && parsePhoneNumber(real).country;
  if (country === undefined || stage.countries.includes(country)) return stage;
  const countries = [...stage.countries, country];
  if (Object.hasOwn(PRICES.destinations, country)) return { ...stage, countries };
  return { ...stage, countries, prices: { ...stage.prices, [country]: UNKNOWN_PRICE } };
}

const UNLIMITED = eachScope(() => ({ mode: "off" as const }));
const ROOMY: Stage["scopes"] = Object.fromEntries(
  CLIENTS.map((kind) => [kind, roomy(LIMITS.unverifiedSends[kind])]),
);

function roomy({ max, maxPerDay }: { readonly max: number; readonly maxPerDay: number }) {
  return { max: max * TIMES_THE_LIMIT, maxPerDay: maxPerDay * TIMES_THE_LIMIT };
}
