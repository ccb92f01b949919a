import { Agent, type IncomingHttpHeaders, type IncomingMessage, request } from "node:http";
import { text } from "node:stream/consumers";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, expect } from "vitest";
import type { SystemOptions } from "../../../local/system.ts";
import { faultLine, requestLine } from "../../../local/terminal.ts";
import { rawItems } from "../../local/support/items.ts";
import { type Evidence, leaksIn, withoutProvenNumbers } from "../../local/support/leaks.ts";
import { insistOnDescribed } from "../../support/api-answers.ts";
import { startPatientSystem } from "../../support/patient-system.ts";

/** One request of an attacker, byte for byte: fetch would mend, refuse or hide much of what can be sent. */
export type Attempt = {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** What is no text and no bytes is sent as JSON, with its media type. */
  readonly body?: unknown;
  /** The address of this machine that it comes from; a new one where none is named, so that no limit of a client is met by chance. */
  readonly from?: string;
};

export type Reply = {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** Empty where it is no object of JSON. */
  readonly body: Readonly<Record<string, unknown>>;
};

/** A verification as its owner has it: the secret of the page, and the code on the phone. */
export type Owned = { readonly to: string; readonly id: string; readonly code: string };

export const pathOf = ({ id }: Pick<Owned, "id">): string => `/v1/verifications/${id}`;

/** The whole system, as it stands to whoever attacks it, and the eyes of whoever watches. */
export type Target = Awaited<ReturnType<typeof aTarget>>;

/** How long news of earlier messages may still come, and for how long it is waited at most. */
const CALM_MILLISECONDS = 200;
const MOST_LOOKS = 25;

/** The items of a table once two looks at them are the same. */
async function calmItems(endpoint: string): Promise<readonly string[]> {
  let items = await rawItems(endpoint);
  for (let looks = 1; looks < MOST_LOOKS; looks += 1) {
    await delay(CALM_MILLISECONDS);
    const earlier = items;
    items = await rawItems(endpoint);
    if (JSON.stringify(items) === JSON.stringify(earlier)) return items;
  }
  return items;
}

/** A place that shows codes shows any. Among hundreds one would be in some MAC by chance. */
const MOST_CODES = 40;

/** Where one of the first codes, or any number, shows in anything that a system has written. A proof may name its number. */
async function leaksOf(target: Target): Promise<readonly string[]> {
  const { answers, lines, items } = await target.written();
  const { codes, numbers } = target.secrets();
  const evidence = withoutProvenNumbers(distinct([...answers, ...lines, ...items]));
  return leaksIn(evidence, { codes: codes.slice(0, MOST_CODES), numbers });
}

/** Each text once: hundreds of refusals differ by the id of their request and by their time alone. */
function distinct(evidence: readonly Evidence[]): readonly Evidence[] {
  const pieces = evidence.flatMap(({ where, text: whole }) =>
    whole.split(/(?=,"_aws":)/).map((piece) => [piece.replace(EVERYWHERE, ""), where] as const),
  );
  return [...new Map(pieces)].map(([piece, where]) => ({ where, text: piece }));
}

/**
 * What tells two answers to the same question apart, ids of requests and moments, and the numbers that are everywhere: the year of HSTS, and which
 * window of time a scope's key is for. Among hundreds of thousands of digits some six would be a code by chance.
 */
const EVERYWHERE =
  /\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b|"date":"[^"]*"|\b\d{4}-\d\d-\d\dT[\d:.]+Z|(?<!\d)1[7-9]\d{11}(?!\d)|max-age=31536000|(?<=[a-z0-9-]+#[\w-]+)#\d{6,7}/g;

/** The target of one file, whose seconds are short. At its end all that it wrote is looked through: it holds no code, and no number but in a proof. */
export async function targetOfFile(options: Partial<SystemOptions> = {}): Promise<Target> {
  const target = await aTarget({ secondMilliseconds: 5, ...options });
  afterAll(() => stopWithoutLeaks(target));
  return target;
}

export async function stopWithoutLeaks(target: Target): Promise<void> {
  try {
    expect(await leaksOf(target)).toEqual([]);
  } finally {
    await target.stop();
  }
}

