import * as v from "valibot";
import { type Journal, TIME } from "../persistence/journal.ts";
import { STORED_CALL, type StoredCall } from "./calls.ts";
import { ACCOUNT, newAccount, type TwilioAccount } from "./credentials.ts";
import { STORED_MESSAGE, type StoredMessage } from "./messages.ts";

/** Something that went wrong on purpose, with one message, call or request. */
const INCIDENT = v.object({
  /** Of the message or call; empty where Twilio took none. */
  sid: v.string(),
  to: v.string(),
  channel: v.picklist(["sms", "whatsapp", "voice"]),
  at: TIME,
  what: v.array(v.string()),
});
export type Incident = Readonly<v.InferOutput<typeof INCIDENT>>;

/** The state of the emulated Twilio. */
export type Ledger = {
  readonly account: TwilioAccount;
  readonly message: (sid: string) => StoredMessage | undefined;
  readonly messages: () => readonly StoredMessage[];
  readonly keep: (message: StoredMessage) => void;
  readonly call: (sid: string) => StoredCall | undefined;
  readonly keepCall: (call: StoredCall) => void;
  readonly removeCall: (sid: string) => void;
  /** The outcomes that were reported for a message. */
  readonly outcomes: (sid: string) => readonly string[];
  readonly addOutcome: (sid: string, outcome: string) => void;
  /** All simulated faults, oldest first. */
  readonly incidents: () => readonly Incident[];
  readonly addIncident: (incident: Incident) => void;
};

const RECORD = v.variant("kind", [
  v.object({ kind: v.literal("account"), account: ACCOUNT }),
  v.object({ kind: v.literal("message"), message: STORED_MESSAGE }),
  v.object({ kind: v.literal("call"), call: STORED_CALL }),
  v.object({ kind: v.literal("removed"), sid: v.string() }),
  v.object({ kind: v.literal("outcome"), sid: v.string(), outcome: v.string() }),
  v.object({ kind: v.literal("incident"), incident: INCIDENT }),
]);
type LedgerRecord = v.InferOutput<typeof RECORD>;

/** A ledger with the records of its journal. Its account stays the same. */
export function openLedger(journal: Journal): Ledger {
  const known = journal.records.map((record) => v.parse(RECORD, record));
  const { messages, calls, outcomes, incidents, learn } = createMemory();
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
    messages: () => [...messages.values()],
    keep: (message) => write({ kind: "message", message }),
    call: (sid) => calls.get(sid),
    keepCall: (call) => write({ kind: "call", call }),
    removeCall: (sid) => write({ kind: "removed", sid }),
    outcomes: (sid) => outcomes.get(sid) ?? [],
    addOutcome: (sid, outcome) => write({ kind: "outcome", sid, outcome }),
    incidents: () => [...incidents],
    addIncident: (incident) => write({ kind: "incident", incident }),
  };
}

function createMemory() {
  const messages = new Map<string, StoredMessage>();
  const calls = new Map<string, StoredCall>();
  const outcomes = new Map<string, readonly string[]>();
  const incidents: Incident[] = [];
  const learn = (record: LedgerRecord): void => {
    switch (record.kind) {
      case "account":
        break;
      case "message":
        messages.set(record.message.sid, record.message);
        break;
      case "call":
        calls.set(record.call.sid, record.call);
        break;
      case "removed":
        calls.delete(record.sid);
        break;
      case "outcome":
        outcomes.set(record.sid, [...(outcomes.get(record.sid) ?? []), record.outcome]);
        break;
      case "incident":
        incidents.push(record.incident);
        break;
    }
  };
  return { messages, calls, outcomes, incidents, learn };
}
