import * as v from "valibot";
import type { Resolve } from "./intrinsics.ts";
import { resourcesOf, type Template } from "./template.ts";

/** How often a method may be called; `method` or `path` is `*` where it holds for all. */
export type ThrottlePlan = {
  readonly method: string;
  /** As the gateway writes it: `/v1/verifications/{id}`. */
  readonly path: string;
  readonly requestsPerSecond: number;
  readonly burst: number;
};

/** The settings of the gateway for all routes. */
export type StagePlan = { readonly name: string; readonly throttles: readonly ThrottlePlan[] };

const SETTING = v.object({
  HttpMethod: v.optional(v.string(), "*"),
  ResourcePath: v.optional(v.string(), "/*"),
  ThrottlingRateLimit: v.optional(v.number()),
  ThrottlingBurstLimit: v.optional(v.number()),
});
/** Refuses a property that the local gateway does not support. */
const none = (what: string) => v.optional(v.never(`the local gateway plays no ${what}`));
const STAGE = v.object({
  StageName: v.optional(v.string(), "local"),
  Variables: none("variables of a stage"),
  MethodSettings: v.optional(v.array(SETTING), []),
});
const API = v.object({ BinaryMediaTypes: none("binary media types") });

/** The one stage of the one API; without a stage nothing is throttled. Throws where it has variables, or its API binary media types. */
export function stageOf(template: Template, resolve: Resolve): StagePlan {
  const [stage] = resourcesOf(template, "AWS::ApiGateway::Stage");
  const [api] = resourcesOf(template, "AWS::ApiGateway::RestApi");
  v.parse(API, resolve(api?.[1].Properties ?? {}));
  const { StageName, MethodSettings } = v.parse(STAGE, resolve(stage?.[1].Properties ?? {}));
  return { name: StageName, throttles: MethodSettings.flatMap(throttleOf) };
}

function throttleOf(setting: v.InferOutput<typeof SETTING>): readonly ThrottlePlan[] {
  const { HttpMethod, ResourcePath, ThrottlingRateLimit, ThrottlingBurstLimit } = setting;
  if (ThrottlingRateLimit === undefined || ThrottlingBurstLimit === undefined) return [];
  return [
    {
      method: HttpMethod,
      path: plainPath(ResourcePath),
      requestsPerSecond: ThrottlingRateLimit,
      burst: ThrottlingBurstLimit,
    },
  ];
}

/** A setting spells a path as a JSON pointer does: `/~1v1~1verifications`. RFC 6901 §3. */
function plainPath(resourcePath: string): string {
  if (resourcePath === "/*") return "*";
  return resourcePath.slice(1).replaceAll("~1", "/").replaceAll("~0", "~");
}
