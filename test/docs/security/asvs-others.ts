import type { Proof } from "../../attacks/catalogue.ts";
import type { Requirement } from "./requirement.ts";

const BAD_INPUT = "test/local/bad-input.test.ts";
const SYSTEM = "test/local/system.test.ts";
const BODY_TEST = "test/unit/http/body.test.ts";
const API_TEST = "test/unit/http/api.test.ts";
const GATEWAY_TEST = "test/infra/gateway.test.ts";
const TRANSPORT_TEST = "test/infra/transport.test.ts";
const FUNCTIONS_TEST = "test/infra/functions.test.ts";
const BUNDLES_TEST = "test/infra/bundles.test.ts";
const VERIFICATIONS = "functions/adapters/dynamodb/verifications.ts";
const TABLE = "functions/adapters/dynamodb/table.ts";

const ANY_FAULT: Proof = {
  file: "test/faults/support/scenarios.ts",
  title: "$name keeps all promises under $count pairs of a call and a fault",
};
const NO_LEAK: Proof = {
  file: "test/local/leaks.test.ts",
  title: "shows no code and no number, but for the number in two claims of a proof",
};
const STRICT_BODY: Proof = {
  file: BAD_INPUT,
  title: "a body that is not one flat object of known fields, each once, is refused",
};
const RIGHT_TYPES: Proof = {
  file: BAD_INPUT,
  title: "a value of another type than its field has is refused",
};
const FOREIGN_ORIGIN: Proof = {
  file: API_TEST,
  title: "that is not on the list is refused before anything is done: %j",
};
const EVERY_CLAUSE: Proof = {
  file: "test/property/clauses.test.ts",
  title: "every condition of every write is needed, and its loss is found",
};
const TAKES_A_PROOF: Proof = {
  file: "test/docs/examples.test.ts",
  title: "takes a proof for this session, and no other",
};
const SAFE_HEADERS: Proof = { file: API_TEST, title: "carries the safe headers: %s" };
const GATEWAY_HEADERS: Proof = {
  file: GATEWAY_TEST,
  title: "for %s has the headers of every answer, and a page may read it",
};

