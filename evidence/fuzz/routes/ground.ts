import { createRemoteJWKSet, jwtVerify } from "jose";
import * as v from "valibot";
import { type System, startSystem } from "../../../local/system.ts";
import { CANARY, filled } from "./placeholders.ts";
import type { FuzzedRequest } from "./requests.ts";
import { signedV4, twilioSignatureOf } from "./signing.ts";
import { type Answer, sent, type WireRequest } from "./wire.ts";

/** One request, what it was answered, and what it did. */
export type Exchange = {
  readonly request: FuzzedRequest;
  readonly wire: WireRequest;
  /** Nothing where the server hung up without a word. */
  readonly answer: Answer | undefined;
  /** The numbers that were sent a message or called. */
  readonly sentTo: readonly string[];
  /** CPU time of the function that answered; nothing where none did. The least of three where the first was long. */
  readonly cpuMilliseconds: number | undefined;
  /** What functions have logged as faults. */
  readonly faults: readonly string[];
};

/** A system that is fuzzed, with verifications that are under way, and what has come of it. */
export type Ground = {
  readonly system: System;
  readonly send: (request: FuzzedRequest) => Promise<Exchange>;
  /** How often each route's function was asked, by the route's name. */
  readonly invocations: ReadonlyMap<string, number>;
  /** Starts, reads the message, checks, and checks the proof as a back end does. Throws where that does not go as it should. */
  readonly verifyHonestly: () => Promise<void>;
};

/** Longer than this is looked at again: a garbage collection is not there three times. */
export const MOST_CPU_MILLISECONDS = 50;

type Live = { readonly id: string; readonly to: string };

const EVENT = v.object({
  resource: v.string(),
  httpMethod: v.string(),
  requestContext: v.object({ extendedRequestId: v.string() }),
  multiValueQueryStringParameters: v.nullable(v.record(v.string(), v.array(v.string()))),
  pathParameters: v.nullable(v.record(v.string(), v.string())),
});
type Event = v.InferOutput<typeof EVENT>;
const tokenIn = ({ resource, multiValueQueryStringParameters: query }: Event) =>
  resource.includes("/deliveries/") ? (query?.["message"] ?? []) : [];
const sealedIn = ({ pathParameters }: Event) => [pathParameters?.["sealed"] ?? []].flat();

const PAYLOAD = v.object({ statusCode: v.number() });
const MOST_LIVE = 20;

/** Starts a system and a few verifications of each channel, so that every function is warm and every kind of address is known. */
export async function startGround(): Promise<Ground> {
  const live: Live[] = [];
  const [reports, calls]: [string[], string[]] = [[], []];
  const cpu = new Map<string, number>();
  const invocations = new Map<string, number>();
  const keep = <Thing>(things: Thing[], thing: Thing) => {
    things.unshift(thing);
    things.length = Math.min(things.length, MOST_LIVE);
  };
  const system = await startSystem({
    port: 0,
    engine: "dynalite",
    secondMilliseconds: 50,
    onInvoked: (given, outcome) => {
      const event = v.parse(EVENT, given);
      const name = `${event.httpMethod} ${event.resource}`;
      invocations.set(name, (invocations.get(name) ?? 0) + 1);
      if (outcome.kind !== "answered") return;
      cpu.set(event.requestContext.extendedRequestId, outcome.cpuMilliseconds);
      if (!v.is(PAYLOAD, outcome.payload) || outcome.payload.statusCode >= 300) return;
      for (const token of tokenIn(event)) keep(reports, token);
      for (const sealed of sealedIn(event)) keep(calls, sealed);
    },
  });
  const isManyAddressed = await hasManyAddresses(system.url);
  const addressOf = (from: number) =>
    isManyAddressed ? `127.${from >> 16}.${(from >> 8) & 255}.${from & 255}` : "127.0.0.1";

  const ask = (wire: WireRequest, from: number) => sent(system.url, wire, addressOf(from));
  const cpuOf = async (wire: WireRequest, from: number, answer: Answer | undefined) => {
    const timeOf = (one: Answer | undefined) => cpu.get(one?.headers.get("x-amz-apigw-id") ?? "");
    let least = timeOf(answer);
    for (
      let again = 0;
      again < 2 && least !== undefined && least > MOST_CPU_MILLISECONDS;
      again += 1
    )
      least = Math.min(least, timeOf(await ask(wire, from)) ?? least);
    return least;
  };
  const arrived = () => [
    ...system.handset.messages().map(({ to }) => to),
    ...system.handset.calls().map((call) => call.view().to),
  ];
  const send: Ground["send"] = async (request) => {
    const wire = wireOf(request, { system, live, reports, calls });
    const [logged, before] = [system.logs.length, counted(arrived())];
    const answer = await ask(wire, request.from);
    const sentTo = arrivals(before, arrived());
    const started = answer?.status === 201 ? v.safeParse(STARTED, json(answer.body)) : undefined;
    const [to] = sentTo;
    if (started?.success === true && to !== undefined) keep(live, { id: started.output.id, to });
    const cpuMilliseconds = await cpuOf(wire, request.from, answer);
    const lines = system.logs.slice(logged).map(({ line }) => line);
    const faults = lines.filter((line) => /"level":"error"/i.test(line) && !OF_TWILIO.test(line));
    return { request, wire, answer, sentTo, cpuMilliseconds, faults };
  };
  const startFirst = async (index: number) => {
    const { answer } = await send(firstStart(index));
    if (answer?.status !== 201) throw new Error(`a first start was answered ${answer?.raw}`);
  };
  const ground = {
    system,
    send,
    invocations,
    verifyHonestly: createHonesty(system.url, (to) => system.handset.waitFor(to)),
  };
  try {
    for (let index = 0; index < FIRST.length; index += 1) await startFirst(index);
    await speakOnce(system);
    await ground.verifyHonestly();
  } catch (fault) {
    await system.stop();
    throw fault;
  }
  return ground;
}

