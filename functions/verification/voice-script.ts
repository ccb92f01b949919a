import { GREETINGS } from "../policy/messages/greetings.ts";
import type { Locale } from "../policy/messages/locales.ts";
import { SCRIPTS } from "../policy/messages/scripts.ts";
import type { VoiceTexts } from "../policy/messages/texts.ts";
import {
  OTHER_VOICES,
  SAY_LANGUAGES,
  SPOKEN_INSTEAD,
  type SpokenLocale,
  STANDARD_VOICE,
} from "../policy/messages/voices.ts";

/** `language` and `voice` of Twilio's <Say>. Every text beside them is plain: escape it before it becomes XML. */
export type Voice = { readonly language: string; readonly voice: string };

/** The prompt of a call before the key press. It holds no secret. */
export type VoiceGreeting = Voice & { readonly greeting: string };

/** The prompt of a call after the key press. */
export type VoiceScript = Voice & VoiceTexts;

/** Separate from the script, so that the functions that send hold nothing of the prompt after the key press. */
export function voiceGreeting(
  locale: Locale,
  { brand }: { readonly brand: string },
): VoiceGreeting {
  const spoken = spokenFor(locale);
  return { ...voiceOf(spoken), greeting: GREETINGS[spoken].replace("{brand}", () => brand) };
}

export function voiceScript(locale: Locale): VoiceScript {
  const spoken = spokenFor(locale);
  return { ...voiceOf(spoken), ...SCRIPTS[spoken] };
}

function spokenFor(locale: Locale): SpokenLocale {
  return hasNoVoice(locale) ? SPOKEN_INSTEAD[locale] : locale;
}

function hasNoVoice(locale: Locale): locale is keyof typeof SPOKEN_INSTEAD {
  return Object.hasOwn(SPOKEN_INSTEAD, locale);
}

function voiceOf(locale: SpokenLocale): Voice {
  const language = SAY_LANGUAGES[locale];
  const voice = OTHER_VOICES[locale] ?? STANDARD_VOICE.replace("{language}", language);
  return { language, voice };
}
