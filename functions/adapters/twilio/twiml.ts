import type { Speech } from "../../verification/speak.ts";
import type { Voice, VoiceGreeting, VoiceScript } from "../../verification/voice-script.ts";

/** How long a call waits for the key after each prompt. */
const PATIENCE_SECONDS = 7;

/**
 * The first prompt of a call: the sender, and that a key must be pressed. It is part of the request and of Twilio's record of the call, so it
 * holds no code. https://www.twilio.com/docs/voice/twiml/gather
 */
export function greetingTwiml(greeting: VoiceGreeting, nextUrl: string): string {
  const ask = say(greeting, greeting.greeting);
  // Without a finish key, every key counts as input.
  const gather = `<Gather numDigits="1" finishOnKey="" timeout="${PATIENCE_SECONDS}" method="POST" action="${escaped(nextUrl)}">${ask}</Gather>`;
  return `${HEAD}<Response>${gather}${gather}</Response>`;
}

/** The prompt after the key press. If there is no code, a sentence and the end of the call. */
export function speechTwiml(speech: Exclude<Speech, { readonly kind: "foreign" }>): string {
  const { script } = speech;
  if (speech.kind === "over") return `${HEAD}<Response>${say(script, script.goodbye)}</Response>`;
  return codeTwiml(script, speech.code);
}

/** The digits one by one, twice. */
function codeTwiml(script: VoiceScript, code: string): string {
  const digits = [...code].join(", ");
  const said = [script.code, script.again].map((words) => say(script, `${words} ${digits}.`));
  return `${HEAD}<Response>${said.join(PAUSE)}${PAUSE}${say(script, `${script.warning} ${script.goodbye}`)}</Response>`;
}

const HEAD = '<?xml version="1.0" encoding="UTF-8"?>';
const PAUSE = '<Pause length="1"/>';

function say({ language, voice }: Voice, words: string): string {
  return `<Say language="${escaped(language)}" voice="${escaped(voice)}">${escaped(words)}</Say>`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&apos;",
};

/** XML 1.0 §2.4, without the characters that no XML may hold (§2.2). */
function escaped(text: string): string {
  return text
    .replace(/[&<>"']/g, (letter) => ENTITIES[letter] ?? letter)
    .replace(/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, "");
}