/** V1 and V2: what comes in, and the order of things. */
const INPUT: readonly Requirement[] = [
  {
    id: "1.2.4",
    level: 1,
    asks: "Queries take data as parameters",
    status: "met",
    how: "Expressions are constants; what was sent becomes a value or a MAC in a key",
    at: [TABLE],
    tests: [RIGHT_TYPES],
  },
  {
    id: "1.3.3",
    level: 2,
    asks: "Data is made safe for where it goes",
    status: "met",
    how: "Nothing of a request reaches a message; the brand is escaped where a call says it",
    at: ["functions/adapters/twilio/twiml.ts"],
    tests: [
      {
        file: "test/unit/adapters/twilio-wire.test.ts",
        title: "for a call escapes what a brand may hold",
      },
    ],
  },
  {
    id: "1.3.7",
    level: 2,
    asks: "No templates out of what callers send",
    status: "met",
    how: "Texts are files of ours, chosen by a list",
    at: ["functions/verification/message.ts", "functions/verification/locale.ts"],
    tests: [
      {
        file: "test/unit/verification/locale.test.ts",
        title: "answers whatever it is sent with a locale that it speaks",
      },
    ],
  },
  {
    id: "1.5.3",
    level: 3,
    asks: "Two parsers of one thing agree",
    status: "met",
    how: "UTF-8 or refused, each field once, and the gateway's model is made of the function's schema",
    at: ["functions/http/body.ts", "infra/models.ts"],
    tests: [
      STRICT_BODY,
      {
        file: "test/infra/models.test.ts",
        title: "takes exactly the bodies that the function takes",
      },
    ],
  },
  {
    id: "2.1.1",
    level: 1,
    asks: "Write down how input is validated",
    status: "met",
    how: "docs/openapi.json, generated from the schemas that the functions run",
    at: ["docs/openapi.json", "functions/http/requests.ts"],
    tests: [
      { file: "test/infra/openapi.test.ts", title: "is up to date: `npm run openapi` writes it" },
    ],
  },
  {
    id: "2.1.3",
    level: 2,
    asks: "Write down the limits, of a person and of all",
    status: "met",
    how: "README § Limits, each with its reason",
    at: ["README.md", "functions/policy/limits.ts"],
    tests: [{ file: "test/docs/readme.test.ts", title: "states the limit as it is: %s" }],
  },
  {
    id: "2.2.1",
    level: 1,
    asks: "Input is held against what it may be",
    status: "met",
    how: "Strict schemas with lists and lengths; numbers against the plans of countries",
    at: ["functions/http/requests.ts", "functions/verification/phone-policy.ts"],
    tests: [STRICT_BODY, RIGHT_TYPES],
  },
  {
    id: "2.2.2",
    level: 1,
    asks: "…by a layer that callers do not run",
    status: "met",
    how: "Twice: by the gateway's model and by the function",
    at: ["infra/gateway.ts", "functions/http/body.ts"],
    tests: [
      {
        file: GATEWAY_TEST,
        title: "validate a body before they call, wherever they have a model",
      },
    ],
  },
  {
    id: "2.3.1",
    level: 1,
    asks: "Steps in their order, none left out",
    status: "met",
    how: "Pending, then one end; random histories are held against a model",
    at: [VERIFICATIONS],
    tests: [
      {
        file: "test/property/model.test.ts",
        title:
          "the use cases over the stores in memory and over dynalite keep the promises of the model",
      },
    ],
  },
  {
    id: "2.3.2",
    level: 2,
    asks: "The limits that are written down hold",
    status: "met",
    how: "No row of any limit is exceeded, in order or all at once",
    at: ["functions/verification/attempt.ts"],
    tests: [
      {
        file: "test/property/exactness.test.ts",
        title: "whatever the traffic, no row of any limit is exceeded",
      },
    ],
  },
  {
    id: "2.3.3",
    level: 2,
    asks: "A whole operation, or what was before it",
    status: "partly",
    how: "A check is one write. A start is several, each safe alone: what fails half-way is given back, and what cannot be stays spent, never the other way. There is no transaction over all",
    at: ["functions/verification/attempt.ts", "functions/verification/start.ts"],
    tests: [ANY_FAULT],
  },
  {
    id: "2.3.4",
    level: 2,
    asks: "What is scarce is not given out twice",
    status: "met",
    how: "Turns and money are taken by one conditional write each",
    at: ["functions/adapters/dynamodb/numbers.ts", "functions/adapters/dynamodb/spend.ts"],
    tests: [
      { file: "test/race/starts.test.ts", title: "for one number at one moment send one message" },
      {
        file: "test/unit/verification/spend.test.ts",
        title: "reserve as many as the cap has money for, and no more",
      },
    ],
  },
  {
    id: "2.4.1",
    level: 2,
    asks: "Robots cannot use up what costs",
    status: "met",
    how: "Unverified sends by client, range, country and service, caps of money, a challenge where a stage has one. What an attack gets all the same is simulated",
    at: ["functions/verification/admission.ts", "functions/verification/spend.ts"],
    tests: [
      {
        file: "test/property/simulate.test.ts",
        title: "in money: scenario %s stays below the cap of its hours",
      },
    ],
  },
  {
    id: "2.4.2",
    level: 3,
    asks: "Steps take the time that people need",
    status: "partly",
    how: "Half a minute between messages to a number. Between a start and its check no time is asked for",
    at: ["functions/policy/limits.ts"],
    tests: [
      {
        file: "test/unit/verification/resend.test.ts",
        title: "too early is refused with the time to wait, and sends nothing",
      },
    ],
  },
];

