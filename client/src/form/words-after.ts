import type { Channel } from "../api.ts";
import type { State } from "./state.ts";
import type { TextKey } from "./texts.ts";

export const SENT = {
  sms: "sentBySms",
  whatsapp: "sentByWhatsapp",
  voice: "sentByVoice",
} as const satisfies Readonly<Record<Channel, TextKey>>;
export const TRY = {
  sms: "tryBySms",
  whatsapp: "tryByWhatsapp",
  voice: "tryByVoice",
} as const satisfies Readonly<Record<Channel, TextKey>>;
export const ENDS = {
  expired: "expiredTitle",
  exhausted: "exhaustedTitle",
  canceled: "canceledTitle",
  used: "usedTitle",
  "proof-expired": "proofExpiredTitle",
} as const satisfies Readonly<Record<NonNullable<State["end"]>, TextKey>>;

/** After these no code will reach the number: the person does best to give another one. */
export const DEAD: readonly TextKey[] = ["notInService", "landline"];
