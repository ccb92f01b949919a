import type { ServerResponse } from "node:http";
import { buffer } from "node:stream/consumers";
import { setTimeout as delay } from "node:timers/promises";
import { close, listen, localUrl, serverOf } from "../../../local/listening.ts";
import { leaveUnchecked } from "../../support/check-every-answer.ts";
import { type Copy, forward, passOn } from "../../support/forward.ts";

/** What can become of one request on its way. */
export const FAULTS = [
  /** It never arrives. */
  "lost-before",
  /** It arrives and is done; its answer never comes. */
  "lost-after",
  /** It arrives twice at once; the answer that is first, or the one that is last, comes. */
  "doubled-first",
  "doubled-last",
  /** It is done, and its answer comes when nobody waits any more. */
  "answered-late",
  /** It arrives when it has been sent again already. */
  "arrives-late",
  /** Something between answers for the service, before or after it has done its work. */
  "gate-before",
  "gate-after",
  /** Its answer breaks off. */
  "cut",
] as const;
export type Fault = (typeof FAULTS)[number];

/** Longer than the clients of these tests wait for one answer. */
export const LATE_SECONDS = 3;

export type Passed = {
  readonly method: string;
  readonly path: string;
  readonly key: string | undefined;
};

/** A bad network before a system. */
export async function startFaultProxy(target: string) {
  let arranged = (_request: Passed): Fault | undefined => undefined;
  const server = serverOf(async (request, response) => {
    const body = await buffer(request);
    const passed = {
      method: request.method ?? "",
      path: request.url ?? "",
      key: request.headers["idempotency-key"]?.toString(),
    };
    const fault = arranged(passed);
    const pass = () => forward(target, request, body);
    await (fault === undefined ? passOn(response, await pass()) : SUFFERED[fault](response, pass));
  });
  const url = localUrl(await listen(server));
  leaveUnchecked(url);
  return {
    url,
    /** What happens to a request: asked for each. */
    arrange: (faultOf: typeof arranged) => {
      arranged = faultOf;
    },
    stop: () => close(server),
  };
}

type Suffered = (response: ServerResponse, pass: () => Promise<Copy>) => unknown;

/** With two copies of a request under way: whether the answer that is first comes, or the one that is last. */
const doubled =
  (isFirst: boolean): Suffered =>
  async (response, pass) => {
    const both = [pass(), pass()];
    const answers = await Promise.all(both);
    const first = await Promise.race(both);
    const last = answers.find((answer) => answer !== first) ?? first;
    passOn(response, isFirst ? first : last);
  };

const SUFFERED: Readonly<Record<Fault, Suffered>> = {
  "lost-before": (response) => response.destroy(),
  "lost-after": async (response, pass) => {
    await pass();
    response.destroy();
  },
  "doubled-first": doubled(true),
  "doubled-last": doubled(false),
  "answered-late": async (response, pass) => {
    const late = await pass();
    await delay(LATE_SECONDS * 1_000);
    passOn(response, late);
  },
  "arrives-late": async (response, pass) => {
    await delay(LATE_SECONDS * 1_000);
    passOn(response, await pass());
  },
  "gate-before": gate,
  "gate-after": async (response, pass) => {
    await pass();
    gate(response);
  },
  cut: async (response, pass) => cut(response, await pass()),
};

/** The page of a hotel's network, as it answers everything until somebody agrees to its terms. */
function gate(response: ServerResponse): void {
  response.writeHead(200, { "content-type": "text/html" }).end("<h1>Welcome to our network</h1>");
}

function cut(response: ServerResponse, { status, body }: Copy): void {
  response.writeHead(status, { "content-type": "application/json", "content-length": "1000" });
  response.write(body.subarray(0, body.length / 2), () => response.destroy());
}
