import { LatchkeyForm } from "./latchkey-form.ts";

export { LatchkeyForm, type LatchkeyFormEvents } from "./latchkey-form.ts";
export type { TextKey, Texts } from "./texts.ts";

/** Where there is no document, on a server that renders pages, nothing is defined. */
const Base = globalThis.HTMLElement ?? class {};

/**
 * The text in a browser below the minimum: Chrome and Edge 123, Firefox 128, Safari 17.5, all of July 2024 at the latest. A page that writes
 * words of its own between the tags of the form has them shown instead.
 */
class TooOld extends Base {
  connectedCallback(): void {
    if (this.textContent?.trim() !== "") return;
    this.textContent = "This browser is too old for phone verification. Please update it.";
  }
}

function isAble(): boolean {
  const needs = ["color:light-dark(red,red)", "color:color(from red xyz-d65 x y z)"];
  const controls = "attachInternals" in Base.prototype && "replaceSync" in CSSStyleSheet.prototype;
  return controls && needs.every((declaration) => CSS.supports(`(${declaration})`));
}

// Loaded twice, by two parts of a page, it is still one element.
if (globalThis.customElements?.get("latchkey-form") === undefined)
  globalThis.customElements?.define("latchkey-form", isAble() ? LatchkeyForm : TooOld);
