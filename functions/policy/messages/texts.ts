import type { Purpose } from "../../verification/verification.ts";

/**
 * How long a code is good for, said of one minute, and of each further number from which on it is said otherwise. A code lives five minutes at
 * most, so these are all the numbers there are, and no rule of plurals is asked at run time.
 */
export type MinuteForms = {
  readonly 1: string;
  readonly 2?: string;
  readonly 3?: string;
  readonly 5?: string;
};

/**
 * The lines of an SMS in one language: what the code is for, with {code} and {brand}, how long it is good for, with {minutes}, and a warning.
 * No text of a caller ever enters a message (OWASP API4:2023: an open relay is what spammers look for). A character outside GSM-7 makes a
 * segment hold 70 characters and not 160, so where a language has good words without one, they were taken; words are never misspelt for it.
 * In languages that are read from right to left, words of theirs stand between the code and the brand: side by side the two would be one piece
 * that is read from left to right, with the code at its wrong end.
 */
export type SmsTexts = Readonly<Record<Purpose, string>> & {
  readonly minutes: MinuteForms;
  readonly warning: string;
};

/** What a call says after the key press. The digits follow `code`, and follow `again`. */
export type VoiceTexts = {
  readonly code: string;
  readonly again: string;
  readonly warning: string;
  readonly goodbye: string;
};
