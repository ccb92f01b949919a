import * as v from "valibot";

const RESOURCE = v.object({
  Type: v.string(),
  Properties: v.optional(v.record(v.string(), v.unknown()), {}),
  Metadata: v.optional(v.record(v.string(), v.unknown()), {}),
});
const TEMPLATE = v.object({ Resources: v.record(v.string(), RESOURCE) });

/** A CloudFormation template, as far as a local system needs to read it. */
export type Template = v.InferOutput<typeof TEMPLATE>;
export type Resource = v.InferOutput<typeof RESOURCE>;

/** Throws, naming the place, where `value` is no template. */
export function parseTemplate(value: unknown): Template {
  return v.parse(TEMPLATE, value);
}

/** The resources of one of these types, by logical id. */
export function resourcesOf(
  template: Template,
  ...types: readonly string[]
): readonly (readonly [string, Resource])[] {
  return Object.entries(template.Resources).filter(([, { Type }]) => types.includes(Type));
}
