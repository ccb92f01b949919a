/** The phone library and the numbering plans of all countries. Loaded separately, once a form is on a page. */
import { AsYouType, getCountryCallingCode, isSupportedCountry } from "libphonenumber-js/min";

export type Typed = {
  /** As people of the country write it, as far as it is typed. */
  readonly text: string;
  /** E.164; `undefined` while it is too short or too long to be a number. */
  readonly e164: string | undefined;
  /** The country of a number that was typed with its country code. */
  readonly country: string | undefined;
};

export function typedNumber(text: string, country: string): Typed {
  const typing = new AsYouType(isSupportedCountry(country) ? country : undefined);
  // "+44 (0)7700 …" and "(+44) 7700 …" are how letterheads write it.
  const formatted = typing.input(text.replace(/^\(?(\+\d+)\)?\s*(?:\(0\))?/, "$1 "));
  const number = typing.getNumber();
  return {
    text: formatted,
    e164: number?.isPossible() === true ? number.number : undefined,
    country: typing.isInternational() ? typing.getCountry() : undefined,
  };
}

/** `+44`; nothing for a country without a plan. */
export function callingCode(country: string): string {
  return isSupportedCountry(country) ? `+${getCountryCallingCode(country)}` : "";
}
