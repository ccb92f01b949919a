import type { Handed, Heard, Terms } from "../../evidence/exploration/actor.ts";
import {
  type Call,
  recordIn,
  type Stored,
  verificationIn,
} from "../../evidence/exploration/ground.ts";
import type { Item } from "../../functions/adapters/dynamodb/table.ts";
import type { NumberRecord } from "../../functions/verification/ports.ts";
import type { Instant, Verification } from "../../functions/verification/verification.ts";
import { TEST_SCOPES, TEST_SPEND } from "../support/deps.ts";
import { countIn, keepsGuesses, PROMISED } from "./promised.ts";

/**
 * The promises P2 to P5, and what they rest on, said once more over what actors were told, what was sent and what is stored. None of it is asked of
 * the domain, and every number is one that the README promises. What can be broken is broken for good, so it is asked at every state; what only an
 * end can show, at the ends.
 */

/** Everything that can be seen from outside, and what lies in the stores. */
export type Seen = {
  readonly heard: readonly Heard[];
  readonly messages: readonly Handed[];
  readonly verifications: readonly Verification[];
  readonly records: readonly (NumberRecord & { readonly number: string })[];
  /** Items as they lie in the table; none where there is no table. */
  readonly raw: readonly Item[];
  readonly terms: Terms;
  readonly isEnd: boolean;
};

type Check = Extract<Heard, { kind: "check" }>;
type PromiseCheck = (seen: Seen) => boolean;

const checksIn = ({ heard }: Seen) => heard.filter((each): each is Check => each.kind === "check");
/** What reached a handset, or may have. */
const outIn = ({ messages }: Seen) => messages.filter(({ isRefused }) => !isRefused);
const distinct = (values: readonly unknown[]) => new Set(values).size;
const isTicketed = ({ ticketIssuedAt }: Handed) => ticketIssuedAt !== undefined;

function approvalsOf(seen: Seen, verification: string): readonly Check[] {
  return checksIn(seen).filter(
    (each) => each.verification === verification && each.result === "approved",
  );
}

const namedIn = (seen: Seen): readonly string[] => [
  ...new Set(checksIn(seen).map(({ verification }) => verification)),
];

/**
 * When the first code of a verification ends. A cancel after that may meet one that has expired and write nothing, while a check or a resend that
 * looked at the clock before is still on its way; at most one container's freezing apart.
 */
function firstEndOf(seen: Seen, verification: string): Instant {
  const sent = outIn(seen).filter((each) => each.verification === verification);
  return Math.min(...sent.map(({ turnAt }) => turnAt)) + PROMISED.codeIsGoodFor;
}

/** A message that failed takes no place in any window; the one that went out in its stead does. */
const switchState = (messages: readonly Handed[], { number }: Handed) => {
  const replaced = messages
    .filter((each) => each.number === number)
    .map(({ replaces }) => replaces);
  return messages.filter((each) => each.number === number && !replaced.includes(each.turnAt));
};

/** Everything that a message with `rows` keeps: no window that ends with it holds more. */
function keepsRows(seen: Seen, message: Handed): boolean {
  const rows = isTicketed(message) ? PROMISED.sendsPerNumberWithTicket : PROMISED.sendsPerNumber;
  const { turnAt } = message;
  const all = switchState(outIn(seen), message);
  if (!all.includes(message)) return true;
  const turns = all.map((each) => each.turnAt);
  return rows.every(({ max, within }) => countIn(turns, turnAt, within) <= max);
}

const isOpen = ({ result }: Check) => result === "incorrect" || result === "approved";

/** Codes that a verification was asked about and has told something of. */
const codesTold = (seen: Seen, verification: string) =>
  distinct(
    checksIn(seen)
      .filter((each) => each.verification === verification && isOpen(each))
      .map(({ code }) => code),
  );

/** Whether three newer codes have pushed a code out, or its end has. */
const isPushedOut = (seen: Seen, { verification, turnAt }: Handed) =>
  outIn(seen).filter((each) => each.verification === verification && each.turnAt > turnAt).length >=
  PROMISED.codesGoodAtOnce;

