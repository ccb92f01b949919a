import { cancel } from "../verification/cancel.ts";
import type { Endpoint } from "./api.ts";
import { verificationId } from "./headers.ts";
import { problemOf } from "./problem.ts";

/** `DELETE /v1/verifications/{id}` */
export function cancelEndpoint(deps: Parameters<typeof cancel>[0]): Endpoint {
  return async (event) => {
    const outcome = await cancel(deps, { id: verificationId(event) });
    if (outcome.kind === "refused") throw problemOf(outcome, deps.clock());
    return { status: 204, outcome: outcome.kind };
  };
}
