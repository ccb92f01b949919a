/**
 * `npm run fresh-apps`: an app of Vite and React and one of Next.js, made by their own generators in an empty folder, with the packed client,
 * sign a person in by the guide docs/reference/form.md; and a company's repository by `latchkey init` (company.ts). Needs a registry of npm, Chromium, and some minutes; so `npm test` does not run it.
 */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { argumentsOf, CommandFault, progressOf, runCommand, tell } from "../../cli/terminal.ts";
import { freePort } from "../../local/listening.ts";
import { type System, startSystem } from "../../local/system.ts";
import { type Browser, launchBrowser } from "../../test/browser/launch.ts";
import { inFolder } from "../judges/judge.ts";
import { companyRepository, seeSignIn } from "./company.ts";

const run = promisify(execFile);
const ROOT = join(import.meta.dirname, "../..");

type App = {
  readonly name: string;
  readonly create: string;
  /** Where the block of the document goes, and what stands before it. */
  readonly page: string;
  readonly head?: string;
  readonly serve: (port: number) => readonly string[];
};

const APPS: readonly App[] = [
  {
    name: "vite",
    create: "vite@latest app -- --template react-ts --no-interactive",
    page: "src/App.tsx",
    serve: (port) => ["vite", "--port", `${port}`, "--strictPort"],
  },
  {
    name: "next",
    create: "next-app@latest app -- --yes --ts --app --src-dir --disable-git",
    page: "src/app/page.tsx",
    head: '"use client";\n',
    serve: (port) => ["next", "dev", "--port", `${port}`],
  },
];

async function signsIn(
  app: App,
  {
    system,
    browser,
    number,
    folder,
  }: {
    readonly system: System;
    readonly browser: Browser;
    readonly number: string;
    readonly folder: string;
  },
) {
  const home = join(folder, "app");
  let server: ChildProcess | undefined;
  try {
    await run("npm", ["create", "-y", ...app.create.split(" ")], { cwd: folder });
    await run("npm", ["install"], { cwd: home });
    const packed = await run("npm", ["pack", "--silent", join(ROOT, "client")], { cwd: home });
    await run("npm", ["install", `./${packed.stdout.trim()}`], { cwd: home });
    const block = (await documentedPage()).replaceAll("http://localhost:8400", system.url);
    await writeFile(join(home, app.page), (app.head ?? "") + block);
    const port = await freePort();
    const [command = "", ...flags] = app.serve(port);
    server = spawn(join(home, "node_modules/.bin", command), flags, { cwd: home, stdio: "ignore" });
    await seeSignIn(browser, `http://localhost:${port}`, {
      number,
      code: async () =>
        /\d{6}/.exec((await system.handset.waitFor(number.replaceAll(" ", ""))).text)?.[0] ?? "",
      end: "text=Number confirmed",
    });
    return "signs in";
  } finally {
    server?.kill();
  }
}

async function documentedPage(): Promise<string> {
  const text = await readFile(join(ROOT, "docs/reference/form.md"), "utf8");
  const [, block] = /^```tsx\n([\s\S]*?)^```$/m.exec(text) ?? [];
  if (block === undefined) throw new Error("docs/reference/form.md has no page for React");
  return block;
}

await runCommand(async () => {
  const names = [...APPS.map(({ name }) => name), "company"];
  const { positionals } = argumentsOf({
    help: `npm run fresh-apps [-- ${names.join(" | ")}]`,
    options: {},
    takesWords: true,
  });
  const unknown = positionals.find((word) => !names.includes(word));
  if (unknown !== undefined) throw new CommandFault(`${unknown}: name one of ${names.join(", ")}.`);
  return signInFrom(names.filter((name) => positionals.length === 0 || positionals.includes(name)));
});

/** Prints a line for each app; 1 where one of them does not sign in. */
async function signInFrom(names: readonly string[]): Promise<number> {
  const [system, browser] = await Promise.all([
    startSystem({ port: 0, engine: "dynalite" }),
    launchBrowser(),
  ]);
  await run(process.execPath, [join(ROOT, "client/build.ts")]);
  const step = progressOf(names.length);
  let failures = 0;
  for (const [index, name] of names.entries()) {
    step(name);
    const startedAt = performance.now();
    const app = APPS.find((one) => one.name === name);
    const number = `+44 7700 ${900_741 + index}`;
    const outcome = await inFolder(async (folder) =>
      app === undefined
        ? companyRepository(folder, browser)
        : signsIn(app, { system, browser, number, folder }),
    ).catch((fault: unknown) => {
      failures += 1;
      return `FAILED: ${String(fault)}`;
    });
    tell(`${name}: ${outcome} (${Math.round((performance.now() - startedAt) / 1_000)} s)`);
  }
  await Promise.all([browser.close(), system.stop()]);
  return failures === 0 ? 0 : 1;
}
