import { LIMIT_BOUNDS } from "../policy/limits.ts";
import { type CheckDeps, check } from "../verification/check.ts";
import type { Endpoint } from "./api.ts";
import { readRequest } from "./caller-request.ts";
import type { AddressSource } from "./client-address.ts";
import { idempotencyKey, verificationId } from "./headers.ts";
import { Problem, problemOf } from "./problem.ts";
import { CHECK_REQUEST } from "./requests.ts";
import type { CheckBody } from "./responses.ts";

const { min, max } = LIMIT_BOUNDS.codeDigits;

/**
 * The one spelling of a code: ASCII digits with leading zeros. Any other text, and another number of digits than the verification has, is refused
 * without a count.
 */
export const CODE = new RegExp(`^[0-9]{${min},${max}}$`);

const MALFORMED = { kind: "refused", why: "code-malformed" } as const;

/** `POST /v1/verifications/{id}/check`. A wrong code is an answer, not a problem, since people mistype. */
export function checkEndpoint(deps: CheckDeps, source: AddressSource = {}): Endpoint {
  return async (event) => {
    const {
      body: { code },
      clientAddress,
    } = readRequest(event, CHECK_REQUEST, source);
    const id = verificationId(event);
    const outcome = CODE.test(code)
      ? await check(deps, { id, code, clientAddress, idempotencyKey: idempotencyKey(event) })
      : MALFORMED;
    if (outcome.kind === "refused" && outcome.why === "code-malformed")
      throw new Problem("code-malformed", { pointer: "/code" });
    if (outcome.kind === "refused") throw problemOf(outcome, deps.clock());
    const { kind: _, ...rest } = outcome;
    const body: CheckBody = { id, ...rest };
    return { status: 200, body, outcome: outcome.result };
  };
}
