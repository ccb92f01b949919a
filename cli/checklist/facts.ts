import { dollars, whole } from "../cost-table.ts";
import {
  costsOfAMillion,
  idleCosts,
  metricCosts,
  REQUESTS_PER_VERIFICATION,
  total,
  verificationsADay,
  worstDay,
} from "../costs.ts";
import { guessedByChanceADay, guessingAt, percent } from "./guessing.ts";
import type { Evidence } from "./question.ts";

/** Figures for a founder, without a verdict. */
export function factsOf({
  stage,
  template,
  policies: { limits },
}: Evidence): readonly (readonly [string, string])[] {
  const { guessesADay, chanceADay, guessesUntilLock, chanceUntilLock } = guessingAt(limits);
  const worst = worstDay(stage, template);
  const luck = guessedByChanceADay(limits, worst.sends);
  return [
    [
      "against one number",
      `${guessesADay} guesses a day: ${percent(chanceADay)}; ${guessesUntilLock} in a row at most: ${percent(chanceUntilLock)}`,
    ],
    [
      "against any number",
      `with every message that the spend cap lets out in a day, ${whole(worst.sends)}: ${luck.toPrecision(2)} lucky guesses`,
    ],
    [
      "at the throttle",
      `${whole(verificationsADay(stage))} verifications a day from web pages, ${REQUESTS_PER_VERIFICATION} requests each`,
    ],
    [
      "worst day, messages",
      `$${dollars(worst.messageDollars)}: the spend cap, reserved before each message`,
    ],
    ["worst day, AWS", `$${dollars(worst.awsDollars)} for ${whole(worst.requests)} requests`],
    [
      "a million verifications",
      `$${dollars(total(costsOfAMillion(template)))} at AWS, beside the messages`,
    ],
    [
      "an idle month",
      `$${dollars(total(idleCosts(template)))}; metrics add $${dollars(metricCosts().dollars)} at most where all are in use`,
    ],
  ];
}
