import type { IncomingMessage, ServerResponse } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import * as v from "valibot";
import type { TwilioCredentials } from "../../functions/adapters/twilio/credentials.ts";
import type { Phone } from "../../functions/verification/identifiers.ts";
import { masked } from "../../functions/verification/view.ts";
import { readBody } from "../bodies.ts";
import { close, listen, localUrl, serverOf } from "../listening.ts";
import type { Stop } from "../stops.ts";
import { helpFor } from "./refusal-help.ts";

/** The phone that receives real messages, and the account that sends them. The credentials stay in memory. */
export type RealNumber = {
  readonly to: Phone;
  readonly credentials: TwilioCredentials;
  readonly twilioUrl: string;
  /** A line for the terminal. Holds no code and no whole number. */
  readonly tell: (line: string) => void;
};

const MOST_BYTES = 64 * 1_024;
const POLL_MILLISECONDS = 2_000;
/** Three minutes at that pace. Prices come later than deliveries. */
const MOST_POLLS = 90;
const PATIENCE_MILLISECONDS = 10_000;

const CREATE = /^\/2010-04-01\/Accounts\/AC[0-9a-f]{32}\/Messages\.json$/i;
const OF_MESSAGE = /^\/2010-04-01\/Accounts\/AC[0-9a-f]{32}\/Messages\/((?:SM|MM)[0-9a-f]{32})/i;

const MESSAGE = v.object({
  sid: v.string(),
  status: v.string(),
  error_code: v.nullish(v.number()),
  price: v.nullish(v.string()),
  price_unit: v.nullish(v.string()),
});
type Message = v.InferOutput<typeof MESSAGE>;
const FAULT = v.object({ code: v.number() });

/**
 * A proxy between the functions and the emulator. Requests about an SMS to the one number go to Twilio with the owner's key and sender; all others go to the emulator. Twilio cannot send callbacks to this machine, so the delivery is polled.
 */
export async function startRealNumber(
  real: RealNumber,
  emulatorUrl: string,
): Promise<{ readonly baseUrl: string; readonly stop: Stop }> {
  const sent = new Set<string>();
  const stopping = new AbortController();
  const server = serverOf(async (request, response) => {
    const form = new URLSearchParams(String((await readBody(request, MOST_BYTES)) ?? ""));
    const path = request.url ?? "";
    const isReal = CREATE.test(path)
      ? form.get("To") === real.to
      : sent.has(OF_MESSAGE.exec(path)?.[1] ?? "");
    if (!isReal) return forward(emulatorUrl, request, response, form);
    const answer = await ask(real, request.method ?? "GET", path, realForm(real, form, path));
    response
      .writeHead(answer.status, { "content-type": "application/json" })
      .end(JSON.stringify(answer.body));
    if (CREATE.test(path)) report(real, answer, sent, stopping.signal);
  });
  const port = await listen(server);
  return {
    baseUrl: localUrl(port),
    stop: () => {
      stopping.abort();
      return close(server);
    },
  };
}

/** The same message from the owner's sender, without an address that Twilio could not reach. */
function realForm({ credentials }: RealNumber, form: URLSearchParams, path: string) {
  if (!CREATE.test(path)) return form;
  const own = new URLSearchParams(form);
  for (const name of ["From", "MessagingServiceSid", "StatusCallback"]) own.delete(name);
  if ("from" in credentials) own.set("From", credentials.from);
  else own.set("MessagingServiceSid", credentials.messagingServiceSid);
  return own;
}

type Answer = { readonly status: number; readonly body: unknown };

async function ask(
  { credentials, twilioUrl }: RealNumber,
  method: string,
  path: string,
  form?: URLSearchParams,
): Promise<Answer> {
  const { accountSid, apiKeySid, apiKeySecret } = credentials;
  const own = path.replace(/\/Accounts\/AC[0-9a-f]{32}/i, `/Accounts/${accountSid}`);
  const authorization = `Basic ${Buffer.from(`${apiKeySid}:${apiKeySecret}`).toString("base64")}`;
  const response = await fetch(`${twilioUrl}${own}`, {
    method,
    headers: { authorization },
    redirect: "manual",
    signal: AbortSignal.timeout(PATIENCE_MILLISECONDS),
    ...(method === "POST" && { body: form ?? new URLSearchParams() }),
  });
  return { status: response.status, body: await response.json().catch(() => ({})) };
}

async function forward(
  emulatorUrl: string,
  request: IncomingMessage,
  response: ServerResponse,
  form: URLSearchParams,
): Promise<void> {
  const { method = "GET", url = "", headers } = request;
  const answer = await fetch(`${emulatorUrl}${url}`, {
    method,
    headers: { authorization: headers.authorization ?? "" },
    ...(method === "POST" && { body: form }),
  });
  response.writeHead(answer.status, { "content-type": "application/json" });
  response.end(await answer.text());
}

/** Prints the outcome of a create, and follows the message if there is one. */
function report(real: RealNumber, answer: Answer, sent: Set<string>, signal: AbortSignal): void {
  const name = masked(real.to);
  const message = v.safeParse(MESSAGE, answer.body);
  if (answer.status < 300 && message.success) {
    sent.add(message.output.sid);
    real.tell(`Twilio took the message to ${name}.`);
    follow(real, message.output, signal).catch((fault: unknown) => {
      if (!signal.aborted) real.tell(`Twilio could not be asked: ${String(fault)}`);
    });
    return;
  }
  const fault = v.safeParse(FAULT, answer.body);
  const why = fault.success ? helpFor(fault.output.code) : `Twilio answered ${answer.status}.`;
  real.tell(`Not sent to ${name}. ${why}`);
}

async function follow(real: RealNumber, created: Message, signal: AbortSignal): Promise<void> {
  const { accountSid } = real.credentials;
  const path = `/2010-04-01/Accounts/${accountSid}/Messages/${created.sid}.json`;
  let last = created;
  for (let poll = 0; poll < MOST_POLLS && !isSettled(last); poll += 1) {
    await delay(POLL_MILLISECONDS, undefined, { signal });
    const message = v.safeParse(MESSAGE, (await ask(real, "GET", path)).body);
    if (!message.success) continue;
    if (message.output.status !== last.status) real.tell(statusLine(real.to, message.output));
    last = message.output;
  }
  real.tell(costLine(last));
}

function isSettled({ status, price }: Message): boolean {
  return /^(?:delivered|undelivered|failed|read)$/.test(status) && (price ?? null) !== null;
}

function statusLine(to: Phone, { status, error_code }: Message): string {
  const why = typeof error_code === "number" ? ` ${helpFor(error_code)}` : "";
  return `The message to ${masked(to)} is ${status}.${why}`;
}

function costLine({ price, price_unit }: Message): string {
  if (typeof price !== "string") return "Twilio has not reported the price yet.";
  return `It cost ${Math.abs(Number(price))} ${price_unit ?? ""}.`;
}
