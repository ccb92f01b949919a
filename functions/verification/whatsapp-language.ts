import type { Locale } from "../policy/messages/locales.ts";
import { WHATSAPP_LANGUAGES } from "../policy/messages/whatsapp-languages.ts";

/** The language of a WhatsApp template, as Meta names it. */
export function whatsAppLanguage(locale: Locale): string {
  return WHATSAPP_LANGUAGES[locale] ?? locale;
}
