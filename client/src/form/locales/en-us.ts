import type { Texts } from "../texts.ts";

/** Where American English differs from ours. */
export const texts: Partial<Texts> = { canceledTitle: "This was canceled" };
