import type { Locale } from "../policy/messages/locales.ts";
import { matchLocale } from "../verification/locale.ts";
import { type StartWorld, start } from "../verification/start.ts";
import { verificationBody } from "./answer.ts";
import type { Endpoint } from "./api.ts";
import { parseBody } from "./body.ts";
import { clientAddress, header, idempotencyKey } from "./headers.ts";
import { problemOf } from "./problem.ts";
import { START_REQUEST } from "./requests.ts";

type Speaking = {
  /** What the stage speaks, its own language first. */
  readonly locales: readonly [Locale, ...Locale[]];
};

/** `POST /v1/verifications` */
export function startEndpoint(world: StartWorld & Speaking): Endpoint {
  return async (event) => {
    const { challenge, ...body } = parseBody(event, START_REQUEST);
    const origin = header(event, "origin");
    const outcome = await start(world, {
      ...body,
      challengeToken: challenge,
      purpose: body.purpose ?? "login",
      locale: matchLocale({
        requested: body.locale,
        acceptLanguage: header(event, "accept-language"),
        offered: world.locales,
      }),
      // Whoever names an origin is a page, and one that may call: others were refused before.
      platform: body.platform ?? (origin === undefined ? undefined : "web"),
      originHost: origin && URL.parse(origin)?.host,
      clientAddress: clientAddress(event),
      idempotencyKey: idempotencyKey(event),
    });
    if (outcome.kind === "refused") throw problemOf(outcome, world.clock());
    return { status: 201, body: verificationBody(outcome.view), outcome: outcome.kind };
  };
}