export async function aTarget(options: Partial<SystemOptions> = {}) {
  const answers: Evidence[] = [];
  const terminalLines: Evidence[] = [];
  const terminal = (line: string | undefined): void => {
    if (line !== undefined) terminalLines.push({ where: "terminal", text: line });
  };
  const system = await startPatientSystem({
    onServed: (served) => terminal(requestLine(served)),
    onLine: (line) => terminal(faultLine(line)),
    ...options,
  });
  const agent = new Agent({ keepAlive: true });
  const { newNumber, newAddress } = counters();
  const used = new Set<string>();

  const ask = async (attempt: Attempt): Promise<Reply> => {
    const reply = await exchange(system.url, agent, { from: newAddress(), ...attempt });
    const where = `${attempt.method ?? "POST"} ${reply.status}`;
    answers.push({ where: `${where} headers`, text: JSON.stringify(reply.headers) });
    answers.push({ where: `${where} body`, text: reply.text });
    return reply;
  };
  const start = (body: Reply["body"] = {}, more: Attempt = {}) => {
    const whole = { to: newNumber(), ...body };
    if (typeof whole.to === "string") used.add(whole.to);
    return ask({ body: whole, ...more });
  };
  const codeIn = (message: string) => /\d{6}/.exec(message)?.[0] ?? "";

  return {
    ...system,
    ask,
    newNumber,
    newAddress,
    start,
    /** What a verification shows to the holder of its id. */
    show: async (owned: Pick<Owned, "id">) =>
      (await ask({ method: "GET", path: pathOf(owned) })).body,
    check: (id: string, code: unknown, more: Attempt = {}) =>
      ask({ path: `/v1/verifications/${id}/check`, body: { code }, ...more }),
    /** A start whose message has arrived. Throws where none is sent. */
    owned: async (body: Reply["body"] = {}, more: Attempt = {}): Promise<Owned> => {
      const to = typeof body["to"] === "string" ? body["to"] : newNumber();
      const { status, body: told, text: said } = await start({ ...body, to }, more);
      if (status !== 201) throw new Error(`a start was answered ${status} ${said}`);
      const message = await system.handset.waitFor(to);
      return { to, id: String(told["id"]), code: codeIn(message.text) };
    },
    /** What a number's phone has. */
    textsTo: (number: string) =>
      system.handset.messages().flatMap(({ to, text: said }) => (to === number ? [said] : [])),
    /** All that may not change through a request that is refused: each item, and what was sent. */
    state: async () => ({
      items: await calmItems(system.engineEndpoint),
      messages: system.handset.messages().length,
      calls: system.handset.calls().length,
    }),
    /** All that was written so far, by where an attacker would have to look. */
    written: async () => ({
      answers,
      // What functions and the terminal say.
      lines: [...terminalLines, ...system.logs.map(({ line }) => ({ where: "log", text: line }))],
      items: (await rawItems(system.engineEndpoint)).map((item) => ({ where: "item", text: item })),
    }),
    /** What none of it may show: every code that came to a phone, and every number that was asked for. */
    secrets: () => {
      const messages = system.handset.messages();
      const spoken = system.handset.calls().flatMap((call) => spokenCode(call.view().lines));
      const numbers = [...used, ...messages.map(({ to }) => to)];
      return {
        codes: [...new Set([...messages.map(({ text: said }) => codeIn(said)), ...spoken])],
        numbers: [...new Set(numbers.filter((to) => /^\+44\d{10}$/.test(to)))],
      };
    },
    stop: async () => {
      agent.destroy();
      await system.stop();
    },
  };
}

/** The digits of a code that a call has said, one by one. */
function spokenCode(lines: readonly { readonly text: string }[]): readonly string[] {
  const said = /\d(?:, \d){5}/.exec(lines.map(({ text: words }) => words).join(" "))?.[0];
  return said === undefined ? [] : [said.replaceAll(", ", "")];
}

/** Numbers of fiction that nothing is the matter with, and addresses of this machine: 127.0.0.0/8 is all its own (RFC 1122 §3.2.1.3). */
function counters() {
  // From behind the number that a problem gives as its example.
  let numbers = 123;
  let addresses = 0;
  return {
    newNumber: (): string => {
      numbers += 1;
      if (numbers >= 980) throw new Error("there are no more numbers of fiction");
      return `+447700900${numbers}`;
    },
    newAddress: (): string => {
      addresses += 1;
      return `127.1.${Math.floor(addresses / 250)}.${1 + (addresses % 250)}`;
    },
  };
}

/** What Twilio asks is no part of the description. */
const DESCRIBED = /^\/(?:v1\/(?!deliveries|calls)|\.well-known\/)/;

async function exchange(url: string, agent: Agent, attempt: Attempt): Promise<Reply> {
  const { method = "POST", path = "/v1/verifications", headers = {}, from, body } = attempt;
  const isJson = body !== undefined && typeof body !== "string" && !(body instanceof Uint8Array);
  const { hostname, port } = new URL(url);
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const sent = request({
    // One family, since the address that it comes from has one.
    hostname: hostname === "localhost" ? "127.0.0.1" : hostname,
    port,
    method,
    path,
    agent,
    headers: { ...(isJson ? { "content-type": "application/json" } : {}), ...headers },
    ...(from === undefined ? {} : { localAddress: from }),
  });
  sent.on("error", reject).on("response", resolve);
  sent.end(isJson ? JSON.stringify(body) : body);
  const answer = await promise;
  const said = await text(answer);
  const told: unknown = said.startsWith("{") ? JSON.parse(said) : {};
  const reply = {
    status: answer.statusCode ?? 0,
    headers: answer.headers,
    text: said,
    body: Object(told),
  };
  if (DESCRIBED.test(path) && !UNDESCRIBED.includes(method) && reply.status !== MISDIRECTED)
    insistOnDescribed({
      method,
      path: withLetters(path.replace(/[?#].*/, "")),
      status: reply.status,
      mediaType: reply.headers["content-type"],
      body: reply.text,
    });
  return reply;
}

/** An escaped letter or digit of a path is that one. Escaped dots and slashes are not, to the gateway. */
function withLetters(path: string): string {
  return path.replace(/%(?:3\d|[4-7][0-9a-f])/gi, decodeURIComponent);
}

/** Of these the description says nothing: a preflight that is refused, and an answer without its body. */
const UNDESCRIBED = ["OPTIONS", "HEAD"];

/** The local system has no name but this machine's. */
const MISDIRECTED = 421;
