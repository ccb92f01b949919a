import { timingSafeEqual } from "node:crypto";
import type { Limits } from "../policy/limits.ts";
import { guessOf } from "./code.ts";
import { openContents } from "./contents.ts";
import {
  epochOf,
  isWithinReach,
  keyOf,
  type Mac,
  type Ticket,
  type VerificationId,
} from "./identifiers.ts";
import type { Journal } from "./journal.ts";
import type { Refusal } from "./outcomes.ts";
import type {
  Clock,
  FaultLog,
  Keys,
  NumberStore,
  OutcomeReporter,
  ProofSigner,
  Random,
  ScopeStore,
  VerificationStore,
} from "./ports.ts";
import { type ProofTerms, proofClaims } from "./proof.ts";
import { requestKeyOf } from "./request-key.ts";
import { clientOf, decrementFor, subtracted } from "./scopes.ts";
import type { SpendStore } from "./spend.ts";
import { issueTicket } from "./ticket.ts";
import {
  checksRemaining,
  type Instant,
  newestChannel,
  provenCode,
  type SentCode,
  type Status,
  statusAt,
  type Verification,
} from "./verification.ts";

export type CheckDeps = {
  readonly verifications: Pick<VerificationStore, "check" | "read">;
  readonly numbers: Pick<NumberStore, "addFailure" | "clearFailures">;
  readonly scopes: Pick<ScopeStore, "decrement">;
  readonly spend: Pick<SpendStore, "decrement">;
  readonly keys: Keys;
  readonly signer: ProofSigner;
  readonly outcomes: OutcomeReporter;
  readonly clock: Clock;
  readonly random: Pick<Random, "bytes">;
  readonly journal: Journal;
  readonly logFault: FaultLog;
  readonly keyEpoch: number;
  /** The name of the app whose requests these are; nothing for the stage's own. */
  readonly app?: string | undefined;
  readonly proofTerms: ProofTerms;
  readonly limits: Pick<Limits, "codeDigits">;
};

export type CheckRequest = {
  readonly id: VerificationId;
  readonly code: string;
  readonly clientAddress?: string | undefined;
  readonly idempotencyKey?: string | undefined;
};

/** The result of a check. `code-expired`: the code was right once, and a newer one is still valid; `used`: the code has approved already. */
type CheckResult =
  | "approved"
  | "incorrect"
  | "code-expired"
  | "used"
  | "expired"
  | "exhausted"
  | "canceled";

export type Checked = {
  readonly kind: "checked";
  readonly result: CheckResult;
  readonly status: Status;
  readonly checksRemaining: number;
  readonly proof?: string;
  /** For the next start of the same number by its owner. */
  readonly ticket?: Ticket;
};

/**
 * Checks a code in one conditional write, right or wrong. The guess is stored in the item, and a sent code among the guesses is the approval:
 * there is no second write, and the item refuses every later check.
 */
export async function check(deps: CheckDeps, request: CheckRequest): Promise<Checked | Refusal> {
  if (!isWithinReach(request.id, deps)) return { kind: "refused", why: "verification-not-found" };
  if (await isOtherLength(deps, request)) return { kind: "refused", why: "code-malformed" };
  // Both keys before the write: a code must not be used up while the key of the proof is unavailable.
  const epoch = epochOf(request.id);
  const { keys } = deps;
  const [codeKey, index] = await Promise.all([keys.code(epoch), keys.index(), keys.seal(epoch)]);
  const guess = guessOf(codeKey, request.id, request.code);
  const requestKey = requestKeyOf(codeKey, "check", request, deps.random);
  const now = deps.clock();
  const write = await deps.verifications.check({ key: keyOf(request.id), guess, requestKey, now });
  if (write.kind === "refused")
    return explain(deps, request, { item: write.item, guess, requestKey, now });
  const hit = sentCode(write.item, guess);
  const { key, number, country, reference } = write.item;
  deps.journal({
    event: "check",
    result: hit ? "approved" : "incorrect",
    checksRemaining: checksRemaining(write.item),
    verification: key,
    reference,
    number,
    country,
    client: clientOf(index, request.clientAddress),
    channel: newestChannel(write.item),
  });
  return hit ? approve(deps, request, write.item, hit) : countFailure(deps, write.item, now);
}

/** Whether the code has another number of digits than the sent ones. A verification keeps its number of digits when its stage changes it. */
async function isOtherLength(
  { verifications, limits }: CheckDeps,
  { id, code }: CheckRequest,
): Promise<boolean> {
  if (code.length === limits.codeDigits) return false;
  const item = await verifications.read(keyOf(id));
  return item?.codeLength !== code.length;
}

