import type { APIGatewayProxyEvent } from "aws-lambda";
import { type DeliveryReport, type ReportWorld, receiveReport } from "../verification/report.ts";
import type { Endpoint } from "./api.ts";
import { Problem } from "./problem.ts";
import { type Signatures, signedForm } from "./signed-form.ts";

type News = { readonly messageSid: string; readonly report: DeliveryReport };

type Callbacks = Signatures & {
  readonly pathOf: (token: string) => string;
  readonly newsIn: (
    parameters: readonly (readonly [name: string, value: string])[],
  ) => News | undefined;
};

/** `POST /v1/deliveries/twilio`. Told to the provider only: that it was heard, not what came of it. */
export function deliveryEndpoint(world: ReportWorld & Callbacks): Endpoint {
  return async (event) => {
    const token = messageToken(event);
    const news = world.newsIn(await signedForm(world, event, world.pathOf(token)));
    if (news === undefined) return { status: 204, outcome: "no-news" };
    const { kind } = await receiveReport(world, { token, ...news });
    if (kind === "foreign") throw new Problem("signature-invalid");
    return { status: 204, outcome: kind };
  };
}

/** The one parameter that the address was given with, and none beside it. */
function messageToken({ multiValueQueryStringParameters }: APIGatewayProxyEvent): string {
  const [[name, values] = [], ...others] = Object.entries(multiValueQueryStringParameters ?? {});
  const [token = "", ...more] = values ?? [];
  const isOne = name === "message" && others.length === 0 && more.length === 0;
  if (!isOne || !/^[\w-]+$/.test(token)) throw new Problem("signature-invalid");
  return token;
}
