import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import http from "node:http";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { PROJECT } from "../../infra/place.ts";
import manifest from "../../package.json" with { type: "json" };
import { mebibytes, quantile, whole } from "./rounds.ts";
import type { Section } from "./section.ts";

const CLIENTS = 50;
const WARM_UP_SECONDS = 10;
const SECONDS = 30;

/** What one client does again and again: a message is sent, its code is typed wrong once, and then right. The status that each is answered. */
const STEPS = { start: 201, "wrong check": 200, "right check": 200 } as const;
type Step = keyof typeof STEPS;
type Exchange = { readonly step: Step; readonly milliseconds: number; readonly status: number };

/** Of a range that networks hold; nothing leaves this machine. A prime step walks through all of its million numbers. */
const PREFIX = "+447730";
const NUMBERS = 1_000_000;
const PRIME_STEP = 370_261;

/** What programs/load-system.ts sends: once it has started, for each code, and at its end. */
type Started = { readonly url: string };
type Received = { readonly to: string; readonly code: string };
type Ended = { readonly rssBytes: number; readonly cpuMilliseconds: number };

/** Sign-ins of many clients at once through the whole local system, for a while. */
export async function measureLoad(): Promise<Section> {
  const child = fork(join(import.meta.dirname, "programs/load-system.ts"), {
    cwd: PROJECT,
    execArgv: manifest.scripts.start.split(" ").slice(1, -1),
  });
  try {
    const [started] = await once(child, "message");
    const { url }: Started = started;
    const phones = createPhones(child);
    await load({ url, phones, seconds: WARM_UP_SECONDS });
    child.send("warm");
    const exchanges = await load({ url, phones, seconds: SECONDS });
    child.removeAllListeners("message");
    child.send("end");
    const [ended] = await once(child, "message");
    return sectionOf(exchanges, ended);
  } finally {
    child.disconnect();
  }
}

type Phones = { readonly draw: () => string; readonly codeOf: (number: string) => Promise<string> };

/** Numbers without an earlier start, and the codes that reach them. */
function createPhones(child: ChildProcess): Phones {
  const waiting = new Map<string, PromiseWithResolvers<string>>();
  const codeOf = (number: string) => {
    const one = waiting.get(number) ?? Promise.withResolvers<string>();
    waiting.set(number, one);
    return one;
  };
  child.on("message", ({ to, code }: Received) => codeOf(to).resolve(code));
  let next = 0;
  return {
    draw() {
      next = (next + PRIME_STEP) % NUMBERS;
      return `${PREFIX}${String(next).padStart(6, "0")}`;
    },
    async codeOf(number) {
      const code = await codeOf(number).promise;
      waiting.delete(number);
      return code;
    },
  };
}

type Load = { readonly url: string; readonly phones: Phones; readonly seconds: number };

/** All clients, each as fast as it is answered, for so long. A client whose start is refused starts again. */
async function load({ url, phones, seconds }: Load): Promise<readonly Exchange[]> {
  const exchanges: Exchange[] = [];
  const endsAt = performance.now() + seconds * 1_000;
  await Promise.all(
    Array.from({ length: CLIENTS }, async (_, client) => {
      const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
      // Each client has an address of its own on the loopback, or all would share the limits of one.
      const origin = { agent, localAddress: `127.0.1.${client + 1}` };
      const ask = async (step: Step, path: string, body: unknown) => {
        const startedAt = performance.now();
        const answer = await post(`${url}${path}`, origin, body);
        const milliseconds = performance.now() - startedAt;
        exchanges.push({ step, milliseconds, status: answer.status });
        return answer.body;
      };
      while (performance.now() < endsAt) await signIn(ask, phones);
      agent.destroy();
    }),
  );
  return exchanges;
}

async function post(url: string, origin: http.RequestOptions, body: unknown) {
  const { promise, resolve, reject } = Promise.withResolvers<http.IncomingMessage>();
  const headers = { "content-type": "application/json" };
  http
    .request(url, { ...origin, method: "POST", headers }, resolve)
    .on("error", reject)
    .end(JSON.stringify(body));
  const response = await promise;
  return { status: response.statusCode ?? 0, body: await text(response) };
}

