import * as v from "valibot";
import { namesOf, PLACE } from "./names.ts";
import type { Template } from "./template.ts";

/** Replaces the intrinsic functions in a value of the template by what they stand for. Throws on one that it does not know. */
export type Resolve = (value: unknown) => unknown;

const PSEUDO: Readonly<Record<string, string>> = {
  "AWS::AccountId": PLACE.account,
  "AWS::Partition": PLACE.partition,
  "AWS::Region": PLACE.region,
  "AWS::StackName": PLACE.stack,
  "AWS::URLSuffix": PLACE.suffix,
};

const ATTRIBUTE = v.tuple([v.string(), v.string()]);
const JOIN = v.tuple([v.string(), v.array(v.unknown())]);
const SELECT = v.tuple([
  v.pipe(v.unknown(), v.transform(Number), v.integer()),
  v.array(v.unknown()),
]);
const SPLIT = v.tuple([v.string(), v.unknown()]);
const SUB = v.union([v.string(), v.tuple([v.string(), v.record(v.string(), v.unknown())])]);

export function createResolve(template: Template): Resolve {
  const functions: Readonly<Record<string, (argument: unknown) => unknown>> = {
    Ref: (name) => reference(template, v.parse(v.string(), name)),
    "Fn::GetAtt": (argument) => attribute(template, ...v.parse(ATTRIBUTE, argument)),
    "Fn::Join": (argument) => {
      const [separator, parts] = v.parse(JOIN, argument);
      return parts.map(resolve).join(separator);
    },
    "Fn::Select": (argument) => {
      const [index, list] = v.parse(SELECT, argument);
      return list.map(resolve)[index];
    },
    "Fn::Split": (argument) => {
      const [separator, text] = v.parse(SPLIT, argument);
      return v.parse(v.string(), resolve(text)).split(separator);
    },
    "Fn::Sub": (argument) => substituted(template, resolve, argument),
  };

  function resolve(value: unknown): unknown {
    if (Array.isArray(value)) return value.map(resolve);
    if (typeof value !== "object" || value === null) return value;
    const call = intrinsicIn(value);
    if (call === undefined)
      return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, resolve(inner)]));
    const intrinsic = functions[call.name];
    if (intrinsic === undefined) throw new Error(`the local system does not know ${call.name}`);
    return intrinsic(call.argument);
  }

  return resolve;
}

/** An intrinsic function is an object with nothing else in it. */
function intrinsicIn(
  value: object,
): { readonly name: string; readonly argument: unknown } | undefined {
  const [entry, ...others] = Object.entries(value);
  if (entry === undefined || others.length > 0) return undefined;
  const [name, argument] = entry;
  return name === "Ref" || name.startsWith("Fn::") ? { name, argument } : undefined;
}

function reference(template: Template, name: string): unknown {
  const resource = template.Resources[name];
  if (resource !== undefined) return referenceTo(template, name, resource);
  if (name in template.Parameters) return template.Parameters[name]?.Default;
  const pseudo = PSEUDO[name];
  if (pseudo === undefined)
    throw new Error(`the template refers to ${name}, which it does not have`);
  return pseudo;
}

/** A version or an alias is addressed through its function. */
function referenceTo(
  template: Template,
  name: string,
  resource: Template["Resources"][string],
): unknown {
  const isFunctionVersion =
    resource.Type === "AWS::Lambda::Alias" || resource.Type === "AWS::Lambda::Version";
  if (!isFunctionVersion) return namesOf(name, resource).ref;
  const target = v.parse(v.object({ Ref: v.string() }), resource.Properties["FunctionName"]);
  return attribute(template, target.Ref, "Arn");
}

function attribute(template: Template, name: string, key: string): string {
  const resource = template.Resources[name];
  if (resource === undefined)
    throw new Error(`the template refers to ${name}, which it does not have`);
  return namesOf(name, resource).attributes[key] ?? `${name}.${key}`;
}

function substituted(template: Template, resolve: Resolve, argument: unknown): string {
  const parsed = v.parse(SUB, argument);
  const [text, variables] = typeof parsed === "string" ? [parsed, {}] : parsed;
  return text.replace(/\$\{([^}!]+)\}/g, (_, name: string) => {
    if (name in variables) return String(resolve(variables[name]));
    const [resource = "", ...key] = name.split(".");
    return key.length === 0
      ? String(reference(template, resource))
      : attribute(template, resource, key.join("."));
  });
}
