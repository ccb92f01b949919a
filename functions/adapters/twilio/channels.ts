import type { Channel } from "../../verification/verification.ts";

/** Twilio's side of a channel: the form of a message's name, what it stores of one, and whether it takes feedback on one. */
type TwilioChannel = {
  readonly messageId: RegExp;
  readonly keeps: "text" | "call";
  readonly takesFeedback: boolean;
};

/** From Twilio's OpenAPI document. */
const MESSAGE_SID = /^(SM|MM)[0-9a-fA-F]{32}$/;
const CALL_SID = /^CA[0-9a-fA-F]{32}$/;

export const TWILIO_CHANNELS: Readonly<Record<Channel, TwilioChannel>> = {
  sms: { messageId: MESSAGE_SID, keeps: "text", takesFeedback: true },
  whatsapp: { messageId: MESSAGE_SID, keeps: "text", takesFeedback: false },
  voice: { messageId: CALL_SID, keeps: "call", takesFeedback: false },
};
