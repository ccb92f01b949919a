/** The dependencies of the domain. Adapters implement them; tests use a memory store, a fixed clock and scripted randomness. */
import type { RefusalReason } from "../policy/special-numbers.ts";
import type {
  Mac,
  Phone,
  ScopeKey,
  Sealed,
  VerificationId,
  VerificationKey,
} from "./identifiers.ts";
import type { Layouts } from "./shards.ts";
import type {
  Channel,
  Delivery,
  DeliveryReason,
  Instant,
  MessageName,
  MessageNameIfKnown,
  SentCode,
  Upgrade,
  Verification,
} from "./verification.ts";
import type { VoiceGreeting } from "./voice-script.ts";

export type Clock = () => Instant;

export type Random = {
  /** Uniform over 0 … `below` − 1. */
  readonly integer: (below: number) => number;
  readonly bytes: (count: number) => Uint8Array;
};

/** 32 secret bytes that never leave memory. */
export type Key = Uint8Array;

/** Keys derived once per container. The caller refuses epochs that are neither the current nor the previous one. */
export type Keys = {
  /** Pseudonyms and fingerprints. Without epoch: a pseudonym must stay the same for the longest window. */
  readonly index: () => Promise<Key>;
  readonly seal: (epoch: number) => Promise<Key>;
  readonly code: (epoch: number) => Promise<Key>;
  /** The key that seals the addresses of callbacks. It is separate from `seal`, so that it opens no number. */
  readonly callback: (epoch: number) => Promise<Key>;
};

/** A conditional write: taken, or refused with the item as it stood, or with nothing where there is none. */
export type Write<Item> =
  | { readonly kind: "taken"; readonly item: Item }
  | { readonly kind: "refused"; readonly item: Item | undefined };

export type CheckWrite = {
  readonly key: VerificationKey;
  readonly guess: Mac;
  readonly requestKey: Mac;
  readonly now: Instant;
};

export type ResendWrite = {
  readonly key: VerificationKey;
  readonly code: SentCode;
  readonly requestKey: Mac;
  readonly resendAt: Instant;
  /** The turn that it took, if a replacement may use it once. */
  readonly turn: Instant | undefined;
  /** Whether the code before ends now: its message failed, and a turn has one valid code. */
  readonly endsNewest?: boolean;
  readonly now: Instant;
};

export type ResendUndo = {
  readonly key: VerificationKey;
  /** The code that was never sent. */
  readonly code: Mac;
  /** When the number may be sent another code, now that its turn is back. */
  readonly resendAt: Instant;
  /** Of the message before. */
  readonly delivery: Delivery;
  readonly deliveryReason: DeliveryReason | undefined;
  readonly turn: Instant | undefined;
  /** When the code before was to end that was ended early. */
  readonly expiresAt?: Instant | undefined;
};

type DeliveryWrite = MessageNameIfKnown & {
  readonly key: VerificationKey;
  /** The code that the message carried: news of an older message does not replace news of a newer one. */
  readonly code: Mac;
  readonly delivery: Delivery;
  readonly reason?: DeliveryReason | undefined;
  readonly upgrade?: Upgrade | undefined;
};

/** Verifications. Each write is one conditional write: where callers race, the store decides. */
export type VerificationStore = {
  readonly create: (verification: Verification) => Promise<void>;
  /** Never used to decide about a guess, a turn or money. */
  readonly read: (key: VerificationKey) => Promise<Verification | undefined>;
  /** Puts the guess into the item and counts it, right or wrong; refuses it when it may not count. */
  readonly check: (write: CheckWrite) => Promise<Write<Verification>>;
  /** Adds a code, unless the verification has ended, or the code is one that was sent or tried before, or the request is a repeat. */
  readonly resend: (write: ResendWrite) => Promise<Write<Verification>>;
  /** Takes the newest code back, with the life that it gave, where it is still the newest. */
  readonly undoResend: (undo: ResendUndo) => Promise<void>;
  /** Refuses an unknown one and one that has ended. */
  readonly cancel: (key: VerificationKey, now: Instant) => Promise<Write<Verification>>;
  /** Notes news of the newest message, unless as much or more is known already. Returns whether it was news. */
  readonly noteDelivery: (write: DeliveryWrite) => Promise<boolean>;
  readonly remove: (key: VerificationKey) => Promise<void>;
};

