import type { Channel, Upgrade } from "../verification/verification.ts";
import type { Country } from "./destinations.ts";

/**
 * The reserved price of a send, in millionths of the currency, whole numbers only. Of an SMS one segment; of WhatsApp one authentication
 * template, Meta's fee and Twilio's together; of a call one started minute to a mobile.
 */
export type ChannelPrices = { readonly sms: number } & {
  /** `rcs`: of an SMS that a Messaging Service may deliver by RCS. */
  readonly [Priced in Exclude<Channel, "sms"> | Upgrade]?: number;
};

/**
 * Twilio's list prices, each rounded up: a reservation that is too high stops a little early, one that is too low lets the bill pass its cap.
 * They are from memory. A stage sets its own prices if its contract differs, and
 * must if a country has no row. https://www.twilio.com/en-us/sms/pricing (the Pricing API returns those of an account:
 * /v1/Messaging/Countries/GB)
 */
export const PRICES = {
  currency: "USD",
  /** Only the United States' $0.0083 was looked up, in 2026-11; carriers there add up to $0.0045. */
  destinations: {
    GB: { sms: 60_000, whatsapp: 50_000, voice: 60_000 },
    GG: { sms: 90_000, whatsapp: 50_000, voice: 350_000 },
    IM: { sms: 90_000, whatsapp: 50_000, voice: 350_000 },
    JE: { sms: 90_000, whatsapp: 50_000, voice: 350_000 },
    IE: { sms: 90_000, whatsapp: 50_000, voice: 120_000 },
    US: { sms: 13_000, whatsapp: 25_000, voice: 20_000 },
    CA: { sms: 13_000, whatsapp: 25_000, voice: 20_000 },
    AU: { sms: 60_000, whatsapp: 50_000, voice: 90_000 },
    NZ: { sms: 120_000, whatsapp: 60_000, voice: 120_000 },
    FR: { sms: 90_000, whatsapp: 80_000, voice: 120_000 },
    DE: { sms: 120_000, whatsapp: 90_000, voice: 120_000 },
    ES: { sms: 90_000, whatsapp: 60_000, voice: 120_000 },
    IT: { sms: 100_000, whatsapp: 60_000, voice: 150_000 },
    NL: { sms: 120_000, whatsapp: 90_000, voice: 150_000 },
    BE: { sms: 120_000, whatsapp: 90_000, voice: 200_000 },
    PL: { sms: 60_000, whatsapp: 60_000, voice: 100_000 },
    PT: { sms: 60_000, whatsapp: 60_000, voice: 120_000 },
    SE: { sms: 80_000, whatsapp: 60_000, voice: 100_000 },
    DK: { sms: 70_000, whatsapp: 60_000, voice: 100_000 },
    NO: { sms: 80_000, whatsapp: 60_000, voice: 100_000 },
    FI: { sms: 110_000, whatsapp: 60_000, voice: 200_000 },
    CH: { sms: 90_000, whatsapp: 60_000, voice: 250_000 },
    AT: { sms: 120_000, whatsapp: 60_000, voice: 200_000 },
    MA: { sms: 200_000, whatsapp: 60_000, voice: 700_000 },
    UZ: { sms: 300_000, whatsapp: 60_000, voice: 500_000 },
    MD: { sms: 150_000, whatsapp: 60_000, voice: 800_000 },
  },
} as const satisfies {
  readonly currency: string;
  readonly destinations: Partial<Record<Country, ChannelPrices>>;
};
