import type { Locale } from "./locales.ts";

/**
 * The languages of WhatsApp templates as Meta names them (Cloud API, "Supported languages", May 2026), where that is not the locale itself. Meta
 * has no Welsh.
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
