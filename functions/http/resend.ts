import { type ResendDeps, resend } from "../verification/resend.ts";
import { verificationBody } from "./answer.ts";
import type { Endpoint } from "./api.ts";
import { readRequest } from "./caller-request.ts";
import type { AddressSource } from "./client-address.ts";
import { idempotencyKey, verificationId } from "./headers.ts";
import { problemOf } from "./problem.ts";
import { RESEND_REQUEST } from "./requests.ts";

/** `POST /v1/verifications/{id}/resend` */
export function resendEndpoint(
  deps: ResendDeps,
  source: AddressSource = {},
  app?: string,
): Endpoint {
  return async (event) => {
    const { body, clientAddress } = readRequest(event, RESEND_REQUEST, source);
    const outcome = await resend(deps, {
      id: verificationId(event),
      channel: body.channel,
      clientAddress,
      app,
      idempotencyKey: idempotencyKey(event),
    });
    if (outcome.kind === "refused") throw problemOf(outcome, deps.clock());
    return { status: 202, body: verificationBody(outcome.view), outcome: outcome.kind };
  };
}
