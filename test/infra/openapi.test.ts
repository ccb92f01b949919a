import { execFile, execFileSync } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import type * as v from "valibot";
import { describe, expect, expectTypeOf, it } from "vitest";
import { PROBLEMS, type ProblemMembers } from "../../functions/http/problem.ts";
import type {
  CheckBody,
  PROBLEM_RESPONSE,
  VerificationBody,
} from "../../functions/http/responses.ts";
import type { Checked } from "../../functions/verification/check.ts";
import type { VerificationView } from "../../functions/verification/view.ts";
import { breakingChanges, isNewMajor } from "../../infra/openapi/changes.ts";
import { documentedRoutes, problemsOf } from "../../infra/openapi/document.ts";
import { OPERATIONS } from "../../infra/openapi/operations.ts";
import { openApiText } from "../../infra/write-openapi.ts";
import { createConfig, lintFromString } from "../lint/packages.ts";
import { type ApiAnswer, faultOf } from "../support/api-answers.ts";
import { compile } from "../support/compile.ts";

const run = promisify(execFile);
const ROOT = join(import.meta.dirname, "../..");

/** A document to change: any, since each test knows what it takes apart. */
function copy() {
  return JSON.parse(openApiText());
}

describe("docs/openapi.json", () => {
  it("is up to date: `npm run openapi` writes it", async () => {
    expect(await readFile(join(ROOT, "docs/openapi.json"), "utf8")).toBe(openApiText());
  });

  // What HEAD has is what callers know; while a change is being made, and its parent when the change is tested after its commit.
  it.each(["HEAD", "HEAD^"])("breaks no caller of %s, or has a new major version", (commit) => {
    const before = committed(commit);
    const breaking = isNewMajor(before, copy()) ? [] : breakingChanges(before, copy());
    expect(breaking).toEqual([]);
  });

  it("lints clean by Redocly's recommended rules", async () => {
    expect(await lint(openApiText())).toEqual([]);
    const { info: _, ...bad } = copy();
    expect(await lint(JSON.stringify(bad))).not.toEqual([]);
  });

  it("has an operation for each route that callers use, and no other", () => {
    // Back ends have the same operations under routes of their own.
    const routes = new Set(
      documentedRoutes().map(
        ({ method, path }) => `${method} ${path.replace(/\/(?:server|keyed)\//, "/")}`,
      ),
    );
    expect(Object.keys(OPERATIONS).toSorted()).toEqual([...routes].toSorted());
  });

  it("has each problem at some route", () => {
    const told = new Set<string>(documentedRoutes().flatMap(problemsOf));
    expect(Object.keys(PROBLEMS).filter((code) => !told.has(code))).toEqual([]);
  });

  it.each(["", "/server"])("leads from a start%s to every operation that takes its id", (kind) => {
    const { paths } = copy();
    const start = `/v1${kind}/verifications`;
    const followers = Object.entries<object>(paths)
      .filter(([path]) => path.startsWith(`${start}/{id}`))
      .flatMap(([, item]) => Object.values(item).flatMap(({ operationId }) => operationId ?? []));
    expect(followers).toHaveLength(4);
    expect(paths[start].post.responses["201"].links).toEqual(
      Object.fromEntries(
        followers.map((operationId) => [
          operationId,
          { operationId, parameters: { id: "$response.body#/id" } },
        ]),
      ),
    );
  });

  it("writes each part that many routes have once: every reference leads to a part, every part has a reference", () => {
    const { paths, components } = copy();
    const text = openApiText();
    const references = new Set(text.match(/(?<="#)\/components\/[^"]+/g));
    const parts = Object.entries<object>(components)
      .filter(([kind]) => kind !== "securitySchemes")
      .flatMap(([kind, named]) => Object.keys(named).map((name) => `/components/${kind}/${name}`));
    expect([...references].toSorted()).toEqual(parts.toSorted());
    expect(JSON.stringify(paths)).not.toContain("application/problem+json");
  });

  it("gives a field of a problem its own text where a request has a field of the same name", () => {
    const { Problem, CheckRequest, Verification } = copy().components.schemas;
    for (const [name, other] of [
      ["code", CheckRequest],
      ["status", Verification],
    ])
      expect(Problem.properties[name].description).not.toBe(other.properties[name].description);
  });

  it("has signatures at the routes of back ends alone", () => {
    for (const route of documentedRoutes()) {
      const isSigned = route.path.startsWith("/v1/server/");
      expect(problemsOf(route).includes("signature-invalid")).toBe(isSigned);
    }
  });

  it("states everywhere but at the keys that a page may be refused: at the routes of back ends every page is", () => {
    for (const route of documentedRoutes())
      expect(problemsOf(route).includes("origin-not-allowed")).toBe(route.path.startsWith("/v1/"));
  });
});

