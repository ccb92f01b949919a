import type { Locale } from "../policy/messages/locales.ts";

/** The language of a WhatsApp template, as Meta names it. */
export function whatsAppLanguage(_locale: Locale): string {
  return "en_GB";
}
