import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { freePort } from "../../local/listening.ts";
import type { System } from "../../local/system.ts";
import { aFolder } from "../support/folder.ts";
import { startPatientSystem } from "../support/patient-system.ts";
import { testBrowser, whyNoBrowser } from "./chromium.ts";

const run = promisify(execFile);
const ROOT = join(import.meta.dirname, "../..");

type Block = { readonly language: string; readonly text: string };

/** The code blocks of a document, in their order. */
async function blocksOf(file: string): Promise<readonly Block[]> {
  const text = await readFile(join(ROOT, file), "utf8");
  return [...text.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map(
    ([, language = "", block = ""]) => ({ language, text: block }),
  );
}

/** The name that a block gives its file in its first line. */
function nameOf({ text }: Block): string | undefined {
  return /^(?:\/\/|<!--) ([\w.-]+)/.exec(text)?.[1];
}

/** A newcomer has an empty folder, docs/start/your-own-ui.md and a running Latchkey, and does what is written there. */
describe.skipIf(whyNoBrowser() !== undefined)(
  "docs/start/your-own-ui.md, walked in an empty folder",
  () => {
    const folder = aFolder();
    let system: System;
    let server: ChildProcess;
    let address: string;
    beforeAll(async () => {
      const port = await freePort();
      address = `http://localhost:${port}`;
      system = await startPatientSystem({ origins: [address] });
      const blocks = await blocksOf("docs/start/your-own-ui.md");
      for (const block of blocks) {
        const name = nameOf(block);
        if (name !== undefined) await writeFile(join(folder, name), block.text);
      }
      const [install = "", serve = ""] = blocks
        .filter(({ language }) => language === "sh")
        .map(({ text }) => text);
      await installed(install);
      server = spawn("bash", ["-c", `exec ${serve}`], {
        cwd: folder,
        env: { ...process.env, PORT: String(port), LATCHKEY_URL: system.url },
        stdio: ["ignore", "pipe", "ignore"],
      });
      if (server.stdout !== null) await once(server.stdout, "data");
    });
    afterAll(async () => {
      server.kill();
      await system.stop();
    });

    /** As written; where no registry can be reached, jose is this project's own. */
    async function installed(page: string): Promise<void> {
      const env = { ...process.env, npm_config_prefer_offline: "true" };
      const script = page.replaceAll("http://localhost:8400", system.url);
      const walk = (text: string) => run("bash", ["-e", "-c", text], { cwd: folder, env });
      try {
        await walk(script);
      } catch (fault) {
        if (!/ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ENOTCACHED/.test(String(fault)))
          throw fault;
        process.stdout.write("SKIPPED: jose from a registry, since none can be reached\n");
        await walk(script.replace("npm install", `npm install "${ROOT}/node_modules/jose"`));
      }
    }

    async function open(): Promise<Page> {
      const page = await (await (await testBrowser()).newContext()).newPage();
      await page.goto(address);
      return page;
    }

    async function askForCode(page: Page, number: string): Promise<string> {
      await page.getByLabel("Phone number").fill(number);
      await page.getByRole("button", { name: "Send a code" }).click();
      await page.getByLabel("Code").waitFor();
      const { codeFor } = await import(pathToFileURL(join(folder, "code-for.js")).href);
      return codeFor(number.replaceAll(" ", ""), system.url);
    }

    async function check(page: Page, code: string): Promise<void> {
      await page.getByLabel("Code").fill(code);
      await page.getByRole("button", { name: "Check" }).click();
    }

    it("leads to a page that signs a person in, past a wrong code and a reload", async () => {
      const page = await open();
      const code = await askForCode(page, "+44 7700 900731");
      await check(page, code === "000001" ? "000002" : "000001");
      await page.getByText("This is not the code.").waitFor();
      await page.reload();
      await check(page, code);
      await page.getByText("Signed in as +447700900731.").waitFor();
      expect(await page.getByLabel("Code").isVisible()).toBe(false);
    });

    it("leads to a back end that takes a proof once, and of its own session alone", async () => {
      const page = await open();
      const code = await askForCode(page, "+447700900732");
      const [request] = await Promise.all([
        page.waitForRequest(`${address}/sign-in`),
        check(page, code),
      ]);
      await page.getByText("Signed in as").waitFor();
      const body = request.postData() ?? "";
      const signIn = (session?: string) =>
        fetch(`${address}/sign-in`, {
          method: "POST",
          body,
          headers: session === undefined ? {} : { cookie: session },
        });
      expect((await signIn()).status).toBe(401);
      const { value = "" } = (await page.context().cookies())[0] ?? {};
      expect((await signIn(`session=${value}`)).status).toBe(401);
    });

    it("has a text for each result of a check that does not approve", async () => {
      const page = await readFile(join(folder, "page.js"), "utf8");
      const { components } = JSON.parse(await readFile(join(ROOT, "docs/openapi.json"), "utf8"));
      const results: readonly string[] = components.schemas.CheckResult.properties.result.enum;
      for (const result of results.filter((each) => each !== "approved"))
        expect(page).toMatch(new RegExp(`^  "?${result}"?: "`, "m"));
    });
  },
);
