import { LIMITS } from "../policy/limits.ts";
import { type CheckWorld, check } from "../verification/check.ts";
import type { Endpoint } from "./api.ts";
import { parseBody } from "./body.ts";
import { clientAddress, idempotencyKey, verificationId } from "./headers.ts";
import { Problem, problemOf } from "./problem.ts";
import { CHECK_REQUEST } from "./requests.ts";

/** What a code looks like, in the one spelling that it has: ASCII digits, leading zeros and all. Anything else is refused uncounted. */
const CODE = new RegExp(`^[0-9]{${LIMITS.codeDigits}}$`);

/** `POST /v1/verifications/{id}/check`. A wrong code is an answer, not a problem: a person mistypes. */
export function checkEndpoint(world: CheckWorld): Endpoint {
  return async (event) => {
    const { code } = parseBody(event, CHECK_REQUEST);
    if (!CODE.test(code)) throw new Problem("code-malformed", { pointer: "/code" });
    const id = verificationId(event);
    const outcome = await check(world, {
      id,
      code,
      clientAddress: clientAddress(event),
      idempotencyKey: idempotencyKey(event),
    });
    if (outcome.kind === "refused") throw problemOf(outcome, world.clock());
    const { kind: _, ...body } = outcome;
    return { status: 200, body: { id, ...body }, outcome: outcome.result };
  };
}
