import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";

/** What Twilio's OpenAPI document says of one value. */
export type Schema = {
  readonly type: "string" | "boolean" | "integer" | "number" | "array" | "object";
  readonly pattern?: string | undefined;
  readonly format?: string | undefined;
  readonly enum?: readonly string[] | undefined;
  readonly items?: Schema | undefined;
};

/** One operation: where it is, and which parameters it takes. */
export type Operation = {
  readonly id: string;
  readonly method: string;
  readonly path: RegExp;
  readonly pathParameters: Readonly<Record<string, Schema>>;
  readonly form: Readonly<Record<string, Schema>>;
};

const SCHEMA: v.GenericSchema<Schema> = v.object({
  type: v.picklist(["string", "boolean", "integer", "number", "array", "object"]),
  pattern: v.optional(v.string()),
  format: v.optional(v.string()),
  enum: v.optional(v.array(v.string())),
  items: v.optional(v.lazy(() => SCHEMA)),
});
const REFERENCE = v.object({ $ref: v.string() });
const OPERATION = v.object({
  operationId: v.string(),
  parameters: v.array(v.object({ name: v.string(), schema: SCHEMA })),
  requestBody: v.optional(
    v.object({
      content: v.object({
        "application/x-www-form-urlencoded": v.object({
          schema: v.object({ properties: v.record(v.string(), v.union([REFERENCE, SCHEMA])) }),
        }),
      }),
    }),
  ),
});
const DOCUMENT = v.object({
  paths: v.record(v.string(), v.record(v.string(), OPERATION)),
  components: v.object({ schemas: v.record(v.string(), v.looseObject({})) }),
});

const { paths, components } = v.parse(
  DOCUMENT,
  JSON.parse(readFileSync(join(import.meta.dirname, "api.openapi.json"), "utf8")),
);

/** The operations that are played, from a trimmed copy of Twilio's own document. */
export const OPERATIONS: readonly Operation[] = Object.entries(paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, { operationId, parameters, requestBody }]) => ({
    id: operationId,
    method: method.toUpperCase(),
    path: new RegExp(`^${path.replaceAll(".", "\\.").replace(/\{(\w+)\}/g, "(?<$1>[^/]+)")}$`),
    pathParameters: Object.fromEntries(parameters.map(({ name, schema }) => [name, schema])),
    form: schemasOf(
      requestBody?.content["application/x-www-form-urlencoded"].schema.properties ?? {},
    ),
  })),
);

function schemasOf(
  properties: Readonly<Record<string, v.InferOutput<typeof REFERENCE> | Schema>>,
): Readonly<Record<string, Schema>> {
  const pairs = Object.entries(properties).map(([name, property]) => [
    name,
    "$ref" in property
      ? v.parse(SCHEMA, components.schemas[property.$ref.split("/").at(-1) ?? ""])
      : property,
  ]);
  return Object.fromEntries(pairs);
}
