import Draft04 from "ajv-draft-04";
import type { Route } from "../template/routes.ts";

/** The gateway does not check formats, nor keywords beyond draft 4. One for all: a first schema takes longer than all later ones. */
const AJV = new Draft04.default({ strict: false, validateFormats: false });

/** Whether a body may pass. */
export type BodyCheck = (contentType: string | undefined, body: string) => boolean;

/**
 * The body validation of one route, as the gateway does it: only for the media types that have a model, everything else goes through.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-method-request-validation.html
 */
export function bodyCheckOf({ models }: Pick<Route, "models">): BodyCheck {
  const validators = new Map(
    Object.entries(models).map(([mediaType, schema]) => [
      mediaType,
      AJV.compile(isSchema(schema) ? schema : {}),
    ]),
  );
  return (contentType, body) => {
    const validate = validators.get(mediaTypeOf(contentType));
    const parsed = parsedJson(body);
    return validate === undefined || (parsed !== undefined && validate(parsed.value));
  };
}

/** The media type that a Content-Type header names, without its parameters; JSON where a request names none. */
function mediaTypeOf(contentType = "application/json"): string {
  return contentType.split(";")[0]?.trim().toLowerCase() ?? "";
}

function isSchema(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function parsedJson(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}
