import { LIMITS } from "../../policy/limits.ts";
import type {
  ClaimStore,
  Clock,
  Holder,
  NumberRecord,
  NumberStore,
  ScopeOutcome,
  ScopeStore,
  TurnTicket,
  Unverified,
  VerificationStore,
} from "../../verification/ports.ts";
import { turnTaken } from "../../verification/rules.ts";
import type { SpendStore } from "../../verification/spend.ts";
import { rowsFor, type TurnLimits } from "../../verification/turns.ts";
import { type Instant, statusAt, type Verification } from "../../verification/verification.ts";
import { answerCache } from "./answer-cache.ts";
import type { SharedStore } from "./spend.ts";

/**
 * Stores that protect a single item from frequent requests: DynamoDB writes an item 1,000 times a second, a refused write included, and
 * throttling slows its neighbours. Only refusals and reads come from memory, never an operation that counts, sends or approves.
 */

// A ticket passes a limited scope, not a blocked one.
const nameOf = ({ key, max }: Unverified) => `${key} ${max}`;

/** A limited or blocked scope refuses from memory for a few seconds more, even after an approval or an unblock. */
export function cachingScopes(store: ScopeStore, clock: Clock): ScopeStore {
  const refused = answerCache<Full>(clock, LIMITS.refusalCacheSeconds);
  return {
    ...store,
    recall: (unverified) => refused.recall(nameOf(unverified)),
    async add(unverified) {
      const known = refused.recall(nameOf(unverified));
      if (known !== undefined) return known;
      const charge = await store.add(unverified);
      if (charge.kind === "full") refused.keep(nameOf(unverified), charge);
      return charge;
    },
  };
}

type Full = Extract<ScopeOutcome, { readonly kind: "full" }>;

/** So few that a counter at its minimum stays near it. A send that was not made is given back in any case. */
const APPROVALS_REMEMBERED = 10;

/** The same for the shared scopes: an admission reads cached refusals before it reserves money. Ten approvals share which counters are at their minimum. */
export function cachingSpend(store: SharedStore, clock: Clock): SpendStore {
  const refused = answerCache<Full>(clock, LIMITS.refusalCacheSeconds);
  const least = new Set<string>();
  let approvals = 0;
  return {
    ...store,
    decrement(decrements) {
      if (decrements.some(({ sends }) => sends !== undefined)) return store.decrement(decrements);
      if (approvals % APPROVALS_REMEMBERED === 0) least.clear();
      approvals += 1;
      return store.decrement(decrements, least);
    },
    recall: (unverified) => refused.recall(nameOf(unverified)),
    async reserve(charge, room, windows = []) {
      const reserved = await store.reserve(charge, room, windows);
      for (const [index, outcome] of reserved.windows.entries()) {
        const window = windows[index];
        if (window !== undefined && outcome.kind === "full") refused.keep(nameOf(window), outcome);
      }
      return reserved;
    },
  };
}

/** A number that takes no turn is not read again while its record, as it was then, still refuses. */
export function cachingNumbers(store: NumberStore, clock: Clock, limits: TurnLimits): NumberStore {
  const refused = answerCache<NumberRecord>(clock, LIMITS.refusalCacheSeconds);
  const refuses = (record: NumberRecord, now: Instant, ticket: TurnTicket | undefined) =>
    turnTaken(record, { now, ticket }, rowsFor(limits, ticket)) === undefined;
  return {
    ...store,
    async read(number, asking) {
      const { now, ticket } = asking;
      const name = `${number} ${ticket?.issuedAt}`;
      const known = refused.recall(name);
      if (known !== undefined && refuses(known, now, ticket)) return known;
      const record = await store.read(number, asking);
      if (refuses(record, now, ticket)) refused.keep(name, record);
      return record;
    },
  };
}

/** `undefined` if there is no such verification. */
type Ended = { readonly item: Verification | undefined };

/** An ended verification stays ended, and a wrong guess stays wrong; only its delivery may be reported a moment late. */
export function cachingVerifications<
  Store extends Partial<Pick<VerificationStore, "check" | "cancel" | "read">>,
>(store: Store, clock: Clock): Store {
  const ended = answerCache<Ended>(clock, LIMITS.refusalCacheSeconds);
  const seen = answerCache<Ended>(clock, LIMITS.readCacheSeconds);
  /** Returns the item while it is pending, and caches its end. */
  const pendingIn = (key: string, item: Verification | undefined, now: Instant) => {
    if (item !== undefined && statusAt(item, now) === "pending") return item;
    ended.keep(key, { item });
    return undefined;
  };
  const { check, cancel, read } = store;
  return {
    ...store,
    ...(check && {
      check: async (write: Parameters<typeof check>[0]) => {
        const { key, guess, now } = write;
        const repeat = `${key} ${guess}`;
        const known = ended.recall(key) ?? ended.recall(repeat);
        if (known !== undefined) return { kind: "refused", item: known.item };
        const outcome = await check(write);
        if (outcome.kind === "taken") return outcome;
        const pending = pendingIn(key, outcome.item, now);
        if (pending?.tried.has(guess) === true) ended.keep(repeat, { item: pending });
        return outcome;
      },
    }),
    ...(cancel && {
      cancel: async (...[key, now]: Parameters<typeof cancel>) => {
        const known = ended.recall(key);
        if (known !== undefined) return { kind: "refused", item: known.item };
        const outcome = await cancel(key, now);
        if (outcome.kind === "refused") pendingIn(key, outcome.item, now);
        return outcome;
      },
    }),
    ...(read && {
      read: async (key: Parameters<typeof read>[0]) => {
        const known = seen.recall(key);
        if (known !== undefined) return known.item;
        const item = await read(key);
        seen.keep(key, { item });
        return item;
      },
    }),
  };
}

/** A key that is claimed. */
export function cachingClaims(store: ClaimStore, clock: Clock): ClaimStore {
  const held = answerCache<Holder>(clock, LIMITS.refusalCacheSeconds);
  return {
    async claim(claim) {
      const known = held.recall(claim.key);
      if (known !== undefined) return known;
      const holder = await store.claim(claim);
      if (holder !== undefined) held.keep(claim.key, holder);
      return holder;
    },
    async release(claim) {
      held.forget(claim.key);
      await store.release(claim);
    },
  };
}