function isWithinLimit(seen: Seen, scope: string): boolean {
  const [kind = ""] = scope.split("#");
  const isWide = kind === "service" || kind.endsWith("country");
  const { limits } = seen.terms.scopeTerms ?? TEST_SCOPES;
  const max = Object.entries(limits).find(([name]) => name === kind)?.[1].max ?? 0;
  const paid = checksIn(seen).filter(({ result }) => result === "approved").length;
  const owing = outIn(seen).filter(
    (each) => each.ticketIssuedAt === undefined && each.counted.includes(scope),
  );
  return (
    owing.length - paid * (isWide ? PROMISED.decrements.wide : PROMISED.decrements.narrow) <= max
  );
}

/** All caps that strangers may fill; the messages of one exploration fall into one hour. */
function keepsCaps(seen: Seen): boolean {
  const { total, countries, keptForTickets, prices } = seen.terms.spendTerms ?? TEST_SPEND;
  const caps = [total, countries.GB ?? total].flatMap(({ perDayMicros, perHourMicros }) => [
    perDayMicros,
    perHourMicros,
  ]);
  const price = prices.GB?.sms ?? 0;
  const strangers = outIn(seen).filter((each) => !isTicketed(each));
  const spent = strangers.filter(({ channel }) => channel === "sms").length * price;
  return caps.every((cap) => spent <= cap * (1 - keptForTickets));
}

const isLocked = ({ failures, failedAt = 0 }: NumberRecord, at: Instant) =>
  failures >= PROMISED.failuresUntilLocked && failedAt > at - PROMISED.failuresAreRememberedFor;

/** Each by its name. True while it is kept. */
const PROMISES: Readonly<Record<string, PromiseCheck>> = {
  "P2: no check approves a code that was sent 300 seconds before it, or earlier": (seen) =>
    checksIn(seen).every(
      ({ verification, code, result, began, request }) =>
        result !== "approved" ||
        request !== undefined ||
        outIn(seen).every(
          (each) =>
            each.verification !== verification ||
            each.code !== code ||
            began < each.turnAt + PROMISED.codeIsGoodFor,
        ),
    ),
  "P2: no code is sent twice": (seen) => {
    const sent = outIn(seen).map(({ verification, code }) => `${verification} ${code}`);
    return distinct(sent) === sent.length;
  },
  "P3: no window of a number holds more messages than its row allows": (seen) =>
    outIn(seen).every((message) => keepsRows(seen, message)),
  "P3: a turn is handed on once, and not by the message that took it over": (seen) =>
    outIn(seen).every(({ number, replaces }) => {
      if (replaces === undefined) return true;
      const takers = outIn(seen).filter(
        (each) => each.number === number && each.replaces === replaces,
      );
      const taken = outIn(seen).filter(
        (each) => each.number === number && each.turnAt === replaces && each.replaces !== replaces,
      );
      return takers.length === 1 && taken.every((each) => each.replaces === undefined);
    }),
  "P3: each sent message has its turn": (seen) =>
    outIn(seen).every((message) => {
      const record = seen.records.find(({ number }) => number === message.number);
      const hasFailed = seen.heard.some(
        (each) =>
          each.kind === "report" && each.code === message.code && each.result === "undelivered",
      );
      return hasFailed || record === undefined || record.turns.includes(message.turnAt);
    }),
  "P3: one request sends one message": (seen) =>
    outIn(seen).every(({ request, messageId }) =>
      outIn(seen).every(
        (each) => request === undefined || each.request !== request || each.messageId === messageId,
      ),
    ),
  "P3: a ticket sends at most three messages until its number is proven again": (seen) =>
    seen.records.every(
      ({ number }) =>
        outIn(seen).filter((each) => each.number === number && isTicketed(each)).length <=
        PROMISED.ticketTurns,
    ),
  "P4: a verification judges at most five codes": (seen) =>
    namedIn(seen).every(
      (verification) => codesTold(seen, verification) <= PROMISED.checksPerVerification,
    ),
  "P4: each guess is counted, and counted once": ({ verifications }) =>
    verifications.every(
      ({ checks, tried, maxChecks }) =>
        keepsGuesses({ checks, tried: tried.size }) && checks <= maxChecks,
    ),
  "P4: the failures of a number never reach 100": ({ records }) =>
    records.every(({ failures }) => failures < PROMISED.failuresNeverReached),
  "P5: one success of a verification, for all callers": (seen) =>
    namedIn(seen).every((verification) => {
      const approvals = approvalsOf(seen, verification);
      const requests = approvals.map(({ request }, index) => request ?? `once ${index}`);
      return distinct(requests) <= 1 && distinct(approvals.map(({ proof }) => proof)) <= 1;
    }),
  "P5: what is approved is not canceled, and what is canceled not approved": (seen) =>
    namedIn(seen).every(
      (verification) =>
        approvalsOf(seen, verification).length === 0 ||
        seen.heard.every(
          (each) =>
            each.kind !== "cancel" ||
            each.verification !== verification ||
            each.result !== "canceled" ||
            each.began >= firstEndOf(seen, verification),
        ),
    ),
  "P5: a code that was sent is never answered as wrong while three newer ones have not replaced it":
    (seen) =>
      checksIn(seen).every(
        ({ verification, code, result, began }) =>
          result !== "incorrect" ||
          outIn(seen).every(
            (each) =>
              each.verification !== verification ||
              each.code !== code ||
              began >= each.turnAt + PROMISED.codeIsGoodFor ||
              isPushedOut(seen, each),
          ),
      ),
  "the message that is noted with a code is the one that carried it": (seen) =>
    seen.verifications.every(({ codes }) =>
      codes.every(({ mac, messageId }) =>
        seen.messages.every(
          (each) => each.mac !== mac || (messageId ?? each.messageId) === each.messageId,
        ),
      ),
    ),
  "no limit is passed by strangers": (seen) =>
    [...new Set(outIn(seen).flatMap(({ counted }) => counted))].every((scope) =>
      isWithinLimit(seen, scope),
    ),
  "no cap is passed by strangers": keepsCaps,
  "every item in the table has the time when it may be deleted": ({ raw }) =>
    raw.every(({ deleteAfter }) => typeof deleteAfter === "number"),
  "no caller receives a fault": ({ heard }) => heard.every(({ kind }) => kind !== "fault"),
};