function sentCode({ codes }: Verification, guess: Mac): SentCode | undefined {
  return codes.find(({ mac }) => timingSafeEqual(Buffer.from(mac), Buffer.from(guess)));
}

function checked(verification: Verification, result: CheckResult, now: Instant): Checked {
  return {
    kind: "checked",
    result,
    status: statusAt(verification, now),
    checksRemaining: checksRemaining(verification),
  };
}

/** A failure that cannot be counted is a fault, which reveals nothing. The guess stays counted in the verification. */
async function countFailure(
  deps: CheckDeps,
  verification: Verification,
  now: Instant,
): Promise<Checked> {
  await deps.numbers.addFailure(verification.number, now);
  return checked(verification, "incorrect", now);
}

/** The approval is stored already. A write beside it may fail without losing the proof: an uncounted approval only leaves a limit tighter. */
async function approve(
  deps: CheckDeps,
  request: CheckRequest,
  verification: Verification,
  { provider, messageId, channel, upgrade }: SentCode,
): Promise<Checked> {
  const { country } = verification;
  const isNamed = provider !== undefined && messageId !== undefined;
  const charges = [
    deps.numbers.clearFailures(verification.number, verification.checkedAt ?? 0),
    ...subtracted(
      deps,
      verification.counts.map((key) => ({ key, ...decrementFor(key) })),
    ),
    ...(isNamed
      ? [deps.outcomes.report({ end: "approved", provider, messageId, country, channel })]
      : []),
  ];
  const counted = Promise.all(
    charges.map((charge) =>
      charge.catch((fault: unknown) => deps.logFault("approval-not-counted", fault)),
    ),
  );
  try {
    return await approved(deps, request, { ...verification, channel, upgrade });
  } finally {
    await counted;
  }
}

async function approved(
  deps: CheckDeps,
  { id }: CheckRequest,
  verification: Verification & Pick<SentCode, "channel" | "upgrade">,
): Promise<Checked> {
  const { purpose, sealed, key, channel, upgrade, checkedAt = 0 } = verification;
  const contents = openContents(await deps.keys.seal(epochOf(id)), { id, purpose }, sealed);
  const claims = proofClaims(deps.proofTerms, {
    ...contents,
    purpose,
    channel,
    upgrade,
    key,
    approvedAt: checkedAt,
  });
  return {
    ...checked(verification, "approved", checkedAt),
    proof: await deps.signer.sign(claims),
    ticket: issueTicket(await deps.keys.index(), verification.number, checkedAt),
  };
}

type RefusedCheck = {
  readonly item: Verification | undefined;
  readonly guess: Mac;
  readonly requestKey: Mac;
  readonly now: Instant;
};

/** Why a check did not count. An end takes precedence, but a guess that was counted before gets its earlier answer again. */
async function explain(
  deps: CheckDeps,
  request: CheckRequest,
  refused: RefusedCheck,
): Promise<Checked | Refusal> {
  const { item, guess, requestKey, now } = refused;
  if (item === undefined) return { kind: "refused", why: "verification-not-found" };
  const proven = provenCode(item);
  if (proven !== undefined) {
    const { channel, upgrade } = proven;
    return isFetchable(deps, item, refused)
      ? approved(deps, request, { ...item, channel, upgrade })
      : checked(item, "used", now);
  }
  const status = statusAt(item, now);
  if (status === "canceled" || status === "expired") return checked(item, status, now);
  if (item.tried.has(guess)) return checked(item, "incorrect", now);
  if (status === "exhausted") return checked(item, "exhausted", now);
  if (item.lastCheckKey === requestKey) return { kind: "refused", why: "idempotency-key-reused" };
  return sentCode(item, guess)
    ? checked(item, "code-expired", now)
    : { kind: "refused", why: "request-in-progress" };
}

/** Whether this repeats the approving request, in time to return the proof of a lost answer. The last key is that of the approval. */
function isFetchable(
  { proofTerms }: Pick<CheckDeps, "proofTerms">,
  item: Verification,
  { guess, requestKey, now }: RefusedCheck,
): boolean {
  const endsAt = (item.checkedAt ?? 0) + proofTerms.lifetimeSeconds * 1_000;
  const isApproving = sentCode(item, guess) !== undefined && item.tried.has(guess);
  return isApproving && item.lastCheckKey === requestKey && endsAt > now;
}
