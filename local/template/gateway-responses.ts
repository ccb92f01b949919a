import * as v from "valibot";
import type { Resolve } from "./intrinsics.ts";
import { resourcesOf, type Template } from "./template.ts";

/** What the gateway itself answers for one of its reasons, as the template changes it. */
export type GatewayResponse = {
  readonly statusCode: number | undefined;
  /** Header name → `'literal'` or a `context.` / `method.request.` expression. */
  readonly headers: Readonly<Record<string, string>>;
  /** Media type → body with `$context` variables. */
  readonly templates: Readonly<Record<string, string>>;
};

const PROPERTIES = v.object({
  ResponseType: v.string(),
  StatusCode: v.optional(v.pipe(v.union([v.string(), v.number()]), v.transform(Number))),
  ResponseParameters: v.optional(v.record(v.string(), v.string()), {}),
  ResponseTemplates: v.optional(v.record(v.string(), v.string()), {}),
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
      const headers = Object.entries(row.ResponseParameters)
        .filter(([name]) => name.startsWith(HEADER))
        .map(([name, value]) => [name.slice(HEADER.length), value]);
      return [
        row.ResponseType,
        {
          statusCode: row.StatusCode,
          headers: Object.fromEntries(headers),
          templates: Object.fromEntries(
            Object.entries(row.ResponseTemplates).map(([type, text]) => [type, localize(text)]),
          ),
        },
      ];
    },
  );
  return Object.fromEntries(rows);
}
