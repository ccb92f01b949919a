/** A test outside of test/attacks that proves the same: its file, and its title as it stands there. */
export type Proof = { readonly file: string; readonly title: string };

/** One row of the catalogue: what an attacker tries, what stops it, and where that stands. */
export type Attack = {
  readonly id: string;
  readonly attack: string;
  readonly defence: string;
  /** The files that hold the defence. */
  readonly at: readonly string[];
  readonly also?: readonly Proof[];
};

const VERIFICATIONS = "functions/adapters/dynamodb/verifications.ts";
const NUMBERS = "functions/adapters/dynamodb/numbers.ts";
const TABLE = "functions/adapters/dynamodb/table.ts";
const SCOPES = "functions/adapters/dynamodb/scopes.ts";
const CHECK = "functions/verification/check.ts";
const CODE = "functions/verification/code.ts";
const ADMISSION = "functions/verification/admission.ts";
const ATTEMPT = "functions/verification/attempt.ts";
const SPEND = "functions/verification/spend.ts";
const PHONE_POLICY = "functions/verification/phone-policy.ts";
const PROOF = "functions/verification/proof.ts";
const MESSAGE = "functions/verification/message.ts";
const LIMITS = "functions/policy/limits.ts";
const BODY = "functions/http/body.ts";
const REQUESTS = "functions/http/requests.ts";
const API = "functions/http/api.ts";