/** What holds once nobody is on the way any more. */
const AT_THE_END: Readonly<Record<string, PromiseCheck>> = {
  "P4: each answer about a code was counted": (seen) =>
    seen.verifications.every(({ key, checks }) => codesTold(seen, key) <= checks),
  "P4: each counted failure is on the number": (seen) =>
    seen.records.every((record) => {
      const ofNumber = outIn(seen).filter(({ number }) => number === record.number);
      const keys = new Set(ofNumber.map(({ verification }) => verification));
      const ofRecord = checksIn(seen).filter(({ verification }) => keys.has(verification));
      if (ofRecord.some(({ result }) => result === "approved")) return true;
      const failed = ofRecord.filter(({ result }) => result === "incorrect");
      const failures = distinct(failed.map(({ verification, code }) => `${verification} ${code}`));
      return record.failures >= failures;
    }),
  "P4: one request judges one code, where the next check comes under a key as well": (seen) =>
    namedIn(seen).every((verification) => {
      const checks = checksIn(seen).filter((each) => each.verification === verification);
      if (checks.some(({ request }) => request === undefined)) return true;
      const told = checks.filter(isOpen);
      const keys = [...new Set(told.map(({ request }) => request))];
      return keys.every(
        (key) =>
          distinct(told.filter(({ request }) => request === key).map(({ code }) => code)) === 1,
      );
    }),
  "P5: an approval was answered to one request": (seen) =>
    seen.verifications.every(
      ({ key, codes, tried }) =>
        codes.some(({ mac }) => tried.has(mac)) === approvalsOf(seen, key).length > 0,
    ),
  "P5: no code approves that was not drawn": (seen) =>
    checksIn(seen).every(
      ({ code, result }) =>
        result !== "approved" ||
        seen.heard.some((each) => each.kind === "send" && each.drawn.includes(code)),
    ),
  "an answer that a code was sent is true, and so is a refusal": (seen) =>
    outIn(seen).every(
      ({ verification }) =>
        verification === "" ||
        seen.heard.some((each) => each.kind === "send" && each.verification === verification),
    ),
};

