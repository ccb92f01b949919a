import { ENGLISH, type Texts } from "./texts.ts";
import { translations } from "./translations.tsv";

/** The texts of one of our locales, each in a file that is loaded when it is wanted; English, which is inside, where it does not come. */
export async function textsOf(locale: string): Promise<Texts> {
  try {
    return { ...ENGLISH, ...(await translations[locale.toLowerCase()]?.())?.texts };
  } catch {
    return ENGLISH;
  }
}
