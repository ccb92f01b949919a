/** How a message or a call reaches a phone. */
export type Channel = "sms" | "whatsapp" | "voice";

const WHATSAPP = "whatsapp:";

/** The channel of a message, by its address. https://www.twilio.com/docs/whatsapp/api#whatsapp-addresses */
export function channelOf(address: string): "sms" | "whatsapp" {
  return address.startsWith(WHATSAPP) ? "whatsapp" : "sms";
}

export function numberIn(address: string): string {
  return address.startsWith(WHATSAPP) ? address.slice(WHATSAPP.length) : address;
}
