import type { APIGatewayProxyEvent } from "aws-lambda";
import type { ApiKey, KeyRight } from "../verification/api-key.ts";
import type { CheckDeps } from "../verification/check.ts";
import { type CheckNumberDeps, checkNumber } from "../verification/check-number.ts";
import type { ResendDeps } from "../verification/resend.ts";
import type { Answer } from "./answer.ts";
import type { Endpoint } from "./api.ts";
import { admittedKey, countedSend, type KeyDeps } from "./api-keys.ts";
import { type Apps, byName } from "./apps.ts";
import { readRequest } from "./caller-request.ts";
import { cancelEndpoint } from "./cancel.ts";
import { CODE, checkEndpoint } from "./check.ts";
import type { AddressSource } from "./client-address.ts";
import { idempotencyKey } from "./headers.ts";
import { Problem, problemOf } from "./problem.ts";
import { NUMBER_CHECK_REQUEST } from "./requests.ts";
import { resendEndpoint } from "./resend.ts";
import { showEndpoint } from "./show.ts";
import { startEndpoint } from "./start.ts";

export type KeyedDeps = KeyDeps &
  CheckDeps &
  ResendDeps &
  CheckNumberDeps &
  Parameters<typeof startEndpoint>[0] &
  Parameters<typeof cancelEndpoint>[0] &
  Parameters<typeof showEndpoint>[0];

type Row = {
  readonly right: KeyRight;
  readonly answer: (
    deps: KeyedDeps,
    asking: {
      readonly event: APIGatewayProxyEvent;
      readonly apiKey: ApiKey;
      readonly source: AddressSource;
    },
  ) => Promise<Answer>;
};

/** The routes and the right of a key that each takes, by method and path below `/v1/keyed/`. */
const ROWS: Readonly<Record<string, Row>> = {
  "POST verifications": {
    right: "send",
    answer: (deps, { event, apiKey, source }) => startEndpoint(deps, source, apiKey.app)(event),
  },
  "POST verifications/{id}/resend": {
    right: "send",
    answer: (deps, { event, apiKey, source }) => resendEndpoint(deps, source, apiKey.app)(event),
  },
  "POST verifications/{id}/check": {
    right: "check",
    answer: (deps, { event, source }) => checkEndpoint(deps, source)(event),
  },
  "POST verifications/check": { right: "check", answer: answerNumber },
  "GET verifications/{id}": {
    right: "show",
    answer: (deps, { event }) => showEndpoint(deps)(event),
  },
  "DELETE verifications/{id}": {
    right: "cancel",
    answer: (deps, { event }) => cancelEndpoint(deps)(event),
  },
};

/** The routes of back ends that hold an API key: the same endpoints for the app of the key, and the check by number. */
export function keyedEndpoint(apps: Apps<KeyedDeps>, source: AddressSource = {}): Endpoint {
  const depsOf = byName(apps);
  return async (event) => {
    const { httpMethod, resourcePath, requestId } = event.requestContext;
    const method = httpMethod === "HEAD" ? "GET" : httpMethod;
    const row = ROWS[`${method} ${resourcePath.replace("/v1/keyed/", "")}`];
    if (row === undefined) throw new Error("a route leads here that does nothing");
    const apiKey = await admittedKey(apps[0].made(), event, { right: row.right, source });
    const deps = depsOf(apiKey.app);
    const send = (counted: KeyedDeps) => row.answer(counted, { event, apiKey, source });
    return row.right === "send" ? countedSend(deps, apiKey, { requestId, send }) : send(deps);
  };
}

async function answerNumber(
  ...[deps, { event, apiKey, source }]: Parameters<Row["answer"]>
): Promise<Answer> {
  const { body, clientAddress } = readRequest(event, NUMBER_CHECK_REQUEST, source);
  if (!CODE.test(body.code)) throw new Problem("code-malformed", { pointer: "/code" });
  const { app } = apiKey;
  const request = { ...body, app, clientAddress, idempotencyKey: idempotencyKey(event) };
  const outcome = await checkNumber(deps, request);
  if (outcome.kind === "refused") throw problemOf(outcome, deps.clock());
  const { kind: _, ...checked } = outcome;
  return { status: 200, body: checked, outcome: outcome.result };
}
