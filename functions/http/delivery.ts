import type { APIGatewayProxyEvent } from "aws-lambda";
import { type ReportDeps, type ReportRequest, receiveReport } from "../verification/report.ts";
import type { Endpoint } from "./api.ts";
import { Problem } from "./problem.ts";
import { passIn, type Signatures, signedForm } from "./signed-form.ts";

type Callbacks = Signatures & {
  readonly pathOf: (token: string, pass: string | undefined) => string;
  readonly newsIn: (
    parameters: readonly (readonly [name: string, value: string])[],
  ) => Omit<ReportRequest, "token"> | undefined;
};

/** `POST /v1/deliveries/twilio`. The answer only confirms the receipt, not the result. */
export function deliveryEndpoint(deps: ReportDeps & Callbacks): Endpoint {
  return async (event) => {
    const token = messageToken(event);
    const path = deps.pathOf(token, passIn(event));
    const news = deps.newsIn(await signedForm(deps, event, path));
    if (news === undefined) return { status: 204, outcome: "no-news" };
    const { kind } = await receiveReport(deps, { token, ...news });
    if (kind === "foreign") throw new Problem("signature-invalid");
    return { status: 204, outcome: kind };
  };
}

/** The one query parameter of the address beside the pass, and no other. Its seal shows whether it is genuine. */
function messageToken({ multiValueQueryStringParameters }: APIGatewayProxyEvent): string {
  const { pass: _, ...parameters } = multiValueQueryStringParameters ?? {};
  const [sent, ...others] = Object.entries(parameters).flatMap(([name, values]) =>
    values?.map((value) => ({ name, value })),
  );
  if (sent?.name !== "message" || others.length > 0) throw new Problem("signature-invalid");
  return sent.value;
}
