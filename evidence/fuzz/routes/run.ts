import fc from "fast-check";
import { rawItems } from "../../../test/local/support/items.ts";
import { type Evidence, leaksIn } from "../../../test/local/support/leaks.ts";
import { insistOnFacts, isOfTheApi } from "./facts.ts";
import { type Exchange, type Ground, startGround } from "./ground.ts";
import { type FuzzedRequest, requests } from "./requests.ts";

/** What became of the requests near one route. */
export type RouteReport = {
  readonly requests: number;
  /** How often each status was answered; 0 where the server hung up. */
  readonly statuses: ReadonlyMap<number, number>;
  /** Of each request that a function answered. */
  readonly cpuMilliseconds: readonly number[];
  /** On the wire, from the first byte sent to the last received. */
  readonly milliseconds: readonly number[];
};

export type RunReport = {
  /** Requests that were sent, those of shrinking included. */
  readonly requests: number;
  /** What did not hold, with the smallest request that shows it; nothing where all did. */
  readonly failure: string | undefined;
  readonly routes: ReadonlyMap<string, RouteReport>;
  readonly invocations: ReadonlyMap<string, number>;
  /** Refused by HTTP itself, before the API. */
  readonly beforeTheApi: number;
  readonly messages: number;
  readonly leaks: readonly string[];
  /** Texts that were scanned for leaks. */
  readonly scanned: number;
};

type Run = { readonly runs: number; readonly seed: number };

/** Sends so many requests to a system of its own, and holds each answer and the whole to the facts. */
export async function fuzzRoutes(run: Run): Promise<RunReport> {
  const ground = await startGround();
  try {
    return await fuzzed(ground, run);
  } finally {
    await ground.system.stop();
  }
}

async function fuzzed(ground: Ground, { runs, seed }: Run): Promise<RunReport> {
  const record = createBook();
  const property = fc.asyncProperty(requests, async (request: FuzzedRequest) => {
    const exchange = await ground.send(request);
    record.add(exchange);
    insistOnFacts(exchange, ground.system.url);
  });
  const details = await fc.check(property, { numRuns: runs, seed, endOnFailure: true });
  const honesty = await ground.verifyHonestly().then(
    () => undefined,
    (fault: unknown) => `afterwards: ${fault}`,
  );
  const evidence = [...record.evidence(), ...(await evidenceIn(ground))];
  const messages = ground.system.handset.messages();
  return {
    ...record.counts(),
    failure: details.failed ? told(details) : honesty,
    invocations: ground.invocations,
    messages: messages.length + ground.system.handset.calls().length,
    scanned: evidence.length,
    leaks: leaksIn(evidence, {
      codes: messages.flatMap(({ text }) => /\d{6}/.exec(text)?.[0] ?? []),
      numbers: [...new Set(messages.map(({ to }) => to))],
    }),
  };
}

function told(details: fc.RunDetails<[FuzzedRequest]>): string {
  return `${fc.defaultReportMessage(details)}\n${details.errorInstance}`;
}

function createBook() {
  const routes = new Map<string, Mutable>();
  const told = new Set<string>();
  let beforeTheApi = 0;
  let count = 0;
  const add = ({ request, answer, cpuMilliseconds }: Exchange): void => {
    count += 1;
    const row = routes.get(request.near) ?? emptyRow();
    routes.set(request.near, row);
    const status = answer?.status ?? 0;
    row.requests += 1;
    row.statuses.set(status, (row.statuses.get(status) ?? 0) + 1);
    if (cpuMilliseconds !== undefined) row.cpuMilliseconds.push(cpuMilliseconds);
    if (answer === undefined || !isOfTheApi(answer)) beforeTheApi += 1;
    if (answer === undefined) return;
    row.milliseconds.push(answer.milliseconds);
    told.add(withoutItsOwn(answer.raw));
  };
  return {
    add,
    counts: () => ({ requests: count, routes, beforeTheApi }),
    evidence: () => [...told].map((text): Evidence => ({ where: "answer", text })),
  };
}

type Mutable = {
  requests: number;
  readonly statuses: Map<number, number>;
  readonly cpuMilliseconds: number[];
  readonly milliseconds: number[];
};

function emptyRow(): Mutable {
  return { requests: 0, statuses: new Map(), cpuMilliseconds: [], milliseconds: [] };
}

/** An answer without its ids and its date, which differ each time and leak nothing. A proof names its number by design. */
function withoutItsOwn(raw: string): string {
  return raw
    .replace(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, "…")
    .replace(/^date: .*$/im, "")
    .replace(/"proof":"[^"]+"/g, "…");
}

/** Everything that the system has written down. */
async function evidenceIn({ system }: Ground): Promise<readonly Evidence[]> {
  const items = await rawItems(system.engineEndpoint);
  const lines = system.logs.map(({ line }) =>
    line.replace(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, "…"),
  );
  return [
    ...items.map((text) => ({ where: "item", text })),
    ...[...new Set(lines)].map((text) => ({ where: "log", text })),
  ];
}
