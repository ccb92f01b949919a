import { createHmac, timingSafeEqual } from "node:crypto";
import * as v from "valibot";
import type { Clock, FaultLog } from "../../verification/ports.ts";
import type { DeliveryReport, ReportRequest } from "../../verification/report.ts";
import type { CallNews } from "../../verification/speak.ts";
import { reportOutcome } from "./outcomes.ts";
import { callPath, deliveryPath, TWILIO_CALLBACKS } from "./paths.ts";
import { speechTwiml } from "./twiml.ts";

/** The parameters of a form in their order; one name may come more than once. */
export type FormParameters = readonly (readonly [name: string, value: string])[];

/** The address as Twilio received it, the parameters, and the signature. */
export type SignedRequest = {
  readonly url: string;
  readonly parameters: FormParameters;
  readonly signature: string;
};

/**
 * Twilio's signature: HMAC-SHA-1 under the account's auth token over the address and every parameter, known or not, sorted by name. A repeated
 * name counts with each of its different values, sorted, as in Twilio's own client.
 * https://www.twilio.com/docs/usage/security#validating-requests
 */
export function twilioSignature(
  authToken: string,
  { url, parameters }: Pick<SignedRequest, "url" | "parameters">,
): string {
  const values = Map.groupBy(parameters, ([name]) => name);
  const parts = [...values.keys()].sort().flatMap((name) => {
    // Stryker disable next-line OptionalChaining: the name is a key of this very map
    const different = new Set(values.get(name)?.map(([, value]) => value));
    return [...different].sort().map((value) => name + value);
  });
  return createHmac("sha1", authToken)
    .update([url, ...parts].join(""))
    .digest("base64");
}

export const AUTH_TOKEN = /^[0-9a-fA-F]{32}$/;

const AUTH_TOKENS = v.object({
  authTokens: v.pipe(
    v.array(v.pipe(v.string(), v.regex(AUTH_TOKEN))),
    v.minLength(1),
    v.maxLength(2),
  ),
});

/** The auth tokens of a secret: one, or two during a rotation. The error quotes nothing of the secret. */
export function parseAuthTokens(secret: unknown): readonly string[] {
  const result = v.safeParse(AUTH_TOKENS, secret);
  if (result.success) return result.output.authTokens;
  throw new Error("the secret must hold authTokens, one or two of 32 hex digits");
}

/** An auth token is kept this long after a signature that does not fit: a forger must not cause a read of the secret with every request. */
const REREAD_MILLISECONDS = 60_000;

/** Whether Twilio signed a request. Tokens are read again after a change, at most once a minute. */
export function twilioSignatures(readTokens: () => Promise<readonly string[]>, clock: Clock) {
  let known: { readonly tokens: readonly string[]; readonly readAt: number } | undefined;
  return async (request: SignedRequest): Promise<boolean> => {
    if (known !== undefined) {
      if (isSigned(request, known.tokens)) return true;
      if (clock() - known.readAt < REREAD_MILLISECONDS) return false;
    }
    known = { tokens: await readTokens(), readAt: clock() };
    return isSigned(request, known.tokens);
  };
}

function isSigned(request: SignedRequest, tokens: readonly string[]): boolean {
  const given = Buffer.from(request.signature);
  return tokens.some((token) =>
    spellings(request.url).some((url) => {
      const expected = Buffer.from(twilioSignature(token, { ...request, url }));
      return expected.byteLength === given.byteLength && timingSafeEqual(expected, given);
    }),
  );
}

/** Twilio signs some addresses with their default port. */
function spellings(url: string): readonly string[] {
  return [url, url.replace(/^(https:\/\/[^/:]+)(?=\/)/, "$1:443")];
}

type News = Omit<ReportRequest, "token">;

/** The report of a message or a call in a callback; `undefined` for one that is not final. Logs faults that an operator can fix. */
export function twilioNews(logFault: FaultLog) {
  return (parameters: FormParameters): News | undefined => {
    const form = new Map(parameters);
    const news = messageNews(form) ?? callNews(form);
    if (news?.page !== undefined) logFault("delivery-failed", new Error(news.page));
    return news && { ...named(news.messageId), report: news.report };
  };
}

