import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { gunzipSync } from "node:zlib";
import { beforeAll, describe, expect, it } from "vitest";
import { formatMessage, publint } from "../lint/packages.ts";
import { checkPackage, createPackageFromTarballData } from "../openapi-client/types-of-package.ts";
import { packed } from "./packed.ts";

const ROOT = join(import.meta.dirname, "../..");
const PAGE = readFileSync(join(ROOT, "docs/stacks/README.md"), "utf8");

describe.each(["client", "server", "cdk"])("the tarball of @latchkey/%s", (name) => {
  let tarball: Uint8Array<ArrayBuffer>;
  beforeAll(async () => {
    tarball = await packed(name);
  });

  it("is clean to publint", async () => {
    const { messages, pkg } = await publint({ pack: { tarball: tarball.buffer }, strict: true });
    expect(messages.map((message) => formatMessage(message, pkg ?? {}))).toEqual([]);
  });

  it("has types that every resolution finds, and that are true", async () => {
    const { types, problems } = Object(await checkPackage(createPackageFromTarballData(tarball)));
    expect(types).toMatchObject({ kind: "included" });
    const unknown = problems.filter((problem: object) => !isAccepted(problem));
    expect(unknown).toEqual([]);
  });

  it("has the sizes that the page about stacks names, to a tenth", () => {
    const unpacked = gunzipSync(tarball).length;
    const { dependencies } = JSON.parse(readFileSync(join(ROOT, name, "package.json"), "utf8"));
    const needed = [...foldersOf(Object.keys(dependencies ?? {}))].map(bytesIn);
    const installed = needed.reduce((sum, bytes) => sum + bytes, unpacked);
    const [, ...sizes] =
      new RegExp(`^\\| \`@latchkey/${name}\` ${"\\| ([\\d.]+) KB ".repeat(3)}`, "m").exec(PAGE) ??
      [];
    const named = sizes.map((text) => Number(text));
    const real = [tarball.length, unpacked, installed].map((bytes) => bytes / 1_024);
    expect(
      named.map((size, index) => Math.abs(size / (real[index] ?? 0) - 1) < 0.1),
      `${real}`,
    ).toEqual([true, true, true]);
  });
});

/** ES modules only: `require` gets the same module, which Node has loaded since 20.19. Node 10 reads no `exports`, so no entries beside the root. */
function isAccepted(problem: object): boolean {
  const { kind, resolutionKind } = Object(problem);
  return kind === "CJSResolvesToESM" || (kind === "NoResolution" && resolutionKind === "node10");
}

/** Where npm has installed these packages and all that they depend on. */
function foldersOf(names: readonly string[], from = ROOT, found = new Set<string>()) {
  for (const name of names) {
    const folder = ascending(from)
      .map((each) => join(each, "node_modules", name))
      .find(existsSync);
    if (folder === undefined || found.has(folder)) continue;
    const { dependencies } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    foldersOf(Object.keys(dependencies ?? {}), folder, found.add(folder));
  }
  return found;
}

function ascending(folder: string): readonly string[] {
  return folder === ROOT ? [ROOT] : [folder, ...ascending(dirname(folder))];
}

function bytesIn(folder: string): number {
  const sizes = readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => name !== "node_modules")
    .map((entry) =>
      entry.isDirectory()
        ? bytesIn(join(folder, entry.name))
        : statSync(join(folder, entry.name)).size,
    );
  return sizes.reduce((sum, size) => sum + size, 0);
}
