import http from "node:http";
import { text } from "node:stream/consumers";
import * as v from "valibot";

/** What one client does again and again: a message is sent, its code is typed wrong once, and then right. */
export const STEPS = ["start", "wrong check", "right check"] as const;
export type Step = (typeof STEPS)[number];

type Exchange = { readonly step: Step; readonly milliseconds: number; readonly status: number };

export type LoadReport = {
  readonly exchanges: readonly Exchange[];
  readonly seconds: number;
};

/** Each client has an address of its own on the loopback, or all would share the limits of one. macOS has only the first until it is told of more. */
const addressOf = (client: number) => `127.0.1.${client + 1}`;

/** Of a range that networks hold; nothing leaves this machine. A prime step walks through all of its million numbers. */
const PREFIX = "+447730";
const NUMBERS = 1_000_000;
const PRIME_STEP = 370_261;

/** Numbers without an earlier start. */
export function createNumbers(): () => string {
  let next = 0;
  return () => {
    next = (next + PRIME_STEP) % NUMBERS;
    return `${PREFIX}${String(next).padStart(6, "0")}`;
  };
}

export type Codes = { readonly of: (number: string) => Promise<string>; readonly stop: () => void };

const ARRIVAL = v.pipe(v.string(), v.parseJson(), v.object({ to: v.string(), text: v.string() }));

/** Reads the handset, as its page does. */
export async function readHandset(url: string): Promise<Codes> {
  const waiting = new Map<string, PromiseWithResolvers<string>>();
  const codeOf = (number: string) => {
    const one = waiting.get(number) ?? Promise.withResolvers<string>();
    waiting.set(number, one);
    return one;
  };
  const { promise, resolve, reject } = Promise.withResolvers<http.IncomingMessage>();
  const request = http.get(`${url}/handset/messages`, resolve).on("error", reject);
  const response = await promise;
  let rest = "";
  response.setEncoding("utf8").on("data", (chunk: string) => {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines.filter((one) => one.startsWith("data: "))) {
      const arrival = v.parse(ARRIVAL, line.slice("data: ".length));
      codeOf(arrival.to).resolve(/\d{6}/.exec(arrival.text)?.[0] ?? "");
    }
  });
  response.on("error", () => undefined);
  return {
    async of(number) {
      const code = await codeOf(number).promise;
      waiting.delete(number);
      return code;
    },
    stop: () => request.destroy(),
  };
}

type Load = {
  readonly url: string;
  readonly clients: number;
  readonly seconds: number;
  readonly codes: Codes;
  readonly newNumber: () => string;
};

/** As many clients as that, each as fast as it is answered, for so long. A client whose start is refused starts again. */
export async function load({ url, clients, seconds, codes, newNumber }: Load): Promise<LoadReport> {
  const exchanges: Exchange[] = [];
  const startedAt = performance.now();
  const endsAt = startedAt + seconds * 1_000;
  await Promise.all(
    Array.from({ length: clients }, async (_, index) => {
      const ask = askerOf(url, addressOf(index), exchanges);
      while (performance.now() < endsAt) await signIn(ask, codes, newNumber());
      ask.stop();
    }),
  );
  return { exchanges, seconds: (performance.now() - startedAt) / 1_000 };
}

type Asker = {
  (step: Step, path: string, body: unknown): Promise<string>;
  readonly stop: () => void;
};

async function signIn(ask: Asker, codes: Codes, to: string): Promise<void> {
  const started = Object(JSON.parse(await ask("start", "/v1/verifications", { to })));
  if (typeof started.id !== "string") return;
  const path = `/v1/verifications/${started.id}/check`;
  const code = await codes.of(to);
  await ask("wrong check", path, { code: mistyped(code) });
  await ask("right check", path, { code });
}

function mistyped(code: string): string {
  return `${code.slice(0, -1)}${(Number(code.at(-1)) + 1) % 10}`;
}

function askerOf(url: string, localAddress: string, exchanges: Exchange[]): Asker {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  const ask = async (step: Step, path: string, body: unknown) => {
    const startedAt = performance.now();
    const { promise, resolve, reject } = Promise.withResolvers<http.IncomingMessage>();
    const headers = { "content-type": "application/json" };
    http
      .request(`${url}${path}`, { method: "POST", agent, localAddress, headers }, resolve)
      .on("error", reject)
      .end(JSON.stringify(body));
    const response = await promise;
    const answer = await text(response);
    const milliseconds = performance.now() - startedAt;
    exchanges.push({ step, milliseconds, status: response.statusCode ?? 0 });
    return answer;
  };
  return Object.assign(ask, { stop: () => agent.destroy() });
}
