import { existsSync, globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";
import { expect, it } from "vitest";

const ROOT = join(import.meta.dirname, "../..");
const read = (file: string) => readFileSync(join(ROOT, file), "utf8");

const MANIFEST = v.object({
  version: v.optional(v.string()),
  license: v.optional(v.string()),
  private: v.optional(v.boolean()),
});
const manifestOf = (file: string) => v.parse(MANIFEST, JSON.parse(read(file)));
const PROJECT = manifestOf("package.json");
const PUBLISHED = globSync("*/package.json", { cwd: ROOT }).filter(
  (file) => !manifestOf(file).private,
);

it("published packages and the newest entry of the changelog have the version of the project, and all one licence", () => {
  expect(PUBLISHED).toContain("client/package.json");
  for (const file of PUBLISHED) {
    const { version, license } = manifestOf(file);
    expect([file, version, license]).toEqual([file, PROJECT.version, "Apache-2.0"]);
  }
  expect(PROJECT.license).toBe("Apache-2.0");
  expect(/^## (\S+)/m.exec(read("CHANGELOG.md"))?.[1]).toBe(PROJECT.version);
});

it("CONTRIBUTING.md names only files that are there, fits on 70 lines, and the page of tests names all kinds", () => {
  const text = read("CONTRIBUTING.md");
  const paths = [...text.matchAll(/`((?:\.?[\w-]+\/)+[\w.-]*)`/g)].map(([, path = ""]) => path);
  expect(paths.length).toBeGreaterThan(15);
  expect(paths.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
  const kinds = globSync("test/*/*.test.ts", { cwd: ROOT }).map((file) => file.split("/")[1]);
  const page = read("docs/contribute/testing.md");
  const named = [...page.matchAll(/^\| ([a-z, ]+) \|/gm)].flatMap(([, cell = ""]) =>
    cell.split(", "),
  );
  for (const kind of new Set(kinds)) expect(named).toContain(kind);
  expect(text.split("\n").length).toBeLessThanOrEqual(70);
});

it("workflows name the exact version of each action and give no write access beside the identity for npm", () => {
  for (const file of globSync(".github/workflows/*.yml", { cwd: ROOT })) {
    const text = read(file);
    const actions = [...text.matchAll(/uses: (\S+)/g)].map(([, action]) => action);
    for (const action of actions) expect(action).toMatch(/@(v\d+\.\d+\.\d+|[0-9a-f]{40})$/);
    expect([...text.matchAll(/(\S+): write/g)].every(([, name]) => name === "id-token")).toBe(true);
  }
  expect(read(".github/workflows/ci.yml")).toContain("run: .ci/run\n");
  for (const file of PUBLISHED)
    expect(read(".github/workflows/publish.yml")).toContain(
      `npm publish ./${file.split("/")[0]} --provenance`,
    );
});
