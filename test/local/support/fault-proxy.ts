import type { IncomingMessage, ServerResponse } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import { readBody } from "../../../local/bodies.ts";
import { close, listen, localUrl, serverOf } from "../../../local/listening.ts";
import { leaveUnchecked } from "../../support/check-every-answer.ts";

/** What can become of one request on its way. */
export type Fault =
  /** It never arrives. */
  | "lost-before"
  /** It arrives and is done; its answer never comes. */
  | "lost-after"
  /** It arrives twice at once; the answer that is first, or the one that is last, comes. */
  | "doubled-first"
  | "doubled-last"
  /** It is done, and its answer comes when nobody waits any more. */
  | "answered-late"
  /** It arrives when it has been sent again already. */
  | "arrives-late"
  /** Something between answers for the service, before or after it has done its work. */
  | "gate-before"
  | "gate-after"
  /** Its answer breaks off. */
  | "cut";

export const FAULTS = [
  ...["lost-before", "lost-after", "doubled-first", "doubled-last", "answered-late"],
  ...["arrives-late", "gate-before", "gate-after", "cut"],
] as const satisfies readonly Fault[];

/** Longer than the clients of these tests wait for one answer. */
export const LATE_SECONDS = 3;

export type Passed = {
  readonly method: string;
  readonly path: string;
  readonly key: string | undefined;
};

export type FaultProxy = {
  readonly url: string;
  /** Each request that a client has sent, lost ones too. */
  readonly sent: readonly Passed[];
  /** What happens to a request: asked for each. */
  arrange: (faultOf: (request: Passed) => Fault | undefined) => void;
  readonly stop: () => Promise<void>;
};

type Copy = { readonly status: number; readonly headers: Headers; readonly body: string };

/** A bad network before a system. */
export async function startFaultProxy(target: string): Promise<FaultProxy> {
  const sent: Passed[] = [];
  let arranged: (request: Passed) => Fault | undefined = () => undefined;
  const server = serverOf(async (request, response) => {
    const body = (await readBody(request, 10_000))?.toString("utf8") ?? "";
    const passed = {
      method: request.method ?? "",
      path: request.url ?? "",
      key: request.headers["idempotency-key"]?.toString(),
    };
    sent.push(passed);
    await suffer(arranged(passed), () => forward(target, request, body), response);
  });
  const url = localUrl(await listen(server));
  leaveUnchecked(url);
  return {
    url,
    sent,
    arrange: (faultOf) => {
      arranged = faultOf;
    },
    stop: () => close(server),
  };
}

async function forward(target: string, request: IncomingMessage, body: string): Promise<Copy> {
  const { "idempotency-key": key, "content-type": type } = request.headers;
  const answer = await fetch(target + (request.url ?? ""), {
    method: request.method ?? "",
    headers: {
      ...(key === undefined ? {} : { "idempotency-key": String(key) }),
      ...(type === undefined ? {} : { "content-type": type }),
    },
    ...(body === "" ? {} : { body }),
  });
  return { status: answer.status, headers: answer.headers, body: await answer.text() };
}

async function suffer(
  fault: Fault | undefined,
  pass: () => Promise<Copy>,
  response: ServerResponse,
): Promise<void> {
  switch (fault) {
    case undefined:
      return answer(response, await pass());
    case "lost-before":
      response.destroy();
      return;
    case "lost-after":
      await pass();
      response.destroy();
      return;
    case "doubled-first":
    case "doubled-last": {
      const first = pass();
      const both = [first, pass()];
      const [one, other] = await Promise.all(both);
      const winner = await Promise.race(both);
      const loser = winner === one ? other : one;
      return answer(response, (fault === "doubled-first" ? winner : loser) ?? winner);
    }
    case "answered-late": {
      const late = await pass();
      await delay(LATE_SECONDS * 1_000);
      return answer(response, late);
    }
    case "arrives-late":
      await delay(LATE_SECONDS * 1_000);
      return answer(response, await pass());
    case "gate-before":
      return gate(response);
    case "gate-after":
      await pass();
      return gate(response);
    case "cut":
      return cut(response, await pass());
  }
}

function answer(response: ServerResponse, { status, headers, body }: Copy): void {
  const type = headers.get("content-type");
  const wait = headers.get("retry-after");
  response
    .writeHead(status, {
      ...(type === null ? {} : { "content-type": type }),
      ...(wait === null ? {} : { "retry-after": wait }),
    })
    .end(body);
}

/** The page of a hotel's network, as it answers everything until somebody agrees to its terms. */
function gate(response: ServerResponse): void {
  response.writeHead(200, { "content-type": "text/html" }).end("<h1>Welcome to our network</h1>");
}

function cut(response: ServerResponse, { status, body }: Copy): void {
  response.writeHead(status, { "content-type": "application/json", "content-length": "1000" });
  response.write(body.slice(0, body.length / 2), () => response.destroy());
}