/** A. Codes: guesses, races, reuse. */
const CODES: readonly Attack[] = [
  {
    id: "A1",
    attack: "Many guesses at once, so that all are judged before one is counted",
    defence:
      "One conditional write counts the guess and judges it; the sixth is refused by the same write",
    at: [VERIFICATIONS],
    also: [
      {
        file: "test/race/checks.test.ts",
        title: "1,000 with as many codes: five are counted, and at most one succeeds",
      },
    ],
  },
  {
    id: "A2",
    attack: "The right code many times at once, for more than one approval",
    defence: "The guess that hits lies in the item, and the condition refuses every later one",
    at: [VERIFICATIONS],
    also: [
      {
        file: "test/race/checks.test.ts",
        title: "1,000 with four wrong codes and the right one: the right one succeeds exactly once",
      },
    ],
  },
  {
    id: "A3",
    attack: "A code again after it was used",
    defence:
      "A used code is told as used; only the approving request itself may fetch its proof again",
    at: [VERIFICATIONS, CHECK],
    also: [{ file: "test/unit/verification/check.test.ts", title: "is good once" }],
  },
  {
    id: "A4",
    attack: "Resend after each few guesses, to be given new ones",
    defence: "A resend leaves the count of checks as it is; no write of a resend touches it",
    at: [VERIFICATIONS],
    also: [
      {
        file: "test/unit/verification/resend.test.ts",
        title: "sends another code, lives on with it and gives no new checks",
      },
    ],
  },
  {
    id: "A5",
    attack: "A new verification of the same number for each few guesses",
    defence:
      "Turns and failures are counted by number: seven starts a day, and a lock before the hundredth failure",
    at: [NUMBERS, LIMITS],
    also: [
      {
        file: "test/unit/policy.test.ts",
        title: "close a number before its hundredth consecutive failure, whatever is in flight",
      },
    ],
  },
  {
    id: "A6",
    attack: "Guess where nobody has set a limit",
    defence: "Every limit is on as it comes, and production refuses a client without one",
    at: [LIMITS, "infra/stage-rules.ts"],
    also: [
      {
        file: "test/unit/policy.test.ts",
        title: "keep the promises of the README: 300 seconds, 3 in ten minutes, 5 checks, 6 digits",
      },
    ],
  },
  {
    id: "A7",
    attack: "Another address for each guess",
    defence: "Checks are counted in the verification, turns and failures by the number",
    at: [VERIFICATIONS, NUMBERS],
    also: [
      {
        file: "test/race/starts.test.ts",
        title:
          "for one number, spread over ten minutes in any order, send what every window of its rows allows",
      },
    ],
  },
  {
    id: "A8",
    attack: "A route or a channel that was forgotten when limits were added",
    defence:
      "The limits stand in the one function that every send goes through, and in the item that every check writes",
    at: [ATTEMPT, VERIFICATIONS],
    also: [
      { file: "test/unit/verification/admission.test.ts", title: "counts a resend like a start" },
    ],
  },
  {
    id: "A9",
    attack: "One guess more than is said, or a right last guess that is refused",
    defence: "A check is taken while fewer than five are counted, and the fifth may be right",
    at: [VERIFICATIONS],
    also: [
      {
        file: "test/unit/verification/check.test.ts",
        title: "five times is the end, and the right one comes too late",
      },
    ],
  },
  {
    id: "A10",
    attack: "One guess at each of very many numbers",
    defence:
      "Sends that nobody proves are unverified sends of client, range, country and service; what they owe refuses the next",
    at: [ADMISSION, LIMITS],
    also: [
      {
        file: "test/property/simulate.test.ts",
        title: "in codes: scenario %s is worth less than a hundredth of one",
      },
    ],
  },
  {
    id: "A11",
    attack: "Wrong guesses on purpose, to lock somebody out",
    defence:
      "Only who holds the id can spend its checks, and a returning ticket passes the lock that strangers cause",
    at: ["functions/verification/identifiers.ts", "functions/verification/ticket.ts"],
    also: [
      {
        file: "test/property/simulate.test.ts",
        title: "waits minutes where he has a ticket, and is not kept out by the guesses",
      },
    ],
  },
  {
    id: "A12",
    attack: "Verify an own number, to be forgiven the failures at another's",
    defence: "An approval clears the failures of its own number and of no other",
    at: [NUMBERS, CHECK],
    also: [
      {
        file: "test/unit/verification/check.test.ts",
        title: "reports its message and clears the failures of its number",
      },
    ],
  },
  {
    id: "A13",
    attack: "Start before a lock, an end or a cancel, and redeem after it",
    defence: "What is asked of a verification is asked again in the write that approves",
    at: [VERIFICATIONS],
    also: [
      {
        file: "test/unit/verification/resend.test.ts",
        title: "ends a verification, once and for all",
      },
    ],
  },
  {
    id: "A14",
    attack: "Learn a code digit by digit from the time that a comparison takes",
    defence: "What is compared are MACs under a secret key, and where we compare, in constant time",
    at: [CHECK, CODE],
    also: [
      {
        file: "test/unit/verification/code.test.ts",
        title: "cannot be found without the key by trying every code",
      },
    ],
  },
  {
    id: "A15",
    attack: "true, null, an empty text, a list or an object in place of the code",
    defence: "The body is a flat object with one text, and the text is six ASCII digits",
    at: [REQUESTS, "functions/http/check.ts"],
    also: [
      {
        file: "test/local/bad-input.test.ts",
        title: "a value of another type than its field has is refused",
      },
    ],
  },
  {
    id: "A16",
    attack: "A code that lost its leading zero somewhere",
    defence: "A code is text from end to end; a number in JSON is refused",
    at: [CODE, REQUESTS],
    also: [{ file: "test/unit/verification/code.test.ts", title: "keeps its leading zeros" }],
  },
  {
    id: "A17",
    attack: "Spaces, signs, other digits or an exponent around a code",
    defence: "A code has one spelling; every other is refused and not counted",
    at: ["functions/http/check.ts"],
    also: [
      {
        file: "test/local/bad-input.test.ts",
        title: "a code in another spelling than its own is refused and not counted",
      },
    ],
  },
  {
    id: "A18",
    attack: "Many guesses in one request: a list, a batch, a field twice",
    defence: "One flat object, each field once; there is no batch",
    at: [BODY],
    also: [
      {
        file: "test/local/bad-input.test.ts",
        title: "a body that is not one flat object of known fields, each once, is refused",
      },
    ],
  },
  {
    id: "A19",
    attack: "Foresee a code, or gain by codes that are drawn unevenly",
    defence: "The operating system's generator, by rejection and without a remainder",
    at: ["functions/adapters/node/random.ts", CODE],
    also: [
      {
        file: "test/unit/verification/code.test.ts",
        title:
          "is uniform in every position, by chi-square over 200,000 codes of the real generator",
      },
    ],
  },
  {
    id: "A20",
    attack: "A code after its end, since its item is still there",
    defence: "The condition of the write asks for the end; DynamoDB's own deletion only tidies up",
    at: [VERIFICATIONS],
    also: [
      {
        file: "test/unit/verification/check.test.ts",
        title: "does nothing to the millisecond on which it ends",
      },
    ],
  },
  {
    id: "A21",
    attack: "Be judged by a stale read",
    defence:
      "No guess, turn or money is decided on a read, and what is read is read consistently, without an index",
    at: [TABLE],
    also: [
      {
        file: "test/property/clauses.test.ts",
        title: "every condition of every write is needed, and its loss is found",
      },
    ],
  },
  {
    id: "A22",
    attack: "Use one code in two regions at once",
    defence: "The table lives in one region and has no replica elsewhere",
    at: ["infra/verification-table.ts"],
  },
];

