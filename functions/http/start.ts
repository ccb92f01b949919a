import { type StartWorld, start } from "../verification/start.ts";
import { verificationBody } from "./answer.ts";
import type { Endpoint } from "./api.ts";
import { parseBody } from "./body.ts";
import { clientAddress, idempotencyKey } from "./headers.ts";
import { problemOf } from "./problem.ts";
import { START_REQUEST } from "./requests.ts";

/** `POST /v1/verifications` */
export function startEndpoint(world: StartWorld): Endpoint {
  return async (event) => {
    const { challenge, ...body } = parseBody(event, START_REQUEST);
    const outcome = await start(world, {
      ...body,
      challengeToken: challenge,
      channel: body.channel ?? "sms",
      purpose: body.purpose ?? "login",
      clientAddress: clientAddress(event),
      idempotencyKey: idempotencyKey(event),
    });
    if (outcome.kind === "refused") throw problemOf(outcome, world.clock());
    return { status: 201, body: verificationBody(outcome.view), outcome: outcome.kind };
  };
}
