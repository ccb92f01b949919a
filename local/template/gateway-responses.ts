import * as v from "valibot";
import type { Resolve } from "./intrinsics.ts";
import { resourcesOf, type Template } from "./template.ts";

export type GatewayResponse = {
  readonly statusCode: number | undefined;
  readonly headers: Readonly<Record<string, string>>;
  /** With `$context.extendedRequestId` and no other variable. */
  readonly body: string;
};

/** A literal in quotes; the gateway could also copy a part of the request. */
const LITERAL = v.pipe(
  v.string(),
  v.regex(/^'.*'$/),
  v.transform((text) => text.slice(1, -1)),
);
const PROPERTIES = v.object({
  ResponseType: v.string(),
  StatusCode: v.optional(v.pipe(v.union([v.string(), v.number()]), v.transform(Number))),
  ResponseParameters: v.optional(v.record(v.string(), LITERAL), {}),
  ResponseTemplates: v.strictObject({
    "application/json": v.pipe(v.string(), v.regex(/^(?:[^$]|\$context\.extendedRequestId\b)*$/)),
  }),
});
const HEADER = "gatewayresponse.header.";

/** The rows by response type, such as `DEFAULT_4XX` and `BAD_REQUEST_BODY`, their bodies as `localize` changes them. */
export function gatewayResponsesOf(
  template: Template,
  resolve: Resolve,
  localize: (text: string) => string = (text) => text,
): Readonly<Record<string, GatewayResponse>> {
  const rows = resourcesOf(template, "AWS::ApiGateway::GatewayResponse").map(
    ([, { Properties }]) => {
      const row = v.parse(PROPERTIES, resolve(Properties));
      const headers = Object.entries(row.ResponseParameters).map(([name, value]) => [
        name.replace(HEADER, "").toLowerCase(),
        value,
      ]);
      const body = localize(row.ResponseTemplates["application/json"]);
      const answer = { statusCode: row.StatusCode, headers: Object.fromEntries(headers), body };
      return [row.ResponseType, answer];
    },
  );
  return Object.fromEntries(rows);
}