/** B. Ways around a limit. */
const EVASION: readonly Attack[] = [
  {
    id: "B1",
    attack: "Write one number in many ways, each with limits of its own",
    defence:
      "E.164, or the plan's own national form where a stage takes it; every key is made of the canonical number",
    at: [PHONE_POLICY],
    also: [
      {
        file: "test/property/phone-policy.test.ts",
        title: "that are accepted, E.164 and the plan's own, are one number with one verdict",
      },
    ],
  },
  {
    id: "B2",
    attack: "Have one spelling judged and another one used",
    defence: "Only the policy makes a Phone, and stores and senders take nothing else",
    at: [PHONE_POLICY, "functions/verification/identifiers.ts"],
    also: [
      {
        file: "test/unit/verification/start.test.ts",
        title: "is the same number: one key, one budget, one start",
      },
    ],
  },
  {
    id: "B3",
    attack: "Name another address in X-Forwarded-For or one of its kin",
    defence: "The address is that of the connection, or that of the one header that a stage names",
    at: ["functions/http/client-address.ts"],
    also: [
      {
        file: "test/unit/http/client-address.test.ts",
        title: "does not follow the header %s",
      },
    ],
  },
  {
    id: "B4",
    attack: "Another IPv6 address of the same house for each request",
    defence: "IPv6 counts by its /64 and by its /48",
    at: ["functions/verification/client.ts"],
    also: [
      {
        file: "test/unit/verification/client.test.ts",
        title: "are shared by a thousand addresses of one /64",
      },
    ],
  },
  {
    id: "B5",
    attack: "Have no address, so that no limit knows whom to count",
    defence: "All without an address share one small limit",
    at: ["functions/verification/client.ts", LIMITS],
    also: [
      {
        file: "test/unit/http/back-end.test.ts",
        title: "that names no client counts among those whom nobody knows, which are few",
      },
    ],
  },
  {
    id: "B6",
    attack: "Ask the address that AWS gave, past domain and firewall",
    defence:
      "With a domain that address is switched off; without one the firewall stands before it; limits live behind both",
    at: ["infra/gateway.ts", "infra/firewall.ts"],
    also: [
      {
        file: "test/infra/transport.test.ts",
        title: "is no weaker under a domain of the operator's, and there is no way around it",
      },
    ],
  },
  {
    id: "B7",
    attack: "Spread requests over copies of a function that count each for itself",
    defence: "Counters are items of the one table",
    at: [SCOPES, NUMBERS],
    also: [
      {
        file: "test/race/starts.test.ts",
        title: "of one client, for as many numbers, get exactly as far as its unverified sends",
      },
    ],
  },
  {
    id: "B8",
    attack: "Another spelling of a path or a method that a rule does not know",
    defence: "Exact routes; all else is not found; the firewall reads a path as the gateway does",
    at: ["infra/routes.ts", "infra/firewall-rules.ts"],
    also: [
      {
        file: "test/local/bad-input.test.ts",
        title: "a path or a method that is none is refused",
      },
    ],
  },
  {
    id: "B9",
    attack: "Many starts at once, before the first is counted",
    defence: "The turn is taken in one conditional write before anything is sent",
    at: [NUMBERS, ATTEMPT],
    also: [
      {
        file: "test/race/starts.test.ts",
        title: "for one number at one moment send one message",
      },
    ],
  },
  {
    id: "B10",
    attack: "Send at the end of one window and at the beginning of the next",
    defence:
      "Windows of a number slide and have no edge. Windows of unverified sends have: there a scope lets through two limits",
    at: [NUMBERS, "functions/verification/scopes.ts"],
    also: [
      {
        file: "test/race/starts.test.ts",
        title: "for one number, wave by wave, send exactly three in ten minutes",
      },
    ],
  },
  {
    id: "B11",
    attack: "Make the counters fail, so that nothing is counted",
    defence: "What cannot be counted is a fault, and a fault sends nothing and approves nothing",
    at: [ADMISSION, ATTEMPT],
    also: [
      {
        file: "test/faults/support/scenarios.ts",
        title: "$name keeps all promises under $count pairs of a call and a fault",
      },
    ],
  },
  {
    id: "B12",
    attack: "Pass over what the front end asks for",
    defence: "Policy and limits stand behind the API; the client's part is comfort",
    at: [PHONE_POLICY, ADMISSION],
    also: [
      {
        file: "test/unit/verification/start.test.ts",
        title: "of a number that the policy refuses touches no store",
      },
    ],
  },
  {
    id: "B13",
    attack: "Solve one challenge and use its token often, or elsewhere",
    defence: "The provider takes a token once; action and host of the page must be ours",
    at: ["functions/adapters/challenge/challenge.ts"],
    also: [
      {
        file: "test/local/challenge.test.ts",
        title: "is done with a token, which works once",
      },
    ],
  },
];

