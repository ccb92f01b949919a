import * as v from "valibot";
import type { Journal } from "../persistence/journal.ts";
import { ACCOUNT, newAccount, type TwilioAccount } from "./credentials.ts";
import { STORED_MESSAGE, type StoredMessage } from "./messages.ts";

/** What Twilio knows, in one place. */
export type Ledger = {
  readonly account: TwilioAccount;
  readonly message: (sid: string) => StoredMessage | undefined;
  readonly keep: (message: StoredMessage) => void;
  /** The outcomes that were reported for a message. */
  readonly outcomes: (sid: string) => readonly string[];
  readonly addOutcome: (sid: string, outcome: string) => void;
};

const RECORD = v.variant("kind", [
  v.object({ kind: v.literal("account"), account: ACCOUNT }),
  v.object({ kind: v.literal("message"), message: STORED_MESSAGE }),
  v.object({ kind: v.literal("outcome"), sid: v.string(), outcome: v.string() }),
]);
type LedgerRecord = v.InferOutput<typeof RECORD>;

/** A ledger with what its journal tells. Its account is the one that it always had. */
export function openLedger(journal: Journal): Ledger {
  const messages = new Map<string, StoredMessage>();
  const outcomes = new Map<string, readonly string[]>();
  const known = journal.records.map((record) => v.parse(RECORD, record));

  const learn = (record: LedgerRecord): void => {
    if (record.kind === "message") messages.set(record.message.sid, record.message);
    if (record.kind === "outcome")
      outcomes.set(record.sid, [...(outcomes.get(record.sid) ?? []), record.outcome]);
  };
  const write = (record: LedgerRecord): void => {
    journal.append(record);
    learn(record);
  };

  known.forEach(learn);
  const account = known.find((record) => record.kind === "account")?.account ?? newAccount();
  if (known.length === 0) write({ kind: "account", account });
  return {
    account,
    message: (sid) => messages.get(sid),
    keep: (message) => write({ kind: "message", message }),
    outcomes: (sid) => outcomes.get(sid) ?? [],
    addOutcome: (sid, outcome) => write({ kind: "outcome", sid, outcome }),
  };
}
