import * as v from "valibot";
import type { Resolve } from "./intrinsics.ts";
import { resourcesOf, type Template } from "./template.ts";

/** One method of the gateway. */
export type Route = {
  readonly method: string;
  /** As the gateway writes it: `/v1/verifications/{id}`. */
  readonly path: string;
  readonly functionArn: string;
  /** The JSON Schemas (draft 4) that bodies are validated against, by media type. Empty where nothing is validated. */
  readonly models: Readonly<Record<string, unknown>>;
  readonly timeoutMilliseconds: number;
  /** Whether IAM asks who signed. */
  readonly isSigned: boolean;
};

/** How long the gateway waits for an integration by default. https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html */
const DEFAULT_TIMEOUT_MILLISECONDS = 29_000;

const METHOD = v.object({
  HttpMethod: v.string(),
  ResourceId: v.unknown(),
  AuthorizationType: v.optional(v.picklist(["NONE", "AWS_IAM"]), "NONE"),
  RequestModels: v.optional(v.record(v.string(), v.unknown()), {}),
  RequestValidatorId: v.optional(v.unknown()),
  Integration: v.object({
    Type: v.literal("AWS_PROXY"),
    Uri: v.unknown(),
    TimeoutInMillis: v.optional(v.number(), DEFAULT_TIMEOUT_MILLISECONDS),
  }),
});
const CHILD = v.object({ PathPart: v.string(), ParentId: v.unknown() });
const REFERENCE = v.object({ Ref: v.string() });
const VALIDATOR = v.object({ ValidateRequestBody: v.optional(v.boolean(), false) });
const MODEL = v.object({ Schema: v.record(v.string(), v.unknown()) });

export function routesOf(template: Template, resolve: Resolve): readonly Route[] {
  return resourcesOf(template, "AWS::ApiGateway::Method").map(([, { Properties }]) => {
    const method = v.parse(METHOD, Properties);
    return {
      method: method.HttpMethod,
      path: pathOf(template, method.ResourceId),
      functionArn: functionArnIn(v.parse(v.string(), resolve(method.Integration.Uri))),
      models: validatesBody(template, method.RequestValidatorId)
        ? modelsOf(template, method.RequestModels)
        : {},
      timeoutMilliseconds: method.Integration.TimeoutInMillis,
      isSigned: method.AuthorizationType === "AWS_IAM",
    };
  });
}

/** A resource's path is its parent's and its own part; the root has neither. */
function pathOf(template: Template, resourceId: unknown): string {
  const reference = v.safeParse(REFERENCE, resourceId);
  if (!reference.success) return "/";
  const { PathPart, ParentId } = v.parse(
    CHILD,
    template.Resources[reference.output.Ref]?.Properties,
  );
  const parent = pathOf(template, ParentId);
  return `${parent === "/" ? "" : parent}/${PathPart}`;
}

/** `arn:aws:apigateway:…:path/2015-03-31/functions/<function ARN>/invocations`. */
function functionArnIn(uri: string): string {
  const found = /functions\/(arn:[^/]+?:function:[^/:]+)\/invocations/.exec(uri)?.[1];
  if (found === undefined) throw new Error(`the integration ${uri} invokes no function`);
  return found;
}

function validatesBody(template: Template, validatorId: unknown): boolean {
  const reference = v.safeParse(REFERENCE, validatorId);
  if (!reference.success) return false;
  return v.parse(VALIDATOR, template.Resources[reference.output.Ref]?.Properties)
    .ValidateRequestBody;
}

function modelsOf(
  template: Template,
  models: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const schemas = Object.entries(models).map(([mediaType, model]) => {
    const { Ref } = v.parse(REFERENCE, model);
    return [mediaType, v.parse(MODEL, template.Resources[Ref]?.Properties).Schema];
  });
  return Object.fromEntries(schemas);
}