/** V3 and V4: browsers and HTTP. */
const HTTP: readonly Requirement[] = [
  {
    id: "3.4.1",
    level: 1,
    asks: "HSTS for a year, with sub-domains",
    status: "met",
    how: "On every answer, the gateway's own included",
    at: ["functions/http/answer.ts", "infra/gateway-responses.ts"],
    tests: [SAFE_HEADERS, GATEWAY_HEADERS],
  },
  {
    id: "3.4.2",
    level: 1,
    asks: "CORS by an exact list; a wildcard only where nothing is secret",
    status: "met",
    how: "Exact match without credentials. The wildcard stands at public keys and at refusals of the gateway, which hold nothing of a request",
    at: ["functions/http/api.ts", "infra/gateway-responses.ts"],
    tests: [FOREIGN_ORIGIN, { file: GATEWAY_TEST, title: "for %s holds nothing of the request" }],
  },
  {
    id: "3.4.4",
    level: 2,
    asks: "nosniff",
    status: "met",
    how: "On every answer",
    at: ["functions/http/answer.ts"],
    tests: [SAFE_HEADERS, GATEWAY_HEADERS],
  },
  {
    id: "3.5.1",
    level: 1,
    asks: "A request that no preflight precedes comes from a page of ours",
    status: "met",
    how: "A foreign Origin is refused whatever the request; whoever sends none is no browser page, and has nothing of a visitor's to use",
    at: ["functions/http/api.ts"],
    tests: [FOREIGN_ORIGIN],
  },
  {
    id: "3.5.2",
    level: 1,
    asks: "…and no request goes round the preflight",
    status: "met",
    how: "Bodies must be application/json, which needs one",
    at: ["functions/http/body.ts"],
    tests: [
      { file: BODY_TEST, title: "of the media type %j is refused" },
      {
        file: BAD_INPUT,
        title: "a body of another media type is refused, whatever it holds",
      },
    ],
  },
  {
    id: "3.5.3",
    level: 1,
    asks: "Safe methods change nothing",
    status: "met",
    how: "GET shows; POST and DELETE change",
    at: ["infra/routes.ts"],
    tests: [{ file: GATEWAY_TEST, title: "are those of the contract" }],
  },
  {
    id: "4.1.1",
    level: 1,
    asks: "Each body says its type, and its charset where the type has one",
    status: "met",
    how: "JSON, which has none (RFC 8259), problems, and XML in UTF-8",
    at: ["functions/http/answer.ts"],
    tests: [
      { file: API_TEST, title: "is told as RFC 9457 wants it" },
      {
        file: "test/unit/adapters/twilio-wire.test.ts",
        title: "says the digits apart, twice, in XML",
      },
    ],
  },
  {
    id: "4.1.3",
    level: 2,
    asks: "Nobody can put in a header that a proxy sets",
    status: "met",
    how: "None counts, unless a stage names the one of its proxy and why nobody comes past it",
    at: ["functions/http/client-address.ts", "infra/stage-rules.ts"],
    tests: [
      { file: "test/unit/http/client-address.test.ts", title: "does not follow the header %s" },
      {
        file: "test/unit/http/client-address.test.ts",
        title: "is unknown where the header came twice: one of them is the caller's own word",
      },
    ],
  },
  {
    id: "4.1.4",
    level: 3,
    asks: "Only methods that are used",
    status: "met",
    how: "All else is not found",
    at: ["infra/routes.ts"],
    tests: [
      { file: BAD_INPUT, title: "a path or a method that is none is refused" },
      { file: GATEWAY_TEST, title: "are the table of routes, and nothing else" },
    ],
  },
];

