import type { Requirement } from "./requirement.ts";

const CHECK_TEST = "test/unit/verification/check.test.ts";
const CODE_TEST = "test/unit/verification/code.test.ts";
const RESEND_TEST = "test/unit/verification/resend.test.ts";

/** OWASP ASVS 5.0.0, chapter V6: the requirements that a one-time code could concern. */
export const ASVS_AUTHENTICATION: readonly Requirement[] = [
  {
    id: "6.1.1",
    level: 1,
    asks: "Write down which limits defend sign-in, and how they do not become a way to lock people out",
    status: "met",
    how: "README § Limits, held to the numbers by a test; lock-out and what a ticket does against it: below, and in docs/evidence/simulation.md",
    at: ["README.md", "functions/policy/limits.ts", "docs/evidence/simulation.md"],
    tests: [{ file: "test/docs/readme.test.ts", title: "states the limit as it is: %s" }],
  },
  {
    id: "6.1.3",
    level: 2,
    asks: "Write down every way to sign in, and that each is as strong",
    status: "met",
    how: "Three channels and two doors (pages, back ends); the description of the API is generated from the routes, and no route is left out",
    at: ["docs/openapi.json", "infra/routes.ts"],
    tests: [
      {
        file: "test/infra/openapi.test.ts",
        title: "has an operation for each route that callers use, and no other",
      },
    ],
  },
  {
    id: "6.3.1",
    level: 1,
    asks: "Have the limits that are written down",
    status: "met",
    how: "Each is one conditional write; a bookkeeper finds no row exceeded in random traffic",
    at: ["functions/adapters/dynamodb/numbers.ts", "functions/verification/admission.ts"],
    tests: [
      {
        file: "test/property/exactness.test.ts",
        title: "whatever the traffic, no row of any limit is exceeded",
      },
    ],
  },
  {
    id: "6.3.3",
    level: 2,
    asks: "More than one factor to get in",
    status: "integrator",
    how: "A proof is one factor at most. Which others a sign-in needs is decided by who accepts it",
    at: ["docs/integrating.md"],
    tests: [],
  },
  {
    id: "6.3.4",
    level: 2,
    asks: "No way in that is not written down, and each equally strong",
    status: "met",
    how: "SMS, WhatsApp and calls take the same turns, checks and money; routes for back ends run the same functions",
    at: ["functions/verification/attempt.ts", "infra/routes.ts"],
    tests: [
      { file: "test/infra/gateway.test.ts", title: "are the table of routes, and nothing else" },
      {
        file: "test/infra/gateway.test.ts",
        title: "do what the routes of pages do, by the same functions, and answer no preflight",
      },
      {
        file: "test/unit/verification/channels.test.ts",
        title: "hands its turn on at once, once, and to another channel",
      },
    ],
  },
  {
    id: "6.3.5",
    level: 3,
    asks: "Tell people of suspicious attempts",
    status: "not met",
    how: "A person sees the messages that others start, and nothing beyond. Operators are told by alarms; there is no event for the integrator",
    at: ["infra/alarm-rows.ts"],
    tests: [],
  },
  {
    id: "6.3.6",
    level: 3,
    asks: "No e-mail as a factor",
    status: "met",
    how: "The channels are a closed list, and e-mail is none of them",
    at: ["functions/verification/verification.ts"],
    tests: [
      {
        file: "test/unit/verification/channels.test.ts",
        title: "go by SMS, WhatsApp or a call, and by nothing else",
      },
    ],
  },
  {
    id: "6.3.7",
    level: 3,
    asks: "Tell people when their sign-in details change",
    status: "integrator",
    how: "Latchkey knows no accounts; the purpose change-number says in the message what the code is for",
    at: ["functions/policy/messages/sms.ts"],
    tests: [],
  },
  {
    id: "6.3.8",
    level: 3,
    asks: "Do not let anybody find out who is a user, by words, status or time",
    status: "partly",
    how: "There is no directory of users. But limits belong to numbers: whoever is told to wait learns that somebody asked for that number lately, and recipient-opted-out that it once wrote STOP",
    at: ["functions/verification/start.ts", "functions/http/problem.ts"],
    tests: [
      {
        file: "test/unit/http/api.test.ts",
        title: "shows when a number may be sent another code, and nothing else of its limits",
      },
    ],
  },
  {
    id: "6.4.1",
    level: 1,
    asks: "Codes that the system makes are random and short-lived",
    status: "met",
    how: "See 6.5.3 and 6.5.5",
    at: ["functions/verification/code.ts"],
    tests: [
      {
        file: CODE_TEST,
        title:
          "is uniform in every position, by chi-square over 200,000 codes of the real generator",
      },
      { file: CHECK_TEST, title: "does nothing to the millisecond on which it ends" },
    ],
  },
  {
    id: "6.4.3",
    level: 2,
    asks: "A reset of a password goes round no other factor",
    status: "integrator",
    how: "The purpose password-reset is bound into the proof, so that a proof of a login is none of a reset",
    at: ["functions/verification/proof.ts"],
    tests: [
      {
        file: "test/docs/examples.test.ts",
        title: "takes a proof for this session, and no other",
      },
    ],
  },
  {
    id: "6.4.4",
    level: 2,
    asks: "A lost factor is replaced on the evidence of enrolment",
    status: "integrator",
    how: "Latchkey enrols nobody",
    at: [],
    tests: [],
  },
  {
    id: "6.5.1",
    level: 2,
    asks: "A code works once",
    status: "met",
    how: "One success ever; the approving request alone may fetch the same proof again for five minutes",
    at: ["functions/adapters/dynamodb/verifications.ts"],
    tests: [
      { file: CHECK_TEST, title: "is good once" },
      {
        file: "test/race/checks.test.ts",
        title: "1,000 with four wrong codes and the right one: the right one succeeds exactly once",
      },
    ],
  },
  {
    id: "6.5.2",
    level: 2,
    asks: "Look-up secrets of little entropy are kept under a password hash with a salt",
    status: "does not apply",
    how: "There are no look-up secrets. Codes, which live five minutes, are kept as HMACs under a key that is nowhere stored, bound to their id",
    at: ["functions/verification/code.ts"],
    tests: [{ file: CODE_TEST, title: "cannot be found without the key by trying every code" }],
  },
  {
    id: "6.5.3",
    level: 2,
    asks: "Codes come from a cryptographic generator",
    status: "met",
    how: "The operating system's generator, by rejection",
    at: ["functions/adapters/node/random.ts", "functions/verification/code.ts"],
    tests: [
      {
        file: CODE_TEST,
        title:
          "is uniform in every position, by chi-square over 200,000 codes of the real generator",
      },
    ],
  },
  {
    id: "6.5.4",
    level: 2,
    asks: "At least 20 bits, or six digits",
    status: "met",
    how: "Six digits; fewer do not compile. Twenty trivial codes of a million are drawn again, so a guess is worth one in 999,980",
    at: ["functions/policy/limits.ts", "functions/verification/code.ts"],
    tests: [
      {
        file: "test/unit/policy.test.ts",
        title: "keep the promises of the README: 300 seconds, 3 in ten minutes, 5 checks, 6 digits",
      },
      { file: CODE_TEST, title: "has twenty trivial values among a million" },
    ],
  },
  {
    id: "6.5.5",
    level: 2,
    asks: "Codes end, after ten minutes at most",
    status: "met",
    how: "300 seconds, asked for in the write; more does not compile",
    at: ["functions/policy/limits.ts", "functions/adapters/dynamodb/verifications.ts"],
    tests: [{ file: CHECK_TEST, title: "does nothing to the millisecond on which it ends" }],
  },
  {
    id: "6.5.6",
    level: 3,
    asks: "A factor can be revoked when it is stolen or lost",
    status: "integrator",
    how: "Which number belongs to an account is the integrator's. Here an operator blocks a number and ends its tickets",
    at: ["functions/operator/operate.ts"],
    tests: [
      {
        file: "test/cli/operate.test.ts",
        title: "is sent nothing until the block ends, whoever asks, and then again",
      },
    ],
  },
  {
    id: "6.5.7",
    level: 3,
    asks: "Biometrics only as a second factor",
    status: "does not apply",
    how: "There are none",
    at: [],
    tests: [],
  },
  {
    id: "6.5.8",
    level: 3,
    asks: "Time-based codes go by a trusted clock",
    status: "does not apply",
    how: "There are no time-based codes. All times are those of the functions; no request names one",
    at: ["functions/http/requests.ts"],
    tests: [],
  },
  {
    id: "6.6.1",
    level: 2,
    asks: "Codes by SMS or call only to validated numbers, beside a stronger way, with the risks told; not at all at level 3",
    status: "integrator",
    how: "Latchkey is how a number is validated. The stronger way and the notice are the integrator's; the README says what a proof is worth. A level 3 application cannot use it",
    at: ["README.md"],
    tests: [],
  },
  {
    id: "6.6.2",
    level: 2,
    asks: "A code works for the request that it was made for, and for no other",
    status: "met",
    how: "Its MAC is bound to the id; number and purpose are bound by the seal",
    at: ["functions/verification/code.ts", "functions/verification/contents.ts"],
    tests: [
      { file: CODE_TEST, title: "is the same for the same code of the same verification only" },
      {
        file: "test/unit/verification/seal.test.ts",
        title: "stays shut for another key and another context",
      },
    ],
  },
  {
    id: "6.6.3",
    level: 2,
    asks: "Guessing is limited; think of 64 bits",
    status: "met",
    how: "Five checks, which a resend does not renew, and 50 guesses a day at one number. A code has 20 bits and is worth nothing without an id of 144",
    at: [
      "functions/adapters/dynamodb/verifications.ts",
      "functions/verification/identifiers.ts",
      "functions/policy/limits.ts",
    ],
    tests: [
      {
        file: RESEND_TEST,
        title: "sends another code, lives on with it and gives no new checks",
      },
      {
        file: "test/race/checks.test.ts",
        title: "1,000 with as many codes: five are counted, and at most one succeeds",
      },
      {
        file: "test/unit/verification/identifiers.test.ts",
        title: "holds 144 random bits of the generator that it is given, and its epoch",
      },
    ],
  },
  {
    id: "6.6.4",
    level: 3,
    asks: "Push messages are limited, against fatigue",
    status: "does not apply",
    how: "Nothing here is approved by a tap. Messages to a number are limited all the same",
    at: ["functions/adapters/dynamodb/numbers.ts"],
    tests: [
      {
        file: "test/race/starts.test.ts",
        title: "for one number, wave by wave, send exactly three in ten minutes",
      },
    ],
  },
];
