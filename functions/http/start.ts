import { matchLocale, type OfferedLocales } from "../verification/locale.ts";
import { isOpaqueReference } from "../verification/reference.ts";
import { type StartDeps, start } from "../verification/start.ts";
import { verificationBody } from "./answer.ts";
import type { Endpoint } from "./api.ts";
import { readRequest } from "./caller-request.ts";
import type { AddressSource } from "./client-address.ts";
import { header, idempotencyKey } from "./headers.ts";
import { Problem, problemOf } from "./problem.ts";
import { SERVER_START_REQUEST, START_REQUEST } from "./requests.ts";

const NOT_OPAQUE = "A reference must not look like a phone number or a code.";

/** `POST /v1/verifications`, and `POST /v1/server/verifications`, where the back end names its client. */
export function startEndpoint(
  deps: StartDeps & { readonly locales: OfferedLocales },
  source: AddressSource = {},
  app?: string,
): Endpoint {
  return async (event) => {
    const { body: sent, ...caller } = readRequest(
      event,
      START_REQUEST,
      source,
      SERVER_START_REQUEST,
    );
    const { challenge, ...body } = sent;
    if (body.reference !== undefined && !isOpaqueReference(body.reference))
      throw new Problem("body-invalid", { pointer: "/reference", detail: NOT_OPAQUE });
    const origin = header(event, "origin");
    const outcome = await start(deps, {
      ...body,
      ...caller,
      app,
      challengeToken: challenge,
      purpose: body.purpose ?? "login",
      locale: matchLocale({
        requested: body.locale,
        acceptLanguage: header(event, "accept-language"),
        offered: deps.locales,
      }),
      // A request with an origin comes from an allowed page: others were refused before.
      platform: body.platform ?? (origin === undefined ? undefined : "web"),
      originHost: origin && URL.parse(origin)?.host,
      idempotencyKey: idempotencyKey(event),
    });
    if (outcome.kind === "refused") throw problemOf(outcome, deps.clock());
    return { status: 201, body: verificationBody(outcome.view), outcome: outcome.kind };
  };
}