/** The record of a number, under its pseudonym. */
export type NumberRecord = {
  /** When the last turns were taken, newest first. */
  readonly turns: readonly Instant[];
  /** Consecutive failed checks, over all verifications of the number. */
  readonly failures: number;
  readonly failedAt?: Instant | undefined;
  /** The turn that a failed message handed on last. */
  readonly handedOn?: Instant | undefined;
  readonly blockedUntil?: Instant | undefined;
  /** Returning tickets from before are worth nothing. */
  readonly ticketsFrom?: Instant | undefined;
  /** When it was first proven, as far back as is known. */
  readonly provenAt?: Instant | undefined;
  /** Turns that were taken with tickets since the number was last proven. */
  readonly ticketTurns?: number | undefined;
  /** The newest verification that each app has started for it, sealed under a key of that app. */
  readonly newest?: Readonly<Record<string, Sealed>> | undefined;
};

/** When the returning ticket was issued that a start carries. */
export type TurnTicket = { readonly issuedAt: Instant };

/** The newest verification that an app has started for a number: its id, sealed under a key of that app alone. */
export type Newest = { readonly app: string; readonly sealed: Sealed };

export type NumberStore = {
  /** The record, perhaps from a cache if it refuses. A send may be refused by it; only a write admits one. */
  readonly read: (
    number: Mac,
    asking: { readonly now: Instant; readonly ticket: TurnTicket | undefined },
  ) => Promise<NumberRecord>;
  /**
   * One turn to be sent a code: all rows of the limit, the failures and the block are checked in one write. With a ticket the rows for tickets are checked. In place of the failures it checks that the ticket is not revoked and that few turns were taken with tickets since the last approval.
   */
  readonly takeTurn: (
    number: Mac,
    now: Instant,
    ticket?: TurnTicket,
    /** Written beside the turn: the verification that a check by number finds. */
    newest?: Newest,
  ) => Promise<Write<NumberRecord>>;
  /**
   * Undoes the turn taken at `turn`, where it is still the newest: with the ticket if it was taken with one, and with the verification that was
   * the newest of an app before, or none, if one was written beside the turn.
   */
  readonly returnTurn: (
    number: Mac,
    turn: Instant,
    ticket?: TurnTicket,
    before?: { readonly app: string; readonly sealed: Sealed | undefined },
  ) => Promise<void>;
  /** Hands the turn taken at `failed` on to `now`, where it is still the newest and was not handed on before. Block and lock are checked as for a turn. */
  readonly replaceTurn: (
    number: Mac,
    turns: { readonly failed: Instant; readonly now: Instant },
  ) => Promise<Write<NumberRecord>>;
  /** Undoes that, where `now` is still the newest turn. */
  readonly undoReplacement: (
    number: Mac,
    turns: { readonly failed: Instant; readonly now: Instant },
  ) => Promise<void>;
  readonly addFailure: (number: Mac, now: Instant) => Promise<void>;
  /** After an approval. */
  readonly clearFailures: (number: Mac, now: Instant) => Promise<void>;
};

/** The result of counting one unverified send: counted, with the new count of the window, or refused by its limit. */
export type ScopeOutcome =
  | {
      /** `open`: it has room and counts nothing, because another part of the same write has none; with the counts that it would have. */
      readonly kind: "counted" | "open";
      readonly unverified: number;
      readonly today?: number;
      readonly sends?: Sends;
    }
  | { readonly kind: "full"; readonly isDayFull?: boolean };

/** All sends of a window and of its day, verified or not. */
export type Sends = { readonly window: number; readonly day: number };

/** One unverified send in a window. Without a limit it is only counted. */
export type Unverified = {
  readonly key: ScopeKey;
  readonly max?: number | undefined;
  /** The lowest value to which approvals decrement, below zero. */
  readonly minimum: number;
  readonly endsAt: Instant;
  /** The same of the UTC day, which the same write counts. */
  readonly day?:
    | {
        readonly max?: number | undefined;
        readonly minimum: number;
        readonly endsAt: Instant;
        /** Whether all sends are counted as well. Only of a window that all share. */
        readonly askFromSends?: Sends | undefined;
      }
    | undefined;
};

/** The amounts that are subtracted from a window, from its day, and from both counts of sends. */
export type ScopeDecrement = {
  readonly key: ScopeKey;
  readonly window: number;
  readonly day: number;
  readonly sends?: number;
};

