import type { Country } from "../policy/destinations.ts";
import type { RefusalReason } from "../policy/special-numbers.ts";
import type { Mac, VerificationKey } from "./identifiers.ts";
import type { Refusal } from "./outcomes.ts";
import type { Scope, ScopeKind } from "./scopes.ts";
import type { Channel, DeliveryReason, Purpose, Upgrade } from "./verification.ts";

/** The subjects of a send, as pseudonyms: `npm run ops -- who` prints those of a number. */
type Subject = {
  readonly number: Mac;
  readonly country: Country;
  readonly scopes: readonly Scope[];
};

/** The verification that an entry is about. */
type About = {
  /** SHA-256 of its id, as in `jti`. */
  readonly verification: VerificationKey;
  /** The opaque text that its caller gave at the start. */
  readonly reference?: string | undefined;
};

/**
 * Events of the domain, to be counted, looked up and replayed. No entry holds a code, a number, an address or an id; an approval is joined to its
 * sends by the pseudonym of the number.
 */
export type JournalEntry =
  | (Subject &
      About & {
        readonly event: "send";
        readonly of: "start" | "resend";
        readonly outcome: "sent" | Refusal["why"];
        readonly channel: Channel;
        readonly purpose: Purpose;
        readonly hasTicket: boolean;
        /** Whether the ticket or a back end made it a customer in shared scopes. Left out if the send was refused before. */
        readonly isCustomer?: boolean;
        /** Whether a back end knew the number, which shared scopes then do not count. */
        readonly isKnown?: true;
        readonly limited: readonly ScopeKind[];
        /** The scopes that would have refused if enforced. */
        readonly watched: readonly ScopeKind[];
        /** The reserved price, in millionths of the currency; 0 for none. */
        readonly priceMicros: number;
        /** The spent share of the fullest cap, in percent. */
        readonly spentPercent?: number;
        /** The row of `LIMITS.spendThresholdsPercent` that this send has reached on its shard. */
        readonly spendThreshold?: number;
        readonly isUnallocated?: boolean;
      })
  | (About & {
      readonly event: "check";
      readonly result: string;
      readonly checksRemaining: number;
      readonly number: Mac;
      readonly client: Scope;
      readonly country: Country;
      /** Of the newest code. */
      readonly channel: Channel;
    })
  | (About & {
      /** The final outcome of a message. */
      readonly event: "delivery";
      readonly delivery: "delivered" | "undelivered";
      /** Whose message it was, where a stage has several apps. Lines of requests have it from their request. */
      readonly app?: string | undefined;
      readonly reason?: DeliveryReason;
      readonly upgrade?: Upgrade;
      /** Left out where the message is of an earlier release. */
      readonly number?: Mac;
      readonly country: string;
      readonly channel: Channel;
    })
  | (About & {
      /** It was canceled, and was pending until then. */
      readonly event: "cancel";
      readonly country: Country;
      readonly channel: Channel;
    })
  | {
      /** A start that its number or its channel rules out, before anything is counted. */
      readonly event: "ruled-out";
      readonly why: Refusal["why"];
      readonly reason?: RefusalReason | undefined;
      readonly reference?: string | undefined;
    };

/** Writes an event, to be counted and replayed. */
export type Journal = (entry: JournalEntry) => void;