/** C. What must not be learned. */
const DISCLOSURE: readonly Attack[] = [
  {
    id: "C1",
    attack: "Read the code in the answer",
    defence: "Answers are typed and built field by field; none of the fields is a code",
    at: ["functions/http/responses.ts", "functions/verification/view.ts"],
    also: [
      {
        file: "test/local/leaks.test.ts",
        title: "shows no code and no number, but for the number in two claims of a proof",
      },
    ],
  },
  {
    id: "C2",
    attack: "Read codes or numbers in logs, metrics or traces",
    defence: "Log lines are a closed list of typed events; texts of faults lose runs of digits",
    at: ["functions/runtime/log.ts"],
    also: [
      {
        file: "test/infra/emitted-metrics.test.ts",
        title: "is written in lines without a code, a number or an id",
      },
    ],
  },
  {
    id: "C3",
    attack: "Read the codes in the table or a backup",
    defence: "The table holds MACs under a key that never lies anywhere",
    at: [CODE, "functions/adapters/kms/keys.ts"],
    also: [
      {
        file: "test/unit/verification/code.test.ts",
        title: "cannot be found without the key by trying every code",
      },
    ],
  },
  {
    id: "C4",
    attack: "Learn by the answer whether somebody is a customer",
    defence: "There is no directory of users; each number that the policy takes is answered alike",
    at: ["functions/verification/start.ts", "functions/http/problem.ts"],
  },
  {
    id: "C5",
    attack: "Learn the same by the time of the answer",
    defence: "Each start goes the same way and waits for the provider",
    at: ["functions/verification/start.ts"],
  },
  {
    id: "C6",
    attack: "Ask whether a number is verified",
    defence: "A verification is shown to who holds its id, and no route asks by number",
    at: ["functions/http/show.ts", "functions/http/headers.ts"],
    also: [
      { file: "test/unit/verification/resend.test.ts", title: "at an unknown id finds nothing" },
    ],
  },
  {
    id: "C7",
    attack: "Change the answer on its way to the page",
    defence: "What counts is a signed proof, and the back end checks it",
    at: ["functions/adapters/kms/proofs.ts", "examples/node/check-proof.ts"],
    also: [{ file: "test/local/system.test.ts", title: "is worth nothing without a signature" }],
  },
  {
    id: "C8",
    attack: "Try a code or a switch that developers left behind",
    defence: "There is neither; numbers of fiction and test credentials are refused in production",
    at: ["infra/stage-rules.ts", PHONE_POLICY],
    also: [
      {
        file: "test/infra/stages.test.ts",
        title: "cannot accept numbers of fiction: it does not compile",
      },
    ],
  },
  {
    id: "C9",
    attack: "Find an id in a log of addresses, a referrer or a cache",
    defence:
      "The id does lie in the path. Our logs leave paths out, answers are no-store and no-referrer, codes go in bodies",
    at: ["infra/access-log.ts", "functions/http/answer.ts", "infra/firewall.ts"],
    also: [
      {
        file: "test/infra/transport.test.ts",
        title: "holds no path, no header, no body and no query: of these a path holds the id",
      },
    ],
  },
  {
    id: "C10",
    attack: "Read somebody's number by an id that was found",
    defence: "All but five digits of the number are masked",
    at: ["functions/verification/view.ts"],
    also: [
      {
        file: "test/unit/verification/resend.test.ts",
        title: "shows where a verification stands, and no number in full",
      },
    ],
  },
];