/** The call of a form, and whether a key was pressed in it. */
function twilioCall(parameters: FormParameters): CallNews {
  const form = new Map(parameters);
  const sid = form.get("CallSid");
  return { ...(sid === undefined ? {} : named(sid)), hasPressed: Boolean(form.get("Digits")) };
}

/** Twilio's part of the route of deliveries, beside its signature. */
export function twilioDeliveries(logFault: FaultLog) {
  const { signatureHeader } = TWILIO_CALLBACKS;
  return { pathOf: deliveryPath, signatureHeader, newsIn: twilioNews(logFault) } as const;
}

/** Twilio's part of the route of calls, beside its signature. */
export const TWILIO_CALLS = {
  pathOf: callPath,
  signatureHeader: TWILIO_CALLBACKS.signatureHeader,
  callIn: twilioCall,
  markup: speechTwiml,
} as const;

function named(messageId: string) {
  return { provider: "twilio", messageId } as const;
}

type Form = ReadonlyMap<string, string>;
type PagedNews = News & { readonly page?: string | undefined };

/** Meanings by the words of a form, which may be missing: a map, since an object also answers to `constructor`. */
type Words<Meaning> = ReadonlyMap<string | undefined, Meaning>;

/** The final ones. The others add nothing that a caller needs, and storing `sent` would be a write for each message. https://www.twilio.com/docs/messaging/api/message-resource#message-status-values */
const MESSAGE_STATUSES: Words<"delivered" | "undelivered"> = new Map([
  ["delivered", "delivered"],
  ["read", "delivered"],
  ["undelivered", "undelivered"],
  ["failed", "undelivered"],
  ["canceled", "undelivered"],
]);

function messageNews(form: Form): PagedNews | undefined {
  const sid = String(form.get("MessageSid"));
  const delivery = MESSAGE_STATUSES.get(form.get("MessageStatus"));
  if (!/^(SM|MM)[0-9a-fA-F]{32}$/.test(sid) || delivery === undefined) return undefined;
  return delivery === "undelivered"
    ? failed(sid, form.get("ErrorCode"))
    : { ...named(sid), report: { delivery, ...(isByRcs(form) && { upgrade: "rcs" }) } };
}

/**
 * An RCS sender has an address of its own kind (https://www.twilio.com/docs/rcs/send-an-rcs-message), and callbacks of messages that are no SMS
 * name their kind.
 */
function isByRcs(form: Form): boolean {
  return form.get("ChannelPrefix") === "rcs" || /^rcs:/.test(form.get("From") ?? "");
}

function failed(sid: string, code: string | undefined): PagedNews {
  const { reason, page } = reportOutcome(code);
  const known = /^\d{1,5}$/.test(String(code)) ? code : "unknown";
  const report: DeliveryReport =
    reason === "unsaid" ? { delivery: "unsaid" } : { delivery: "undelivered", reason };
  return { ...named(sid), report, page: page ? `Twilio error ${known}` : undefined };
}

/** A call that was answered and ended is no delivery: it was noted when a key was pressed and the code was spoken. */
const CALL_ENDS: Words<"no-answer" | "busy" | "failed"> = new Map([
  ["completed", "no-answer"],
  ["no-answer", "no-answer"],
  ["busy", "busy"],
  ["failed", "failed"],
  ["canceled", "failed"],
]);

/** A carrier's reason for a failed call (RFC 3261 §21): the number does not exist, or its owner declined. */
const SIP_REASONS: Words<"not-in-service" | "busy"> = new Map([
  ["404", "not-in-service"],
  ["410", "not-in-service"],
  ["484", "not-in-service"],
  ["604", "not-in-service"],
  ["486", "busy"],
  ["600", "busy"],
  ["603", "busy"],
]);

function callNews(form: Form): PagedNews | undefined {
  const sid = String(form.get("CallSid"));
  const end = CALL_ENDS.get(form.get("CallStatus"));
  if (!/^CA[0-9a-fA-F]{32}$/.test(sid) || end === undefined) return undefined;
  const code = form.get("ErrorCode");
  if (end === "failed" && code !== undefined) return failed(sid, code);
  const reason = end === "failed" ? SIP_REASONS.get(form.get("SipResponseCode")) : end;
  return { ...named(sid), report: { delivery: "undelivered", reason: reason ?? end } };
}