function committed(commit: string) {
  try {
    return JSON.parse(
      execFileSync("git", ["show", `${commit}:docs/openapi.json`], {
        cwd: ROOT,
        encoding: "utf8",
        stdio: ["ignore", "pipe", "ignore"],
      }),
    );
  } catch {
    // No repository, or none with that file yet: nobody can lean on what was not there.
    return {};
  }
}

async function lint(source: string): Promise<readonly string[]> {
  const config = await createConfig({ extends: ["recommended"] });
  const problems = await lintFromString({ source, config });
  return problems.map(({ ruleId, message }) => `${ruleId}: ${message}`);
}

describe("a change breaks callers", () => {
  const START = "POST /v1/verifications";
  type Change = (document: ReturnType<typeof copy>) => unknown;
  const BREAKING: Readonly<Record<string, readonly [change: Change, told: string]>> = {
    "that takes a path away": [
      (d) => delete d.paths["/v1/verifications/{id}/check"],
      "POST /v1/verifications/{id}/check: is gone",
    ],
    "that takes an operation away": [
      (d) => delete d.paths["/v1/verifications/{id}"].delete,
      "DELETE /v1/verifications/{id}: is gone",
    ],
    "that answers by another status": [
      (d) => delete d.paths["/v1/verifications"].post.responses["201"],
      `${START}: 201 is gone`,
    ],
    "that answers with a field less": [
      (d) => delete d.components.schemas.Verification.properties.resendAt,
      `${START}: 201.resendAt is gone`,
    ],
    "that may leave a field out": [
      (d) => d.components.schemas.CheckResult.required.pop(),
      "POST /v1/verifications/{id}/check: 200.checksRemaining may be missing now",
    ],
    "that answers with another type": [
      (d) =>
        Object.assign(d.components.schemas.Verification.properties.codeLength, { type: "string" }),
      `${START}: 201.codeLength has another type`,
    ],
    "that answers with a new word of a closed list": [
      (d) => d.components.schemas.Verification.properties.status.enum.push("lost"),
      `${START}: 201.status has other words`,
    ],
    "that asks for a field more": [
      (d) => d.components.schemas.StartRequest.required.push("nonce"),
      `${START}: request.nonce is required now`,
    ],
    "that knows a field no more": [
      (d) => delete d.components.schemas.StartRequest.properties.nonce,
      `${START}: request.nonce is gone`,
    ],
    "that takes a word no more": [
      (d) => d.components.schemas.StartRequest.properties.purpose.enum.pop(),
      `${START}: request.purpose has other words`,
    ],
    "that takes less": [
      (d) => Object.assign(d.components.schemas.StartRequest.properties.nonce, { maxLength: 8 }),
      `${START}: request.nonce has other bounds`,
    ],
    "that asks for a form": [
      (d) => Object.assign(d.components.schemas.StartRequest.properties.to, { pattern: "^[+]" }),
      `${START}: request.to has other bounds`,
    ],
    "that asks for a header": [
      (d) =>
        Object.assign(d.components.parameters.IdempotencyKey, { name: "Other", required: true }),
      `${START}: Other is required now`,
    ],
    "that asks who is calling": [
      (d) => Object.assign(d.paths["/v1/verifications"].post, { security: [{ sigv4: [] }] }),
      `${START}: security changed`,
    ],
    "inside a list": [
      (d) => delete d.components.schemas.ProofKeys.properties.keys.items.properties.kid,
      "GET /.well-known/jwks.json: 200.keys[].kid is gone",
    ],
  };

  it.each(Object.entries(BREAKING))("%s", (_, [change, told]) => {
    const after = copy();
    change(after);
    expect(breakingChanges(copy(), after)).toContain(told);
  });

  const HARMLESS: Readonly<Record<string, Change>> = {
    "that answers with a field more": (d) =>
      Object.assign(d.components.schemas.Verification.properties, { more: { type: "string" } }),
    "that answers with a new word of a list that may grow": (d) =>
      d.components.schemas.Verification.properties.delivery["x-extensible-enum"].push("lost"),
    "that takes a field more": (d) =>
      Object.assign(d.components.schemas.StartRequest.properties, { locale: { type: "string" } }),
    "that takes a word more": (d) =>
      d.components.schemas.StartRequest.properties.channel.enum.push("voice"),
    "that asks for a field no more": (d) => d.components.schemas.CheckRequest.required.pop(),
    "that refuses for one reason more": (d) =>
      Object.assign(d.paths["/v1/verifications"].post.responses, {
        410: { $ref: "#/components/responses/RouteNotFound" },
      }),
    "that has a route more": (d) =>
      Object.assign(d.paths, { "/v2": { get: d.paths["/v1/verifications"].post } }),
  };

  it.each(Object.entries(HARMLESS))("but not one %s", (_, change) => {
    const after = copy();
    change(after);
    expect(breakingChanges(copy(), after)).toEqual([]);
  });

  it("and a new major version has another number", () => {
    const after = copy();
    after.info.version = "3.0.0";
    expect(isNewMajor(copy(), after)).toBe(true);
    expect(isNewMajor(copy(), copy())).toBe(false);
  });
});