/** D. Input. */
const INPUT: readonly Attack[] = [
  {
    id: "D1",
    attack: "A number that is a list, an object or a JSON number",
    defence: "Gateway and function ask for a text before anything reads it",
    at: [REQUESTS, BODY],
    also: [
      {
        file: "test/local/bad-input.test.ts",
        title: "a value of another type than its field has is refused",
      },
    ],
  },
  {
    id: "D2",
    attack: "Operators or expressions of a database in a field",
    defence: "Expressions are constants of ours; what is sent only ever becomes a value",
    at: [TABLE],
  },
  {
    id: "D3",
    attack: "NUL, line feeds, headers or text around a number that a library folds away",
    defence: "Canonical ASCII first; a library sees nothing else",
    at: [PHONE_POLICY],
    also: [
      {
        file: "test/local/bad-input.test.ts",
        title:
          "a number in a spelling that libraries fold is refused, and nothing is sent, stored or spent",
      },
    ],
  },
  {
    id: "D4",
    attack: "Two recipients in one field",
    defence: "E.164 has no separator",
    at: [PHONE_POLICY],
    also: [
      {
        file: "test/property/phone-policy.test.ts",
        title: "that differ by anything else are refused before they are anybody's",
      },
    ],
  },
  {
    id: "D5",
    attack: "An address of the provider in place of a number: whatsapp:, sip:, client:",
    defence: "The recipient is made of a Phone and a channel from a list",
    at: [PHONE_POLICY, "functions/adapters/twilio/requests.ts"],
    also: [
      {
        file: "test/unit/adapters/twilio-wire.test.ts",
        title: "is one that Twilio's document knows, in each language: %s",
      },
    ],
  },
  {
    id: "D6",
    attack: "Own words or links in the message",
    defence: "No field of a request becomes text of a message; unknown fields are refused",
    at: [REQUESTS, MESSAGE],
    also: [
      {
        file: "test/unit/verification/message.test.ts",
        title: "names the code, the brand and nothing that was left to fill in",
      },
    ],
  },
  {
    id: "D7",
    attack: "A locale that is a path, a name of a prototype or very long",
    defence: "A locale is matched against a list, and no match is the stage's own language",
    at: ["functions/verification/locale.ts"],
    also: [
      {
        file: "test/unit/verification/locale.test.ts",
        title: "answers whatever it is sent with a locale that it speaks",
      },
    ],
  },
  {
    id: "D8",
    attack: "Markup in what a call says",
    defence: "Only brand and digits are put in, by Twilio's own XML builder",
    at: ["functions/adapters/twilio/twiml.ts"],
    also: [
      {
        file: "test/unit/adapters/twilio-wire.test.ts",
        title: "for a call escapes what a brand may hold",
      },
    ],
  },
  {
    id: "D9",
    attack: "__proto__, attempts or status as fields",
    defence: "Strict schemas; a field that is not ours refuses the request",
    at: [BODY, REQUESTS],
    also: [
      {
        file: "test/local/bad-input.test.ts",
        title: "a body that is not one flat object of known fields, each once, is refused",
      },
    ],
  },
  {
    id: "D10",
    attack: "Very long, very deep or slow input",
    defence: "4 KiB before anything is parsed, short maximum lengths, no pattern that backtracks",
    at: [BODY, LIMITS],
    also: [
      {
        file: "test/unit/http/body.test.ts",
        title: "is refused above 4 KiB, before it is parsed",
      },
    ],
  },
  {
    id: "D11",
    attack: "A Host header that ends up in an address or a signature",
    defence: "Addresses come from the settings of the stage and never from a request",
    at: ["functions/http/signed-form.ts", "infra/environments.ts"],
    also: [
      {
        file: "test/unit/http/callbacks.test.ts",
        title: "is refused in each of its forms, and changes nothing",
      },
    ],
  },
  {
    id: "D12",
    attack: "Line breaks, escapes or formulas in what is logged",
    defence: "One JSON object a line, with fields of ours; nothing that was sent is among them",
    at: ["functions/runtime/log.ts"],
    also: [
      {
        file: "test/unit/http/api.test.ts",
        title: "leaves one log line with route, status and result",
      },
    ],
  },
];

