import { LatchkeyForm } from "./latchkey-form.ts";

export { LatchkeyForm, type LatchkeyFormEvents } from "./latchkey-form.ts";
export type { TextKey, Texts } from "./texts.ts";

// Loaded twice, by two parts of a page, it is still one element.
if (globalThis.customElements?.get("latchkey-form") === undefined)
  globalThis.customElements?.define("latchkey-form", LatchkeyForm);
