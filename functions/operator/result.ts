import * as v from "valibot";
import { SCOPE_MODES } from "../policy/limits.ts";

const MOMENT = v.number();
const BLOCK = v.object({ until: MOMENT, because: v.string() });
const PAUSE = v.object({ since: v.optional(MOMENT), because: v.string() });
const CAP = v.object({ perHourMicros: v.number(), perDayMicros: v.number() });
/** A number, or a scope: what stands for it in the table and the logs. */
const SUBJECT = v.object({ of: v.string(), pseudonym: v.string() });

/** What an operation did or found, as the function answers and the command reads it. Moments are milliseconds since 1970. No result holds a number. */
export const OPERATION_RESULT = v.variant("kind", [
  v.object({ kind: v.literal("refused"), why: v.string() }),
  v.object({
    kind: v.literal("number"),
    subject: SUBJECT,
    isKnown: v.boolean(),
    turns: v.array(MOMENT),
    failures: v.number(),
    failedAt: v.optional(MOMENT),
    block: v.optional(BLOCK),
    ticketsFrom: v.optional(MOMENT),
  }),
  v.object({
    kind: v.literal("scope"),
    subject: SUBJECT,
    mode: v.picklist(SCOPE_MODES),
    unverified: v.number(),
    max: v.number(),
    windowEndsAt: MOMENT,
    block: v.optional(BLOCK),
  }),
  v.object({ kind: v.literal("blocked"), subject: SUBJECT, until: MOMENT }),
  v.object({ kind: v.literal("blocked-longer"), subject: SUBJECT, block: BLOCK }),
  v.object({ kind: v.literal("opened"), subject: SUBJECT, block: BLOCK }),
  v.object({ kind: v.literal("not-blocked"), subject: SUBJECT }),
  v.object({ kind: v.literal("unlocked"), subject: SUBJECT, failures: v.number() }),
  v.object({
    kind: v.literal("erased"),
    subject: SUBJECT,
    wasKnown: v.boolean(),
    block: v.optional(BLOCK),
    /** What is kept: its tickets from before are worth nothing. */
    ticketsFrom: v.optional(MOMENT),
  }),
  v.object({ kind: v.literal("paused") }),
  v.object({ kind: v.literal("paused-already"), pause: PAUSE }),
  v.object({ kind: v.literal("resumed"), pause: PAUSE }),
  v.object({ kind: v.literal("not-paused") }),
  v.object({ kind: v.literal("revoked"), subject: SUBJECT }),
  v.object({ kind: v.literal("revoked-all") }),
  v.object({
    kind: v.literal("spend"),
    /** In UTC. */
    day: v.string(),
    /** By counter: `total`, `total-13` for an hour, `GB`, `GB-13`; millionths of the currency. */
    spent: v.record(v.string(), v.number()),
    total: CAP,
    countries: v.record(v.string(), CAP),
    keptForTickets: v.number(),
  }),
]);

export type OperationResult = v.InferOutput<typeof OPERATION_RESULT>;
export type Subject = v.InferOutput<typeof SUBJECT>;
