import { describe, expect, it } from "vitest";
import { whyNoBrowser } from "./chromium.ts";
import {
  another,
  bodiesTo,
  checked,
  formTests,
  problem,
  script,
  verification,
} from "./form-page.ts";

describe.skipIf(whyNoBrowser() !== undefined)("the form, whatever is around it,", () => {
  const { ground, opened, atCode, send, messagesTo, confirmed, focusedId } = formTests(900_300);

  const APPROVED = checked("approved", { proof: "a.b.c" });

  it.each(["light", "dark"] as const)(
    "takes each colour as its one accent where the page is %s: all text stays readable, and hover is another shade",
    async (colorScheme) => {
      const on = await opened({}, await ground().newPage({ colorScheme }));
      for (const accent of ["#ffd400", "#7a7a7a", "#b3003c", "#000060", "#ffffff"]) {
        const looks = () =>
          on.page.evaluate(`(() => {
            document.querySelector("latchkey-form").style.setProperty("--latchkey-accent", "${accent}");
            const { shadowRoot } = document.querySelector("latchkey-form");
            const { color, backgroundColor } = getComputedStyle(shadowRoot.querySelector(".primary"));
            const canvas = new OffscreenCanvas(1, 1).getContext("2d");
            const luminance = (css) => {
              canvas.fillStyle = css;
              canvas.fillRect(0, 0, 1, 1);
              const [red, green, blue] = [...canvas.getImageData(0, 0, 1, 1).data].map((byte) =>
                byte / 255 <= 0.04045 ? byte / 3294.6 : ((byte / 255 + 0.055) / 1.055) ** 2.4);
              return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
            };
            const [one, other] = [color, backgroundColor].map(luminance).sort((a, b) => b - a);
            return { accent: "${accent}", isReadable: (one + 0.05) / (other + 0.05) > 4.4, backgroundColor };
          })()`);
        await on.page.mouse.move(0, 0);
        const still = Object(await looks());
        expect(still).toMatchObject({ accent, isReadable: true });
        await on.primary.hover();
        // Nothing fades here, since the person wants no motion.
        await expect.poll(looks).not.toMatchObject({ backgroundColor: still.backgroundColor });
        expect(await looks()).toMatchObject({ accent, isReadable: true });
      }
    },
  );

  describe("leaves typing alone", () => {
    it("while an input method composes, and reads full-width digits and signs", async () => {
      const on = await opened({}, await ground().newPage({ hasClock: true }));
      const input = await on.page.context().newCDPSession(on.page);
      await on.number.focus();
      for (const text of ["０７", "０７７００９００１２３"]) {
        await input.send("Input.imeSetComposition", {
          text,
          selectionStart: text.length,
          selectionEnd: text.length,
        });
        // Longer than typing has to rest before the number is written as its country does.
        await on.page.clock.fastForward("00:01");
        expect(await on.number.inputValue()).toBe(text);
      }
      await input.send("Input.insertText", { text: "０７７００９００１２３" });
      await expect.poll(() => on.number.inputValue()).toBe("07700 900123");
    });

    it("and takes a number however it is written", async () => {
      const on = await opened();
      const asked = bodiesTo(on, "/verifications");
      await script(on.page, { start: () => problem("phone-not-allowed", 422) });
      const written = [
        "＋４４ ７７００ ９００１２３",
        "\u202a+44 7700 900123\u202c",
        "+44\u00a07700\u2011900123",
        "07700·900、123",
        "My number is: +44 (0)7700 900 123.",
      ];
      for (const [index, typed] of written.entries()) {
        await send(on, typed);
        await expect.poll(() => asked[index]).toMatchObject({ to: "+447700900123" });
        // The next input takes it away.
        await on.form.getByText("This number cannot get codes.").waitFor();
      }
      expect(asked).toHaveLength(written.length);
    });

    it("so that it can be undone", async () => {
      const on = await opened();
      await on.number.focus();
      // At once: a pause between keys divides what one undo takes back.
      await on.page.keyboard.insertText("07700900123");
      await expect.poll(() => on.number.inputValue()).toBe("07700 900123");
      for (const text of ["07700900123", ""]) {
        await on.page.keyboard.press("Control+z");
        await expect.poll(() => on.number.inputValue()).toBe(text);
      }
    });

    it("and finds the code in a whole message, whatever digits the brand has", async () => {
      const on = await atCode({ check: () => checked("incorrect") });
      const checks = bodiesTo(on, "/check");
      await on.code.focus();
      await on.page.keyboard.insertText("7-Eleven: 482915 is your code. It works for 5 minutes.");
      await expect.poll(() => checks).toMatchObject([{ code: "482915" }]);
    });
  });

  describe("judges the newest code", () => {
    it("where a wrong one is still being checked", async () => {
      const on = await opened();
      const { typed, number } = ground().newNumber();
      await send(on, typed);
      const code = await ground().codeFor(number);
      const { promise: held, resolve: release } = Promise.withResolvers<void>();
      await on.page.route("**/check", async (route) => {
        if (route.request().postDataJSON().code !== code) await held;
        await route.fallback();
      });
      await on.code.fill(another(code));
      await on.code.fill(code);
      release();
      await confirmed(on);
    });

    it("typed behind a wrong one, or after another was asked for; and the browser is asked again to read it", async () => {
      const page = await ground().newPage();
      await page.addInitScript(`
        globalThis.OTPCredential = class {};
        globalThis.armed = 0;
        navigator.credentials.get = ({ signal }) => new Promise((_, reject) => {
          globalThis.armed += 1;
          signal.addEventListener("abort", () => reject(signal.reason));
        });`);
      const on = await ground().open(page);
      const at = { resendAt: new Date().toISOString() };
      await script(on.page, {
        start: () => ({ status: 201, body: verification(at) }),
        show: () => ({ status: 200, body: verification(at) }),
        check: () => checked("incorrect"),
        resend: () => ({ status: 202, body: verification(at) }),
      });
      const checks = bodiesTo(on, "/check");
      const codes = () => checks.map((body) => Object(body).code);
      await send(on);
      await on.code.fill("111111");
      await on.form.locator(".invalid").waitFor();
      await on.page.keyboard.press("End");
      await on.page.keyboard.type("222222");
      await expect.poll(codes).toEqual(["111111", "222222"]);
      await on.form.locator(".invalid").waitFor();
      await on.page.keyboard.press("Home");
      await on.page.keyboard.type("333333");
      await expect.poll(codes).toEqual(["111111", "222222", "333333"]);
      await on.form.locator(".invalid").waitFor();
      await on.form.getByRole("button", { name: "Send a new code" }).click();
      await expect.poll(() => on.code.inputValue()).toBe("");
      expect(await focusedId(on)).toBe("code");
      expect(await on.page.evaluate("globalThis.armed")).toBe(2);
    });

    it("typed while another is asked for, without what stood there before", async () => {
      const now = { status: 201, body: verification({ resendAt: new Date().toISOString() }) };
      const on = await atCode({ start: () => now, show: () => now, check: () => APPROVED });
      const { promise: held, resolve: release } = Promise.withResolvers<void>();
      await on.page.route("**/resend", async (route) => {
        await held;
        await route.fulfill({ json: verification() });
      });
      await on.code.pressSequentially("12x3");
      await on.form.getByRole("button", { name: "Send a new code" }).click();
      await on.code.press("End");
      await on.page.keyboard.type("45");
      release();
      await on.form.getByText("A new code is on its way.").waitFor();
      expect(await on.code.inputValue()).toBe("45");
      // The caret stays where a stray letter was typed.
      await on.code.press("Home");
      await on.page.keyboard.type("x36");
      expect(await on.code.inputValue()).toBe("3645");
    });
  });

  describe("is clear about the step of the code", () => {
    it("turns where it was pressed, moves nothing, and keeps the focus where another channel is chosen", async () => {
      const { promise: held, resolve: release } = Promise.withResolvers<void>();
      const on = await atCode({
        start: () => ({ status: 201, body: verification({ resendAt: new Date().toISOString() }) }),
        resend: () => ({ status: 202, body: verification({ channel: "whatsapp" }) }),
      });
      await on.page.route("**/resend", async (route) => {
        await held;
        await route.fallback();
      });
      await on.form.getByRole("button", { name: "Other ways" }).click();
      const top = async () => (await on.primary.boundingBox())?.y;
      const before = await top();
      const other = on.form.getByRole("button", { name: "Send by WhatsApp" });
      await other.click();
      await expect.poll(() => other.getAttribute("aria-busy")).toBe("true");
      expect(await on.primary.getAttribute("aria-busy")).toBeNull();
      release();
      await on.form.getByRole("alert").filter({ hasText: "A new code is on its way." }).waitFor();
      expect([await focusedId(on), await top()]).toEqual(["code", before]);
    });

    it("shows an error in place of the hint, and after a failure for good changes the number first", async () => {
      const failed = { delivery: "undelivered", deliveryReason: "not-in-service" };
      const on = await atCode({ start: () => ({ status: 201, body: verification(failed) }) });
      await on.form.getByRole("alert").filter({ hasText: "not in service" }).waitFor();
      expect(await on.form.getByText("It is checked once").isVisible()).toBe(false);
      expect(await on.primary.textContent()).toBe("Change number");
      await on.primary.click();
      await on.number.waitFor();
    });
  });

  describe("goes on", () => {
    it("where the browser believes that it is offline", async () => {
      const page = await ground().newPage();
      await page.addInitScript(`Object.defineProperty(navigator, "onLine", { value: false })`);
      const on = await ground().open(page);
      await send(on, ground().newNumber().typed);
      await on.code.waitFor();
    });

    it("that was typed before the numbering plans came is written as its country does once they come", async () => {
      const page = await ground().newPage();
      const typed = Promise.withResolvers<void>();
      await page.route(/formatting/, async (route) => {
        await typed.promise;
        await route.continue();
      });
      const on = await ground().open(page);
      await on.number.pressSequentially("07700900123");
      typed.resolve();
      await expect.poll(() => on.number.inputValue()).toBe("07700 900123");
    });

    it.each([
      ["is moved", `document.body.append(element)`],
      [
        "is taken out and put in again",
        `element.remove(); setTimeout(() => document.body.append(element), 300)`,
      ],
      [
        "is made anew",
        `element.remove(); setTimeout(() => document.body.append(element.cloneNode()), 300)`,
      ],
    ])("where it %s during a start: one message, and the step of the code", async (_, change) => {
      const on = await opened();
      const { typed, number } = ground().newNumber();
      await on.page.route("**/v1/verifications", async (route) => {
        await on.page.evaluate(
          `{ const element = document.querySelector("latchkey-form"); ${change}; }`,
        );
        await new Promise((resolve) => setTimeout(resolve, 100));
        await route.fallback();
      });
      await send(on, typed);
      await on.code.waitFor();
      await on.code.fill(await ground().codeFor(number));
      await confirmed(on);
      expect(messagesTo(number)).toBe(1);
    });

    it.each([
      ["a router makes it anew at each step of the history", "a.b.c", "Number confirmed", 1],
      ["its proof comes too late", `a.${btoa('{"exp":1}')}.c`, "The confirmation has expired", 0],
    ])("where %s", async (_, proof, end, proofs) => {
      const on = await atCode({ check: () => checked("approved", { proof }) });
      await on.page.evaluate(`addEventListener("popstate", () => {
        const element = document.querySelector("latchkey-form");
        element.replaceWith(element.cloneNode());
      })`);
      await on.code.fill("123456");
      await on.form.getByRole("heading", { name: end }).waitFor();
      expect((await on.events()).filter(({ type }) => type === "proof")).toHaveLength(proofs);
    });

    it("in another document, in its own styles", async () => {
      const on = await atCode();
      const looks = await on.page.evaluate(`(() => {
        const element = document.querySelector("latchkey-form");
        const frame = document.createElement("iframe");
        document.body.append(frame);
        frame.contentDocument.body.append(element);
        return [".primary", ".slots"].map((name) => {
          const { cursor, overflow } = getComputedStyle(element.shadowRoot.querySelector(name));
          return cursor + " " + overflow;
        });
      })()`);
      expect(looks).toEqual(["pointer visible", "auto hidden"]);
    });

    it("where history and storage are blocked, and the fields are filled with no event but change", async () => {
      const page = await ground().newPage();
      await page.addInitScript(`
        history.pushState = history.replaceState = () => { throw new DOMException("", "SecurityError"); };
        for (const name of ["localStorage", "sessionStorage"])
          Object.defineProperty(globalThis, name, { get() { throw new DOMException("", "SecurityError"); } });`);
      const on = await ground().open(page);
      const fill = (field: typeof on.number, text: string) =>
        field.evaluate((input, value) => {
          Object.assign(input, { value });
          input.dispatchEvent(new Event("change", { bubbles: true }));
        }, text);
      const { typed, number } = ground().newNumber();
      await fill(on.number, typed.replace(" ", ""));
      await expect.poll(() => on.number.inputValue()).toBe(typed);
      await on.primary.click();
      await on.code.waitFor();
      await fill(on.code, await ground().codeFor(number));
      await confirmed(on);
    });

    it("where its address is none: it warns the developer, and takes the focus", async () => {
      const on = await opened({ autofocus: "" });
      expect(await focusedId(on)).toBe("number");
      await on.page.evaluate(`addEventListener("error", (event) => {
        event.preventDefault();
        globalThis.fault = String(event.error);
      })`);
      await on.form.evaluate((form) => Object(form).setAttribute("base-url", "//"));
      await send(on);
      await on.form.getByText("Something went wrong.").waitFor();
      expect(await on.page.evaluate("fault")).toBe("TypeError: baseUrl: no https");
      expect(await on.primary.getAttribute("aria-busy")).toBeNull();
    });

    it("where it is taken out while the right code is checked: the proof is not lost", async () => {
      const on = await opened();
      const { typed, number } = ground().newNumber();
      await send(on, typed);
      await on.code.waitFor();
      await on.page.route(
        "**/check",
        async (route) => {
          await on.page.evaluate(`{
          const element = document.querySelector("latchkey-form");
          element?.remove();
          setTimeout(() => document.querySelector("latchkey-form") ?? document.body.append(element), 1000);
        }`);
          await route.fallback();
        },
        { times: 1 },
      );
      await on.code.fill(await ground().codeFor(number));
      await confirmed(on);
      expect((await on.events()).filter(({ type }) => type === "proof")).toHaveLength(1);
    });
  });

  describe("stays at the code", () => {
    it("where a link within the page is followed, and where another form of the page is done", async () => {
      const on = await atCode({ check: () => APPROVED });
      await on.page.evaluate(`location.hash = "elsewhere"`);
      await on.page.goBack();
      await on.page.evaluate(
        "document.body.append(document.querySelector('latchkey-form').cloneNode())",
      );
      const other = on.page.locator("body > latchkey-form");
      await other.locator("#number").fill("07700 900124");
      await other.locator(".primary").first().click();
      await other.locator("#code").fill("123456");
      await other.getByRole("heading", { name: "Number confirmed" }).waitFor();
      expect(await on.page.locator("main #code").isVisible()).toBe(true);
    });

    it.each(["rcs", "constructor"])(
      "where the deployment has the words of next year: %s",
      async (word) => {
        const failed = { delivery: "undelivered", deliveryReason: word };
        const body = verification({ channel: word, channels: [word], ...failed });
        const on = await atCode({
          start: () => ({ status: 201, body }),
          check: () => checked(word, { status: "pending" }),
        });
        await on.form.getByText("The message did not arrive.").waitFor();
        await on.form.locator(".lead", { hasText: "Sent by text message to 07700" }).waitFor();
        await on.code.fill("123456");
        await on.form.getByText("This is not the code.").waitFor();
      },
    );
  });

  describe("in a form of the page", () => {
    it("has the properties that were set before it was defined, and the focus at the field of its step", async () => {
      const page = await ground().newPage();
      await page.addInitScript(`new MutationObserver((_, observer) => {
        const form = document.querySelector("latchkey-form");
        if (form === null) return;
        observer.disconnect();
        Object.assign(form, { number: "07700 900123", required: true, disabled: undefined, texts: { send: "Go" } });
      }).observe(document, { childList: true, subtree: true })`);
      const on = await ground().open(page);
      await on.form.getByRole("button", { name: "Go" }).waitFor();
      await expect.poll(() => on.number.inputValue()).toBe("07700 900123");
      await on.page.evaluate(`document.querySelector("form").requestSubmit()`);
      expect(await focusedId(on)).toBe("number");
      await script(on.page, { start: () => ({ status: 201, body: verification() }) });
      await on.primary.click();
      await on.code.waitFor();
      await on.page.evaluate(`document.activeElement.blur()`);
      await on.form.evaluate((form) => form.focus());
      expect(await focusedId(on)).toBe("code");
    });

    it("is disabled with its fieldset, and asks for nothing then", async () => {
      const on = await atCode({ check: () => APPROVED }, { name: "proof" });
      await on.page.evaluate(`(() => {
        const fieldset = document.createElement("fieldset");
        document.querySelector("form").append(fieldset);
        fieldset.append(document.querySelector("latchkey-form"));
      })()`);
      const disable = (isDisabled: boolean) =>
        on.page.evaluate(`{
          document.querySelector("fieldset").disabled = ${isDisabled};
          document.querySelector("latchkey-form").fillCode("123456");
        }`);
      await disable(true);
      expect([await on.code.isDisabled(), await on.primary.isDisabled()]).toEqual([true, true]);
      expect(await on.code.inputValue()).toBe("");
      await disable(false);
      await confirmed(on);
    });

    it("is required, reset, and keeps nothing after Back", async () => {
      const on = await atCode({ check: () => APPROVED }, { name: "proof", required: "" });
      const isValid = () =>
        on.page.evaluate(`document.querySelector("latchkey-form").checkValidity()`);
      expect(await isValid()).toBe(false);
      await on.code.fill("123456");
      await confirmed(on);
      expect([await isValid(), await on.page.evaluate("sent()")]).toEqual([true, "a.b.c"]);
      const judge = (fault: string) =>
        on.form.evaluate((form, text) => {
          Object(form).setCustomValidity(text);
          return Object(form).validationMessage;
        }, fault);
      expect([await judge("Taken."), await isValid(), await judge(""), await isValid()]).toEqual([
        ...["Taken.", false],
        ...["", true],
      ]);
      await on.page.evaluate(`document.querySelector("form").reset()`);
      await on.number.waitFor();
      expect([
        await isValid(),
        await on.page.evaluate("sent()"),
        await on.number.inputValue(),
      ]).toEqual([false, "", ""]);
    });

    it.each([true, false])(
      "leaves one step back after an approval, and keeps nothing for who comes back (cached: %s)",
      async (isCached) => {
        // A page in a process of its own has an entry before that of the form.
        const own = await (await ground().newPage()).context().newPage();
        const on = await atCode({ check: () => APPROVED }, { name: "proof" }, own);
        if (!isCached) await on.page.evaluate(`addEventListener("unload", () => undefined)`);
        await on.code.fill("123456");
        await confirmed(on);
        await on.page.goBack().catch(() => undefined);
        await expect.poll(() => on.page.url()).toBe("about:blank");
        await on.page.goForward();
        await on.number.waitFor();
        expect([await on.number.inputValue(), await on.page.evaluate("sent()")]).toEqual(["", ""]);
      },
    );

    it("shows that its proof has expired, and sends it no longer", async () => {
      const on = await opened({ name: "proof" }, await ground().newPage({ hasClock: true }));
      const { typed, number } = ground().newNumber();
      await send(on, typed);
      await on.code.fill(await ground().codeFor(number));
      await confirmed(on);
      expect(await on.page.evaluate("sent()")).not.toBe("");
      await on.page.clock.fastForward("05:01");
      await on.form.getByRole("heading", { name: "The confirmation has expired" }).waitFor();
      expect(await on.page.evaluate("sent()")).toBe("");
    });
  });

  it("warns the developer once, in the console, after no answer", async () => {
    const on = await opened();
    const warnings: string[] = [];
    on.page.on("console", (message) => {
      if (message.type() === "warning") warnings.push(message.text());
    });
    // Given up by the person, and no fault of the page.
    const { promise: held, resolve: release } = Promise.withResolvers<void>();
    await on.page.route(/\/v1\/verifications/, () => release(), { times: 1 });
    await send(on);
    await held;
    await on.form.evaluate((form) => Object(form).reset());
    const refusals: string[] = [];
    await on.page.route(/\/v1\/verifications/, async (route) => {
      refusals.push(route.request().url());
      await route.abort();
    });
    await send(on);
    await expect.poll(() => refusals.length).toBeGreaterThan(1);
    const { origin } = new URL(on.page.url());
    expect(warnings).toEqual([`Latchkey: no answer. Is ${origin} in allowedOrigins?`]);
  });

  it("lets a page translator keep its words", async () => {
    const page = await ground().newPage({ hasClock: true });
    const on = await atCode({}, {}, page);
    await on.page.evaluate(`{
      const { shadowRoot } = document.querySelector("latchkey-form");
      const walker = document.createTreeWalker(shadowRoot, NodeFilter.SHOW_TEXT);
      const texts = [];
      while (walker.nextNode()) texts.push(walker.currentNode);
      for (const text of texts) {
        if (text.parentElement.closest("[translate=no]") || text.data.trim() === "") continue;
        const font = document.createElement("font");
        text.replaceWith(font);
        font.append("übersetzt");
      }
    }`);
    const translated = () => on.form.locator("section:not([hidden]) font").count();
    const before = await translated();
    const wait = on.form.getByText(/0:\d\d/).first();
    const shown = await wait.textContent();
    await page.clock.fastForward("00:05");
    await expect.poll(() => wait.textContent()).not.toBe(shown);
    expect(before).toBeGreaterThan(4);
    expect(await translated()).toBe(before);
  });

  it.each([
    "delete HTMLElement.prototype.attachInternals",
    "delete CSSStyleSheet.prototype.replaceSync",
    "CSS.supports = () => false",
  ])("asks for a newer browser where there is none that can show it (%s)", async (lack) => {
    const page = await ground().newPage();
    await page.addInitScript(lack);
    const on = await ground().open(page);
    await on.page.getByText("This browser is too old").waitFor();
  });
});