/** E. Binding, flow and browsers. */
const BINDING: readonly Attack[] = [
  {
    id: "E1",
    attack: "Start with an own number, check with another's in the body",
    defence: "A check takes an id and a code; the number is that of the item",
    at: [REQUESTS, CHECK],
  },
  {
    id: "E2",
    attack: "Use a code in another verification than its own",
    defence: "The MAC of a code is bound to its id, and the id is known to who started",
    at: [CODE, "functions/verification/identifiers.ts"],
    also: [
      {
        file: "test/unit/verification/code.test.ts",
        title: "is the same for the same code of the same verification only",
      },
    ],
  },
  {
    id: "E3",
    attack: "Use a code or a proof for another purpose or another company",
    defence:
      "The purpose lies in the seal and in the proof, the audience in the proof; a stage has its own table and keys",
    at: ["functions/verification/contents.ts", PROOF],
    also: [{ file: "test/local/system.test.ts", title: "is not for another audience" }],
  },
  {
    id: "E4",
    attack: "Change the number between check and use",
    defence: "The proof names the number that was sent to",
    at: [PROOF, "functions/verification/contents.ts"],
    also: [
      {
        file: "test/unit/verification/check.test.ts",
        title: "is approved and proven, with what the start bound to it",
      },
    ],
  },
  {
    id: "E5",
    attack: "Use a proof again, later or elsewhere",
    defence:
      "Five minutes, an audience, the nonce of the session and a jti, which the back end accepts once",
    at: [PROOF, "examples/node/check-proof.ts"],
    also: [
      { file: "test/local/system.test.ts", title: "is good for five minutes and no longer" },
      { file: "test/docs/examples.test.ts", title: "take a proof once" },
    ],
  },
  {
    id: "E6",
    attack: "Have the visitors of any page send codes from their own addresses",
    defence:
      "A foreign origin is refused before anything is done, and only application/json is taken",
    at: [API, BODY],
    also: [
      {
        file: "test/unit/http/api.test.ts",
        title: "that is not on the list is refused before anything is done: %j",
      },
    ],
  },
  {
    id: "E7",
    attack: "An origin that looks like one on the list, or null",
    defence: "Exact match; no wildcard but for public keys and the gateway's own refusals",
    at: [API, "infra/gateway-responses.ts"],
    also: [
      {
        file: "test/unit/http/api.test.ts",
        title: "that is not on the list is refused before anything is done: %j",
      },
    ],
  },
  {
    id: "E8",
    attack: "Take the client's key out of the app and use it",
    defence: "There is no key in a client; every limit holds for everybody",
    at: [ADMISSION],
    also: [
      {
        file: "test/race/starts.test.ts",
        title: "of one client, for as many numbers, get exactly as far as its unverified sends",
      },
    ],
  },
  {
    id: "E9",
    attack: "Two messages from one wish, by a repeat of client, gateway or SDK",
    defence: "An idempotency key is claimed first; a message without an answer is not sent again",
    at: ["functions/adapters/dynamodb/claims.ts", "functions/adapters/twilio/transport.ts"],
    also: [
      {
        file: "test/race/starts.test.ts",
        title: "under one idempotency key send one message and give one id",
      },
    ],
  },
];

