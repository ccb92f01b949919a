/**
 * `npm run other-browsers`: the form in Firefox and in WebKit, on a page of another origin than the service, driven by the W3C WebDriver standard.
 * Debian has both (`firefox-esr`, `webkit2gtk-driver`, `xvfb` for WebKit); `cargo install geckodriver` makes Firefox's driver. `npm test` asks Chromium alone.
 */
import { createServer } from "node:http";
import { build } from "esbuild";
import { argumentsOf, runCommand } from "../../cli/terminal.ts";
import { TEXT_FILES } from "../../client/text-files.ts";
import { close, freePort, listen } from "../../local/listening.ts";
import { type System, startSystem } from "../../local/system.ts";
import { type Engine, openBrowser, type Page } from "./webdriver.ts";

const ENGINES: readonly Engine[] = [
  {
    name: "firefox",
    driver: "geckodriver",
    driverArguments: (port) => ["--port", `${port}`],
    capabilities: { browserName: "firefox", "moz:firefoxOptions": { args: ["-headless"] } },
  },
  {
    name: "webkit",
    driver: "xvfb-run",
    driverArguments: (port) => ["-a", "WebKitWebDriver", `--port=${port}`],
    capabilities: {
      "webkitgtk:browserOptions": {
        binary: "/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser",
        args: ["--automation"],
      },
    },
  },
];

/** Parents that shrink to what they hold, each of which made the form 0 px wide once. */
const PARENTS = [
  "display:grid;place-items:center",
  "display:flex;flex-direction:column;align-items:center",
  "display:inline-block",
  "width:fit-content",
  "float:left",
  "position:absolute",
  "display:table-cell",
];
const LEAST_WIDTH_PIXELS = 240;
const ENTER = "\uE007";

type Ground = { readonly page: Page; readonly system: System; readonly site: string };
type Check = readonly [title: string, check: (ground: Ground) => Promise<void>];

const FORM = `const form = document.querySelector("latchkey-form"), inside = form.shadowRoot;`;

async function poll(page: Page, script: string, expected: unknown): Promise<void> {
  const wanted = JSON.stringify(expected);
  for (let tries = 100; ; tries -= 1) {
    const seen = JSON.stringify(await page.run(FORM + script));
    if (seen === wanted) return;
    if (tries === 0) throw new Error(`${script} is ${seen}, not ${wanted}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function focus({ page, site }: Ground): Promise<void> {
  await page.open(site);
  await poll(page, `return Boolean(inside?.querySelector("#number"))`, true);
  await page.run(`${FORM} inside.querySelector("#number").focus()`);
}

let lastNumber = 900_810;

/** With a number of fiction that no other check has used. */
async function signIn(ground: Ground): Promise<void> {
  const { page, system } = ground;
  lastNumber += 1;
  const number = `07700${lastNumber}`;
  await focus(ground);
  await page.type(number + ENTER);
  await poll(page, `return inside.activeElement?.id`, "code");
  const { text } = await system.handset.waitFor(`+44${number.slice(1)}`);
  await page.type(/\d{6}/.exec(text)?.[0] ?? "");
  await poll(page, `return form.value.split(".").length`, 3);
}

const CHECKS: readonly Check[] = [
  ["signs a person in with the keyboard alone", signIn],
  [
    "has a width in any parent",
    async (ground) => {
      await focus(ground);
      const widths =
        await ground.page.run(`${FORM} return ${JSON.stringify(PARENTS)}.filter((style) => {
        const parent = document.createElement("div");
        parent.style.cssText = style;
        document.body.replaceChildren(parent);
        parent.append(form);
        return form.getBoundingClientRect().width < ${LEAST_WIDTH_PIXELS} || document.documentElement.scrollWidth > innerWidth;
      })`);
      if (Object(widths).length > 0) throw new Error(`no width in ${JSON.stringify(widths)}`);
    },
  ],
  [
    "lets typing be undone",
    async (ground) => {
      await focus(ground);
      await ground.page.type("07700900812");
      await poll(ground.page, `return inside.querySelector("#number").value`, "07700 900812");
      await ground.page.run(`document.execCommand("undo")`);
      await poll(
        ground.page,
        `return /^0(7700900812)?$|^$/.test(inside.querySelector("#number").value)`,
        true,
      );
    },
  ],
  [
    "sends its proof in a form of the page, and keeps nothing after Back",
    async (ground) => {
      const { page, site } = ground;
      const SENT = `return [...new FormData(document.querySelector("form")).values()].join().split(".").length`;
      await signIn(ground);
      await poll(page, SENT, 3);
      await page.open(`${site}/elsewhere`);
      await page.back();
      await poll(page, `return inside?.querySelector("#number")?.value`, "");
      await poll(page, SENT, 1);
    },
  ],
  [
    "is disabled with its fieldset, and not valid without a proof",
    async (ground) => {
      await focus(ground);
      await poll(ground.page, "return form.checkValidity()", false);
      await ground.page.run(`document.querySelector("fieldset").disabled = true`);
      await poll(ground.page, `return inside.querySelector("#number").disabled`, true);
    },
  ],
];

/** A page of a company, with the form inside a form of its own. */
async function startSite(service: string) {
  const entry = new URL("../../client/src/form/index.ts", import.meta.url).pathname;
  const bundle = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    format: "esm",
    plugins: [TEXT_FILES],
  });
  const server = createServer((request, response) => {
    const isScript = request.url === "/form.js";
    response.setHeader("content-type", isScript ? "text/javascript" : "text/html; charset=utf-8");
    response.end(
      isScript
        ? bundle.outputFiles[0]?.text
        : `<!doctype html><html lang="en-GB"><meta name="viewport" content="width=device-width"><title>A page</title>
           <script type="module" src="/form.js"></script>
           <form><fieldset>${request.url === "/" ? `<latchkey-form base-url="${service}" name="proof" required></latchkey-form>` : ""}</fieldset></form>`,
    );
  });
  const port = await listen(server);
  return { address: `http://localhost:${port}`, stop: () => close(server) };
}

/** Prints a line for each check; how many failed. */
async function seeIn(engine: Engine, system: System, site: string): Promise<number> {
  const page = await openBrowser(engine, await freePort());
  let failures = 0;
  for (const [title, check] of CHECKS) {
    const verdict = await check({ page, system, site }).then(
      () => "✓",
      (fault: unknown) => `✗ ${String(fault)}:`,
    );
    if (verdict !== "✓") failures += 1;
    process.stdout.write(`${page.browser}: ${verdict} ${title}\n`);
  }
  await page.close();
  return failures;
}

await runCommand(async () => {
  const { positionals } = argumentsOf({
    help: "npm run other-browsers [-- firefox | webkit]",
    options: {},
    takesWords: true,
  });
  const system = await startSystem({ port: 0, engine: "dynalite" });
  const site = await startSite(system.url);
  const wanted = ENGINES.filter(
    ({ name }) => positionals.length === 0 || positionals.includes(name),
  );
  let failures = 0;
  try {
    for (const engine of wanted) failures += await seeIn(engine, system, site.address);
  } finally {
    await Promise.all([site.stop(), system.stop()]);
  }
  return failures === 0 ? 0 : 1;
});
