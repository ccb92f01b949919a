/**
 * `npm run build:cdk`: writes the published files into `cdk/dist`: the construct and the commands as JavaScript, one file a source, their types, the bundles
 * of the functions, and what the local system serves. Node strips no types below `node_modules`.
 */
import { cp, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { build, type Plugin, transform } from "esbuild";
import { COMPANY_COMMANDS } from "../cli/company-commands.ts";
import { argumentsOf, runCommand } from "../cli/terminal.ts";
import { buildClient, declareTypes, tarballOf } from "../client/build.ts";
import { bundleFunctions } from "../infra/bundles.ts";
import { SWAGGER_UI } from "../infra/place.ts";
import { DOCUMENTS_OUTSIDE } from "../local/documents.ts";
import { bundlePageScripts } from "../local/page-scripts.ts";
import { buildServer } from "../server/build.ts";
import manifest from "./package.json" with { type: "json" };
import { PACKAGES } from "./packaged/packages.ts";

const HERE = import.meta.dirname;
const ROOT = join(HERE, "..");

/** Programs and modules that nothing else imports. */
const ENTRIES = [
  "cdk/config.ts",
  "cdk/index.ts",
  "cdk/packaged/check-installation.ts",
  "cdk/packaged/init.ts",
  "cdk/packaged/test.ts",
  ...Object.values(COMPANY_COMMANDS).map(({ program: [source] }) => source),
  "cli/latchkey.ts",
  "infra/checks.ts",
  "local/engines/dynalite-worker.ts",
  "local/functions/worker.ts",
  "local/synthesis.ts",
];

/** The sources whose place the package fills with a module of its own. */
const REPLACED: Readonly<Record<string, string>> = {
  "check-installation.js": "cdk/packaged/check-installation.ts",
  "cli/commands.ts": "cdk/packaged/commands.ts",
  "infra/bundles.ts": "cdk/packaged/bundles.ts",
  "infra/place.ts": "cdk/packaged/place.ts",
  "latchkey.config.ts": "cdk/packaged/latchkey.config.ts",
  "local/packages.ts": "cdk/packaged/packages.ts",
  "local/page-scripts.ts": "cdk/packaged/page-scripts.ts",
};

/** Files that are read at run time, or served under /docs. */
const COPIED = ["cdk.json", "infra/latchkey.guard", "local/pages", "docs", ...DOCUMENTS_OUTSIDE];

const BUILDS = { client: buildClient, server: buildServer } as const;
const packed = (name: keyof typeof BUILDS) => tarballOf(name, BUILDS[name]);

/** `tarball` gives each package that is part of this one, packed. */
export async function buildCdk(
  folder: string = join(HERE, "dist"),
  tarball: (name: keyof typeof BUILDS) => Promise<Uint8Array> = packed,
): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  const write = async (path: string, content: string | Uint8Array): Promise<void> => {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  };
  for (const path of COPIED) await cp(join(ROOT, path), join(folder, path), { recursive: true });
  await cp(join(HERE, "template"), join(folder, "template"), { recursive: true });
  const sources = new Set([...(await importedSources()), ...Object.keys(REPLACED)]);
  await Promise.all([
    ...[...sources].map(async (path) => write(asJavaScript(path), await javaScriptOf(path))),
    bundleFunctions(join(folder, "infra/functions")),
    ...[...(await bundlePageScripts())].map(([name, code]) => write(`local/pages/${name}`, code)),
    ...["swagger-ui-bundle.js", "swagger-ui.css", "LICENSE", "NOTICE"].map((name) =>
      cp(join(SWAGGER_UI, name), join(folder, "swagger-ui", name)),
    ),
    write("template/latchkey.config.ts", await templateConfig()),
  ]);
  for (const name of PACKAGES) await write(`packages/${name}.tgz`, await tarball(name));
  for (const path of await readdir(folder, { recursive: true }))
    if (FOR_COMPANIES.test(path.replaceAll("\\", "/")))
      await write(path, inWordsOfPackage(await readFile(join(folder, path), "utf8")));
  await declareTypes(HERE, join(folder, "types"));
}

/** Everything that the entries import, in the package. Throws where a package is imported that package.json does not name. */
async function importedSources(): Promise<readonly string[]> {
  const { metafile } = await build({
    absWorkingDir: ROOT,
    entryPoints: ENTRIES,
    bundle: true,
    packages: "external",
    platform: "node",
    format: "esm",
    outdir: "unused",
    write: false,
    metafile: true,
    logLevel: "silent",
    plugins: [replaced],
  });
  const inputs = Object.entries(metafile.inputs);
  const named = Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies });
  for (const [path, { imports }] of inputs) {
    const other = imports.find(
      ({ path: asked, external }) =>
        external === true &&
        !asked.startsWith("node:") &&
        !named.some((name) => asked === name || asked.startsWith(`${name}/`)),
    );
    if (other !== undefined) throw new Error(`${path} imports ${other.path}: cdk/package.json`);
  }
  return inputs.map(([path]) => path).filter((path) => path.endsWith(".ts"));
}

const replaced: Plugin = {
  name: "modules of the package",
  setup({ onLoad }) {
    onLoad({ filter: /\.ts$/ }, ({ path }) => {
      const own = path.slice(ROOT.length + 1).replaceAll("\\", "/");
      if (!Object.hasOwn(REPLACED, own)) return undefined;
      return { contents: reexported(own), loader: "ts", resolveDir: dirname(path) };
    });
  },
};

function reexported(path: string): string {
  const up = "../".repeat(path.split("/").length - 1) || "./";
  return `export * from "${up}${REPLACED[path]}";\n`;
}

function asJavaScript(path: string): string {
  return path.replace(/\.ts$/, ".js");
}

const AS_SCRIPT = new RegExp(
  String.raw`\bnpm (?:run )?(test|${Object.keys(COMPANY_COMMANDS).join("|")}|\$\{command\})(?![\w-])(?: --(?= ))?`,
  "g",
);

/** The pages of those who have no copy of the repository. */
const FOR_COMPANIES =
  /^(?:README|docs\/(?:explain|operate|production|reference|stacks|start)\/.*)\.md$/;

/** The command line of the package is `npx latchkey`; the repository has npm scripts. */
function inWordsOfPackage(text: string): string {
  return text.replace(AS_SCRIPT, "npx latchkey $1");
}

async function javaScriptOf(path: string): Promise<string> {
  const text = Object.hasOwn(REPLACED, path)
    ? reexported(path)
    : await readFile(join(ROOT, path), "utf8");
  const { code } = await transform(text, { loader: "ts", target: "node24", format: "esm" });
  const renamed = code.replace(/(["'`]\.{1,2}\/[\w/.-]+)\.ts(?=["'`])/g, "$1.js");
  const words = inWordsOfPackage(renamed);
  return path === "cli/latchkey.ts" ? `#!/usr/bin/env node\n${words}` : words;
}

/** The settings of this repository, as the first ones of another repository. */
async function templateConfig(): Promise<string> {
  const text = await readFile(join(ROOT, "latchkey.config.ts"), "utf8");
  return text
    .replace("./infra/stage.ts", "@latchkey/cdk/config")
    .replace("The stages of this repository", "The stages")
    .replace(/; infra\/stage\.ts is the\s+\*\s+schema that checks them\./, ".");
}

if (import.meta.main)
  await runCommand(async () => {
    argumentsOf({ help: "npm run build:cdk", options: {} });
    await buildCdk();
    return 0;
  });