/** F. Provider, telephony, money. */
const MONEY: readonly Attack[] = [
  {
    id: "F1",
    attack: "Tell us that a message was delivered, in Twilio's name",
    defence:
      "The signature is asked for over our own address and every parameter; news approve nothing",
    at: ["functions/http/signed-form.ts", "functions/adapters/twilio/callbacks.ts"],
    also: [
      {
        file: "test/unit/http/callbacks.test.ts",
        title: "is refused in each of its forms, and changes nothing",
      },
    ],
  },
  {
    id: "F2",
    attack: "Repeat a callback, or send old news after new",
    defence: "Only news that tell more are noted, and only of the newest message",
    at: [VERIFICATIONS],
    also: [
      {
        file: "test/property/deliveries.test.ts",
        title: "never lead back, whatever comes when, after a create that was %s",
      },
    ],
  },
  {
    id: "F3",
    attack: "Start verifications to ranges that share what messages cost",
    defence:
      "Mobiles of opened countries only, unverified sends by range and country, caps of money reserved before each message",
    at: [PHONE_POLICY, ADMISSION, SPEND],
    also: [
      {
        file: "test/property/simulate.test.ts",
        title: "in money: scenario %s stays below the cap of its hours",
      },
    ],
  },
  {
    id: "F4",
    attack: "The same by calls",
    defence: "No calls unless a stage opens them, country by country, at their own price",
    at: ["functions/verification/channels.ts", "functions/policy/prices.ts"],
    also: [
      {
        file: "test/unit/verification/channels.test.ts",
        title: "are SMS, and what the stage has set up for its country",
      },
    ],
  },
  {
    id: "F5",
    attack: "Change the channel where the limit of one is reached",
    defence:
      "A turn is one of the number, whatever carries it; a failed message hands its turn on once",
    at: [ATTEMPT, NUMBERS],
    also: [
      {
        file: "test/unit/verification/channels.test.ts",
        title: "hands its turn on at once, once, and to another channel",
      },
    ],
  },
  {
    id: "F6",
    attack: "Have us send messages to somebody without end",
    defence: "Three in ten minutes and seven a day for one number, whoever asks",
    at: [NUMBERS, LIMITS],
    also: [
      {
        file: "test/race/exactness.test.ts",
        title:
          "in turns: three in ten minutes, seven a day for a stranger, ten with a ticket, however they are mixed",
      },
    ],
  },
  {
    id: "F7",
    attack: "Use up the money of the day, so that nobody is sent anything",
    defence: "A share of every cap is kept for people with a ticket; half of it raises an alarm",
    at: [SPEND],
    also: [
      {
        file: "test/race/exactness.test.ts",
        title:
          "in money: strangers get their share, people with tickets the rest, and what the provider refused is given back to the cent",
      },
    ],
  },
  {
    id: "F8",
    attack: "Let a call run into a voicemail, and hear the code there",
    defence:
      "A call asks for a key press; the code is said at an address that is sealed for two minutes",
    at: ["functions/verification/speak.ts", "functions/adapters/twilio/twiml.ts"],
    also: [
      {
        file: "test/local/channels.test.ts",
        title: "is said to whoever presses a key, and to nobody before",
      },
    ],
  },
  {
    id: "F9",
    attack: "Take over the number: SIM swap, recycled number, SS7, malware on the phone",
    defence:
      "None here. A proof says how and when, and integrators must not take it for more; nothing asks a carrier about swaps",
    at: [PROOF, "docs/integrating.md"],
  },
  {
    id: "F10",
    attack: "Talk a person out of the code, on a false page or by a call",
    defence:
      "A line that fills the code in on our page only, a warning and what the code is for in the text. It cannot be solved by a code",
    at: [MESSAGE],
    also: [
      {
        file: "test/unit/verification/message.test.ts",
        title: "gives its code to the page of its host, by the last line",
      },
    ],
  },
  {
    id: "F11",
    attack: "Let the provider send again by itself on a dearer channel",
    defence:
      "Each message is one request of ours; a step of a plan takes a turn and money like any",
    at: ["functions/verification/next-step.ts", ATTEMPT],
    also: [
      {
        file: "test/unit/verification/channels.test.ts",
        title: "that is automatic takes its next step when a message has failed, and once",
      },
    ],
  },
  {
    id: "F12",
    attack: "Steal Twilio's credentials",
    defence:
      "An API key in Secrets Manager for functions that send; the auth token apart; neither in template, environment or log",
    at: ["infra/twilio-secret.ts", "infra/functions.ts"],
    also: [
      {
        file: "test/infra/functions.test.ts",
        title: "may do what it must and nothing else",
      },
    ],
  },
  {
    id: "F13",
    attack: "Use the hour in which throttles, countries or shards change",
    defence:
      "A block names its subject alone, and a window or a day keeps its shards from its start to its end, for old and new functions alike",
    at: ["functions/verification/shards.ts", "functions/adapters/dynamodb/sending-switch.ts"],
  },
];

/** What is tried against services like this one, in the order of SECURITY.md. */
export const ATTACKS: readonly Attack[] = [
  ...CODES,
  ...EVASION,
  ...DISCLOSURE,
  ...INPUT,
  ...BINDING,
  ...MONEY,
];
