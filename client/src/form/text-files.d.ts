/** A style sheet as the text that it is; the build takes the spaces out. */
declare module "*.css" {
  export const css: string;
}

/** A function for each language of the table, by its tag in lower case, that loads its texts. */
declare module "*/translations.tsv" {
  export const translations: Readonly<
    Record<string, () => Promise<{ readonly texts: Partial<import("./texts.ts").Texts> }>>
  >;
}
