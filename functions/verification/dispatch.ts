import { LIMITS, type Limits } from "../policy/limits.ts";
import type { Locale } from "../policy/messages/locales.ts";
import { type ChannelSettings, channelsFor } from "./channels.ts";
import { appOf, type Mac, type Phone, type VerificationId } from "./identifiers.ts";
import { composeSms, type Sms } from "./message.ts";
import type { Refusal } from "./outcomes.ts";
import type {
  Clock,
  FaultLog,
  Message,
  MessageSender,
  SendOutcome,
  VerificationStore,
} from "./ports.ts";
import { type Sealing, sealCall, sealReport } from "./tokens.ts";
import type { Instant, SentCode, Verification } from "./verification.ts";
import { voiceGreeting } from "./voice-script.ts";
import { whatsAppLanguage } from "./whatsapp-language.ts";

export type DispatchDeps = Sealing & {
  readonly verifications: Pick<VerificationStore, "noteDelivery">;
  readonly sender: MessageSender;
  readonly clock: Clock;
  readonly logFault: FaultLog;
  readonly brand: string;
  readonly channels: ChannelSettings;
  /** The eleven characters by which an Android app gets its messages; empty for none. */
  readonly androidAppHash: string;
  readonly limits: Pick<Limits, "codeLifetimeSeconds">;
};

export type OutgoingCode = {
  readonly id: VerificationId;
  readonly to: Phone;
  readonly code: string;
  readonly sent: SentCode;
  readonly verification: Verification;
  /** When its number took the turn for it. */
  readonly turn: Instant;
};

/**
 * Sends one code to the provider. After a definite refusal the caller undoes its writes, and the number's turn last: while the turn is held no
 * other request can write a code. Without an answer the message may be on its way, so the turn stays spent and nothing is sent twice.
 */
export async function dispatch(
  deps: DispatchDeps,
  issued: OutgoingCode,
): Promise<Verification | Refusal> {
  const { verification, sent } = issued;
  const message = await messageOf(deps, issued);
  if (isTooLate(deps, issued)) {
    deps.logFault("message-too-late", new Error("frozen between a turn and its message"));
    return { kind: "refused", why: "provider-unavailable" };
  }
  const outcome = await handOver(deps, message);
  if (outcome.kind === "refused") {
    const open = channelsFor(verification.country, deps.channels);
    const channels = open.filter((channel) => channel !== sent.channel);
    return ALLOWS_ANOTHER_CHANNEL.has(outcome.why) ? { ...outcome, channels } : outcome;
  }
  const { kind, ...name } = outcome;
  const delivery = kind === "accepted" ? "queued" : "unknown";
  await noteDelivery(deps, { key: verification.key, code: sent.mac, delivery, ...name });
  return { ...verification, delivery };
}

/** Other turns were taken since, and a message beside theirs would exceed the number's limit. */
function isTooLate(
  { clock }: Pick<DispatchDeps, "clock">,
  { turn }: Pick<OutgoingCode, "turn">,
): boolean {
  return clock() - turn > LIMITS.startPatienceSeconds * 1_000;
}

/** After any fault of a sender the message may be on its way. */
async function handOver(
  { sender, logFault }: Pick<DispatchDeps, "sender" | "logFault">,
  message: Message,
): Promise<SendOutcome> {
  try {
    return await sender.send(message);
  } catch (fault) {
    logFault("message-unanswered", fault);
    // Stryker disable next-line ObjectLiteral,StringLiteral: whatever is neither accepted nor refused is unknown
    return { kind: "unknown" };
  }
}

/** Refusals after which another channel may work. */
const ALLOWS_ANOTHER_CHANNEL: ReadonlySet<string> = new Set([
  "channel-not-available",
  "recipient-opted-out",
]);

async function messageOf(deps: DispatchDeps, issued: OutgoingCode): Promise<Message> {
  const { id, to, code, sent, verification } = issued;
  const { key, country, locale, codes } = verification;
  const lifetimeSeconds = Math.floor((sent.expiresAt - deps.clock()) / 1_000);
  const { channel, mac } = sent;
  const reportToken = await sealReport(deps, {
    key,
    code: mac,
    channel,
    country,
    number: verification.number,
    reference: verification.reference,
    app: appOf(id),
    id: deps.channels.isPlanAutomatic ? id : undefined,
  });
  const outgoing = { to, country, lifetimeSeconds, reportToken, attempt: codes.length } as const;
  switch (channel) {
    case "sms":
      return {
        ...outgoing,
        channel,
        text: smsOf(deps, verification, { code, lifetimeSeconds }).text,
      };
    case "whatsapp":
      return { ...outgoing, channel, code, language: whatsAppLanguage(locale) };
    case "voice":
      return {
        ...outgoing,
        channel,
        greeting: voiceGreeting(locale, deps),
        callToken: await callToken(deps, { key, code: mac, spoken: code, locale }),
      };
  }
}

type Words = Pick<Verification, "purpose" | "locale" | "platform" | "originHost">;

function smsOf(
  { brand, androidAppHash }: Pick<DispatchDeps, "brand" | "androidAppHash">,
  { purpose, locale, platform, originHost }: Words,
  { code, lifetimeSeconds }: { readonly code: string; readonly lifetimeSeconds: number },
): Sms {
  return composeSms({
    purpose,
    locale,
    platform,
    brand,
    code,
    lifetimeSeconds,
    originHost,
    androidAppHash: androidAppHash === "" ? undefined : androidAppHash,
  });
}

/** The number of billed segments, before there is a message: all codes of one length cost the same. */
export function segmentsFor(
  deps: Pick<DispatchDeps, "brand" | "androidAppHash" | "limits">,
  words: Words & Pick<Verification, "codeLength">,
): number {
  const code = "0".repeat(words.codeLength);
  const lifetimeSeconds = deps.limits.codeLifetimeSeconds;
  return smsOf(deps, words, { code, lifetimeSeconds }).segments;
}

/** Ringing, listening and pressing a key take less than two minutes; a longer lifetime only helps a thief. */
const SPEAKABLE_SECONDS = 120;

type Spoken = { readonly key: Verification["key"]; readonly code: Mac } & {
  readonly spoken: string;
  readonly locale: Locale;
};

function callToken(deps: DispatchDeps, spoken: Spoken): Promise<string> {
  return sealCall(deps, { ...spoken, until: deps.clock() + SPEAKABLE_SECONDS * 1_000 });
}

/** The message is sent: a lost note must not change the caller's answer. */
async function noteDelivery(
  deps: DispatchDeps,
  note: Parameters<VerificationStore["noteDelivery"]>[0],
): Promise<void> {
  try {
    await deps.verifications.noteDelivery(note);
  } catch (fault) {
    deps.logFault("delivery-not-noted", fault);
  }
}
