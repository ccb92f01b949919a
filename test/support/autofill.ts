import { SegmentedMessage } from "sms-segments-calculator";

/** How devices read a code out of a message, by the documents of their makers and not by our code. */

export type OriginBoundCode = {
  readonly host: string;
  readonly code: string;
  readonly embeddedHost?: string;
};

/** WICG, "Origin-bound one-time codes delivered via SMS", §2.2: the last line, a host behind @, one space, a code behind #. */
export function originBoundCode(message: string): OriginBoundCode | undefined {
  const line = message.replace(/\r\n?/g, "\n").split("\n").at(-1) ?? "";
  const [, host, code, embeddedHost] =
    /^@([^\t\n\f\r ]+) #([^\t\n\f\r ]+)(?: @([^\t\n\f\r ]+))?/.exec(line) ?? [];
  if (host === undefined || code === undefined) return undefined;
  return embeddedHost === undefined ? { host, code } : { host, code, embeddedHost };
}

/** Chromium asks more of a host than the specification does: letters, digits, dots and hyphens. */
export function isReadByChromium(host: string): boolean {
  return /^[a-zA-Z0-9.-]+$/.test(host);
}

/** SMS Retriever (Android): at most 140 bytes, a one-time code, and the eleven characters of the app, which we let end the message. */
export function retrievedCode(message: string, appHash: string): string | undefined {
  const { encodingName } = new SegmentedMessage(message);
  const bytes = encodingName === "GSM-7" ? message.length : 2 * message.length;
  if (bytes > 140 || !message.endsWith(`\n${appHash}`)) return undefined;
  return codeAmongWords(message.slice(0, -appHash.length));
}

/** What iOS and Android's keyboards look for: the one run of four to ten digits that stands in the words. */
export function codeAmongWords(message: string): string | undefined {
  const runs = [...message.matchAll(/(?<!\d)\d{4,10}(?!\d)/g)].map(([run]) => run);
  return runs.length === 1 ? runs[0] : undefined;
}