/** The last refusal of a frequently used scope, if there was one, from memory. */
export type ScopeRecall = (
  unverified: Unverified,
) => Extract<ScopeOutcome, { readonly kind: "full" }> | undefined;

/** The windows of clients and ranges. Those that all share are in `SpendStore`, beside the money. */
export type ScopeStore = {
  /** Adds one unverified send to the window, if fewer than its limit are there. */
  readonly add: (unverified: Unverified) => Promise<ScopeOutcome>;
  readonly recall?: ScopeRecall;
  /** Subtracts from the window and from its day, each down to its minimum. */
  readonly decrement: (one: ScopeDecrement) => Promise<void>;
};

/** A start under an `Idempotency-Key`: who came first, with which request. */
export type Claim = {
  readonly key: Mac;
  readonly fingerprint: Mac;
  /** The id, sealed: the table never holds one. */
  readonly id: Sealed;
  readonly now: Instant;
};

export type Holder = Pick<Claim, "fingerprint" | "id" | "now">;

export type ClaimStore = {
  /** Claims the key; if it is claimed already, returns by which request and since when. */
  readonly claim: (claim: Claim) => Promise<Holder | undefined>;
  /** Gives up this very claim, and no later one under the same key. */
  readonly release: (claim: Pick<Claim, "key" | "id">) => Promise<void>;
};

/** The switches of a stage, which apply to every send. */
export type SwitchState = {
  readonly isPaused: boolean;
  /** Returning tickets from before are worth nothing. */
  readonly ticketsFrom: Instant;
  /** Until when an operator has blocked a scope, by its `subjectName`. */
  readonly blocks: ReadonlyMap<string, Instant>;
  readonly layouts: Layouts;
};

/** The switches, at most `LIMITS.switchCacheSeconds` old. */
export type SendingSwitch = {
  readonly switchState: () => Promise<SwitchState>;
  /** The state that is in memory already, if there is one; requests nothing. */
  readonly recall?: () => SwitchState | undefined;
};

type Outgoing = {
  readonly to: Phone;
  /** The country of the number: a provider may send by another sender there. */
  readonly country: string;
  /** How long the code in it is still good: the provider drops it later than that. */
  readonly lifetimeSeconds: number;
  /** Which message of its verification it is, from 1. */
  readonly attempt: number;
  /** The provider's id of the message, which its reports name. */
  readonly reportToken: string;
};

/** One message with a code. A call holds no code: it is fetched with the token after a key press. */
export type Message =
  | (Outgoing & { readonly channel: "sms"; readonly text: string })
  | (Outgoing & { readonly channel: "whatsapp"; readonly code: string; readonly language: string })
  | (Outgoing & {
      readonly channel: "voice";
      readonly greeting: VoiceGreeting;
      readonly callToken: string;
    });

/** Why a provider definitely did not send. */
export type SendRefusal =
  | "phone-invalid"
  | "phone-not-allowed"
  | "country-not-enabled"
  | "recipient-opted-out"
  | "channel-not-available"
  | "provider-unavailable";

/** `unknown`: no answer, so the message may be on its way; it is never sent again blindly. */
export type SendOutcome =
  | ({ readonly kind: "accepted" } & MessageName)
  | { readonly kind: "refused"; readonly why: SendRefusal; readonly reason?: RefusalReason }
  | { readonly kind: "unknown" };

export type MessageSender = { readonly send: (message: Message) => Promise<SendOutcome> };

/** An end of a message: its code was approved, or its provider reports nothing more of it. With both its price is noted by. */
export type MessageOutcome = MessageName & {
  readonly end: "approved" | "final";
  readonly country: string;
  readonly channel: Channel;
};

/** Reports the outcome to the provider and redacts the message there, in a function that holds the provider's key. No request waits for it. */
export type OutcomeReporter = { readonly report: (outcome: MessageOutcome) => Promise<void> };

/** Takes the next step of a plan in another function: the one that receives a failure may not send. */
export type NextSteps = {
  readonly take: (failed: { readonly id: VerificationId; readonly code: Mac }) => Promise<void>;
};

/** Signs the claims of a proof as a compact JWS (RFC 7515), RS256. */
export type ProofSigner = {
  readonly sign: (claims: Readonly<Record<string, unknown>>) => Promise<string>;
};

/** Logs a fault that is hidden from the caller. */
export type FaultLog = (what: string, fault: unknown) => void;
