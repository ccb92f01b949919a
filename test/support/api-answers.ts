import Ajv2020, { type ValidateFunction } from "ajv/dist/2020.js";
import { documentedRoutes, openApiDocument } from "../../infra/openapi/document.ts";

export type ApiAnswer = {
  readonly method: string;
  /** As it was asked for, or as the gateway writes it. */
  readonly path: string;
  readonly status: number;
  readonly mediaType: string | null | undefined;
  readonly body: string;
};

type Node = { readonly [name: string]: unknown };

const DOCUMENT = strict(openApiDocument());
const ajv = new Ajv2020.default({
  strict: false,
  allErrors: true,
  formats: { "date-time": isTime },
});
ajv.addSchema({ $id: "openapi", ...DOCUMENT });

/** The rules that answers are held to beyond what callers may rely on: no field and no word that the description does not have. */
function strict(value: unknown): Node {
  return JSON.parse(JSON.stringify(value).replaceAll('"x-extensible-enum":', '"enum":'));
}

function isTime(text: string): boolean {
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(text) && !Number.isNaN(Date.parse(text));
}

/** The first part of an answer that the API's description lacks; `undefined` if it has all. */
export function faultOf(answer: ApiAnswer): string | undefined {
  const { method, status, body } = answer;
  if (method === "OPTIONS" && status === 204)
    return body === "" ? undefined : "a preflight has no body";
  const response = responseOf(answer);
  if (response === undefined) return `${status} is not described`;
  // Neither the description nor the answer has one.
  if (method === "HEAD") return body === "" ? undefined : "HEAD has no body";
  return contentFault(response, answer);
}

function contentFault(response: Node, answer: ApiAnswer): string | undefined {
  const { status, body } = answer;
  const [content] = Object.entries(child(response, "content"));
  if (content === undefined) return body === "" ? undefined : `${status} has no body`;
  const [type, { schema, examples }] = [content[0], asNode(content[1])];
  if (answer.mediaType?.split(";")[0] !== type) return `the media type is ${answer.mediaType}`;
  const validate = validatorOf(asNode(schema));
  const parsed = asNode(JSON.parse(body));
  if (!validate(parsed)) return ajv.errorsText(validate.errors);
  // The examples of a refusal list its codes.
  const isListed = Object.hasOwn(asNode(examples), String(parsed["code"]));
  return status < 400 || isListed ? undefined : `${status} has no ${parsed["code"]}`;
}

const validators = new Map<string, ValidateFunction>();

/** Made once: an attack has thousands of answers, and few kinds of them. */
function validatorOf(schema: Node): ValidateFunction {
  const text = JSON.stringify(schema);
  const known = validators.get(text);
  if (known !== undefined) return known;
  const made = ajv.compile({ ...located(schema), unevaluatedProperties: false });
  validators.set(text, made);
  return made;
}

/** A route that is none has the one answer that no route has. */
const NO_ROUTE = { $ref: "#/components/responses/RouteNotFound" } as const;

function responseOf({ method, path, status }: ApiAnswer): Node | undefined {
  const route = documentedRoutes().find(
    (one) => one.method === method && patternOf(one.path).test(path),
  );
  if (route === undefined) return status === 404 ? resolved(NO_ROUTE) : undefined;
  const item = child(child(DOCUMENT, "paths"), route.path);
  const responses = child(child(item, method.toLowerCase()), "responses");
  const found = responses[status] ?? responses[`${Math.floor(status / 100)}XX`];
  return found === undefined ? undefined : resolved(asNode(found));
}

function resolved(node: Node): Node {
  const path = node["$ref"];
  if (typeof path !== "string") return node;
  return path.replace("#/", "").split("/").reduce(child, DOCUMENT);
}

function patternOf(path: string): RegExp {
  return new RegExp(`^${path.replaceAll(".", "\\.").replaceAll("{id}", "[^/]+")}$`);
}

/** References lead into the whole document. */
function located(schema: Node): Node {
  return JSON.parse(JSON.stringify(schema).replaceAll('"#/components', '"openapi#/components'));
}

function child(node: Node, name: string): Node {
  return asNode(node[name]);
}

function asNode(value: unknown): Node {
  return Object(value ?? {});
}

/** Throws for an answer that the description of the API does not have. */
export function insistOnDescribed(answer: ApiAnswer): void {
  const fault = faultOf(answer);
  if (fault !== undefined)
    throw new Error(
      `not as the API is described: ${answer.method} ${answer.path} answered ${answer.status} ${answer.body}: ${fault}`,
    );
}
