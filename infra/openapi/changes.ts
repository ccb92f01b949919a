import type { Json } from "./schemas.ts";

/**
 * Changes of an API's description that would break a caller of the older one, one line each. Callers must tolerate new fields of answers, new
 * words of open lists, and new problems: the description states it.
 */
export function breakingChanges(before: Json, after: Json): readonly string[] {
  const [older, newer] = [before, after].map(operationsIn);
  return Object.entries(older ?? {}).flatMap(([name, operation]) => {
    const now = newer?.[name];
    if (now === undefined) return [`${name}: is gone`];
    return operationChanges(at(before, operation), at(after, now)).map(
      (what) => `${name}: ${what}`,
    );
  });
}

/** Whether the versions announce a breaking change (semver.org §8). */
export function isNewMajor(before: Json, after: Json): boolean {
  const [older = 0, newer = 0] = [before, after].map((document) =>
    Number.parseInt(text(child(document, "info")["version"]), 10),
  );
  return newer > older;
}

/** A part of a description, with the whole document for its references. */
type Part = { readonly whole: Json; readonly value: Json };

function at(whole: Json, value: unknown): Part {
  const own = asObject(value);
  const path = own["$ref"];
  if (typeof path !== "string") return { whole, value: own };
  const names = path.replace("#/", "").split("/");
  return { whole, value: names.reduce<Json>((found, name) => child(found, name), whole) };
}

function operationsIn(document: Json): Readonly<Record<string, Json>> {
  const found = Object.entries(child(document, "paths")).flatMap(([path, item]) =>
    METHODS.flatMap((method) => {
      const operation = asObject(item)[method];
      return operation === undefined ? [] : [[`${method.toUpperCase()} ${path}`, operation]];
    }),
  );
  return Object.fromEntries(found);
}

const METHODS = ["get", "post", "put", "patch", "delete"] as const;

function operationChanges(before: Part, after: Part): readonly string[] {
  return [
    ...parameterChanges(before, after),
    ...requestChanges(before, after),
    ...responseChanges(before, after),
    ...(sameJson(before.value["security"], after.value["security"]) ? [] : ["security changed"]),
  ];
}

function parameterChanges(before: Part, after: Part): readonly string[] {
  const known = new Map(parametersOf(before).map((one) => [text(one["name"]), one]));
  return parametersOf(after).flatMap((parameter) => {
    const name = text(parameter["name"]);
    const older = known.get(name);
    if (older === undefined)
      return parameter["required"] === true ? [`${name} is required now`] : [];
    return schemaChanges(at(before.whole, older["schema"]), at(after.whole, parameter["schema"]), {
      path: name,
      side: "request",
    });
  });
}

function parametersOf({ whole, value }: Part): readonly Json[] {
  const list = value["parameters"];
  return Array.isArray(list) ? list.map((one) => at(whole, one).value) : [];
}

function requestChanges(before: Part, after: Part): readonly string[] {
  const [older, newer] = [before, after].map(({ whole, value }) =>
    contentOf(whole, child(value, "requestBody")),
  );
  if (newer === undefined) return older === undefined ? [] : ["takes no body any more"];
  if (older === undefined) return ["asks for a body now"];
  return schemaChanges(older, newer, { path: "request", side: "request" });
}

/** Compares successful responses only: a further problem breaks no caller, and all have one form. */
function responseChanges(before: Part, after: Part): readonly string[] {
  const newer = child(after.value, "responses");
  return Object.entries(child(before.value, "responses")).flatMap(([status, response]) => {
    if (!status.startsWith("2")) return [];
    const now = newer[status];
    if (now === undefined) return [`${status} is gone`];
    const [old, young] = [contentOf(before.whole, response), contentOf(after.whole, now)];
    if (old === undefined) return [];
    if (young === undefined) return [`${status} has no body any more`];
    return schemaChanges(old, young, { path: status, side: "response" });
  });
}

function contentOf(whole: Json, holder: unknown): Part | undefined {
  const [content] = Object.values(child(at(whole, holder).value, "content"));
  return content === undefined ? undefined : at(whole, child(asObject(content), "schema"));
}

type Place = { readonly path: string; readonly side: "request" | "response" };

/** A request must accept all that it accepted before; a response must contain all that it contained before. */
function schemaChanges(before: Part, after: Part, place: Place): readonly string[] {
  const { path, side } = place;
  const [wide, narrow] = side === "request" ? [after, before] : [before, after];
  return [
    ...(sameJson(before.value["type"], after.value["type"]) ? [] : [`${path} has another type`]),
    ...(wordsFit(narrow.value, wide.value) ? [] : [`${path} has other words`]),
    ...(boundsFit(narrow.value, wide.value) ? [] : [`${path} has other bounds`]),
    ...propertyChanges(before, after, place),
    ...(before.value["items"] === undefined
      ? []
      : schemaChanges(
          at(before.whole, before.value["items"]),
          at(after.whole, after.value["items"]),
          {
            path: `${path}[]`,
            side,
          },
        )),
  ];
}

function propertyChanges(before: Part, after: Part, { path, side }: Place): readonly string[] {
  const older = child(before.value, "properties");
  const newer = child(after.value, "properties");
  const wasRequired = requiredOf(before);
  const isRequired = requiredOf(after);
  const asked = side === "request" ? isRequired.filter((name) => !wasRequired.includes(name)) : [];
  const dropped =
    side === "response" ? wasRequired.filter((name) => !isRequired.includes(name)) : [];
  return [
    ...asked.map((name) => `${path}.${name} is required now`),
    ...dropped.map((name) => `${path}.${name} may be missing now`),
    ...Object.keys(older).flatMap((name) =>
      newer[name] === undefined
        ? [`${path}.${name} is gone`]
        : schemaChanges(at(before.whole, older[name]), at(after.whole, newer[name]), {
            path: `${path}.${name}`,
            side,
          }),
    ),
  ];
}

/** Whether every word of `narrow` is in `wide`; no list means any word. Open lists promise nothing. */
function wordsFit(narrow: Json, wide: Json): boolean {
  const [some, all] = [wordsOf(narrow), wordsOf(wide)];
  if (all === undefined) return true;
  return some?.every((word) => all.includes(word)) ?? false;
}

function wordsOf(schema: Json): readonly unknown[] | undefined {
  const words = schema["enum"] ?? (schema["const"] === undefined ? undefined : [schema["const"]]);
  return Array.isArray(words) ? words : undefined;
}

/** Whether one schema accepts all that the other accepts, by numbers and patterns. */
function boundsFit(narrow: Json, wide: Json): boolean {
  const upper = ["maxLength", "maximum", "maxItems"].every(
    (name) => number(wide[name], Infinity) >= number(narrow[name], Infinity),
  );
  const lower = ["minLength", "minimum", "minItems"].every(
    (name) => number(wide[name], -Infinity) <= number(narrow[name], -Infinity),
  );
  const form = ["pattern", "format"].every(
    (name) => wide[name] === undefined || wide[name] === narrow[name],
  );
  return upper && lower && form;
}

function requiredOf({ value }: Part): readonly string[] {
  const names = value["required"];
  return Array.isArray(names) ? names.map(text) : [];
}

function child(value: Json, name: string): Json {
  return asObject(value[name]);
}

function asObject(value: unknown): Json {
  return Object(value ?? {});
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function number(value: unknown, otherwise: number): number {
  return typeof value === "number" ? value : otherwise;
}

function sameJson(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
