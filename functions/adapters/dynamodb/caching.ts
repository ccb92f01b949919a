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
  VerificationStore,
} from "../../verification/ports.ts";
import { turnTaken } from "../../verification/rules.ts";
import { rowsFor, type TurnLimits } from "../../verification/turns.ts";
import { type Instant, statusAt, type Verification } from "../../verification/verification.ts";
import { answerCache } from "./answer-cache.ts";

/**
 * Stores that spare one item which everybody hammers: DynamoDB writes 1,000 times a second to one, a refused write is one too, and what is
 * throttled there slows whatever lies beside it. Only refusals and reads come from memory, never anything that counts, sends or approves.
 */

type Refused = Exclude<ScopeOutcome, { readonly kind: "counted" }>;

/** A scope that is full or closed says so once more for a few seconds, whoever has paid or opened it since. */
export function cachingScopes(store: ScopeStore, clock: Clock): ScopeStore {
  const refused = answerCache<Refused>(clock, LIMITS.refusalCacheSeconds);
  // Whoever has a ticket knows no limit: a full scope takes him, and a closed one does not.
  const nameOf = ({ key, max }: Parameters<ScopeStore["add"]>[0]) => `${key} ${max}`;
  return {
    ...store,
    recall: (unverified) => refused.recall(nameOf(unverified)),
    async add(unverified) {
      const known = refused.recall(nameOf(unverified));
      if (known !== undefined) return known;
      const charge = await store.add(unverified);
      if (charge.kind !== "counted") refused.keep(nameOf(unverified), charge);
      return charge;
    },
  };
}

/** A number that refused a turn is not asked again while its book, as it was then, still refuses. */
export function cachingNumbers(store: NumberStore, clock: Clock, limits: TurnLimits): NumberStore {
  const refused = answerCache<NumberRecord | undefined>(clock, LIMITS.refusalCacheSeconds);
  const stillRefuses = (record: NumberRecord, now: Instant, ticket: TurnTicket | undefined) =>
    turnTaken(record, { now, ticket }, rowsFor(limits, ticket)) === undefined;
  return {
    ...store,
    async takeTurn(number, now, ticket) {
      const name = `${number} ${ticket?.issuedAt}`;
      const record = refused.recall(name);
      if (record !== undefined && stillRefuses(record, now, ticket))
        return { kind: "refused", item: record };
      const write = await store.takeTurn(number, now, ticket);
      if (write.kind === "refused") refused.keep(name, write.item);
      return write;
    },
  };
}

/** `undefined` stands for a verification that there is not. */
type Ended = { readonly item: Verification | undefined };

/** What has ended stays ended, and a guess that was wrong stays wrong; only how it is delivered may be told a moment late. */
export function cachingVerifications<
  Store extends Partial<Pick<VerificationStore, "check" | "cancel" | "read">>,
>(store: Store, clock: Clock): Store {
  const ended = answerCache<Ended>(clock, LIMITS.refusalCacheSeconds);
  const seen = answerCache<Ended>(clock, LIMITS.readCacheSeconds);
  /** The item while it is pending; its end is kept. */
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

/** A key that somebody holds. */
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
