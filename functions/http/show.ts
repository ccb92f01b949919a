import { show } from "../verification/show.ts";
import { verificationBody } from "./answer.ts";
import type { Endpoint } from "./api.ts";
import { verificationId } from "./headers.ts";
import { problemOf } from "./problem.ts";

/** `GET /v1/verifications/{id}` */
export function showEndpoint(deps: Parameters<typeof show>[0]): Endpoint {
  return async (event) => {
    const outcome = await show(deps, { id: verificationId(event) });
    if (outcome.kind === "refused") throw problemOf(outcome, deps.clock());
    return { status: 200, body: verificationBody(outcome.view), outcome: outcome.view.status };
  };
}
