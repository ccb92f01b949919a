import type { Locale } from "./locales.ts";

/**
 * Meta's names of the languages of WhatsApp templates (Cloud API, "Supported languages", May 2026), if they differ from the locale. Meta has no
 * Welsh.
 */
export const WHATSAPP_LANGUAGES: Partial<Record<Locale, string>> = {
  "en-GB": "en_GB",
  "en-US": "en_US",
  cy: "en_GB",
  "pt-PT": "pt_PT",
  "pt-BR": "pt_BR",
  "zh-Hans": "zh_CN",
  "zh-Hant": "zh_TW",
};
