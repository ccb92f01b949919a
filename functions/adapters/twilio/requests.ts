import type { Message } from "../../verification/ports.ts";
import { callPath, deliveryPath } from "./paths.ts";
import { NotSent } from "./transport.ts";
import { greetingTwiml } from "./twiml.ts";

/** Twilio's parameter for who sends. */
export type SmsSender = { readonly From: string } | { readonly MessagingServiceSid: string };

/** The senders beside the one of the credentials, and the address for Twilio's callbacks. */
export type Senders = {
  /** The public address of the API, without a slash at its end. */
  readonly publicUrl: string;
  /** See paths.ts. */
  readonly callbackPass: string;
  /** By the country of the number; every other country has the sender of the credentials. */
  readonly sms?: ReadonlyMap<string, SmsSender>;
  readonly whatsApp?: WhatsAppSender | undefined;
  /** A number in E.164 that may call. */
  readonly voiceFrom?: string | undefined;
};

/** A number with a WhatsApp profile, and its approved authentication template by Meta's name of its language. The first is for all others. */
export type WhatsAppSender = {
  readonly from: string;
  readonly templates: readonly { readonly language: string; readonly contentSid: string }[];
};

/** The senders from the texts of an environment. Throws for malformed ones. */
export function sendersIn(texts: {
  readonly PUBLIC_URL: string;
  readonly CALLBACK_PASS: string;
  readonly SMS_SENDERS: string;
  readonly WHATSAPP_FROM: string;
  readonly WHATSAPP_TEMPLATES: string;
  readonly VOICE_FROM: string;
}): Senders {
  const { SMS_SENDERS, WHATSAPP_FROM, WHATSAPP_TEMPLATES, VOICE_FROM } = texts;
  const from = WHATSAPP_FROM === "" ? undefined : WHATSAPP_FROM;
  return {
    publicUrl: texts.PUBLIC_URL,
    callbackPass: texts.CALLBACK_PASS,
    sms: new Map(SMS_SENDERS === "" ? [] : SMS_SENDERS.split(",").flatMap(smsSendersIn)),
    whatsApp:
      from === undefined
        ? undefined
        : { from, templates: WHATSAPP_TEMPLATES.split(",").map(templateIn) },
    voiceFrom: VOICE_FROM === "" ? undefined : VOICE_FROM,
  };
}

/** `US.CA=MG…` or `ES=Acme`. */
function smsSendersIn(text: string): readonly (readonly [country: string, SmsSender])[] {
  const [, countries, sender] = /^([A-Z]{2}(?:\.[A-Z]{2})*)=([^=]+)$/.exec(text) ?? [];
  if (countries === undefined || sender === undefined)
    throw new Error("a sender of SMS is countries=sender");
  const isService = /^MG[0-9a-fA-F]{32}$/.test(sender);
  const parameter = isService ? { MessagingServiceSid: sender } : { From: sender };
  return countries.split(".").map((country) => [country, parameter]);
}

function templateIn(text: string) {
  if (!/^[A-Za-z_]+=HX[0-9a-fA-F]{32}$/.test(text))
    throw new Error("a WhatsApp template is language=ContentSid");
  const end = text.indexOf("=");
  return { language: text.slice(0, end), contentSid: text.slice(end + 1) };
}

type Of<Channel extends Message["channel"]> = Extract<Message, { channel: Channel }>;

/**
 * The address of a message's callbacks. The fragment configures Twilio's retries: two more, after any failure; it is neither sent nor signed.
 * https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides
 */
function statusCallback({ publicUrl, callbackPass }: Senders, { reportToken }: Message): string {
  return `${publicUrl}${deliveryPath(reportToken, callbackPass)}#rc=2&rp=all`;
}

export function smsRequest(message: Of<"sms">, senders: Senders) {
  return {
    To: message.to,
    Body: message.text,
    // An expired code must not arrive at all.
    ValidityPeriod: message.lifetimeSeconds,
    Attempt: message.attempt,
    // Promises the feedback that `report-outcome` gives, from which Twilio learns which traffic is pumping.
    ProvideFeedback: true,
    // A typographic quote in the brand would otherwise double the price of the message.
    SmartEncoded: true,
    StatusCallback: statusCallback(senders, message),
  };
}

/** The words are Meta's, in the template's language; the code is the only variable. https://www.twilio.com/docs/content/whatsappauthentication */
export function whatsAppRequest(message: Of<"whatsapp">, senders: Senders) {
  const { whatsApp } = senders;
  const sent = whatsApp && templateFor(message.language, whatsApp);
  if (sent === undefined) throw new NotSent("no WhatsApp sender and template");
  return {
    To: `whatsapp:${message.to}`,
    From: `whatsapp:${sent.from}`,
    ContentSid: sent.contentSid,
    ContentVariables: JSON.stringify({ 1: message.code }),
    ValidityPeriod: message.lifetimeSeconds,
    Attempt: message.attempt,
    StatusCallback: statusCallback(senders, message),
  };
}

/** The template of the language, else of its base (`pt` for `pt_BR`), else the first; and who sends it. */
function templateFor(language: string, { from, templates }: WhatsAppSender) {
  const [base] = language.split("_");
  return [language, base]
    .map((wanted) => templates.find((template) => template.language === wanted))
    .concat(templates[0])
    .flatMap((template) => (template ? { from, contentSid: template.contentSid } : []))
    .at(0);
}

/** 20 s, to which Twilio may add 5, end before most voicemails answer. */
const RINGING_SECONDS = 20;
/**
 * A call that speaks a code twice takes about 45 s. One minute is reserved for a call (prices.ts) and Twilio bills each started one, so a person
 * who answers slowly must not reach a second.
 */
const LONGEST_CALL_SECONDS = 55;

export function callRequest(message: Of<"voice">, senders: Senders) {
  const { publicUrl, callbackPass, voiceFrom } = senders;
  if (voiceFrom === undefined) throw new NotSent("no number to call from");
  return {
    To: message.to,
    From: voiceFrom,
    Twiml: greetingTwiml(message.greeting, publicUrl + callPath(message.callToken, callbackPass)),
    Timeout: RINGING_SECONDS,
    TimeLimit: LONGEST_CALL_SECONDS,
    Record: false,
    // For the end only, Twilio's default.
    StatusCallback: statusCallback(senders, message),
  };
}
