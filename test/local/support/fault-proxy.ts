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
    await suffer(arranged(passed), () => forward(target, request, body), response);
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

async function suffer(
  fault: Fault | undefined,
  pass: () => Promise<Copy>,
  response: ServerResponse,
): Promise<void> {
  switch (fault) {
    case undefined:
      return passOn(response, await pass());
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
      return passOn(response, (fault === "doubled-first" ? winner : loser) ?? winner);
    }
    case "answered-late": {
      const late = await pass();
      await delay(LATE_SECONDS * 1_000);
      return passOn(response, late);
    }
    case "arrives-late":
      await delay(LATE_SECONDS * 1_000);
      return passOn(response, await pass());
    case "gate-before":
      return gate(response);
    case "gate-after":
      await pass();
      return gate(response);
    case "cut":
      return cut(response, await pass());
  }
}

/** The page of a hotel's network, as it answers everything until somebody agrees to its terms. */
function gate(response: ServerResponse): void {
  response.writeHead(200, { "content-type": "text/html" }).end("<h1>Welcome to our network</h1>");
}

function cut(response: ServerResponse, { status, body }: Copy): void {
  response.writeHead(status, { "content-type": "application/json", "content-length": "1000" });
  response.write(body.subarray(0, body.length / 2), () => response.destroy());
}
