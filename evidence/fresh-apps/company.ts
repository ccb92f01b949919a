import { execFile, spawn } from "node:child_process";
import { cp, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { buildCdk } from "../../cdk/build.ts";
import { freePort } from "../../local/listening.ts";
import type { Browser } from "../../test/browser/launch.ts";

const run = promisify(execFile);
const CDK = join(import.meta.dirname, "../../cdk");
const NUMBER = "+447700900747";

/**
 * A company's repository, from an empty folder with the packed @latchkey/cdk and the registry: init, local run, a sign-in in the browser, synthesized
 * production, and the upgrade to the next packed version. Returns the seconds of each step.
 */
export async function companyRepository(folder: string, browser: Browser): Promise<string> {
  const times: string[] = [];
  const timed = async <Result>(name: string, work: () => Promise<Result>): Promise<Result> => {
    const startedAt = performance.now();
    const result = await work();
    times.push(`${name} ${((performance.now() - startedAt) / 1_000).toFixed(0)} s`);
    return result;
  };
  const inFolder = (program: string, ...args: readonly string[]) =>
    run(program, [...args], { cwd: join(folder, "app") });
  const synthesized = async (): Promise<string> => {
    await inFolder("npx", "cdk", "synth", "--quiet", "-c", "stage=prod");
    return readFile(join(folder, "app/cdk.out/latchkey-prod.template.json"), "utf8");
  };
  await mkdir(join(folder, "app"));
  const [first, next] = await timed("pack", () => packedVersions(folder));
  await timed("install and init", async () => {
    await inFolder("npm", "install", "--no-audit", "--no-fund", first);
    await inFolder("npx", "latchkey", "init");
    await inFolder("npm", "install", "--no-audit", "--no-fund");
  });
  times.push(`${(await inFolder("du", "-sm", "node_modules")).stdout.split("\t")[0]} MB`);
  await timed("local run and sign-in", () => signsIn(join(folder, "app"), browser));
  const before = await timed("synth of production", synthesized);
  await timed("upgrade and synth", async () => {
    await inFolder("npm", "install", "--no-audit", "--no-fund", next);
    if ((await synthesized()) !== before) throw new Error("the same code is another template");
  });
  return times.join(", ");
}

/** The tarballs of this version and of one with the next number and the same code. */
async function packedVersions(folder: string): Promise<readonly [string, string]> {
  const source = join(folder, "source");
  await buildCdk(join(source, "dist"));
  await cp(join(CDK, "README.md"), join(source, "README.md"));
  const manifest = Object(JSON.parse(await readFile(join(CDK, "package.json"), "utf8")));
  const pack = async (version: string): Promise<string> => {
    await writeFile(join(source, "package.json"), JSON.stringify({ ...manifest, version }));
    const { stdout } = await run("npm", ["pack", "--silent", "--ignore-scripts"], { cwd: source });
    return join(source, stdout.trim());
  };
  return [await pack(manifest.version), await pack(`${manifest.version}-next.1`)];
}

async function signsIn(folder: string, browser: Browser): Promise<void> {
  const port = await freePort();
  const program = join(folder, "node_modules/.bin/latchkey");
  const flags = ["start", "--quiet", "--port", `${port}`];
  const child = spawn(program, flags, { cwd: folder, stdio: ["ignore", "ignore", "inherit"] });
  try {
    const url = `http://localhost:${port}`;
    await seeSignIn(browser, url, {
      number: NUMBER,
      code: () => codeAt(url),
      end: "#proven-title",
    });
  } finally {
    child.kill();
  }
}

type SignIn = {
  readonly number: string;
  readonly code: () => Promise<string>;
  /** The element that a page shows at the end. */
  readonly end: string;
};

/** Signs in at a page, which may still be starting. Throws where it does not end, or the form has no width. */
export async function seeSignIn(
  browser: Browser,
  address: string,
  { number, code, end }: SignIn,
): Promise<void> {
  const page = await (await browser.newContext()).newPage();
  const isUp = () =>
    fetch(address).then(
      ({ ok }) => ok,
      () => false,
    );
  for (let tries = 0; tries < 600 && !(await isUp()); tries += 1)
    await new Promise((resolve) => setTimeout(resolve, 200));
  await page.goto(address, { timeout: 120_000 });
  await page.getByLabel("Mobile number").fill(number, { timeout: 120_000 });
  const box = await page.locator("latchkey-form").boundingBox();
  if ((box?.width ?? 0) < 200) throw new Error(`the form is ${box?.width} pixels wide`);
  await page.getByRole("button", { name: "Send code" }).click();
  await page.getByLabel("Code", { exact: true }).fill(await code());
  await page.locator(end).waitFor();
  await page.context().close();
}

/** The code of the first message that the handset shows. */
async function codeAt(url: string): Promise<string> {
  const { body } = await fetch(`${url}/handset/messages`);
  let shown = "";
  for await (const text of body?.pipeThrough(new TextDecoderStream()) ?? []) {
    shown += text;
    const code = /"text":"[^"]*?\b(\d{6})\b/.exec(shown)?.[1];
    if (code !== undefined) return code;
  }
  throw new Error("no message came");
}
