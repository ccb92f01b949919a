import { latinDigits } from "../digits.ts";
import { isOwnInput, make, rewrite, write } from "./elements.ts";
import { namesOf } from "./language.ts";
import type { View } from "./view.ts";

type Formatting = typeof import("./formatting.ts");

/** Any other text stays as it was typed. */
const IS_NUMBER = /^[+\d ()]*\d[\d ()]*$/;

/** Longer than the pause between two keys. */
const REST_MILLISECONDS = 400;

/** Calling codes for a form without the numbering plans: enough for the API to judge a national number. ITU-T E.164. */
const CALLING_CODES =
  "AT43AU61BE32BG359BR55CA1CH41CY357CZ420DE49DK45EE372ES34FI358FR33GB44GR30HR385HU36IE353IN91IS354IT39JP81LT370LU352LV371MT356NL31NO47NZ64PL48PT351RO40SE46SI386SK421US1";

/** The field of the number and the list of its countries. */
export class NumberEntry {
  readonly #view: View["number"];
  #formatting: Formatting | undefined;
  #offered: readonly string[] = [];
  #locale = "en";
  #shown = "";
  #resting: ReturnType<typeof setTimeout> | undefined;

  constructor({ number }: View) {
    this.#view = number;
    void this.load();
    number.field.addEventListener("input", (event) => {
      if (isOwnInput(event)) this.#follow();
      else clearTimeout(this.#resting);
    });
    number.field.addEventListener("compositionend", () => this.#follow());
    for (const element of [number.field, number.country])
      element.addEventListener("change", () => this.#format());
  }

  /** Whether the numbering plans are loaded. */
  get isReady(): boolean {
    return this.#formatting !== undefined;
  }

  /** Loads the plans; a failed load is repeated. Without them the API judges the typed text. */
  async load(): Promise<void> {
    const formatting = await import("./formatting.ts").catch(() => undefined);
    if (formatting !== undefined && !this.isReady) this.#take(formatting);
  }

  get text(): string {
    return this.#view.field.value;
  }

  set text(typed: string) {
    this.#view.field.value = typed;
    this.#format();
  }

  /** Fills the list, in the language of the reader. A choice among the same countries stays. */
  offer(countries: readonly string[], chosen: string, locale: string): void {
    const isSame = this.#offered.join() === countries.join();
    this.#offered = countries;
    this.#locale = locale;
    this.#list(isSame ? this.#view.country.value : chosen);
  }

  /** E.164; `undefined` for a text that is no number. Without the plans, the likely number, which the API judges. */
  read(): string | undefined {
    const country = this.#view.country.value;
    if (this.#formatting === undefined) return withoutPlans(plain(this.text), country);
    return this.#formatting.typedNumber(plain(this.text), country).e164;
  }

  #take(formatting: Formatting): void {
    this.#formatting = formatting;
    this.#list(this.#view.country.value);
    // The number was typed before the plans were loaded.
    this.#shown = "";
    this.#follow();
  }

  #list(chosen: string): void {
    const { country } = this.#view;
    const options = namesOf(this.#offered, this.#locale).map(({ country: value, name }) => {
      const code = this.#formatting?.callingCode(value);
      return make("option", { value }, code ? `${name} (${code})` : name);
    });
    country.replaceChildren(...options);
    country.value = chosen;
    this.#nameCountry();
  }

  /** The country's label beside the number: the only country of a form needs no name. */
  #nameCountry(): void {
    const { country, land, region, code } = this.#view;
    land.classList.toggle("only", this.#offered.length === 1);
    write(region, country.value);
    write(code, this.#formatting?.callingCode(country.value) ?? "");
  }

  /**
   * After a pause in typing, a possible number is formatted as its country writes it, in one change that can be undone. Text that is deleted or changed in the middle is not formatted, because the caret would move.
   */
  #follow(): void {
    clearTimeout(this.#resting);
    const { value, selectionEnd } = this.#view.field;
    const isLonger = selectionEnd === value.length && value.length > this.#shown.length;
    this.#shown = value;
    if (isLonger) this.#resting = setTimeout(() => this.#format(true), REST_MILLISECONDS);
  }

  #format(isTyping = false): void {
    clearTimeout(this.#resting);
    const { field, country } = this.#view;
    const typed = plain(field.value);
    if (this.#formatting !== undefined && IS_NUMBER.test(typed)) {
      const { text, e164, country: meant } = this.#formatting.typedNumber(typed, country.value);
      if (meant !== undefined && this.#offered.includes(meant)) country.value = meant;
      if (text !== "" && (!isTyping || e164 !== undefined)) rewrite(field, text);
      this.#shown = field.value;
    }
    this.#nameCountry();
  }
}

/** From the first digit or plus sign on, with a space for each sign between digits and for the invisible characters that a clipboard adds. */
function plain(typed: string): string {
  return latinDigits(typed)
    .replace(/[^\p{L}\d+()]+/gu, " ")
    .replace(/^.*?(?=\(?[+\d])/, "")
    .trim();
}

function withoutPlans(typed: string, country: string): string | undefined {
  const digits = typed.replace(/[^+\d]/g, "").replace(/^00/, "+");
  const code = new RegExp(`${country}(\\d+)`).exec(CALLING_CODES)?.[1];
  if (digits === "" || digits.startsWith("+") || code === undefined) return digits || undefined;
  // Italy alone keeps its zero.
  return `+${code}${country === "IT" ? digits : digits.replace(/^0/, "")}`;
}
