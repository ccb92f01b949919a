import { isLocale, type Locale } from "../policy/messages/locales.ts";
import {
  isMac,
  isSealed,
  isVerificationId,
  isVerificationKey,
  type Mac,
  type VerificationId,
  type VerificationKey,
} from "./identifiers.ts";
import type { Keys, Random } from "./ports.ts";
import { seal, unseal } from "./seal.ts";
import { CHANNELS, type Channel, type Instant } from "./verification.ts";

/** The message of a token: its verification, and its code. */
type MessageName = { readonly key: VerificationKey; readonly code: Mac };

/** The sealed content of a callback's address: a report under it can change this one message and no other. */
export type ReportToken = MessageName & {
  readonly channel: Channel;
  readonly country: string;
  /** The pseudonym of the number, for the log. A token of an earlier release has none. */
  readonly number?: Mac | undefined;
  /** The caller's own reference, for the log. */
  readonly reference?: string | undefined;
  /** Whose message it is, for the log; nothing for the stage's own app. */
  readonly app?: string | undefined;
  /** Only if the next step of a plan is automatic, since only then it is needed. */
  readonly id?: VerificationId | undefined;
};

/** The sealed content of a call's address: the text after the key press, and its end. */
export type CallToken = MessageName & {
  readonly spoken: string;
  readonly locale: Locale;
  readonly until: Instant;
};

export type Sealing = {
  readonly keys: Pick<Keys, "callback">;
  readonly keyEpoch: number;
  readonly random: Pick<Random, "bytes">;
};
type Opening = Pick<Sealing, "keys" | "keyEpoch">;

export async function sealReport(deps: Sealing, token: ReportToken): Promise<string> {
  const { key, code, channel, country, id, number, reference, app } = token;
  const parts = [key, code, channel, country, id ?? null, number ?? null, reference, app];
  return sealed(deps, "delivery", parts);
}

/** `undefined` for a token of another maker or an old epoch, and for any changed bit. */
export async function openReport(deps: Opening, token: string): Promise<ReportToken | undefined> {
  const parts = await opened(deps, "delivery", token);
  const [key, code, channelText, country, id, number, reference, app] = parts;
  const channel = CHANNELS.find((known) => known === channelText);
  const name = messageName(key, code);
  if (name === undefined || channel === undefined || typeof country !== "string") return undefined;
  return {
    ...name,
    channel,
    country,
    ...(typeof number === "string" && isMac(number) && { number }),
    ...(typeof reference === "string" && { reference }),
    ...(typeof app === "string" && { app }),
    ...(typeof id === "string" && isVerificationId(id) && { id }),
  };
}

export async function sealCall(deps: Sealing, token: CallToken): Promise<string> {
  const { key, code, spoken, locale, until } = token;
  return sealed(deps, "call", [key, code, spoken, locale, until]);
}

/** `undefined` for a token of another maker or an old epoch, and for any changed bit. The caller checks the time. */
export async function openCall(deps: Opening, token: string): Promise<CallToken | undefined> {
  const [key, code, spoken, locale, until] = await opened(deps, "call", token);
  const name = messageName(key, code);
  // Stryker disable next-line ConditionalExpression: no value but a text is a locale; only the types ask
  const isWhole = typeof spoken === "string" && typeof locale === "string" && isLocale(locale);
  if (name === undefined || !isWhole || typeof until !== "number") return undefined;
  return { ...name, spoken, locale, until };
}

function messageName(key: unknown, code: unknown): MessageName | undefined {
  if (typeof key !== "string" || !isVerificationKey(key)) return undefined;
  return typeof code === "string" && isMac(code) ? { key, code } : undefined;
}

type Use = "delivery" | "call";

/** `<epoch>-<sealed>`: characters that need no escaping in a URL. */
async function sealed(
  { keys, keyEpoch, random }: Sealing,
  use: Use,
  parts: readonly unknown[],
): Promise<string> {
  const key = await keys.callback(keyEpoch);
  return `${keyEpoch}-${seal(key, use, JSON.stringify(parts), random)}`;
}

const TOKEN = /^(\d{1,4})-([A-Za-z0-9_-]+)$/;

// Stryker disable next-line ArrayDeclaration: an element that is no key of a verification is as good as nothing
const NOTHING: readonly unknown[] = [];

async function opened(
  { keys, keyEpoch }: Opening,
  use: Use,
  token: string,
): Promise<readonly unknown[]> {
  // Stryker disable next-line StringLiteral,ArrayDeclaration: without a match there is no epoch, and so no token
  const [, epochText, text = ""] = TOKEN.exec(token) ?? [];
  const epoch = Number(epochText);
  if (!isSealed(text) || !(Math.abs(keyEpoch - epoch) <= 1)) return NOTHING;
  const key = await keys.callback(epoch);
  try {
    return Object(JSON.parse(unseal(key, use, text)));
  } catch {
    return NOTHING;
  }
}
