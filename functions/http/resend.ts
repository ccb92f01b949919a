import { type ResendWorld, resend } from "../verification/resend.ts";
import { verificationBody } from "./answer.ts";
import type { Endpoint } from "./api.ts";
import { parseBody } from "./body.ts";
import { clientAddress, idempotencyKey, verificationId } from "./headers.ts";
import { problemOf } from "./problem.ts";
import { RESEND_REQUEST } from "./requests.ts";

/** `POST /v1/verifications/{id}/resend` */
export function resendEndpoint(world: ResendWorld): Endpoint {
  return async (event) => {
    parseBody(event, RESEND_REQUEST);
    const outcome = await resend(world, {
      id: verificationId(event),
      clientAddress: clientAddress(event),
      idempotencyKey: idempotencyKey(event),
    });
    if (outcome.kind === "refused") throw problemOf(outcome, world.clock());
    return { status: 202, body: verificationBody(outcome.view), outcome: outcome.kind };
  };
}