/** The first promise that is broken, by its name. */
export function brokenIn(seen: Seen): string | undefined {
  const asked = seen.isEnd ? { ...PROMISES, ...AT_THE_END } : PROMISES;
  return Object.entries(asked).find(([, isKept]) => !isKept(seen))?.[0];
}

type Change = { readonly call: Call; readonly before: Stored; readonly after: Stored };

/** What a write itself breaks: a lock that is passed, and what it makes of an item that has ended. */
export async function brokenBy({ call, before, after }: Change): Promise<string | undefined> {
  const records = [await recordIn(before), await recordIn(after)] as const;
  const broken = brokenByTurn(...records, call);
  if (broken !== undefined) return broken;
  if (countsForgotten(...records, timeOf(call))) return "P4: failures of a month ago count no more";
  const [was, is] = [await verificationIn(before), await verificationIn(after)];
  if (was === undefined || is === undefined) return undefined;
  if (!keepsEnd(was, is, timeOf(call))) return "P5: an end is final";
  return keepsNews(was, is) ? undefined : "news of a message never lead back";
}

/** What a turn was taken past: an operator's block, the revocation of its ticket, or the lock. */
function brokenByTurn(
  was: NumberRecord | undefined,
  is: NumberRecord | undefined,
  call: Call,
): string | undefined {
  const [turn = 0] = is?.turns ?? [];
  const [newest = 0] = was?.turns ?? [];
  if (was === undefined || turn <= newest) return undefined;
  const { blockedUntil = 0, ticketsFrom = 0, ticketTurns } = was;
  if (blockedUntil > turn) return "P3: a number that is blocked takes no turn";
  const hasTicket = is?.ticketTurns !== ticketTurns;
  if (hasTicket)
    return ticketsFrom > issuedAtIn(call) ? "P3: a revoked ticket takes no turn" : undefined;
  return isLocked(was, turn)
    ? "P4: from its 85th failure on a number takes no turn without a ticket"
    : undefined;
}

function issuedAtIn({ args: [write] }: Call): number {
  return Number(Object(Object(write).values)[":issuedAt"]);
}

function countsForgotten(
  was: NumberRecord | undefined,
  is: NumberRecord | undefined,
  now: Instant,
): boolean {
  if (was === undefined || is === undefined || was.failures === 0) return false;
  const isForgotten = (was.failedAt ?? 0) <= now - PROMISED.failuresAreRememberedFor;
  return isForgotten && is.failures > was.failures;
}

/** The time that a write was made for; 0 where it says none. */
function timeOf({ args }: Call): Instant {
  for (const argument of args) {
    if (typeof argument === "number") return argument;
    const { now, values } = Object(argument);
    const time: unknown = now ?? Object(values)[":now"];
    if (typeof time === "number") return time;
  }
  return 0;
}

const isApproved = ({ codes, tried }: Verification) => codes.some(({ mac }) => tried.has(mac));

function hasEnded(item: Verification, now: Instant): boolean {
  const { checks, maxChecks, canceledAt, expiresAt } = item;
  return isApproved(item) || checks >= maxChecks || canceledAt !== undefined || expiresAt <= now;
}

/** What has ended counts no guess, takes no code, is not canceled, and what approved it stays. */
function keepsEnd(was: Verification, is: Verification, now: Instant): boolean {
  if (!hasEnded(was, now)) return true;
  const known = was.codes.map(({ mac }) => mac);
  return (
    is.checks === was.checks &&
    is.tried.size === was.tried.size &&
    is.canceledAt === was.canceledAt &&
    is.codes.every(({ mac }) => known.includes(mac)) &&
    isApproved(is) === isApproved(was)
  );
}

const NEWS = ["unknown", "queued"];

/** Where the newest message is the same, it is known to be as far on its way as before, and both ends are final. */
function keepsNews(was: Verification, is: Verification): boolean {
  if (was.delivery === undefined || was.codes[0]?.mac !== is.codes[0]?.mac) return true;
  if (was.codes.length !== is.codes.length) return true;
  const place = NEWS.indexOf(was.delivery);
  if (place < 0) return is.delivery === was.delivery;
  const after = NEWS.indexOf(is.delivery ?? "unknown");
  return after < 0 || after >= place;
}
