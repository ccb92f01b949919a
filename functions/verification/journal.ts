import type { Country } from "../policy/destinations.ts";
import type { Mac } from "./identifiers.ts";
import type { Refusal } from "./outcomes.ts";
import type { Scope, ScopeKind } from "./scopes.ts";
import type { Channel, DeliveryReason, Purpose } from "./verification.ts";

/** Whose send it was, in pseudonyms: what `npm run ops -- who` tells for a number. */
type Subject = {
  /** The number. */
  readonly number: Mac;
  readonly country: Country;
  readonly scopes: readonly Scope[];
};

/**
 * Events of the domain, to be counted, looked up and replayed. No entry holds a code, a number, an address or an id; an approval is joined to its
 * sends by the pseudonym of the number.
 */
export type JournalEntry =
  | (Subject & {
      readonly event: "send";
      readonly of: "start" | "resend";
      readonly outcome: "sent" | Refusal["why"];
      readonly channel: Channel;
      readonly purpose: Purpose;
      readonly hasTicket: boolean;
      /** Whether the ticket, or a back end, stood for a customer where many share. Left out where the send was refused before. */
      readonly isCustomer?: boolean;
      /** Whether a back end vouched for the number, which is then counted by nothing that many share. */
      readonly isKnown?: true;
      /** The scopes that refused because they owe their limit. */
      readonly limited: readonly ScopeKind[];
      /** The scopes that would have refused, had they been enforced. */
      readonly watched: readonly ScopeKind[];
      /** What was reserved, in millionths of the currency; 0 where nothing was. */
      readonly priceMicros: number;
      /** How much of the tightest cap is spent, in percent. */
      readonly spentPercent?: number;
      readonly isUnallocated?: boolean;
    })
  | {
      readonly event: "check";
      readonly result: string;
      readonly number: Mac;
      readonly client: Scope;
      readonly country: Country;
      /** Of the newest code. */
      readonly channel: Channel;
    }
  | {
      /** What became of a message in the end. */
      readonly event: "delivery";
      readonly delivery: "delivered" | "undelivered";
      readonly reason?: DeliveryReason;
      /** Left out where the message is of an earlier release. */
      readonly number?: Mac;
      readonly country: string;
      readonly channel: Channel;
    };

/** Where what happened is written down, to be counted and replayed. */
export type Journal = (entry: JournalEntry) => void;
