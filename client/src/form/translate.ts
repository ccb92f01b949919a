import { ENGLISH, type Texts } from "./texts.ts";
import { translations } from "./translations.tsv";

/** The texts of one of our locales, each in a file that is loaded when needed; English, which is built in, if that fails. */
export async function textsOf(locale: string): Promise<Texts> {
  try {
    return { ...ENGLISH, ...(await translations[locale.toLowerCase()]?.())?.texts };
  } catch {
    return ENGLISH;
  }
}
