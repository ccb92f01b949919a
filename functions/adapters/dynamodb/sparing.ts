import { LIMITS } from "../../policy/limits.ts";
import type {
  ClaimStore,
  Clock,
  Holder,
  NumberBook,
  NumberStore,
  ScopeBooking,
  ScopeStore,
  TurnTicket,
  VerificationStore,
} from "../../verification/ports.ts";
import { turnTaken } from "../../verification/rules.ts";
import { rowsFor } from "../../verification/turns.ts";
import { type Instant, statusAt, type Verification } from "../../verification/verification.ts";
import { hotAnswers } from "./hot-answers.ts";

/**
 * Stores that spare one item which everybody hammers: DynamoDB writes 1,000 times a second to one, a refused write is one too, and what is
 * throttled there slows whatever lies beside it. Only refusals and reads come from memory, never anything that counts, sends or approves.
 */

type Refused = Exclude<ScopeBooking, { readonly kind: "booked" }>;

/** A scope that is full or closed says so once more for a few seconds, whoever has paid or opened it since. */
export function sparingScopes(store: ScopeStore, clock: Clock): ScopeStore {
  const refused = hotAnswers<Refused>(clock, LIMITS.hotRefusalSeconds);
  // Whoever has a ticket knows no floor: a full scope takes him, and a closed one does not.
  const nameOf = ({ key, floor }: Parameters<ScopeStore["add"]>[0]) => `${key} ${floor}`;
  return {
    ...store,
    recall: (debt) => refused.recall(nameOf(debt)),
    async add(debt) {
      const known = refused.recall(nameOf(debt));
      if (known !== undefined) return known;
      const booking = await store.add(debt);
      if (booking.kind !== "booked") refused.keep(nameOf(debt), booking);
      return booking;
    },
  };
}

/** A number that refused a turn is not asked again while its book, as it was then, still refuses. */
export function sparingNumbers(store: NumberStore, clock: Clock): NumberStore {
  const refused = hotAnswers<NumberBook | undefined>(clock, LIMITS.hotRefusalSeconds);
  const stillRefuses = (book: NumberBook, now: Instant, ticket: TurnTicket | undefined) =>
    turnTaken(book, { now, ticket }, rowsFor(ticket)) === undefined;
  return {
    ...store,
    async takeTurn(number, now, ticket) {
      const name = `${number} ${ticket?.issuedAt}`;
      const book = refused.recall(name);
      if (book !== undefined && stillRefuses(book, now, ticket))
        return { kind: "refused", item: book };
      const write = await store.takeTurn(number, now, ticket);
      if (write.kind === "refused") refused.keep(name, write.item);
      return write;
    },
  };
}

/** `undefined` stands for a verification that there is not. */
type Ended = { readonly item: Verification | undefined };

/** What has ended stays ended, and a guess that was wrong stays wrong; only how it is delivered may be told a moment late. */
export function sparingVerifications<
  Store extends Partial<Pick<VerificationStore, "check" | "cancel" | "read">>,
>(store: Store, clock: Clock): Store {
  const ended = hotAnswers<Ended>(clock, LIMITS.hotRefusalSeconds);
  const seen = hotAnswers<Ended>(clock, LIMITS.hotReadSeconds);
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
export function sparingClaims(store: ClaimStore, clock: Clock): ClaimStore {
  const held = hotAnswers<Holder>(clock, LIMITS.hotRefusalSeconds);
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