async function signIn(
  ask: (step: Step, path: string, body: unknown) => Promise<string>,
  phones: Phones,
): Promise<void> {
  const to = phones.draw();
  const started = Object(JSON.parse(await ask("start", "/v1/verifications", { to })));
  if (typeof started.id !== "string") return;
  const path = `/v1/verifications/${started.id}/check`;
  const code = await phones.codeOf(to);
  const mistyped = `${code.slice(0, -1)}${(Number(code.at(-1)) + 1) % 10}`;
  await ask("wrong check", path, { code: mistyped });
  await ask("right check", path, { code });
}

/** Of a start: each test of a user's front end waits for one. */
const P99_MILLISECONDS = 1_000;
const PERCENTILES = { p50: 0.5, p90: 0.9, p99: 0.99, max: 1 } as const;

function sectionOf(exchanges: readonly Exchange[], { rssBytes, cpuMilliseconds }: Ended): Section {
  const steps = (["start", "wrong check", "right check"] as const).map((step) => {
    const times = exchanges.filter((one) => one.step === step).map((one) => one.milliseconds);
    const percentiles = Object.entries(PERCENTILES).map(
      ([name, share]) => [name, quantile(times, share)] as const,
    );
    return { step, times, percentiles };
  });
  const expected = exchanges.filter(({ step, status }) => status === STEPS[step]);
  const unexpected = exchanges.length - expected.length;
  const startTimes = steps[0]?.times ?? [];
  const proven = expected.filter(({ step }) => step === "right check").length;
  return {
    title: "The whole system under load",
    method: `${CLIENTS} clients against the system of \`npm start\` with dynalite, each as fast as it is answered, for ${SECONDS} seconds after ${WARM_UP_SECONDS} to warm up: a start, the code that the handset shows mistyped once, the code. Every client has an address of its own. Callbacks and redaction go on beside. The throttles are lifted and the money is raised, so that the system is measured and not its limits; all other limits hold. It shows how this machine fares with an emulated database, and nothing about AWS. ${(proven / SECONDS).toFixed(1)} numbers were proven a second, each with ${(cpuMilliseconds / proven).toFixed(1)} ms of CPU time of the system, which is what carries over from a machine that has other work; the resident set of the system was ${whole(mebibytes(rssBytes))} MiB at the end.`,
    tables: [
      {
        columns: [
          "milliseconds, as the client sees them",
          "requests",
          "a second",
          ...Object.keys(PERCENTILES),
        ],
        rows: steps.map(({ step, times, percentiles }) => [
          step,
          whole(times.length),
          (times.length / SECONDS).toFixed(1),
          ...percentiles.map(([, value]) => whole(value)),
        ]),
      },
    ],
    remarks: [
      "One thread a function, one of the database, and one of the front and all emulators share the cores. Most of what they take is HTTP between them and the SDK that asks for it. Deployed, each of these is a service of its own, and a function has as many copies as it needs.",
    ],
    verdicts: (
      [
        ["answers that were not as expected", unexpected, "", { atMost: 0 }],
        ["numbers proven a second", proven / SECONDS, "", { atLeast: 60 }],
        [
          "99 of 100 starts",
          quantile(startTimes, PERCENTILES.p99),
          "ms",
          { atMost: P99_MILLISECONDS },
        ],
        ["resident set", mebibytes(rssBytes), "MiB", { atMost: 700 }],
      ] as const
    ).map(([name, value, unit, budget]) => ({ measure: `load: ${name}`, value, unit, budget })),
    chart: {
      name: "benchmark-load",
      title: `Latency of the local system under ${CLIENTS} clients`,
      unit: "ms",
      series: Object.keys(PERCENTILES),
      bars: steps.flatMap(({ step, percentiles }) =>
        percentiles.map(([name, value], series) => ({
          label: series === 0 ? step : "",
          value,
          series,
          ...(step === "start" && name === "p99" ? { limit: P99_MILLISECONDS } : {}),
        })),
      ),
    },
  };
}
