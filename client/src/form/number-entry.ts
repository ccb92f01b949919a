import { latinDigits } from "./digits.ts";
import { make, write } from "./elements.ts";
import { namesOf } from "./language.ts";
import type { View } from "./view.ts";

type Formatting = typeof import("./formatting.ts");

/** Anything else is left as it was typed, for the person to see. */
const IS_NUMBER = /^[+\d\s().\-–/]*\d[\d\s().\-–/]*$/;

/** The field of the number and the list of its countries. */
export class NumberEntry {
  readonly #view: View["number"];
  #formatting: Formatting | undefined;
  #offered: readonly string[] = [];
  #locale = "en";
  #shown = "";

  constructor({ number }: View) {
    this.#view = number;
    void this.load();
    number.field.addEventListener("input", () => this.#follow());
    for (const element of [number.field, number.country])
      element.addEventListener("change", () => this.#format());
  }

  /** Whether the plans are there, by which a number is read. */
  get isReady(): boolean {
    return this.#formatting !== undefined;
  }

  /** Fetches the plans, again where they did not come. Without them the form works all the same: the API judges what is typed. */
  async load(): Promise<void> {
    const formatting = await import("./formatting.ts").catch(() => undefined);
    if (formatting !== undefined && !this.isReady) this.#take(formatting);
  }

  /** As it stands there. */
  get text(): string {
    return this.#view.field.value;
  }

  set text(typed: string) {
    this.#view.field.value = typed;
    this.#format();
  }

  /** Fills the list, in the language of the reader. What was chosen of the same countries stays chosen. */
  offer(countries: readonly string[], chosen: string, locale: string): void {
    const isSame = this.#offered.join() === countries.join();
    this.#offered = countries;
    this.#locale = locale;
    this.#list(isSame ? this.#view.country.value : chosen);
  }

  /** E.164; `undefined` where what was typed is no number. Where the plans could not be loaded, what was typed, for the API to judge. */
  read(): string | undefined {
    const typed = latinDigits(this.text);
    if (this.#formatting === undefined) return typed.replace(/[^+\d]/g, "") || undefined;
    return this.#formatting.typedNumber(typed, this.#view.country.value).e164;
  }

  #take(formatting: Formatting): void {
    this.#formatting = formatting;
    this.#list(this.#view.country.value);
    this.#format();
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

  /** What of the country is to be seen beside the number: one that is the only one needs no name. */
  #nameCountry(): void {
    const { country, land, region, code } = this.#view;
    land.classList.toggle("only", this.#offered.length === 1);
    write(region, country.value);
    write(code, this.#formatting?.callingCode(country.value) ?? "");
  }

  /** Taking away and changing in the middle is left alone: the caret must not jump. */
  #follow(): void {
    const { value, selectionEnd } = this.#view.field;
    if (selectionEnd === value.length && value.length > this.#shown.length) this.#format();
    this.#shown = this.text;
  }

  #format(): void {
    const { field, country } = this.#view;
    const typed = latinDigits(field.value);
    if (this.#formatting !== undefined && IS_NUMBER.test(typed)) {
      const { text, country: meant } = this.#formatting.typedNumber(typed, country.value);
      if (meant !== undefined && this.#offered.includes(meant)) country.value = meant;
      field.value = text;
      this.#shown = text;
    }
    this.#nameCountry();
  }
}
