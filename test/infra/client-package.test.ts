import { execFile } from "node:child_process";
import { globSync, readFileSync } from "node:fs";
import { cp, readFile, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import { build, type Plugin } from "esbuild";
import { describe, expect, it, onTestFinished } from "vitest";
import { FORM_NAMES } from "../../client/build.ts";
import { LOCALES as ALL } from "../../client/src/locales.ts";
import { readTranslations } from "../../client/text-files.ts";
import { compile } from "../support/compile.ts";
import { aFolder } from "../support/folder.ts";
import { unpack } from "./packed.ts";

const run = promisify(execFile);
const ROOT = join(import.meta.dirname, "../..");
const CLIENT = join(ROOT, "client");

/** What a front end pays for the client, at most. Issue 7 asks for 3 KB. */
const MOST_GZIPPED_BYTES = 3 * 1_024;

/** What a page loads before anybody has done anything: form, client, English. Issue 19 asks for 16 KB. */
const MOST_BYTES = 16 * 1_024;
/** The steps after the number, which come while it is typed. */
const MOST_AFTER_BYTES = 4.5 * 1_024;
/** What comes once the form stands there, and is not waited for: the library that knows how numbers are written, without its numbering plans. */
const MOST_FORMATTING_BYTES = 14 * 1_024;
/** The plans of all countries; a page pays for them with one cached file. */
const MOST_PLANS_BYTES = 21 * 1_024;
/** One more language than English. */
const MOST_LANGUAGE_BYTES = 2.5 * 1_024;

const folder = aFolder();
await unpack("client", folder);

function gzipped(bytes: Uint8Array): number {
  return gzipSync(bytes, { level: 9 }).byteLength;
}

const NO_PLANS: Plugin = {
  name: "no numbering plans",
  setup(builder) {
    builder.onLoad({ filter: /metadata\.min\.json\.js$/ }, () => ({
      contents: "export default {}",
    }));
  },
};

describe("the package of the client", () => {
  it("costs a page no more than its budget, and needs no other package", async () => {
    const code = await readFile(join(folder, "dist/index.js"));
    expect(gzipped(code)).toBeLessThanOrEqual(MOST_GZIPPED_BYTES);
    const { dependencies, peerDependencies } = JSON.parse(
      await readFile(join(CLIENT, "package.json"), "utf8"),
    );
    // React is for who uses `@latchkey/client/react`, and has it then.
    expect({ dependencies, peerDependencies }).toEqual({ peerDependencies: { react: ">=18" } });
    expect(code.toString()).not.toMatch(/\bimport\b|\brequire\(/);
  });

  const inNode = async (script: string) => {
    const module = JSON.stringify(pathToFileURL(join(folder, "dist/index.js")).href);
    const whole = `const { createClient } = await import(${module}); ${script}`;
    return (await run(process.execPath, ["--input-type=module", "-e", whole])).stdout.trim();
  };

  it("runs where there is no page, and reports a network that is gone", async () => {
    const script = `
      const client = createClient({ baseUrl: "http://127.0.0.1:9", patienceSeconds: 0 });
      console.log((await client.start({ to: "+447700900123" })).code);`;
    expect(await inNode(script)).toBe("no-answer");
  });

  it("wants random bytes where there is no crypto, as in React Native", async () => {
    const script = `
      Object.defineProperty(globalThis, "crypto", { value: undefined });
      try { createClient({ baseUrl: "https://a.example" }); } catch (fault) { console.log(String(fault)); }
      console.log(typeof createClient({ baseUrl: "https://a.example", randomBytes: (count) => new Uint8Array(count) }).start);`;
    expect(await inNode(script)).toBe("TypeError: no randomBytes\nfunction");
  });

  it.each(["nodenext", "bundler"])(
    "compiles in a strict project by %s, as its README shows",
    async (resolution) => {
      const project = aFolder(onTestFinished);
      await cp(folder, join(project, "node_modules/@latchkey/client"), { recursive: true });
      await writeFile(join(project, "page.ts"), PAGE);
      const readme = await readFile(join(CLIENT, "README.md"), "utf8");
      await writeFile(join(project, "readme.ts"), /```ts\n([\s\S]*?)```/.exec(readme)?.[1] ?? "!");
      const module = resolution === "bundler" ? "esnext" : resolution;
      const resolving = ["--module", module, "--moduleResolution", resolution];
      expect(await compile(project, ...resolving, "page.ts", "readme.ts")).toBe("");
    },
  );
});

const PAGE = `
import { createClient, type Session } from "@latchkey/client";
const client = createClient({ baseUrl: "https://verify.example.com", storage: window.localStorage });
export async function verify(to: string, ask: () => Promise<string>): Promise<string> {
  const started = await client.start({ to, purpose: "login" });
  if (started.kind === "aborted") return "";
  if (started.kind === "problem") return started.title;
  const session: Session = started.session;
  const checked = await session.check(await ask());
  return checked.kind === "approved" ? checked.proof : checked.kind;
}
`;

describe("the form in the package", () => {
  const dist = join(folder, "dist");
  const scripts = globSync("**/*.js", { cwd: dist });
  const sizes = new Map(scripts.map((name) => [name, gzipped(readFileSync(join(dist, name)))]));

  it("costs a page no more than its budget before the first key", async () => {
    const script = await readFile(join(dist, "form.js"), "utf8");
    const first = [...script.matchAll(/from"\.\/(form\/[\w-]+\.js)"/g)].map(([, name]) => name);
    const bytes = ["form.js", ...first].map((name) => sizes.get(name ?? "") ?? 0);
    expect(bytes).not.toContain(0);
    const total = bytes.reduce((sum, size) => sum + size, 0);
    expect(total).toBeGreaterThan(MOST_BYTES / 2);
    expect(total).toBeLessThanOrEqual(MOST_BYTES);
  });

  it("has short names for its own parts alone, and for nothing that a page or the API names", async () => {
    const files = ["docs/reference/form.md", "docs/openapi.json", "client/src/form/texts.ts"];
    const texts = await Promise.all(files.map((file) => readFile(join(ROOT, file), "utf8")));
    const open = [
      ...texts.join("\n").matchAll(/`(?:detail\.)?(\w+)|"(\w+)":|^ {2}(\w+):/gm),
    ].flat();
    expect(open).toEqual(expect.arrayContaining(["numberTitle", "answerChallenge", "codeLength"]));
    expect(open.filter((name) => FORM_NAMES.test(name))).toEqual([]);
  });

  it("loads the steps after the number apart, within their budget", () => {
    expect(sizes.get("form/after-number.js") ?? Infinity).toBeLessThanOrEqual(MOST_AFTER_BYTES);
  });

  it("loads the formatting of numbers and the plans of all countries apart, each within its budget", async () => {
    const { outputFiles } = await build({
      entryPoints: [join(CLIENT, "src/form", "formatting.ts")],
      bundle: true,
      minify: true,
      format: "esm",
      plugins: [NO_PLANS],
      write: false,
    });
    const code = gzipped(outputFiles[0]?.contents ?? new Uint8Array());
    const whole = sizes.get("form/formatting.js") ?? 0;
    expect(code).toBeLessThanOrEqual(MOST_FORMATTING_BYTES);
    expect(whole - code).toBeLessThanOrEqual(MOST_PLANS_BYTES);
    expect(whole - code).toBeGreaterThan(MOST_PLANS_BYTES / 2);
  });

  it("loads each language apart, with its row of the table, within its budget", async () => {
    const languages = new Map(
      ALL.filter((tag) => tag !== "en-GB").map((tag) => [
        tag,
        sizes.get(`form/${tag.toLowerCase()}.js`) ?? 0,
      ]),
    );
    const wrong = [...languages].filter(([, size]) => size === 0 || size > MOST_LANGUAGE_BYTES);
    expect(wrong).toEqual([]);
    for (const [locale, texts] of await readTranslations()) {
      const language: unknown = await import(join(dist, `form/${locale}.js`));
      expect({ ...Object(language) }).toEqual({ texts });
      expect(await readFile(join(dist, "form.js"), "utf8")).toContain(`"./form/${locale}.js"`);
    }
  });

  it("needs no other package, evaluates nothing, and writes no markup", async () => {
    const names = [...sizes.keys()].filter(
      (name) => !["index.js", "react.js"].includes(basename(name)),
    );
    for (const name of names) {
      const script = await readFile(join(dist, name), "utf8");
      const imports = [...script.matchAll(/(?:from|import)\s*\(?["'`]([^"'`]+)/g)];
      expect(imports.map(([, from]) => from).filter((from) => !from?.startsWith("."))).toEqual([]);
      expect(script).not.toMatch(
        /\beval\(|new Function|innerHTML|insertAdjacentHTML|setAttribute\("style/,
      );
    }
  });
});
