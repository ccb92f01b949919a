import { isLocale, type Locale } from "../policy/messages/locales.ts";

/** The locales of a stage from the text of an environment, separated by commas. Throws on one that nobody has written messages in. */
export function localesIn(text: string): readonly [Locale, ...Locale[]] {
  const [first, ...others] = text.split(",").map((tag) => {
    if (!isLocale(tag)) throw new Error(`there are no messages in "${tag}"`);
    return tag;
  });
  if (first === undefined) throw new Error("a stage speaks one language at least");
  return [first, ...others];
}
