import * as v from "valibot";

const RESOURCE = v.object({
  Type: v.string(),
  DeletionPolicy: v.optional(v.string()),
  Properties: v.optional(v.record(v.string(), v.unknown()), {}),
});
const TEMPLATE = v.object({ Resources: v.record(v.string(), RESOURCE) });

/** The parts of a CloudFormation template that are read here. */
export type Template = v.InferOutput<typeof TEMPLATE>;
export type Resource = v.InferOutput<typeof RESOURCE> & { readonly id: string };

/** Throws, with the path, if `value` is no template. */
export function parseTemplate(value: unknown): Template {
  return v.parse(TEMPLATE, value);
}

/** The resources of one type, with their logical ids. */
export function resourcesOf({ Resources }: Template, type: string): readonly Resource[] {
  return Object.entries(Resources)
    .filter(([, { Type }]) => Type === type)
    .map(([id, resource]) => ({ id, ...resource }));
}

/** The value at a path of properties and indexes; `undefined` if there is none. */
export function at(value: unknown, ...path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>(
    (inner, key) => (typeof inner === "object" && inner !== null ? Object(inner)[key] : undefined),
    value,
  );
}

/** A list as it is, one value as a list of it, nothing as an empty list: CloudFormation writes all three. */
export function listOf(value: unknown): readonly unknown[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}
