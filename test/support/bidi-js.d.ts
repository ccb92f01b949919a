/** The types that bidi-js brings are those of its ES module; Node loads the other one, which is the function itself. */
declare module "bidi-js" {
  type Levels = {
    readonly levels: Uint8Array;
    readonly paragraphs: readonly {
      readonly start: number;
      readonly end: number;
      readonly level: number;
    }[];
  };
  type Bidi = {
    readonly getEmbeddingLevels: (text: string, direction?: "ltr" | "rtl" | "auto") => Levels;
    readonly getReorderedString: (
      text: string,
      levels: Levels,
      start?: number,
      end?: number,
    ) => string;
  };
  function bidiFactory(): Bidi;
  export = bidiFactory;
}
