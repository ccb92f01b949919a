import { LIMITS } from "../../../functions/policy/limits.ts";
import { RETENTION } from "../../../functions/policy/retention.ts";
import { STAGES } from "../../../infra/stages.ts";

/** One place where something of a person is kept. */
export type Kept = {
  readonly where: string;
  readonly what: string;
  readonly howLong: string;
  readonly erasure: string;
  /** The file that decides it. */
  readonly at: string;
};

const days = (seconds: number): string => `${seconds / 86_400} days`;
const minutes = (seconds: number): string => `${seconds / 60} minutes`;
const LOG_DAYS = STAGES.prod.logRetentionDays;

/** Where Latchkey keeps what concerns a person (UK GDPR Art. 5(1)(c) and (e)). Pseudonyms count as personal data. */
export const KEPT: readonly Kept[] = [
  {
    where: "table, verification",
    what: "the number and the nonce, sealed; its pseudonym; MACs of codes and guesses; country, language, purpose, platform, origin and the caller's `reference`; times; names of messages at Twilio",
    howLong: `${minutes(LIMITS.codeLifetimeSeconds)} after the newest code, and ${minutes(RETENTION.verificationSeconds)} more`,
    erasure: "goes by itself",
    at: "functions/adapters/dynamodb/verifications.ts",
  },
  {
    where: "table, number",
    what: "pseudonym; times of the last ten messages and of the last approval; the newest verification of each app, sealed; failures; a block and its reason; when tickets were ended",
    howLong: `${days(RETENTION.numberSeconds)} after the last message or failure`,
    erasure: "npm run ops -- erase; the moment of a revocation stays",
    at: "functions/adapters/dynamodb/numbers.ts",
  },
  {
    where: "table, scopes",
    what: "pseudonyms of addresses and of blocks of ten thousand numbers, and their unverified sends",
    howLong: `a window of up to an hour, and ${minutes(RETENTION.scopeSeconds)} more; blocked ones, with a reason, up to a month`,
    erasure: "goes by itself",
    at: "functions/adapters/dynamodb/scopes.ts",
  },
  {
    where: "table, idempotency keys of starts",
    what: "a MAC of the key, a fingerprint of the request, the id, sealed",
    howLong: minutes(RETENTION.claimSeconds),
    erasure: "goes by itself",
    at: "functions/adapters/dynamodb/claims.ts",
  },
  {
    where: "backups of the table, in production",
    what: "all of the above",
    howLong: "35 days (point-in-time recovery)",
    erasure: "none: erased data is in them until they end",
    at: "infra/verification-table.ts",
  },
  {
    where: "logs of the functions",
    what: "pseudonyms of numbers, addresses and ranges; country, channel, purpose, outcome; times",
    howLong: `${LOG_DAYS} days in production`,
    erasure: "none by number; with the pseudonym of an operator's look-up they can be found",
    at: "functions/runtime/log.ts",
  },
  {
    where: "access log of the gateway, log of the firewall",
    what: "addresses in clear, route, status, time; the firewall's only of what it blocked",
    howLong: `${LOG_DAYS} days in production`,
    erasure: "none",
    at: "infra/access-log.ts",
  },
  {
    where: "dead letters",
    what: "the name of a message at Twilio, country and channel; with events, log lines with pseudonyms",
    howLong: "14 days",
    erasure: "goes by itself",
    at: "infra/dead-letters.ts",
  },
  {
    where: "the front end's device",
    what: "a ticket under 16 bits of a hash of the number",
    howLong: `${days(LIMITS.ticketLifetimeSeconds)}, or until it is used up`,
    erasure: "with the page's storage; worthless after npm run ops -- revoke",
    at: "client/src/tickets.ts",
  },
  {
    where: "Twilio",
    what: "the number, and the text until the message has ended; then an empty text; calls are deleted",
    howLong: "as set in the account at Twilio; an agreement with Twilio is the operator's",
    erasure: "at Twilio",
    at: "functions/adapters/twilio/reporter.ts",
  },
  {
    where: "the challenge's provider, where a stage has one",
    what: "the address of a client, and the data that its widget reads from the browser",
    howLong: "by that provider's rules",
    erasure: "at that provider",
    at: "functions/adapters/challenge/challenge.ts",
  },
];
