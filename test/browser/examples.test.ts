import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { build, type Plugin } from "esbuild";
import type { Page } from "playwright-core";
import { beforeAll, describe, expect, it } from "vitest";
import { buildClient } from "../../client/build.ts";
import { TEXT_FILES } from "../../client/text-files.ts";
import { createProofCheck } from "../../examples/node/check-proof.ts";
import { aFolder } from "../support/folder.ts";
import { whyNoBrowser } from "./chromium.ts";
import { formGround, type Ground } from "./form-page.ts";
import { flawsOf, openWatched } from "./looks.ts";

const ROOT = join(import.meta.dirname, "../..");
const EXAMPLES = join(ROOT, "examples");
const REACT_PAGE =
  '<!doctype html><html lang="en"><title>React</title><main id="root"></main><script type="module" src="/sign-in.js"></script></html>';

describe.skipIf(whyNoBrowser() !== undefined)("the examples of pages", () => {
  let ground: Ground;
  const dist = aFolder();
  beforeAll(async () => {
    [ground] = await Promise.all([formGround(900_800), buildClient(dist)]);
  });

  async function openPage(html: string, script: string): Promise<{ page: Page; strays: string[] }> {
    const watched = await ground.newPage();
    await watched.route("**/example", (route) =>
      route.fulfill({ contentType: "text/html; charset=utf-8", body: html }),
    );
    await watched.route("**/sign-in.js", (route) =>
      route.fulfill({ contentType: "text/javascript", body: script }),
    );
    // What a host serves of the package, as it is published.
    await watched.route("**/latchkey/**", (route) => {
      const { pathname } = new URL(route.request().url());
      return route.fulfill({ path: join(dist, pathname.replace("/latchkey/", "")) });
    });
    const { page, faults } = await openWatched(watched, `${ground.system.url}/example`);
    return { page, strays: faults };
  }

  async function proveNumber(page: Page): Promise<string> {
    const { typed, number } = ground.newNumber();
    await page.getByLabel("Mobile number").fill(typed);
    await page.getByRole("button", { name: "Send code" }).click();
    await page.getByLabel("Code", { exact: true }).waitFor();
    await page.getByLabel("Code", { exact: true }).fill(await ground.codeFor(number));
    return number;
  }

  it("in plain HTML, with the published files, sign in at a back end that checks the proof", async () => {
    const [html, script] = await Promise.all(
      ["index.html", "sign-in.js"].map((name) =>
        readFile(join(EXAMPLES, "plain-html", name), "utf8"),
      ),
    );
    const { page, strays } = await openPage(html ?? "", script ?? "");
    const check = createProofCheck(ground.system.url, "latchkey-dev");
    const accepted: string[] = [];
    await page.route("**/sign-in", async (route) => {
      const { proof } = route.request().postDataJSON();
      accepted.push(await check(proof, { purpose: "login", nonce: "from-your-session" }));
      await route.fulfill({ status: 204 });
    });
    expect(await flawsOf(page)).toEqual([]);
    const number = await proveNumber(page);
    await page.getByText("Signed in.").waitFor();
    expect(accepted).toEqual([number]);
    expect(strays).toEqual([]);
  });

  it("in React hand the proof to the page, and take the form away again", async () => {
    const { page, strays } = await openPage(REACT_PAGE, await bundled());
    await proveNumber(page);
    await page.getByText("proven", { exact: true }).waitFor();
    const proof = String(await page.evaluate("globalThis.proof"));
    const check = createProofCheck(ground.system.url, "latchkey-dev");
    await expect(check(proof, { purpose: "login", nonce: "n-react" })).resolves.toMatch(/^\+44/);
    expect(await page.locator("latchkey-form").count()).toBe(0);
    expect(strays).toEqual([]);
  });

  it("in React give the form the attributes and texts of the component, also where they change or are removed", async () => {
    const { page } = await openPage(REACT_PAGE, await bundled());
    const shown = (props: object) => page.evaluate(`show(${JSON.stringify(props)})`);
    const texts = { send: "One" };
    const all = { id: "f", name: "proof", nonce: "n", required: true, disabled: true, texts };
    const full =
      '<latchkey-form id="f" name="proof" nonce="n" required="" disabled=""></latchkey-form> One';
    expect(await shown(all)).toBe(full);
    const bare = { disabled: false, texts: { send: "Two" } };
    expect(await shown(bare)).toBe("<latchkey-form></latchkey-form> Two");
    expect(await shown(all)).toBe(full);
  });

  async function bundled(): Promise<string> {
    const { outputFiles } = await build({
      entryPoints: [join(import.meta.dirname, "react-page.js")],
      bundle: true,
      format: "esm",
      target: "es2022",
      jsx: "automatic",
      define: { "process.env.NODE_ENV": '"production"' },
      alias: { "@latchkey/client/react": join(ROOT, "client/src/react.ts") },
      plugins: [TEXT_FILES, here(ground.system.url)],
      write: false,
      logLevel: "silent",
    });
    return outputFiles[0]?.text ?? "";
  }
});

/** The example names a deployment that is nobody's; here it is this system. */
function here(url: string): Plugin {
  return {
    name: "this system",
    setup(builder) {
      builder.onLoad({ filter: /react\/sign-in\.tsx$/ }, async ({ path }) => ({
        contents: (await readFile(path, "utf8")).replace("https://verify.example.com", url),
        loader: "tsx",
        resolveDir: join(path, ".."),
      }));
    },
  };
}
