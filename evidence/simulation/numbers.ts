import { isE164, type Phone } from "../../functions/verification/identifiers.ts";
import { judgePhone } from "../../functions/verification/phone-policy.ts";
import type { Seeded } from "./seeded.ts";

/** Where numbers are drawn from: `#` is any digit. */
export type NumberPlan = string;

/** Mobiles of the home country, wherever Ofcom has allocated a block. */
export const UK_MOBILES: NumberPlan = "+447#########";

const SETTINGS = { fictionalNumbers: false, countries: ["GB", "MA", "MD"] } as const;

/** A plan in which so many draws give no number has none. */
const DRAWS = 10_000;

/** A number of the plan that the phone policy lets through, whatever country it is of. */
export function drawNumber(plan: NumberPlan, random: Seeded): Phone {
  for (let draw = 0; draw < DRAWS; draw++) {
    const text = plan.replace(/#/g, () => String(random.integer(10)));
    if (isE164(text) && judgePhone(text, SETTINGS).kind === "accepted") return text;
  }
  throw new Error(`${plan} has no mobile`);
}

const BYTE = 256;

/** One of so many addresses, each in a network of its own. */
export function ipv4(index: number): string {
  return `${11 + (index >> 16)}.${(index >> 8) % BYTE}.${index % BYTE}.7`;
}

/** An address in the so-many-th /64 of a /48. */
export function ipv6(site: number, network: number): string {
  return `2001:db8:${(site % 0xffff).toString(16)}:${(network % 0xffff).toString(16)}::1`;
}
