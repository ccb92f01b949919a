import type { IncomingMessage, ServerResponse } from "node:http";
import * as v from "valibot";
import { readBody } from "../bodies.ts";
import { isLoopbackAddress } from "../listening.ts";
import { type Activity, WISH } from "./activity.ts";

type Route = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

const MOST_BYTES = 150;

/** The routes of the activity page. They answer only this machine, for every `host`, because they can stop all sending. */
export function activityRoutes(
  activity: Pick<Activity, "state" | "operate">,
  headers: Readonly<Record<string, string>>,
): Readonly<Record<string, Route>> {
  const give = (response: ServerResponse, status: number, body: unknown): void => {
    response
      .writeHead(status, { ...headers, "content-type": "application/json" })
      .end(JSON.stringify(body));
  };
  const here =
    (route: Route): Route =>
    async (request, response) => {
      if (!isLoopbackAddress(request.socket.remoteAddress))
        return give(response, 403, { why: "The activity page is for this machine alone." });
      const why = "the function of operators failed; its log has the cause";
      await route(request, response).catch(() => give(response, 500, { why }));
    };
  return {
    "GET /activity/state": here(async (_, response) => give(response, 200, await activity.state())),
    // A PUT of another origin needs a preflight, which is refused. Fetch standard, CORS protocol.
    "PUT /activity/operation": here(async (request, response) => {
      const text = (await readBody(request, MOST_BYTES))?.toString("utf8");
      const wish = v.safeParse(v.pipe(v.string(), v.parseJson(), WISH), text);
      if (wish.success) give(response, 200, await activity.operate(wish.output));
      else give(response, 400, { why: "This is no operation of the page." });
    }),
  };
}
