import { createHash } from "node:crypto";
import * as v from "valibot";
import type { JournalEntry } from "../verification/journal.ts";
import { EVENT_SCHEMA, type LatchkeyEvent } from "./event.ts";

type Kind = JournalEntry["event"];
type Type = LatchkeyEvent["type"];

/** Which log lines are events. The subscription passes on no other. */
export const TRANSLATED = [
  "send",
  "check",
  "delivery",
  "cancel",
  "ruled-out",
] as const satisfies readonly Kind[];

const LINE = v.looseObject({
  event: v.picklist(TRANSLATED),
  outcome: v.optional(v.string()),
  result: v.optional(v.string()),
  delivery: v.optional(v.string()),
  of: v.optional(v.string()),
  checksRemaining: v.optional(v.number()),
  spendThreshold: v.optional(v.number()),
});

type Line = v.InferOutput<typeof LINE>;

/** The events of one log line, none for most. They have only the fields of the schema. */
export function eventsOf(text: string, deployment: string): readonly LatchkeyEvent[] {
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), LINE), text);
  if (!parsed.success) return [];
  const line = parsed.output;
  return typesOf(line).map((type) => {
    const id = createHash("sha256").update(`${type}\n${text}`).digest("base64url");
    return v.parse(EVENT_SCHEMA, { ...fieldsOf(line, type), type, id, deployment });
  });
}

function typesOf(line: Line): readonly Type[] {
  switch (line.event) {
    case "send":
      return line.spendThreshold === undefined
        ? sendTypes(line)
        : [...sendTypes(line), "spend.threshold"];
    case "check":
      return checkTypes(line);
    case "delivery":
      return line.delivery === "delivered"
        ? ["verification.delivered"]
        : ["verification.undelivered"];
    case "cancel":
      return ["verification.canceled"];
    case "ruled-out":
      return ["verification.refused"];
  }
}

function sendTypes({ outcome, of }: Line): readonly Type[] {
  if (outcome !== "sent") return ["verification.refused"];
  return of === "start" ? ["verification.started", "verification.sent"] : ["verification.sent"];
}

function checkTypes({ result, checksRemaining }: Line): readonly Type[] {
  if (result === "approved") return ["verification.approved"];
  return checksRemaining === 0 ? ["verification.failed"] : [];
}

/** The fields of a line under the names that they have in an event. */
function fieldsOf(line: Line, type: Type): Readonly<Record<string, unknown>> {
  if (type === "spend.threshold") return { ...line, percent: line.spendThreshold };
  if (type !== "verification.refused") return line;
  const { verification, ...rest } = line;
  if (line.event === "ruled-out") return { ...rest, of: "start", problem: line["why"] };
  return { ...rest, problem: line.outcome, ...(line.of === "resend" && { verification }) };
}
