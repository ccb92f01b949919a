/** `npm run build:client`: writes the published files into `client/dist`: one small file of JavaScript, and its types. */
import { execFile } from "node:child_process";
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { promisify } from "node:util";
import { type BuildOptions, build, type PluginBuild } from "esbuild";
import { argumentsOf, runCommand } from "../cli/terminal.ts";
import { readTranslations, TEXT_FILES, translationEntry } from "./text-files.ts";

const HERE = import.meta.dirname;

/** The oldest edition that browsers of the last five years and React Native's Hermes run unchanged. */
const TARGET = "es2020";

/** The form requires browsers with `light-dark`, which all have since May 2024. */
const FORM_TARGET = "es2022";

/** Names inside the form only: no event, attribute, text or stored JSON has one of them. */
export const FORM_NAMES =
  /^(busyWith|changed|connect|forget|headingLevel|is(Answer|Busy|Fault|Here|Offline|Online|Ready|Slow)|keepsHistory|moved|network|offer|openCode|patienceSeconds|prepare|recall|reconsider|renewed|retryAt|sendAt|settings|timeoutSeconds|typedCode|waits|(expiry|resend)Seconds)$/;

/** The form, and apart from it what it loads on demand: languages and numbering plans. */
const FORM = {
  bundle: true,
  splitting: true,
  minify: true,
  sourcemap: true,
  format: "esm",
  target: FORM_TARGET,
  chunkNames: "form/shared-[hash]",
  charset: "utf8",
  plugins: [TEXT_FILES],
  logLevel: "silent",
} as const satisfies BuildOptions;

/** The component for React loads the form from its own file, and React from the app. */
const BESIDE = {
  external: ["react"],
  plugins: [
    {
      name: "form beside it",
      setup: (builder: PluginBuild) => {
        const form = { path: "./form.js", external: true };
        builder.onResolve({ filter: /^\.\/form\/index\.ts$/ }, () => form);
      },
    },
  ],
};

export async function buildClient(folder: string = join(HERE, "dist")): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await Promise.all([
    build({
      entryPoints: [join(HERE, "src/index.ts")],
      outfile: join(folder, "index.js"),
      bundle: true,
      minify: true,
      // Names inside the client only; neither options nor stored JSON use them.
      mangleProps: /^(isAnswer|ask|see|state|waiting|controller|path|key|end)$/,
      // A separate file, without the comment that names it.
      sourcemap: "external",
      format: "esm",
      target: TARGET,
      charset: "utf8",
      logLevel: "silent",
    }),
    build({ ...FORM, mangleProps: FORM_NAMES, entryPoints: await formFiles(), outdir: folder }),
    build({
      ...FORM,
      splitting: false,
      entryPoints: { react: join(HERE, "src/react.ts") },
      ...BESIDE,
      outdir: folder,
    }),
    declareTypes(HERE, folder),
  ]);
}

/** Each file that is loaded by its own has its name in the package, without a hash: a version of the package never changes. */
async function formFiles(): Promise<Record<string, string>> {
  const source = join(HERE, "src/form");
  const apart = ["after-number", "formatting"].map((name) => [name, join(source, `${name}.ts`)]);
  const languages = [...(await readTranslations()).keys()].map((locale) => [
    locale,
    translationEntry(locale),
  ]);
  const files = [...apart, ...languages].map(([name, entry]) => [`form/${name}`, entry]);
  return { form: join(source, "index.ts"), ...Object.fromEntries(files) };
}

/** Writes the types of the project `project` into `folder`. */
export async function declareTypes(project: string, folder: string): Promise<void> {
  const compiler = join(HERE, "../node_modules/typescript/bin/tsc");
  await promisify(execFile)(process.execPath, [compiler, "-p", project, "--outDir", folder]);
  const names = await readdir(folder, { recursive: true });
  const files = names.filter((name) => name.endsWith(".d.ts"));
  await Promise.all(files.map((name) => nameOutputs(join(folder, name))));
}

/** The packed tarball of the package in the folder `name` of the repository, built anew. */
export async function tarballOf(
  name: string,
  build: (folder: string) => Promise<void>,
): Promise<Uint8Array> {
  const root = join(HERE, "..");
  const folder = await mkdtemp(join(tmpdir(), "latchkey-package-"));
  try {
    for (const file of [`${name}/package.json`, `${name}/README.md`, "LICENSE"])
      await cp(join(root, file), join(folder, basename(file)));
    await build(join(folder, "dist"));
    const pack = ["pack", "--silent", "--ignore-scripts"];
    const { stdout } = await promisify(execFile)("npm", pack, { cwd: folder });
    return await readFile(join(folder, stdout.trim()));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Sources import each other by `.ts`; published files must name `.js`. */
async function nameOutputs(file: string): Promise<void> {
  const text = await readFile(file, "utf8");
  await writeFile(file, text.replace(/(["(]\.{1,2}\/[\w/-]+)\.ts"/g, '$1.js"'));
}

if (import.meta.main)
  await runCommand(async () => {
    argumentsOf({ help: "npm run build:client", options: {} });
    await buildClient();
    return 0;
  });
