import type { Requirement } from "./requirement.ts";

const CHECK_TEST = "test/unit/verification/check.test.ts";
const CODE_TEST = "test/unit/verification/code.test.ts";
const POLICY_TEST = "test/unit/policy.test.ts";

/** NIST SP 800-63B-4: what it asks of a verifier that sends codes over the telephone network. Sections as in its second public draft. */
export const NIST: readonly Requirement[] = [
  {
    id: "§3.1.3.1, e-mail",
    asks: "No e-mail",
    status: "met",
    how: "The channels are a closed list",
    at: ["functions/verification/verification.ts"],
    tests: [
      {
        file: "test/unit/verification/channels.test.ts",
        title: "go by SMS, WhatsApp or a call, and by nothing else",
      },
    ],
  },
  {
    id: "§3.1.3.1, which device",
    asks: "What receives the code is one subscriber's, by a SIM or a wire",
    status: "partly",
    how: "Mobiles by numbering plan, and no VoIP, pager or personal number. Who holds the SIM now, and whether a call or WhatsApp ends on that phone, nobody tells us",
    at: ["functions/verification/phone-policy.ts"],
    tests: [
      {
        file: "test/property/phone-policy.test.ts",
        title: "a number that the fullest metadata types as anything but a mobile is refused",
      },
    ],
  },
  {
    id: "§3.1.3.1, locked screen",
    asks: "A locked phone should not show the code",
    status: "not met",
    how: "Most texts begin with the code or have it in their first words, so that people and autofill find it. What a locked screen shows is the phone's setting",
    at: ["functions/policy/messages/sms.ts"],
    tests: [],
  },
  {
    id: "§3.1.3.2, time",
    asks: "Done within ten minutes, or not valid",
    status: "met",
    how: "Five",
    at: ["functions/adapters/dynamodb/verifications.ts"],
    tests: [{ file: CHECK_TEST, title: "does nothing to the millisecond on which it ends" }],
  },
  {
    id: "§3.1.3.2, once",
    asks: "A code is accepted once (see §3.2.7)",
    status: "met",
    how: "One success a verification, under any race",
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
    id: "§3.1.3.2, length",
    asks: "Six decimal digits at least",
    status: "met",
    how: "Six, and fewer do not compile",
    at: ["functions/policy/limits.ts"],
    tests: [
      {
        file: POLICY_TEST,
        title: "keep the promises of the README: 300 seconds, 3 in ten minutes, 5 checks, 6 digits",
      },
    ],
  },
  {
    id: "§3.2.12",
    asks: "An approved random generator",
    status: "partly",
    how: "Node's crypto, whose OpenSSL draws by a generator of SP 800-90A. That the module which Lambda runs was validated (FIPS 140) is not claimed",
    at: ["functions/adapters/node/random.ts"],
    tests: [
      {
        file: CODE_TEST,
        title:
          "is uniform in every position, by chi-square over 200,000 codes of the real generator",
      },
    ],
  },
  {
    id: "§3.1.3.2, limit",
    asks: "Below 64 bits, limit the failures of an account",
    status: "met",
    how: "Failures are counted by number, over all its verifications",
    at: ["functions/adapters/dynamodb/numbers.ts"],
    tests: [
      {
        file: "test/property/model.test.ts",
        title:
          "the use cases over the stores in memory and over dynalite keep the promises of the model",
      },
    ],
  },
  {
    id: "§3.1.3.2, new code",
    asks: "A new code does not set the count back",
    status: "met",
    how: "Neither a resend nor a new start does",
    at: ["functions/adapters/dynamodb/verifications.ts", "functions/adapters/dynamodb/numbers.ts"],
    tests: [
      {
        file: "test/unit/verification/resend.test.ts",
        title: "sends another code, lives on with it and gives no new checks",
      },
    ],
  },
  {
    id: "§3.2.2, hundred",
    asks: "No more than 100 failures in a row, then closed until it is bound anew",
    status: "partly",
    how: "Strangers: no start from the 85th failure on, so 99 at most. It opens after 30 days without a failure, since numbers change hands. Whoever has the number's ticket may start three times more until the next approval, which is 15 guesses on top",
    at: ["functions/policy/limits.ts", "functions/adapters/dynamodb/numbers.ts"],
    tests: [
      {
        file: POLICY_TEST,
        title: "close a number before its hundredth consecutive failure, whatever is in flight",
      },
      {
        file: "test/property/model.test.ts",
        title: "where all that is in flight is spent on wrong guesses too",
      },
    ],
  },
  {
    id: "§3.2.2, waits",
    asks: "May also wait, ask for a challenge, look at the address",
    status: "met",
    how: "Half a minute between messages, a challenge under pressure where a stage has one, unverified sends by address",
    at: ["functions/verification/admission.ts"],
    tests: [
      {
        file: "test/unit/verification/admission.test.ts",
        title: "always asked for lets nobody in without, but who has a ticket",
      },
    ],
  },
  {
    id: "§3.2.2, success",
    asks: "A success should end earlier failures",
    status: "met",
    how: "Those of its own number",
    at: ["functions/adapters/dynamodb/numbers.ts"],
    tests: [
      {
        file: CHECK_TEST,
        title: "reports its message and clears the failures of its number",
      },
    ],
  },
  {
    id: "§3.2.5",
    asks: "Phishing resistance, where it is asked for",
    status: "not met",
    how: "No code that people type can have it. The autofill line helps those who use it, and nobody else",
    at: ["functions/verification/message.ts"],
    tests: [],
  },
  {
    id: "§3.1.3.3, risk",
    asks: "Look at SIM changes and porting before a code is sent",
    status: "not met",
    how: "Nothing asks a carrier. An integrator who needs it asks before he starts a verification",
    at: [],
    tests: [],
  },
  {
    id: "§3.1.3.3, binding",
    asks: "A new number is a new authenticator, bound as §4.1.2 says",
    status: "integrator",
    how: "The purpose change-number is bound into message and proof; who may change a number is decided elsewhere",
    at: ["functions/verification/proof.ts"],
    tests: [
      {
        file: "test/docs/examples.test.ts",
        title: "takes a proof for this session, and no other",
      },
    ],
  },
  {
    id: "§3.1.3.3, others",
    asks: "Another way for those whom the network does not reach",
    status: "integrator",
    how: "WhatsApp and calls are ways of the same number, and no other authenticator",
    at: [],
    tests: [],
  },
  {
    id: "§3.2.9",
    asks: "The telephone network is restricted: an alternative, a notice, an assessment, a plan",
    status: "integrator",
    how: "The README says that it is restricted; the four are for who relies on it",
    at: ["README.md"],
    tests: [],
  },
  {
    id: "§3.2.7",
    asks: "Nothing recorded can be played again",
    status: "met",
    how: "A used code is used, and a proof has a jti to accept once",
    at: ["functions/verification/check.ts", "examples/node/check-proof.ts"],
    tests: [
      { file: CHECK_TEST, title: "is good once" },
      { file: "test/docs/examples.test.ts", title: "take a proof once" },
    ],
  },
  {
    id: "§3.1.2",
    asks: "Look-up secrets",
    status: "does not apply",
    how: "There are none",
    at: [],
    tests: [],
  },
  {
    id: "§4.2.1, issued codes",
    asks: "A recovery code by text or call: six digits, ten minutes, limited",
    status: "met",
    how: "The purpose password-reset is such a code, with the limits of any. Whether it may recover an account is the integrator's",
    at: ["functions/policy/limits.ts"],
    tests: [
      {
        file: POLICY_TEST,
        title: "keep the promises of the README: 300 seconds, 3 in ten minutes, 5 checks, 6 digits",
      },
    ],
  },
  {
    id: "§4.2.1, saved codes",
    asks: "Saved recovery codes: 64 bits, hashed",
    status: "does not apply",
    how: "There are none",
    at: [],
    tests: [],
  },
];
