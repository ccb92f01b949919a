/** The languages that messages are written in, as BCP 47 tags. The first is what a stage speaks that says nothing else. */
export const LOCALES = ["en-GB"] as const;
export type Locale = (typeof LOCALES)[number];
