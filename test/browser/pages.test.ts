import type { Locator, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { System } from "../../local/system.ts";
import { TROUBLED_NUMBERS } from "../../local/twilio/troubled-numbers.ts";
import { leaksIn } from "../local/support/leaks.ts";
import { startAt, startPatientSystem } from "../support/patient-system.ts";
import { whyNoBrowser } from "./chromium.ts";
import { another, formGround, type Ground } from "./form-page.ts";
import { flawsOnScreens, openWatched } from "./looks.ts";

describe.skipIf(whyNoBrowser() !== undefined)("the pages", () => {
  let ground: Ground;
  let system: System;
  beforeAll(async () => {
    ground = await formGround(900_400, startPatientSystem());
    ({ system } = ground);
  });
  afterEach(() => ground.closePages());
  afterAll(() => system.stop());

  const open = async (path = "/", options: Parameters<Ground["newPage"]>[0] = {}) =>
    openWatched(await ground.newPage(options), system.url + path, true);

  const title = (page: Page, name: string): Locator =>
    page.getByRole("heading", { name, level: 1 });
  const codeField = (page: Page): Locator => page.getByLabel("Code", { exact: true });

  async function askForCode(page: Page, typed: string): Promise<void> {
    await page.getByLabel("Mobile number").fill(typed);
    await page.getByRole("button", { name: "Send code", exact: true }).click();
    await title(page, "Enter the code").waitFor();
  }

  /** Digit by digit, as people do; with the last one it is checked. */
  async function type(page: Page, code: string): Promise<void> {
    await codeField(page).fill("");
    await codeField(page).pressSequentially(code);
  }

  it("have in no state and on no screen a flaw that axe-core finds, a fault, or scrolling sideways", async () => {
    const handset = await open("/handset");
    const { page, faults } = await open();
    const flaws: string[] = [];
    const examine = async (state: string, of = page): Promise<void> => {
      flaws.push(...(await flawsOnScreens(of)).map((flaw) => `${state}: ${flaw}`));
    };
    await examine("empty handset", handset.page);
    await page.getByText("Numbers that go wrong on purpose").click();
    await examine("number");
    await page.getByLabel("Mobile number").fill("hello");
    await page.getByRole("button", { name: "Send code" }).click();
    await page.getByRole("alert").getByText("Enter a whole mobile number.").waitFor();
    await examine("refused number");
    const { typed, number } = ground.newNumber();
    await askForCode(page, typed);
    await examine("code");
    const code = await ground.codeFor(number);
    await type(page, another(code));
    await page.getByText("This is not the code.").waitFor();
    await examine("wrong code");
    await type(page, code);
    await title(page, "The number is proven").waitFor();
    expect(await page.title()).toBe("The number is proven · Latchkey");
    expect(await page.evaluate("document.activeElement.id")).toBe("proven-title");
    expect(await page.locator("#proven-checks li").count()).toBe(5);
    expect(await page.locator("#proven-checks li:is(.failed, .unknown)").count()).toBe(0);
    for (const summary of await page.locator("#proven summary").all()) await summary.click();
    await examine("proven");
    await examine("handset", handset.page);
    await page.getByRole("button", { name: "Sign in again" }).click();
    await page.getByLabel("Mobile number").waitFor();
    const late = await open("/", { hasClock: true });
    await askForCode(late.page, ground.newNumber().typed);
    await late.page.clock.fastForward("04:10");
    await examine("last minute", late.page);
    await late.page.clock.fastForward("01:00");
    await title(late.page, "The code has expired").waitFor();
    await examine("expired", late.page);
    expect(flaws).toEqual([]);
    expect([...faults, ...handset.faults, ...late.faults]).toEqual([]);
  });

  it("of the documents draw their diagrams", async () => {
    const { page, faults } = await open("/docs/contribute/architecture.md");
    const diagrams = await page.locator(".mermaid").all();
    expect(diagrams.length).toBeGreaterThan(1);
    for (const diagram of diagrams) await diagram.locator("svg").waitFor();
    expect(faults).toEqual([]);
  });

  it("of the documents show whole tables and the examples on every screen", async () => {
    const { page, faults } = await open("/docs/compliance/asvs.md");
    expect(await flawsOnScreens(page, ".dense")).toEqual([]);
    await page.goto(`${system.url}/docs/stacks/README.md`);
    expect(await flawsOnScreens(page, ".dense")).toEqual([]);
    await page.getByRole("link", { name: "python", exact: true }).click();
    await title(page, "examples/python/check_proof.py").waitFor();
    expect(await flawsOnScreens(page)).toEqual([]);
    expect(faults).toEqual([]);
  });

  it("of the reference show every operation of the API, send a request and show its answer", async () => {
    const { page, faults } = await openWatched(await ground.newPage(), `${system.url}/reference`);
    const start = page.getByText("Start a verification", { exact: true });
    await start.waitFor();
    const { paths } = JSON.parse(await (await fetch(`${system.url}/openapi.json`)).text());
    const summaries = Object.values(paths).flatMap((item) =>
      Object.values(Object(item)).flatMap((operation) => Object(operation).summary ?? []),
    );
    expect(summaries.length).toBeGreaterThan(5);
    for (const summary of summaries)
      expect(await page.getByText(summary, { exact: true }).count()).toBe(1);
    await start.click();
    await page.getByRole("button", { name: "Execute" }).click();
    const answer = page.locator(".live-responses-table");
    await answer.waitFor();
    expect(await answer.textContent()).toContain('"status": "pending"');
    expect(await ground.codeFor("+447700900123")).toMatch(/^\d{6}$/);
    expect(faults).toEqual([]);
  });

  it("hold no code and no number in their document, address or storage until the number is proven; the form alone shows the number to who typed it", async () => {
    const { page } = await open();
    const { typed, number } = ground.newNumber();
    await askForCode(page, typed);
    const secrets = { codes: [await ground.codeFor(number)], numbers: [number] };
    const evidence = async (state: string) => [
      { where: `${state} document`, text: await page.content() },
      { where: `${state} form`, text: await page.locator("latchkey-form .root").innerHTML() },
      { where: `${state} address`, text: page.url() },
      {
        where: `${state} storage`,
        text: JSON.stringify(await page.context().storageState({ indexedDB: true })),
      },
    ];
    const places = await evidence("code");
    const outside = places.filter(({ where }) => where !== "code form");
    expect(leaksIn(outside, secrets)).toEqual([]);
    expect(leaksIn(places, { ...secrets, numbers: [] })).toEqual([]);
    await page.getByRole("button", { name: "Change number" }).click();
    await title(page, "Sign in with your phone").waitFor();
    expect(leaksIn(await evidence("number"), secrets)).toEqual([]);
  });

  describe("show a person", () => {
    it("that the message may still arrive where Twilio gave no answer", async () => {
      const { page } = await open();
      await askForCode(page, "07700 900995");
      await page.getByRole("alert").getByText("The message may take a little longer.").waitFor();
      expect(await page.locator("#code-notice.fault").count()).toBe(0);
      await page.getByRole("button", { name: "Change number" }).click();
      await title(page, "Sign in with your phone").waitFor();
    });

    it("every number that goes wrong, each of which fills itself in", async () => {
      const { page } = await open();
      await page.getByText("Numbers that go wrong on purpose").click();
      const offered = await page.locator("[data-number]").allTextContents();
      const known = Object.keys(TROUBLED_NUMBERS).map((to) => to.replace("+447700", "07700 "));
      expect(offered).toEqual(known);
      await page.getByRole("button", { name: "07700 900992" }).click();
      expect(await page.getByLabel("Mobile number").inputValue()).toBe("07700 900992");
      await page.getByRole("button", { name: "Fill one in" }).click();
      const invented = await page.getByLabel("Mobile number").inputValue();
      expect(invented).toMatch(/^07700 900[1-8]\d\d$/);
    });
  });

  describe("on the handset", () => {
    it("each number is a phone of its own, the one that rang last first, and its code can be copied", async () => {
      const { page } = await open("/handset", {
        permissions: ["clipboard-read", "clipboard-write"],
      });
      const numbers = [ground.newNumber(), ground.newNumber()];
      for (const { number } of numbers)
        expect(await startAt(system.url, number)).toMatchObject({ status: 201 });
      const [older, newer] = numbers;
      const phone = page.getByRole("region", { name: newer?.typed ?? "" });
      const code = await ground.codeFor(newer?.number ?? "");
      expect(await phone.locator("strong").textContent()).toBe(code);
      expect(await page.locator(".phone").first().getByRole("heading").textContent()).toBe(
        newer?.typed,
      );
      expect(await page.getByRole("region", { name: older?.typed ?? "" }).count()).toBe(1);
      expect(await page.locator("#announcement").textContent()).toContain(code);
      await phone.getByRole("button", { name: "Copy code" }).click();
      await phone.getByText("Copied").waitFor();
      expect(await page.evaluate("navigator.clipboard.readText()")).toBe(code);
    });
  });
});
