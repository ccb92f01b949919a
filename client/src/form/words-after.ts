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

/** After these no code can reach the number; the form suggests another number. */
export const FINAL_FAILURES: readonly TextKey[] = ["notInService", "landline"];
