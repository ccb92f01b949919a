import * as v from "valibot";

/** What the process of the system tells the one that loads and watches it. */

/** The heap of one isolate after a collection, in bytes. */
const HEAP = v.object({ name: v.string(), heapBytes: v.number() });

/** How long requests of one kind took, as the front saw them. */
const SERVED = v.object({
  operation: v.string(),
  status: v.number(),
  milliseconds: v.number(),
});
export type ServedRequest = Readonly<v.InferOutput<typeof SERVED>>;

const STATE = v.object({
  rssBytes: v.number(),
  /** Front, emulator, handset, and the engine where that is dynalite. */
  main: HEAP,
  /** One a running copy of a function. */
  functions: v.array(HEAP),
  /** The emulator of DynamoDB, where it is a process of its own. */
  engineBytes: v.optional(v.number()),
  /** Of one core, since the sample before, in percent. */
  cpuPercent: v.number(),
  /** The worst hundredth of the delays of the main event loop since the sample before. */
  lagMilliseconds: v.number(),
  openFiles: v.optional(v.number()),
  sockets: v.number(),
  timers: v.number(),
  served: v.array(SERVED),
});
export type SystemState = Readonly<v.InferOutput<typeof STATE>>;

/** A message or call that Twilio took. */
const TAKEN = v.object({
  sid: v.string(),
  to: v.string(),
  channel: v.picklist(["sms", "whatsapp", "voice"]),
  /** Unix milliseconds at which Twilio took it. */
  takenAt: v.number(),
});
export type TakenSend = Readonly<v.InferOutput<typeof TAKEN>>;

export const NEWS = v.variant("kind", [
  v.object({ kind: v.literal("ready"), url: v.string(), engineEndpoint: v.string() }),
  v.object({ kind: v.literal("failed"), message: v.string() }),
  v.object({ kind: v.literal("taken"), send: TAKEN }),
  /** A code reached its person, in a text or by a voice. */
  v.object({
    kind: v.literal("heard"),
    sid: v.string(),
    to: v.string(),
    code: v.string(),
    segments: v.number(),
  }),
  v.object({
    kind: v.literal("incident"),
    sid: v.string(),
    what: v.array(v.string()),
    channel: v.string(),
  }),
  v.object({ kind: v.literal("lines"), lines: v.array(v.string()) }),
  v.object({ kind: v.literal("state"), state: STATE }),
]);
export type News = v.InferOutput<typeof NEWS>;

/** What it is asked. */
export const ORDER = v.picklist(["state", "stop"]);
export type Order = v.InferOutput<typeof ORDER>;

/** Over this channel each copy of a function is asked for its heap, and tells it. */
export const HEAPS_CHANNEL = "endurance-heaps";
export const HEAP_QUESTION = "collect";
export const HEAP_ANSWER = v.object({
  name: v.string(),
  threadId: v.number(),
  heapBytes: v.number(),
});