/** V9, V11 and V12: tokens, cryptography, transport. */
const TOKENS: readonly Requirement[] = [
  {
    id: "9.1.1",
    level: 1,
    asks: "A token is believed after its signature was checked",
    status: "met",
    how: "Our own tickets and sealed addresses: before anything in them is used. Proofs are checked by the integrator; the examples do it and are tested",
    at: [
      "functions/verification/ticket.ts",
      "functions/verification/seal.ts",
      "examples/node/check-proof.ts",
    ],
    tests: [
      {
        file: "test/unit/verification/admission.test.ts",
        title: "is worth nothing for another number, in another spelling, or made up",
      },
      {
        file: "test/unit/verification/seal.test.ts",
        title: "stays shut when a bit of byte %i is another",
      },
      TAKES_A_PROOF,
    ],
  },
  {
    id: "9.1.2",
    level: 1,
    asks: "Algorithms from a list, never none",
    status: "met",
    how: "Proofs are made with ES256 and nothing else; the examples take nothing else",
    at: ["functions/adapters/kms/proofs.ts", "examples/node/check-proof.ts"],
    tests: [{ file: SYSTEM, title: "is worth nothing without a signature" }],
  },
  {
    id: "9.1.3",
    level: 1,
    asks: "Keys from a source that was set beforehand",
    status: "integrator",
    how: "The README and the examples read the keys from the address of the issuer, and follow no header of a token",
    at: ["examples/node/check-proof.ts", "README.md"],
    tests: [TAKES_A_PROOF],
  },
  {
    id: "9.2.1",
    level: 1,
    asks: "A token is good in its time only",
    status: "met",
    how: "Proofs for five minutes, tickets for ninety days, addresses of calls for two minutes",
    at: ["functions/verification/proof.ts", "functions/verification/ticket.ts"],
    tests: [
      { file: SYSTEM, title: "is good for five minutes and no longer" },
      { file: "test/unit/verification/admission.test.ts", title: "lasts ninety days" },
    ],
  },
  {
    id: "9.2.2",
    level: 2,
    asks: "A token is of the right kind and for the right purpose",
    status: "met",
    how: "A proof names its purpose and nonce; each seal and MAC of ours names its use. The header says JWT and no kind of its own: the audience and phone_number_verified tell a proof from other tokens",
    at: ["functions/verification/proof.ts", "functions/verification/tokens.ts"],
    tests: [
      TAKES_A_PROOF,
      {
        file: "test/unit/adapters/twilio-wire.test.ts",
        title: "says nothing to whoever cannot sign, and nothing under the seal of anything else",
      },
    ],
  },
  {
    id: "9.2.3",
    level: 2,
    asks: "A token is for this service",
    status: "met",
    how: "aud, checked in the examples",
    at: ["functions/verification/proof.ts", "examples/node/check-proof.ts"],
    tests: [{ file: SYSTEM, title: "is not for another audience" }, TAKES_A_PROOF],
  },
  {
    id: "9.2.4",
    level: 2,
    asks: "One key for several audiences names the audience in each token",
    status: "met",
    how: "One audience a stage, from its settings and from no request; it is in each proof",
    at: ["functions/verification/proof.ts", "latchkey.config.ts"],
    tests: [{ file: SYSTEM, title: "is not for another audience" }],
  },
  {
    id: "11.2.4",
    level: 3,
    asks: "Constant time in everything cryptographic",
    status: "partly",
    how: "Codes, tickets and signatures are compared in constant time. DynamoDB compares guesses as it likes: they are MACs under a secret key, so how far two agree tells nothing of the code",
    at: ["functions/verification/check.ts", VERIFICATIONS],
    tests: [
      {
        file: "test/unit/verification/code.test.ts",
        title: "cannot be found without the key by trying every code",
      },
    ],
  },
  {
    id: "11.4.1",
    level: 1,
    asks: "Approved hash functions only",
    status: "partly",
    how: "SHA-256 everywhere, but for the signature of Twilio's callbacks, which is HMAC-SHA-1 by Twilio's choice (a legacy entry of ASVS appendix C). It protects news of deliveries and the address of a call, which is sealed besides",
    at: ["functions/adapters/twilio/callbacks.ts", "functions/verification/identifiers.ts"],
    tests: [],
  },
  {
    id: "11.5.1",
    level: 2,
    asks: "What must not be guessed has 128 random bits",
    status: "met",
    how: "An id has 144. Codes have 20, which is why they are counted",
    at: ["functions/verification/identifiers.ts"],
    tests: [
      {
        file: "test/unit/verification/identifiers.test.ts",
        title: "holds 144 random bits of the generator that it is given, and its epoch",
      },
    ],
  },
  {
    id: "12.2.1",
    level: 1,
    asks: "TLS on every way in, and no way back from it",
    status: "met",
    how: "TLS 1.2 and up with forward secrecy, on AWS's address and on the operator's. Asserted on the template; nothing was deployed yet",
    at: ["infra/gateway.ts", "infra/api-address.ts"],
    tests: [
      { file: TRANSPORT_TEST, title: "is modern and strict in %s" },
      {
        file: TRANSPORT_TEST,
        title: "is no weaker under a domain of the operator's, and there is no way around it",
      },
    ],
  },
];

