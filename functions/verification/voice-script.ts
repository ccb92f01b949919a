import type { Locale } from "../policy/messages/locales.ts";

/** What a call says, as plain text: escape it before it becomes XML. The digits follow `code`, and follow `again`. */
export type VoiceScript = {
  /** `language` and `voice` of Twilio's <Say>. */
  readonly language: string;
  readonly voice: string;
  /** Before the key press. Names nothing secret. */
  readonly greeting: string;
  /** Right before the digits, the first time. */
  readonly code: string;
  /** Right before the digits, the second time. */
  readonly again: string;
  readonly goodbye: string;
};

/** The words of a call in one locale. */
export function voiceScript(_locale: Locale, { brand }: { readonly brand: string }): VoiceScript {
  return {
    language: "en-GB",
    voice: "Polly.Amy-Neural",
    greeting: `This is ${brand}. Press any key to hear your code.`,
    code: "Your code is:",
    again: "Once more, your code is:",
    goodbye: "Never share this code. Goodbye.",
  };
}