describe("what answers are held to", () => {
  const body = copy().components.examples.verification.value;
  const fine: ApiAnswer = {
    method: "POST",
    path: "/v1/verifications",
    status: 201,
    mediaType: "application/json",
    body: JSON.stringify(body),
  };

  const PROBLEM = { code: "phone-invalid", type: "t", title: "t", status: 422, instance: "i" };
  const problem = (changed: object) => ({
    status: 422,
    mediaType: "application/problem+json",
    body: JSON.stringify({ ...PROBLEM, ...changed }),
  });

  it("is the description", () => {
    expect(faultOf(fine)).toBeUndefined();
  });

  it.each<readonly [string, Partial<ApiAnswer>]>([
    ["another status", { status: 200 }],
    ["another media type", { mediaType: "text/html" }],
    ["a field that is not described", { body: JSON.stringify({ ...body, more: 1 }) }],
    ["a field that is missing", { body: JSON.stringify({ ...body, id: undefined }) }],
    ["a word that is not described", { body: JSON.stringify({ ...body, delivery: "lost" }) }],
    ["a time in another form", { body: JSON.stringify({ ...body, expiresAt: "2026-01-01" }) }],
    ["a path that is none", { path: "/v1/other" }],
    ["a problem of another route", problem({ code: "code-malformed" })],
    ["a problem with a member that is not described", problem({ phone: "+44" })],
  ])("and %s is a fault", (_, change) => {
    expect(faultOf({ ...fine, ...change })).toEqual(expect.any(String));
  });

  it("takes a problem that the route has", () => {
    expect(faultOf({ ...fine, ...problem({}) })).toBeUndefined();
  });
});

it("a client that openapi-typescript generates compiles against its example", async () => {
  const client = join(ROOT, "test/openapi-client");
  const folder = await mkdtemp(join(client, ".generated-"));
  const types = join(folder, "api.d.ts");
  await run(process.execPath, [
    join(client, "node_modules/openapi-typescript/bin/cli.js"),
    join(ROOT, "docs/openapi.json"),
    "--output",
    types,
  ]);
  const example = await readFile(join(client, "example.ts"), "utf8");
  await writeFile(join(folder, "example.ts"), example);
  const faults = await compile(folder, "--module", "nodenext", "example.ts");
  await rm(folder, { recursive: true });
  expect(faults).toBe("");
});

// What follows is proven by the compiler: a field without a schema, or a schema without a field, does not compile.
expectTypeOf<keyof VerificationBody>().toEqualTypeOf<keyof VerificationView>();
expectTypeOf<keyof CheckBody>().toEqualTypeOf<"id" | Exclude<keyof Checked, "kind">>();
type StandardMember = "type" | "title" | "status" | "code" | "instance";
type Members = v.InferOutput<typeof PROBLEM_RESPONSE>;
expectTypeOf<Exclude<keyof Members, StandardMember>>().toEqualTypeOf<keyof ProblemMembers>();
