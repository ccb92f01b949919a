import { toJsonSchema } from "@valibot/to-json-schema";
import {
  CHECK_REQUEST,
  forBackEnd,
  NUMBER_CHECK_REQUEST,
  RESEND_REQUEST,
  SERVER_START_REQUEST,
  START_REQUEST,
} from "../functions/http/requests.ts";

const REQUESTS = {
  start: START_REQUEST,
  check: CHECK_REQUEST,
  resend: RESEND_REQUEST,
  "server-start": SERVER_START_REQUEST,
  "server-check": forBackEnd(CHECK_REQUEST),
  "server-resend": forBackEnd(RESEND_REQUEST),
  "number-check": forBackEnd(NUMBER_CHECK_REQUEST),
} as const;

export type ModelName = keyof typeof REQUESTS;

/** JSON Schema draft 4, which API Gateway supports. */
type JsonSchema4 = Readonly<Record<string, unknown>>;

/** The model of a request, from the schema that its function parses with. */
export function requestModel(name: ModelName): JsonSchema4 {
  const { $schema: _, required = [], ...schema } = toJsonSchema(REQUESTS[name]);
  return {
    $schema: "http://json-schema.org/draft-04/schema#",
    ...schema,
    // Draft 4 forbids an empty list (§5.4.3).
    ...(required.length > 0 ? { required } : {}),
  };
}
