import { whole } from "../cost-table.ts";
import { codesDrawn, guessingAt, percent } from "./guessing.ts";
import type { Policies } from "./policies.ts";
import { type Evidence, type Finding, faultsOf, type Question } from "./question.ts";

const TOPIC = "Codes";

export const CODE_QUESTIONS: readonly Question[] = [
  {
    id: "random",
    topic: TOPIC,
    asks: "Are codes random?",
    find: ({ policies }) => randomness(policies),
    enforced: ["functions/verification/code.ts", "functions/adapters/node/random.ts"],
    tested: ["test/unit/verification/code.test.ts"],
  },
  {
    id: "expire",
    topic: TOPIC,
    asks: "Do codes expire?",
    find: expiry,
    enforced: ["functions/policy/limits.ts", "functions/adapters/dynamodb/verifications.ts"],
    tested: ["test/unit/verification/check.test.ts", "test/contract/facts/codes.ts"],
  },
  {
    id: "once",
    topic: TOPIC,
    asks: "Does a code work only once, also in a race?",
    find: once,
    enforced: ["functions/adapters/dynamodb/verifications.ts"],
    tested: ["test/contract/facts/codes.ts", "test/property/model.test.ts"],
  },
  {
    id: "guesses",
    topic: TOPIC,
    asks: "Is guessing hopeless?",
    find: guesses,
    enforced: ["functions/verification/check.ts", "functions/adapters/dynamodb/numbers.ts"],
    tested: ["test/unit/verification/check.test.ts", "test/contract/facts/numbers.ts"],
  },
];

const SAMPLE = 10_000;
/** Ten thousand draws of a million codes repeat about fifty times; a hundred repetitions do not happen by chance. */
const MEETINGS = 100;

/**
 * Draws every code with a counting generator, and a sample with the real one. More than six digits would take a minute, and the same code draws
 * them.
 */
function randomness({ limits, drawCode, random }: Policies): Finding {
  const digits = limits.codeDigits;
  const counted = Math.min(digits, 6);
  const { seen, below } = everyDraw(drawCode, counted);
  const sample = new Set(Array.from({ length: SAMPLE }, () => drawCode(random, digits)));
  return {
    value: `${whole(codesDrawn(limits))} codes of ${digits} digits, each as likely as any other`,
    faults: faultsOf({
      [`${digits} digits are fewer than 6`]: digits < 6,
      [`it draws below ${below.join(" and ")}, not below 10^${counted}`]:
        below.length !== 1 || below[0] !== 10 ** counted,
      [`only ${whole(seen)} of ${whole(codesDrawn({ codeDigits: counted }))} codes are ever drawn`]:
        seen < codesDrawn({ codeDigits: counted }),
      "the generator repeats itself": SAMPLE - sample.size > MEETINGS,
    }),
  };
}

function everyDraw(drawCode: Policies["drawCode"], digits: number) {
  const below = new Set<number>();
  const seen = new Uint8Array(10 ** digits);
  let next = 0;
  const integer = (bound: number) => {
    below.add(bound);
    next += 1;
    return (next - 1) % bound;
  };
  while (next < seen.length) {
    const code = drawCode({ integer }, digits);
    if (code.length === digits) seen[Number(code)] = 1;
  }
  return { seen: seen.reduce((sum, one) => sum + one, 0), below: [...below] };
}

function expiry({ policies: { limits, checkConditions } }: Evidence): Finding {
  const { codeLifetimeSeconds: life, proofLifetimeSeconds: proof } = limits;
  return {
    value: `after ${life} seconds; a proof after ${proof}`,
    faults: faultsOf({
      [`${life} seconds are not between 60 and 300`]: life < 60 || life > 300,
      [`a proof lives ${proof} seconds, more than 300`]: proof > 300,
      "the write that checks does not ask for the time":
        !checkConditions.includes("expiresAt > :now"),
    }),
  };
}

function once({ policies: { checkConditions } }: Evidence): Finding {
  const missing = ["c0", "c1", "c2"].filter(
    (slot) => !checkConditions.includes(`NOT contains(tried, ${slot})`),
  );
  return {
    value: "one success for each verification: one conditional write decides",
    faults: missing.map((slot) => `the write that checks does not ask whether ${slot} was used`),
  };
}

/** NIST SP 800-63B-4 §3.2.2 */
const MOST_FAILURES_IN_A_ROW = 100;
/** 50 guesses a day among a million codes. */
const HIGHEST_CHANCE_A_DAY = 50 / (10 ** 6 - 20);

function guesses({ policies: { limits, checkConditions } }: Evidence): Finding {
  const { guessesADay, chanceADay, guessesUntilLock, chanceUntilLock } = guessingAt(limits);
  const checks = limits.checksPerVerification;
  return {
    value: `${checks} checks each; ${guessesADay} a day at one number, ${percent(chanceADay)}; ${guessesUntilLock} in a row at most, ${percent(chanceUntilLock)}`,
    faults: faultsOf({
      [`${checks} checks are more than 5`]: checks > 5,
      [`${percent(chanceADay)} a day is more than 0.005 %`]: chanceADay > HIGHEST_CHANCE_A_DAY,
      [`${guessesUntilLock} failures in a row are not fewer than 100`]:
        guessesUntilLock >= MOST_FAILURES_IN_A_ROW,
      "the write that checks does not count": !checkConditions.includes("checks < maxChecks"),
    }),
  };
}
