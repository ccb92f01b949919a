import type { Locale } from "../policy/messages/locales.ts";
import type { Purpose } from "./verification.ts";

/** Where the code will be typed. It decides which line, if any, lets the device fill it in. */
export const PLATFORMS = ["web", "android", "ios"] as const;
export type Platform = (typeof PLATFORMS)[number];

export type SmsRequest = {
  readonly purpose: Purpose;
  readonly locale: Locale;
  readonly platform?: Platform | undefined;
  readonly brand: string;
  readonly code: string;
  readonly lifetimeSeconds: number;
  /** The host of the request's origin, once that is known to be on the allow-list. Only `web` uses it. */
  readonly originHost?: string | undefined;
  /** The eleven characters of the app's hash. Only `android` uses it. */
  readonly androidAppHash?: string | undefined;
};

export type Sms = {
  readonly text: string;
  readonly encoding: "gsm-7" | "ucs-2";
  /** How many messages are paid for. */
  readonly segments: 1 | 2;
};

/** The text of an SMS, and what it costs. */
export function composeSms({ brand, code, lifetimeSeconds }: SmsRequest): Sms {
  const minutes = Math.ceil(lifetimeSeconds / 60);
  return {
    text: `${code} is your ${brand} code. It works for ${minutes} minutes. Never share it.`,
    encoding: "gsm-7",
    segments: 1,
  };
}
