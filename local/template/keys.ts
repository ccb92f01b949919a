import * as v from "valibot";
import { namesOf } from "./names.ts";
import { resourcesOf, type Template } from "./template.ts";

/** A KMS key of the template: its ARN, and what it can do. */
export type KeyPlan = {
  readonly id: string;
  readonly arn: string;
  readonly spec: "HMAC_256" | "RSA_2048";
};

const PROPERTIES = v.object({ KeySpec: v.optional(v.string(), "SYMMETRIC_DEFAULT") });
const SPEC = v.picklist(["HMAC_256", "RSA_2048"]);

/** The keys that functions use. Others, for encryption at rest, have nothing to do here. */
export function keysOf(template: Template): readonly KeyPlan[] {
  return resourcesOf(template, "AWS::KMS::Key").flatMap(([logicalId, resource]) => {
    const spec = v.safeParse(SPEC, v.parse(PROPERTIES, resource.Properties).KeySpec);
    const { ref, attributes } = namesOf(logicalId, resource);
    return spec.success ? [{ id: ref, arn: attributes["Arn"] ?? ref, spec: spec.output }] : [];
  });
}

/** The ARNs of the secrets. */
export function secretsOf(template: Template): readonly string[] {
  return resourcesOf(template, "AWS::SecretsManager::Secret").map(
    ([id, resource]) => namesOf(id, resource).ref,
  );
}
