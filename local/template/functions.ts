import { existsSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";
import type { Resolve } from "./intrinsics.ts";
import { namesOf } from "./names.ts";
import { type Resource, resourcesOf, type Template } from "./template.ts";

/** One Lambda function: its bundle and its settings. */
export type FunctionPlan = {
  readonly name: string;
  readonly arn: string;
  /** The bundle, as a path that can be required. */
  readonly bundle: string;
  readonly handler: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutSeconds: number;
  readonly memoryMebibytes: number;
};

/** Lambda's own defaults. https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const DEFAULT_TIMEOUT_SECONDS = 3;
const DEFAULT_MEMORY_MEBIBYTES = 128;

const PROPERTIES = v.object({
  Handler: v.string(),
  Timeout: v.optional(v.number(), DEFAULT_TIMEOUT_SECONDS),
  MemorySize: v.optional(v.number(), DEFAULT_MEMORY_MEBIBYTES),
  Environment: v.optional(v.object({ Variables: v.record(v.string(), v.unknown()) }), {
    Variables: {},
  }),
});
const ASSET = v.object({ "aws:asset:path": v.string() });

/** The functions whose code is an asset of the assembly. Functions without one belong to the deployment itself, and never run here. */
export function functionsOf(
  template: Template,
  resolve: Resolve,
  assemblyDirectory: string,
): readonly FunctionPlan[] {
  return resourcesOf(template, "AWS::Lambda::Function").flatMap(([logicalId, resource]) => {
    const asset = v.safeParse(ASSET, resource.Metadata);
    if (!asset.success) return [];
    return [
      planOf(logicalId, resource, resolve, join(assemblyDirectory, asset.output["aws:asset:path"])),
    ];
  });
}

function planOf(
  logicalId: string,
  resource: Resource,
  resolve: Resolve,
  folder: string,
): FunctionPlan {
  const { Handler, Timeout, MemorySize, Environment } = v.parse(PROPERTIES, resource.Properties);
  const { ref, attributes } = namesOf(logicalId, resource);
  const [module = "", handler = ""] = Handler.split(".");
  return {
    name: ref,
    arn: attributes["Arn"] ?? ref,
    bundle: bundleIn(folder, module),
    handler,
    environment: v.parse(v.record(v.string(), v.string()), resolve(Environment.Variables)),
    timeoutSeconds: Timeout,
    memoryMebibytes: MemorySize,
  };
}

/** Lambda looks for the module of a handler under these endings. */
function bundleIn(folder: string, module: string): string {
  const found = [".js", ".mjs", ".cjs"]
    .map((ending) => join(folder, module + ending))
    .find((path) => existsSync(path));
  if (found === undefined) throw new Error(`the assembly has no bundle ${module} in ${folder}`);
  return found;
}
