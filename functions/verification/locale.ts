import type { Locale } from "../policy/messages/locales.ts";

export type LocaleWish = {
  /** What the request asks for by name: `locale` of its body. */
  readonly requested?: string | undefined;
  /** The header `Accept-Language`, as it was sent. */
  readonly acceptLanguage?: string | undefined;
  /** What the stage speaks; the first is taken where nothing else fits. */
  readonly offered: readonly [Locale, ...Locale[]];
};

/** The locale to speak. Never throws: what cannot be read is passed over. */
export function matchLocale({ offered }: LocaleWish): Locale {
  return offered[0];
}
