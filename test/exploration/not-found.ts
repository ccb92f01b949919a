/** Conditions whose loss no small world shows, with the reason. What does find them stands in test/property/found-by.ts. */
export const NOT_FOUND: Readonly<Record<string, string>> = {};
