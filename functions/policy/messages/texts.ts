import type { Purpose } from "../../verification/verification.ts";

/**
 * The lifetime of a code in words: for one minute, and for each further number from which the form changes. A code lives five minutes at most, so
 * these are all numbers, and no plural rules are needed at run time.
 */
export type MinuteForms = {
  readonly 1: string;
  readonly 2?: string;
  readonly 3?: string;
  readonly 5?: string;
};

/**
 * The lines of an SMS in one language: the purpose, with {code} and {brand}, the lifetime, with {minutes}, and a warning. No text of a caller
 * enters a message (OWASP API4:2023: spammers look for an open relay). A character outside GSM-7 makes a segment hold 70 characters and not 160,
 * so the texts avoid them where the language has good words without them; no word is misspelt for it. In right-to-left languages, words of the
 * language stand between the code and the brand: side by side the two would be one left-to-right run, with the code at its wrong end.
 */
export type SmsTexts = Readonly<Record<Purpose, string>> & {
  readonly minutes: MinuteForms;
  readonly warning: string;
};

/** The prompt of a call after the key press. The digits follow `code`, and follow `again`. */
export type VoiceTexts = {
  readonly code: string;
  readonly again: string;
  readonly warning: string;
  readonly goodbye: string;
};
