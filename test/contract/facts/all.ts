import { CODE_FACTS } from "./codes.ts";
import type { Facts } from "./ground.ts";
import { NUMBER_FACTS } from "./numbers.ts";
import { START_FACTS } from "./starts.ts";
import { VERIFICATION_FACTS } from "./verifications.ts";

/** What the ports promise, whoever keeps it. */
export const PORT_FACTS: Facts = {
  ...VERIFICATION_FACTS,
  ...CODE_FACTS,
  ...NUMBER_FACTS,
  ...START_FACTS,
};
