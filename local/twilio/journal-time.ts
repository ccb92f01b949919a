import * as v from "valibot";

/** A time that is a date in memory, and text in a journal. */
export const TIME = v.pipe(
  v.union([v.date(), v.string()]),
  v.transform((time) => new Date(time)),
);
