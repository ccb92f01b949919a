import type { Locale } from "../../functions/policy/messages/locales.ts";
import { composeSms, type Sms, type SmsRequest } from "../../functions/verification/message.ts";
import { PLATFORMS, PURPOSES } from "../../functions/verification/verification.ts";

export const CODE = "271828";
export const HOST = "app.example.com";
export const APP_HASH = "FA+9qCX9VSu";
export const LONGEST_BRAND = "Abcdefghij Klmnopqrs";

/** The kinds of brands that a stage may have: the longest, a usual one, one with marks, with digits first, with digits last, a single letter. */
const BRANDS = [LONGEST_BRAND, "Latchkey", "A.B. & Co.", "7-Eleven", "O'Neill's 24", "X"];

/** The other fields of a request, for every platform. */
const DEVICE = { originHost: HOST, androidAppHash: APP_HASH } as const;

export type SentMessage = { readonly request: SmsRequest; readonly sms: Sms };

/** The messages of one locale: every purpose on every platform, with every kind of brand. */
export function messagesOf(locale: Locale): readonly SentMessage[] {
  return PURPOSES.flatMap((purpose) =>
    [undefined, ...PLATFORMS].flatMap((platform) =>
      BRANDS.map((brand) => {
        const request = {
          ...{ purpose, locale, platform, brand, code: CODE, lifetimeSeconds: 300 },
          ...DEVICE,
        };
        return { request, sms: composeSms(request) };
      }),
    ),
  );
}