/** V13 to V16: settings, data, code, logs. */
const OPERATIONS: readonly Requirement[] = [
  {
    id: "13.1.3",
    level: 3,
    asks: "Write down timeouts, retries and what becomes of failures, for each service that is used",
    status: "partly",
    how: "Timeouts and retries: below, under what is assumed. The number of connections to AWS is the SDK's own and written down nowhere",
    at: ["SECURITY.md", "functions/adapters/aws/client.ts"],
    tests: [
      {
        file: "test/unit/adapters/aws-client.test.ts",
        title:
          "a service that never answers %s is asked twice and then given up, long before the function is",
      },
    ],
  },
  {
    id: "13.2.2",
    level: 2,
    asks: "Each part may do what it must and no more",
    status: "partly",
    how: "A role for each function, single actions on named resources. On the table a right is one of the whole table, and not of a kind of item",
    at: ["infra/functions.ts"],
    tests: [
      { file: FUNCTIONS_TEST, title: "may do what it must and nothing else" },
      { file: FUNCTIONS_TEST, title: "has a role of its own without managed or later policies" },
    ],
  },
  {
    id: "13.2.6",
    level: 3,
    asks: "Connections behave as is written down",
    status: "partly",
    how: "As for 13.1.3",
    at: ["functions/adapters/aws/client.ts", "functions/adapters/twilio/transport.ts"],
    tests: [
      {
        file: "test/unit/adapters/twilio.test.ts",
        title: "on which nothing is answered leaves it unknown after the timeout",
      },
    ],
  },
  {
    id: "13.3.1",
    level: 2,
    asks: "Secrets in a vault, none in source or build",
    status: "met",
    how: "Keys in KMS, which does not give them out; Twilio's and the challenge's secrets in Secrets Manager, put in by a command",
    at: ["infra/keys.ts", "infra/twilio-secret.ts", "infra/challenge-secret.ts"],
    tests: [
      {
        file: "test/infra/data.test.ts",
        title: "starts as a random text and never has a value in the template",
      },
      { file: "test/cli/checklist/checklist.test.ts", title: "$id with $what" },
    ],
  },
  {
    id: "13.3.2",
    level: 2,
    asks: "Secrets only for those who need them",
    status: "met",
    how: "By role; the key policies deny use to everybody but the functions, administrators included",
    at: ["infra/keys.ts", "infra/functions.ts"],
    tests: [
      {
        file: "test/infra/keys.test.ts",
        title:
          "lets the roles of its functions use it, and denies use and grants to everybody else",
      },
      { file: FUNCTIONS_TEST, title: "may do what it must and nothing else" },
    ],
  },
  {
    id: "13.3.4",
    level: 3,
    asks: "Secrets end and are renewed as is written down",
    status: "partly",
    how: "Each can be renewed while in use (two auth tokens, two proof keys, epochs). None is by itself, and nothing reminds",
    at: ["latchkey.config.ts", "docs/runbooks/key-misuse.md"],
    tests: [
      { file: "test/unit/http/callbacks.test.ts", title: "may be one of two while it changes" },
      {
        file: "test/unit/adapters/twilio.test.ts",
        title: "are asked for again at the next message, and kept while they are good",
      },
    ],
  },
  {
    id: "13.4.2",
    level: 2,
    asks: "No debug mode in production",
    status: "met",
    how: "There is none; the gateway traces nothing and logs no data",
    at: ["infra/gateway.ts", "functions/runtime/log.ts"],
    tests: [
      {
        file: TRANSPORT_TEST,
        title:
          "is all that the gateway notes: no trace and no data trace, which hold paths and bodies",
      },
    ],
  },
  {
    id: "13.4.5",
    level: 2,
    asks: "Documentation and monitoring are not open by accident",
    status: "met",
    how: "No deployed route serves either; what operators do has no route at all",
    at: ["infra/routes.ts"],
    tests: [
      { file: GATEWAY_TEST, title: "are those of the contract" },
      { file: "test/cli/local.test.ts", title: "no route leads to the function" },
    ],
  },
  {
    id: "14.2.1",
    level: 1,
    asks: "Nothing sensitive in an address",
    status: "partly",
    how: "Codes and numbers are in bodies. The id of a verification, with which one can spend its checks and not read its code, is part of the path; our logs leave paths out, and a proxy of the operator's must too",
    at: ["infra/routes.ts", "infra/access-log.ts", "infra/firewall.ts"],
    tests: [
      {
        file: TRANSPORT_TEST,
        title: "holds no path, no header, no body and no query: of these a path holds the id",
      },
      {
        file: "test/infra/firewall.test.ts",
        title:
          "logs what it blocks and nothing else, without paths and keys, under the one name that works",
      },
    ],
  },
  {
    id: "14.2.4",
    level: 2,
    asks: "Sensitive data is sealed, kept and logged as is written down",
    status: "met",
    how: "The table of personal data below; a whole run is scanned for every code and number that it used",
    at: ["functions/verification/contents.ts", "functions/policy/retention.ts"],
    tests: [NO_LEAK],
  },
  {
    id: "14.2.6",
    level: 3,
    asks: "Give back no more of it than is needed",
    status: "met",
    how: "A masked number; the whole one only in a proof, to who typed the code",
    at: ["functions/verification/view.ts"],
    tests: [
      {
        file: "test/unit/verification/resend.test.ts",
        title: "shows where a verification stands, and no number in full",
      },
    ],
  },
  {
    id: "14.2.7",
    level: 3,
    asks: "Old data goes by itself",
    status: "partly",
    how: "Each item has its end and logs have theirs. DynamoDB deletes up to days late, and production's point-in-time recovery holds 35 days of what is gone",
    at: ["functions/policy/retention.ts", "infra/verification-table.ts"],
    tests: [
      {
        file: "test/infra/data.test.ts",
        title: "is found by pk and cleans itself up by deleteAfter",
      },
      {
        file: "test/infra/data.test.ts",
        title: "logs of %s are kept as long as its stage says",
      },
    ],
  },
  {
    id: "14.3.2",
    level: 2,
    asks: "no-store",
    status: "met",
    how: "On every answer but the public keys",
    at: ["functions/http/answer.ts"],
    tests: [SAFE_HEADERS, GATEWAY_HEADERS],
  },
  {
    id: "15.1.3",
    level: 2,
    asks: "Write down what is dear, and how its use is bounded",
    status: "met",
    how: "README: what a message costs, the caps, the throttle of sends; deploying prints the worst day",
    at: ["README.md", "cli/costs.ts"],
    tests: [
      {
        file: "test/cli/costs.test.ts",
        title:
          "is every request that all buckets of the template let through, and as many messages as they let out",
      },
    ],
  },
  {
    id: "15.2.2",
    level: 2,
    asks: "…and bound it",
    status: "met",
    how: "Sends have a throttle apart from checks; every function ends before the gateway gives it up",
    at: ["infra/gateway.ts", "infra/functions.ts"],
    tests: [
      { file: GATEWAY_TEST, title: "is throttled as its stage says" },
      {
        file: FUNCTIONS_TEST,
        title: "ends before the gateway gives it up, and has the memory of its row",
      },
    ],
  },
  {
    id: "15.2.3",
    level: 2,
    asks: "Nothing in production that is not needed there",
    status: "met",
    how: "Bundles by function with a list of what may be inside; no samples, no test numbers",
    at: ["infra/bundles.ts", "infra/stage-rules.ts"],
    tests: [
      { file: BUNDLES_TEST, title: "holds nothing that it does not need" },
      {
        file: "test/infra/stages.test.ts",
        title: "cannot accept numbers of fiction: it does not compile",
      },
    ],
  },
  {
    id: "15.3.1",
    level: 1,
    asks: "Answers hold the fields that are needed",
    status: "met",
    how: "Built field by field, and held to the description of the API in every test",
    at: ["functions/verification/view.ts", "functions/http/responses.ts"],
    tests: [
      {
        file: "test/unit/verification/start.test.ts",
        title: "sends one message with one code and shows no code and no full number",
      },
    ],
  },
  {
    id: "15.3.2",
    level: 2,
    asks: "Follow no redirect",
    status: "met",
    how: "Neither to Twilio nor to the challenge's provider; both would take a secret along",
    at: ["functions/adapters/twilio/transport.ts", "functions/adapters/challenge/challenge.ts"],
    tests: [
      {
        file: "test/unit/adapters/twilio.test.ts",
        title: "of %s leaves it unknown and is not asked again",
      },
      {
        file: "test/unit/adapters/challenge.test.ts",
        title: "is unreachable, and told to us: %s",
      },
    ],
  },
  {
    id: "15.3.3",
    level: 2,
    asks: "No field can be set that was not meant to be",
    status: "met",
    how: "Unknown fields refuse the request",
    at: ["functions/http/requests.ts"],
    tests: [STRICT_BODY],
  },
  {
    id: "15.3.4",
    level: 2,
    asks: "The true address of a client reaches limits and logs",
    status: "met",
    how: "That of the connection, or of the proxy's one header; a back end names its client's",
    at: ["functions/http/client-address.ts"],
    tests: [
      { file: BAD_INPUT, title: "whatever a caller says of its address, it is one client" },
      {
        file: "test/unit/http/back-end.test.ts",
        title: "counts under the client that it names, and not under the back end's own address",
      },
    ],
  },
  {
    id: "15.3.5",
    level: 2,
    asks: "Types are checked",
    status: "met",
    how: "By schema on the way in; TypeScript without casts behind it",
    at: ["functions/http/body.ts"],
    tests: [RIGHT_TYPES],
  },
  {
    id: "15.3.6",
    level: 2,
    asks: "No pollution of prototypes",
    status: "met",
    how: "Strict schemas, and no object is written to by a name that was sent",
    at: ["functions/http/body.ts"],
    tests: [{ file: BAD_INPUT, title: "__proto__ in a check, which says what the code is" }],
  },
  {
    id: "15.3.7",
    level: 2,
    asks: "A parameter that comes twice does no harm",
    status: "met",
    how: "A field twice is refused; no route of callers reads a query",
    at: ["functions/http/body.ts", "functions/http/delivery.ts"],
    tests: [
      { file: BODY_TEST, title: "with a field twice is refused: %s" },
      {
        file: "test/unit/http/callbacks.test.ts",
        title: "is refused in each of its forms, and changes nothing",
      },
    ],
  },
  {
    id: "15.4.2",
    level: 3,
    asks: "Look and act in one step",
    status: "met",
    how: "Every decision about a guess, a turn or money is the condition of the write that acts; each condition is shown to be needed",
    at: [TABLE, VERIFICATIONS],
    tests: [
      EVERY_CLAUSE,
      {
        file: "test/race/checks.test.ts",
        title:
          "with resends and cancels among them: five counted at most, one success at most, and an end is an end",
      },
    ],
  },
  {
    id: "16.2.5",
    level: 2,
    asks: "Logs hold of sensitive data what they may",
    status: "met",
    how: "Pseudonyms, no code, no number, no id; a line has the fields of its type and no other. The gateway's own log holds the address",
    at: ["functions/runtime/log.ts", "infra/access-log.ts"],
    tests: [
      NO_LEAK,
      {
        file: "test/unit/log.test.ts",
        title: "holds of a fault its name, message and stack, and none of what an SDK hangs on it",
      },
    ],
  },
  {
    id: "16.3.1",
    level: 2,
    asks: "Every attempt is logged, good or not",
    status: "met",
    how: "One line an answer, and one for each send and each counted check, with channel and purpose",
    at: ["functions/http/api.ts", "functions/runtime/journal-line.ts"],
    tests: [{ file: API_TEST, title: "leaves one log line with route, status and result" }],
  },
  {
    id: "16.3.2",
    level: 2,
    asks: "Refused rights are logged",
    status: "met",
    how: "By problem in our log, by the gateway's own refusals in the access log",
    at: ["functions/http/api.ts", "infra/access-log.ts"],
    tests: [
      { file: API_TEST, title: "is counted in the log by its code" },
      { file: TRANSPORT_TEST, title: "has one line a request, in JSON, in a group of its own" },
    ],
  },
  {
    id: "16.3.3",
    level: 2,
    asks: "Security events and attempts to get round controls are logged",
    status: "met",
    how: "Each refusal is counted by its problem; alarms look at them, and at what operators do",
    at: ["functions/runtime/metrics.ts", "infra/alarm-rows.ts", "functions/operator/handler.ts"],
    tests: [
      {
        file: "test/unit/metrics.test.ts",
        title: "are answers, time and problem of what was refused",
      },
      {
        file: "test/cli/operate.test.ts",
        title: "is logged before it is done and after, under the pseudonym that it answers with",
      },
    ],
  },
  {
    id: "16.4.1",
    level: 2,
    asks: "No log can be forged by what is logged",
    status: "met",
    how: "One JSON object a line",
    at: ["functions/runtime/log.ts"],
    tests: [
      {
        file: "test/unit/log.test.ts",
        title: "stays one line and one JSON object, whatever a fault says: %j",
      },
    ],
  },
  {
    id: "16.5.1",
    level: 2,
    asks: "A fault tells the caller nothing",
    status: "met",
    how: "internal-error, and the id of the request",
    at: ["functions/http/api.ts"],
    tests: [{ file: API_TEST, title: "tells the caller nothing, and the log what happened" }],
  },
  {
    id: "16.5.2",
    level: 2,
    asks: "Secure while a service is away",
    status: "met",
    how: "Each call of each route meets each fault; every promise holds",
    at: ["functions/verification/attempt.ts", "functions/verification/check.ts"],
    tests: [ANY_FAULT],
  },
  {
    id: "16.5.3",
    level: 2,
    asks: "No fault opens anything",
    status: "met",
    how: "What cannot be counted is not sent and not approved. The one choice to let in is a stage's: a challenge whose provider does not answer",
    at: ["functions/verification/admission.ts", "functions/verification/check.ts"],
    tests: [
      ANY_FAULT,
      {
        file: "test/unit/verification/check.test.ts",
        title: "whose failure cannot be booked tells nothing",
      },
    ],
  },
  {
    id: "16.5.4",
    level: 3,
    asks: "A last handler for what nobody caught",
    status: "met",
    how: "The outermost middleware; behind it the gateway's own answer",
    at: ["functions/http/api.ts", "infra/gateway-responses.ts"],
    tests: [
      { file: API_TEST, title: "tells the caller nothing, and the log what happened" },
      {
        file: "test/local/gateway.test.ts",
        title: "a function that goes wrong is a 502 with the template's words",
      },
    ],
  },
];

/** OWASP ASVS 5.0.0, the other chapters. */
export const ASVS_OTHERS: readonly Requirement[] = [...INPUT, ...HTTP, ...TOKENS, ...OPERATIONS];
