import type { Locale } from "../policy/messages/locales.ts";

/** `language` and `voice` of Twilio's <Say>. Every text beside them is plain: escape it before it becomes XML. */
export type Voice = { readonly language: string; readonly voice: string };

/** What a call says before the key press. Nothing secret. */
export type VoiceGreeting = Voice & { readonly greeting: string };

/** What a call says after the key press. */
export type VoiceScript = Voice & {
  /** Right before the digits, the first time. */
  readonly code: string;
  /** Right before the digits, the second time. */
  readonly again: string;
  /** After the digits: that the code is nobody else's business. */
  readonly warning: string;
  /** The last words, also where nobody pressed a key. */
  readonly goodbye: string;
};

/** Apart from the script, so that the functions that send hold nothing of what only the call's own function says. */
export function voiceGreeting(
  _locale: Locale,
  { brand }: { readonly brand: string },
): VoiceGreeting {
  const greeting = `This is ${brand}. Press any key to hear your code.`;
  return { language: "en-GB", voice: "Google.en-GB-Standard-A", greeting };
}

export function voiceScript(_locale: Locale): VoiceScript {
  return {
    language: "en-GB",
    voice: "Google.en-GB-Standard-A",
    code: "Your code is:",
    again: "Once more, your code is:",
    warning: "Never share this code.",
    goodbye: "Goodbye.",
  };
}