/** Signed as by Twilio, news is told of a message that Twilio does not have, and of errors that no table knows: an operator hears of both, by right. */
const OF_TWILIO = /redaction: HTTP 404|"what":"delivery-failed"/;

const STARTED = v.object({ id: v.string() });

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function counted(numbers: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const number of numbers) counts.set(number, (counts.get(number) ?? 0) + 1);
  return counts;
}

/** Who is in the list more often than before. */
function arrivals(before: ReadonlyMap<string, number>, now: readonly string[]): readonly string[] {
  return [...counted(now)].flatMap(([number, count]) =>
    Array<string>(count - (before.get(number) ?? 0)).fill(number),
  );
}

/** The call comes last, since it rings no longer than people let it. */
const FIRST = ["sms", "sms", "whatsapp", "sms", "whatsapp", "sms", "sms", "voice"] as const;
/** Above those that the fuzzed requests name, and below those that Twilio's emulator has trouble with. */
const FIRST_NUMBER = 900_900;

function firstStart(index: number): FuzzedRequest {
  const to = `+447700${FIRST_NUMBER + index}`;
  return {
    near: "POST /v1/verifications",
    method: "POST",
    target: "/v1/verifications",
    version: "HTTP/1.1",
    headers: [["content-type", "application/json"]],
    body: JSON.stringify({ to, channel: FIRST[index] }),
    framing: "length",
    from: 0x10_00_00 + index,
  };
}

/** Lets the first call be answered, so that its sealed address is known. */
async function speakOnce({ handset }: System): Promise<void> {
  const index = FIRST.indexOf("voice");
  const call = await handset.waitForCall(`+447700${FIRST_NUMBER + index}`);
  const { promise: over, resolve } = Promise.withResolvers<void>();
  call.subscribe(({ isListening, keys, state }) => {
    if (isListening && keys === "") call.press("1");
    if (state === "ended") resolve();
  });
  call.answer();
  if (call.view().state !== "ended") await over;
}

/** Linux answers on all of 127.0.0.0/8; elsewhere everything comes from one address, and its limit refuses sooner. */
async function hasManyAddresses(url: string): Promise<boolean> {
  const wire = {
    ...firstStart(0),
    method: "GET",
    target: "/.well-known/jwks.json",
    host: new URL(url).host,
    body: Buffer.of(),
    isSignedByTwilio: false,
    isSignedByBackEnd: false,
  };
  const answer = await sent(url, wire, "127.9.9.9");
  return answer?.status === 200;
}

type Known = {
  readonly system: System;
  readonly live: readonly Live[];
  readonly reports: readonly string[];
  readonly calls: readonly string[];
};

/** The request as it goes out: what only the running system has is filled in, and signed last. */
function wireOf(request: FuzzedRequest, { system, live, reports, calls }: Known): WireRequest {
  const liveAt = (index: number) => live[index % Math.max(1, live.length)];
  const target = filled(request.target, (name, index) => {
    if (name === "id") return liveAt(index)?.id ?? CANARY;
    const tokens = name === "report" ? reports : calls;
    return tokens[index % Math.max(1, tokens.length)] ?? CANARY;
  });
  const named = live.find(({ id }) => target.includes(id));
  const text = filled(request.body, () => codeOf(system, named?.to) ?? "000000");
  const body = Buffer.from(text, "latin1");
  const host = new URL(system.url).host;
  const { method } = request;
  const v4 = signedV4({ method, target, host, body }, new Date());
  const { authToken } = system.emulator.account;
  const byTwilio = twilioSignatureOf({ target, body }, { url: system.url, authToken });
  const words: Readonly<Record<string, string>> = {
    signed: byTwilio,
    signedv4: v4.authorization,
    origin: system.url,
  };
  const headers = request.headers.map(([name, value]): readonly [string, string] => [
    name,
    filled(value, (wanted) => words[wanted]),
  ]);
  const isSigned = headers.some(([, value]) => value === v4.authorization);
  return {
    method,
    target,
    version: request.version,
    host,
    headers: isSigned ? [["x-amz-date", v4.date], ...headers] : headers,
    body,
    framing: request.framing,
    isSignedByTwilio: headers.some(([, value]) => value === byTwilio),
    isSignedByBackEnd: isSigned,
  };
}

function codeOf({ handset }: System, number: string | undefined): string | undefined {
  const message = handset.messages().findLast(({ to }) => to === number);
  return /\d{6}/.exec(message?.text ?? "")?.[0];
}

const CHECKED = v.object({ result: v.literal("approved"), proof: v.string() });
const HONEST_NUMBER = 900_920;
const MOST_HONEST = 60;

function createHonesty(
  url: string,
  waitFor: (number: string) => Promise<{ readonly text: string }>,
): () => Promise<void> {
  const keys = createRemoteJWKSet(new URL(`${url}/.well-known/jwks.json`));
  let count = 0;
  const post = async (path: string, body: object) => {
    const answer = await fetch(`${url}/v1/verifications${path}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`an honest person was answered ${text}`);
    return JSON.parse(text);
  };
  return async () => {
    const to = `+447700${HONEST_NUMBER + (count % MOST_HONEST)}`;
    count += 1;
    const { id } = v.parse(STARTED, await post("", { to, nonce: "honest" }));
    const code = /\d{6}/.exec((await waitFor(to)).text)?.[0];
    const { proof } = v.parse(CHECKED, await post(`/${id}/check`, { code }));
    const { payload } = await jwtVerify(proof, keys, { issuer: url, audience: "latchkey-dev" });
    if (payload["phone_number"] !== to) throw new Error("the proof is of another number");
  };
}
