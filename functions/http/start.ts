import { type StartWorld, start } from "../verification/start.ts";
import { verificationBody } from "./answer.ts";
import type { Endpoint } from "./api.ts";
import { asked } from "./asked.ts";
import type { AddressSource } from "./client-address.ts";
import { idempotencyKey } from "./headers.ts";
import { problemOf } from "./problem.ts";
import { START_REQUEST } from "./requests.ts";

/** `POST /v1/verifications`, and `POST /v1/server/verifications`, where the back end says for whom it asks. */
export function startEndpoint(world: StartWorld, source: AddressSource = {}): Endpoint {
  return async (event) => {
    const { body: asks, clientAddress } = asked(event, START_REQUEST, source);
    const { challenge, ...body } = asks;
    const outcome = await start(world, {
      ...body,
      challengeToken: challenge,
      channel: body.channel ?? "sms",
      purpose: body.purpose ?? "login",
      clientAddress,
      idempotencyKey: idempotencyKey(event),
    });
    if (outcome.kind === "refused") throw problemOf(outcome, world.clock());
    return { status: 201, body: verificationBody(outcome.view), outcome: outcome.kind };
  };
}
