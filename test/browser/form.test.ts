import type { Page, Route } from "playwright-core";
import { describe, expect, it } from "vitest";
import { whyNoBrowser } from "./chromium.ts";
import {
  another,
  bodiesTo,
  checked,
  type FormPage,
  formTests,
  inSeconds,
  problem,
  script,
  verification,
} from "./form-page.ts";
import { flawsOf, LOOKS } from "./looks.ts";

const LOCALES = ["en-GB", "ar", "de"] as const;
const LOCALIZED = LOOKS.map((look, index) => ({ ...look, locale: LOCALES[index] ?? "en-GB" }));
const FAILED = { delivery: "undelivered", deliveryReason: "unreachable", nextChannel: "voice" };

describe.skipIf(whyNoBrowser() !== undefined)("the form", () => {
  const { ground, opened, atCode, send, messagesTo, confirmed, focusedId } = formTests(900_600);

  async function sent(on: FormPage): Promise<{ readonly code: string; readonly number: string }> {
    const { typed, number } = ground().newNumber();
    await send(on, typed);
    await on.code.waitFor();
    return { code: await ground().codeFor(number), number };
  }

  function examined({ page }: FormPage) {
    const flaws: string[] = [];
    const examine = async (state: string): Promise<void> => {
      flaws.push(...(await flawsOf(page)).map((flaw) => `${state}: ${flaw}`));
    };
    return { flaws, examine };
  }

  const alert = ({ form }: FormPage, words: string | RegExp) =>
    form.getByRole("alert").filter({ hasText: words });

  const proofOf = async ({ events }: FormPage): Promise<unknown> =>
    (await events()).find(({ type }) => type === "proof")?.detail["proof"];

  describe.each(LOCALIZED)("on a $name screen in $locale", ({ name: _, locale, ...look }) => {
    it("leads from a number to a proof, by the real API, with no flaw that axe-core finds", async () => {
      const on = await opened(
        { locale, purpose: "signup", nonce: "n-1" },
        await ground().newPage(look),
      );
      const { flaws, examine } = examined(on);
      await examine("number");
      await send(on, "hello");
      await on.form.locator(".invalid").waitFor();
      await examine("no number");
      const { code } = await sent(on);
      await examine("code");
      await on.code.pressSequentially(another(code));
      await on.form.locator(".invalid").waitFor();
      await examine("wrong code");
      await on.code.pressSequentially(code);
      await on.form.locator(".confirmed").waitFor();
      await examine("approved");
      expect(flaws).toEqual([]);
      const claims = JSON.parse(
        Buffer.from(String(await proofOf(on)).split(".")[1] ?? "", "base64url").toString(),
      );
      expect(claims).toMatchObject({
        purpose: "signup",
        nonce: "n-1",
        phone_number_verified: true,
      });
    });

    it("has no flaw in the states that come seldom", async () => {
      const on = await opened(
        { locale, channels: "sms,whatsapp,voice", countries: "GB,IE,FR" },
        await ground().newPage({ ...look, hasClock: true }),
      );
      const { flaws, examine } = examined(on);
      let started = problem("sending-paused", 503, { retryAfterSeconds: 600 });
      let ended = checked("exhausted");
      let shown = verification();
      await script(on.page, {
        start: () => started,
        check: () => ended,
        show: () => ({ status: 200, body: shown }),
        cancel: () => ({ status: 204 }),
      });
      await send(on);
      await on.form.locator(".notice.fault[data-told]").waitFor();
      await examine("paused");
      started = problem("too-many-sends", 429, { retryAfterSeconds: 25 });
      await send(on, "07700 900124");
      await on.form.locator("[data-waiting]").waitFor();
      await examine("must wait");
      const challenge = { provider: "turnstile", siteKey: "k", action: "start" };
      started = problem("challenge-required", 403, { challenge });
      await send(on, "07700 900125");
      await on.form.locator(".notice[data-told]:not(.fault)").waitFor();
      await examine("challenge");
      started = { status: 201, body: verification() };
      shown = verification(FAILED);
      await send(on, "07700 900126");
      await on.code.waitFor();
      await on.page.clock.fastForward("00:02");
      await on.form.locator("[data-suggested]").waitFor();
      await examine("undelivered");
      for (const end of ["exhausted", "expired", "canceled", "used"]) {
        ended = checked(end);
        await on.code.fill("135791");
        await on.form.locator(".over").waitFor();
        await examine(end);
        await on.primary.click();
        await on.code.waitFor();
      }
      expect(flaws).toEqual([]);
    });
  });

  describe("shows a person", () => {
    it.each([
      ["phone-not-allowed", 422, {}, "This number cannot get codes. Use a mobile number."],
      [
        "provider-unavailable",
        503,
        { retryAfterSeconds: 60 },
        /at the moment\. Try again in \d+ seconds\.$/,
      ],
    ])("what %s means for them, at the field", async (code, status, members, words) => {
      const on = await opened();
      await script(on.page, { start: () => problem(code, status, members) });
      await send(on);
      await alert(on, words).waitFor();
      expect(await on.number.getAttribute("aria-invalid")).toBe("true");
      const described = (await on.number.getAttribute("aria-describedby")) ?? "";
      expect(await on.form.locator(`#${described}`).textContent()).toMatch(words);
      expect(await focusedId(on)).toBe("number");
      expect((await on.events()).map(({ type }) => type)).toContain("problem");
    });

    it("that what was typed is no number, without asking the API", async () => {
      const on = await opened();
      const asked: string[] = [];
      on.page.on("request", (request) => asked.push(request.url()));
      for (const typed of ["", "hello", "07700", "+44"]) {
        await send(on, typed);
        await alert(on, "Enter a whole mobile number.").waitFor();
      }
      expect(asked.filter((url) => url.includes("/v1/"))).toEqual([]);
    });

    it("how long to wait, and lets another number be tried at once", async () => {
      const on = await opened();
      await script(on.page, {
        start: () => problem("too-many-sends", 429, { retryAfterSeconds: 25 }),
      });
      await send(on);
      await alert(on, /Try again in 2\d seconds\./).waitFor();
      const waiting = on.form.getByRole("button", { name: /Send code \(0:2\d\)/ });
      expect(await waiting.getAttribute("aria-disabled")).toBe("true");
      await on.number.fill("07700 900124");
      await on.form.getByRole("button", { name: "Send code", exact: true }).waitFor();
      expect(await on.form.getByRole("alert").first().textContent()).toBe("");
    });

    it("that the last check is spent, by the real API, and how to go on", async () => {
      const on = await opened();
      const { code } = await sent(on);
      for (let by = 1; by <= 4; by += 1) {
        await on.code.fill(another(code, by));
        await alert(on, `Tries left: ${5 - by}.`).waitFor();
      }
      await on.code.fill(another(code, 5));
      await on.form.getByRole("heading", { name: "Too many wrong codes" }).waitFor();
      expect(await focusedText(on.page)).toBe("Too many wrong codes");
      await on.form.getByRole("button", { name: "Send a new code" }).click();
      await alert(on, "Too many codes were asked for.").waitFor();
    });

    it("that the code has expired, and that the last minute has begun", async () => {
      const on = await opened({}, await ground().newPage({ hasClock: true }));
      await sent(on);
      await on.page.clock.fastForward("04:00");
      await on.form.getByRole("status").filter({ hasText: "One minute left" }).waitFor();
      await on.page.clock.fastForward("01:01");
      await on.form.getByRole("heading", { name: "The code has expired" }).waitFor();
    });

    it("that an old code is old, and that some digits are missing", async () => {
      const on = await atCode({ check: () => checked("code-expired") });
      await on.code.fill("12345");
      await on.primary.click();
      await alert(on, "Enter all 6 digits of the code.").waitFor();
      await on.code.fill("123456");
      await alert(on, "This code is too old. Enter the newest one.").waitFor();
    });

    it.each([
      ["unreachable", "The phone cannot be reached."],
      ["a-word-of-next-year", "The message did not arrive."],
    ])("why a message did not arrive (%s), and leaves the focus alone", async (reason, words) => {
      const on = await opened();
      const failed = verification({ delivery: "undelivered", deliveryReason: reason });
      await script(on.page, { start: () => ({ status: 201, body: failed }) });
      await send(on);
      await alert(on, words).waitFor();
      expect(await focusedId(on)).toBe("code");
      expect(await on.code.getAttribute("aria-invalid")).toBeNull();
    });
  });

  describe("takes a code", () => {
    it("from the message itself, where the browser reads it (WebOTP)", async () => {
      const page = await ground().newPage();
      await page.addInitScript(`
        globalThis.OTPCredential = class {};
        navigator.credentials.get = (options) => new Promise((resolve, reject) => {
          globalThis.asked = { transport: options.otp?.transport };
          options.signal.addEventListener("abort", () => reject(options.signal.reason));
          globalThis.bring = (code) => resolve({ type: "otp", code });
        });`);
      const on = await ground().open(page);
      const { code } = await sent(on);
      expect(await on.page.evaluate("globalThis.asked")).toEqual({ transport: ["sms"] });
      await on.page.evaluate(`bring("${code}")`);
      await confirmed(on);
      expect(await proofOf(on)).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/);
    });

    it("by autofill: one field with its attribute, for a keyboard of digits", async () => {
      const on = await opened();
      await sent(on);
      expect(await on.form.locator("section:not([hidden]) input").count()).toBe(1);
      expect(await on.code.getAttribute("autocomplete")).toBe("one-time-code");
      expect(await on.code.getAttribute("inputmode")).toBe("numeric");
      expect(await on.code.getAttribute("maxlength")).toBeNull();
    });

    it("from a keyboard that composes, once it is done", async () => {
      const on = await atCode({ check: () => checked("incorrect") });
      const checks = bodiesTo(on, "/check");
      await on.page.evaluate(`(() => {
        const field = document.querySelector("latchkey-form").shadowRoot.querySelector("#code");
        for (const value of ["654321", "1234", "123456"]) {
          field.value = value;
          field.dispatchEvent(new InputEvent("input", { bubbles: true, isComposing: true }));
        }
        field.dispatchEvent(new CompositionEvent("compositionend", { bubbles: true }));
        field.dispatchEvent(new InputEvent("input", { bubbles: true }));
      })()`);
      await alert(on, "This is not the code.").waitFor();
      expect(checks).toEqual([{ code: "123456" }]);
    });
  });

  describe("sends once", () => {
    it("where the button is tapped twice", async () => {
      const on = await opened();
      const { typed, number } = ground().newNumber();
      await on.number.fill(typed);
      await on.primary.dblclick();
      await on.code.waitFor();
      expect(messagesTo(number)).toBe(1);
    });

    it.each([
      ["was away: it goes out when it is back", 0],
      ["went away before the answer came", 1],
    ])("where the network %s", async (_, before) => {
      const on = await opened({}, await ground().newPage({ offline: false }));
      const { typed, number } = ground().newNumber();
      const lose = async (route: Route) => {
        // The API has done it; its answer is lost, and with it the network.
        if (before === 1) await route.fetch();
        await on.page.context().setOffline(true);
        await route.abort();
      };
      await on.page.route("**/v1/verifications", lose, { times: 1 });
      await send(on, typed);
      await alert(on, "You are offline.").waitFor();
      expect(messagesTo(number)).toBe(before);
      await on.page.context().setOffline(false);
      await on.code.waitFor();
      expect(messagesTo(number)).toBe(1);
    });

    it("where the answer is slow, and shows that it takes longer", async () => {
      const on = await opened({}, await ground().newPage({ hasClock: true }));
      const { typed, number } = ground().newNumber();
      const isToldSo = Promise.withResolvers<void>();
      await on.page.route("**/v1/verifications", async (route) => {
        await isToldSo.promise;
        await route.fallback();
      });
      await send(on, typed);
      await expect.poll(() => on.primary.getAttribute("aria-busy")).toBe("true");
      await on.page.clock.fastForward("00:04");
      await alert(on, "This takes longer than usual.").waitFor();
      await on.primary.click({ force: true });
      isToldSo.resolve();
      await on.code.waitFor();
      expect(messagesTo(number)).toBe(1);
    });
  });

  describe("after a wrong turn", () => {
    it("lets the number be changed, and makes the first code invalid", async () => {
      const on = await opened();
      const canceled = on.page.waitForRequest((request) => request.method() === "DELETE");
      await sent(on);
      await on.form.getByRole("button", { name: "Change number" }).click();
      await canceled;
      expect(await on.title()).toBe("Confirm your phone number");
      expect(await focusedId(on)).toBe("number");
      await sent(on);
    });

    it("goes back and forward by the browser's buttons, and asks for no second message for the same number", async () => {
      const on = await opened();
      const { typed, number } = ground().newNumber();
      await send(on, typed);
      await on.code.waitFor();
      const code = await ground().codeFor(number);
      await on.page.goBack();
      await on.number.waitFor();
      expect(await focusedId(on)).toBe("number");
      await on.page.goForward();
      await on.code.waitFor();
      await on.page.goBack();
      await on.primary.click();
      await on.code.waitFor();
      expect(messagesTo(number)).toBe(1);
      await on.code.fill(code);
      await confirmed(on);
    });

    it("goes on where it was when the page is loaded anew, with no number and no code kept", async () => {
      const on = await opened({ nonce: "n-7" });
      const { code, number } = await sent(on);
      const kept = String(
        await on.page.evaluate("JSON.stringify({ ...sessionStorage, ...localStorage })"),
      );
      expect(kept).not.toContain(number.slice(1));
      expect(kept).not.toContain(code);
      await on.page.reload();
      await on.code.waitFor();
      expect(await on.form.locator("bdi").first().textContent()).toMatch(/^\+44•+\d{3}$/);
      await on.code.fill(code);
      await confirmed(on);
      expect(await on.page.evaluate("sessionStorage.length")).toBe(0);
    });

    it("brings a proof whose answer was lost with the page", async () => {
      const on = await opened();
      const { code } = await sent(on);
      const { promise: done, resolve: reached } = Promise.withResolvers<void>();
      await on.page.route("**/check", async (route) => {
        await route.fetch();
        reached();
        // No answer comes: the page is gone before.
      });
      await on.code.fill(code);
      await done;
      await on.page.unroute("**/check");
      await on.page.reload();
      await confirmed(on);
      expect(await proofOf(on)).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/);
    });

    it("goes on in that of two forms of one purpose in which it was", async () => {
      const on = await opened();
      const twice = "document.body.append(document.querySelector('latchkey-form').cloneNode(true))";
      await on.page.addInitScript(`addEventListener("DOMContentLoaded", () => ${twice})`);
      await on.page.reload();
      const [first, second] = [on.form.first(), on.form.nth(1)];
      const { typed } = ground().newNumber();
      await second.locator("#number").fill(typed);
      await second.locator("#number").press("Enter");
      await second.locator("#code").waitFor();
      await on.page.reload();
      await second.locator("#code").waitFor();
      expect(await first.locator("#code").isVisible()).toBe(false);
    });

    it("takes nothing up for a session of another nonce", async () => {
      const on = await opened({ nonce: "n-8" });
      await sent(on);
      // What the first page keeps is copied to a page that it opens.
      const [page] = await Promise.all([
        on.page.waitForEvent("popup"),
        on.page.evaluate("void open()"),
      ]);
      const again = await ground().open(page, { nonce: "n-9" });
      await again.number.waitFor();
      expect(await again.code.isVisible()).toBe(false);
    });
  });

  describe("offers another way", () => {
    it("asks how to send, where the page offers more than one way, and starts so", async () => {
      const on = await opened({
        channels: "sms whatsapp",
        locale: "en-GB-x-some-house-style-for-the-north",
      });
      const asked = bodiesTo(on, "/verifications");
      const body = verification({ channel: "whatsapp" });
      await script(on.page, { start: () => ({ status: 201, body }) });
      expect(await on.form.getByRole("radio").count()).toBe(2);
      expect(await on.form.getByRole("radio", { name: "Text message" }).isChecked()).toBe(true);
      await on.form.getByRole("radio", { name: "WhatsApp" }).check();
      await send(on);
      await on.form.locator(".lead", { hasText: "Sent by WhatsApp to 07700 900123" }).waitFor();
      // The API takes 35 characters of a tag.
      const locale = "en-GB-x-some-house-style-for-the-no";
      const told = { locale, platform: "web", purpose: "login" };
      expect(asked).toMatchObject([{ to: "+447700900123", channel: "whatsapp", ...told }]);
    });

    it("sends again by another channel once the wait is over, and shows what was sent", async () => {
      const page = await ground().newPage({ hasClock: true });
      const on = await opened({}, page);
      const called = { channel: "voice", channels: ["sms", "voice"], resendAt: inSeconds(175) };
      const resent = bodiesTo(on, "/resend");
      await script(on.page, {
        start: () => ({ status: 201, body: verification({ resendAt: inSeconds(120) }) }),
        show: () => ({ status: 200, body: verification({ resendAt: inSeconds(120) }) }),
        resend: () => ({ status: 202, body: verification(called) }),
      });
      await send(on);
      await on.form.getByRole("button", { name: "Other ways" }).click();
      const call = on.form.getByRole("button", { name: "Call me with the code" });
      await call.waitFor();
      expect(await call.getAttribute("aria-disabled")).toBe("true");
      await call.click({ force: true });
      expect(resent).toEqual([]);
      await page.clock.fastForward("02:01");
      await on.form.getByRole("status").filter({ hasText: "ask for a new code now" }).waitFor();
      await call.click();
      await on.form.locator(".lead", { hasText: "We are calling" }).waitFor();
      await alert(on, "A new code is on its way. The earlier one still works.").waitFor();
      expect(resent).toEqual([{ channel: "voice" }]);
      await on.form.getByRole("button", { name: /Send a new code \(0:\d\d\)/ }).waitFor();
      expect(await on.form.getByRole("button", { name: "Send by WhatsApp" }).count()).toBe(0);
    });

    it("sends at once by the channel that the API suggests, while the others wait", async () => {
      const on = await atCode({
        start: () => ({ status: 201, body: verification(FAILED) }),
        resend: () => ({ status: 202, body: verification({ channel: "voice" }) }),
        show: () => ({ status: 200, body: verification({ channel: "voice" }) }),
      });
      const resent = bodiesTo(on, "/resend");
      await on.form.getByRole("button", { name: "Send by WhatsApp" }).click({ force: true });
      await on.form.getByRole("button", { name: "Call me with the code" }).click();
      await on.form.getByRole("status").filter({ hasText: "We are calling" }).waitFor();
      expect(resent).toEqual([{ channel: "voice" }]);
      expect(await on.form.getByText("earlier one").count()).toBe(0);
    });

    it("asks the page to show a challenge, and starts again with its token", async () => {
      const on = await opened();
      const asked = bodiesTo(on, "/verifications");
      const tokens = () => asked.map((body) => Object(body).challenge);
      const challenge = { provider: "turnstile", siteKey: "0x4AAA", action: "start" };
      await script(on.page, {
        start: () =>
          tokens().at(-1) === "a-token"
            ? { status: 201, body: verification() }
            : problem("challenge-required", 403, { challenge }),
      });
      await send(on);
      await alert(on, "Please complete this check.").waitFor();
      const events = await on.events();
      expect(events.find(({ type }) => type === "challenge")?.detail).toEqual({ challenge });
      await on.form.evaluate((form) => Object(form).answerChallenge("a-token"));
      await on.code.waitFor();
      expect(tokens()).toEqual([undefined, "a-token"]);
    });
  });

  describe("formats a number", () => {
    it("and leaves the caret alone in the middle", async () => {
      const on = await opened({}, await ground().newPage({ hasClock: true }));
      await on.number.fill("07700 90012");
      await on.number.evaluate((field) => Object(field).setSelectionRange(3, 3));
      await on.page.keyboard.type("7");
      // Longer than typing has to rest before a number is formatted.
      await on.page.clock.fastForward("00:01");
      expect(await on.number.inputValue()).toBe("077700 90012");
      expect(await on.number.evaluate((field) => Object(field).selectionStart)).toBe(4);
    });

    it("of the country that is chosen, or of the one that it names itself", async () => {
      const on = await opened({ countries: "GB,IE,FR", country: "IE" });
      const country = on.form.getByRole("combobox", { name: "Country" });
      expect(await country.inputValue()).toBe("IE");
      // The codes come with the library that formats, which is loaded beside the form.
      const options = country.locator("option");
      await expect
        .poll(() => options.allTextContents())
        .toEqual(["France (+33)", "Ireland (+353)", "United Kingdom (+44)"]);
      const asked = bodiesTo(on, "/verifications");
      await script(on.page, { start: () => problem("phone-not-allowed", 422) });
      await send(on, "085 012 3456");
      await alert(on, "cannot get codes").waitFor();
      expect(asked).toMatchObject([{ to: "+353850123456" }]);
      await send(on, "+33 6 12 34 56 78");
      expect(await country.inputValue()).toBe("FR");
      await expect.poll(() => asked.at(-1)).toMatchObject({ to: "+33612345678" });
    });

    it("not at all where the plans do not come: the API judges what was typed", async () => {
      const page = await ground().newPage();
      await page.route(/part-formatting/, (route) => route.abort());
      const on = await ground().open(page);
      const asked = bodiesTo(on, "/verifications");
      await script(on.page, { start: () => problem("phone-invalid", 422) });
      await send(on);
      await alert(on, "Enter a whole mobile number.").waitFor();
      expect(asked).toMatchObject([{ to: "+447700900123" }]);
    });

    it("by plans that are fetched again where they did not come at first", async () => {
      const page = await ground().newPage();
      await page.route(/part-formatting/, (route) => route.abort(), { times: 1 });
      const failed = page.waitForEvent("requestfailed");
      const on = await ground().open(page);
      await failed;
      // The API takes no national form here: what it takes has been read by the plans.
      await sent(on);
    });
  });

  describe("belongs to its page", () => {
    it("speaks its language, and English where the words do not come", async () => {
      const on = await opened({ locale: "pt-AO" });
      await expect.poll(on.title).toBe("Confirme o seu número de telefone");
      await on.form.evaluate((form) => Object(form).setAttribute("locale", "ja-JP"));
      await expect.poll(on.title).toBe("電話番号の確認");
      await on.page.route(/part-fr/, (route) => route.abort());
      await on.form.evaluate((form) => Object(form).setAttribute("locale", "fr-CA"));
      await expect.poll(on.title).toBe("Confirm your phone number");
      await on.form.evaluate((form) => {
        Object(form).texts = { numberTitle: "Welcome", send: undefined };
      });
      expect([await on.title(), await on.primary.textContent()]).toEqual(["Welcome", "Send code"]);
    });

    it("lets its parts be styled, and breaks and aligns its own text whatever the page does to its", async () => {
      const on = await opened();
      const style = await on.page.evaluate(`(() => {
        document.body.style.cssText = "text-align-last:right;word-break:break-all";
        const sheet = new CSSStyleSheet();
        sheet.replaceSync("latchkey-form::part(title) { color: rgb(4, 5, 6); }");
        document.adoptedStyleSheets = [sheet];
        const { color, textAlignLast, wordBreak } =
          getComputedStyle(document.querySelector("latchkey-form").shadowRoot.querySelector(".title"));
        return [color, textAlignLast, wordBreak];
      })()`);
      expect(style).toEqual(["rgb(4, 5, 6)", "auto", "normal"]);
    });

    it("moves nothing where the person wants no motion, and little where they do not mind", async () => {
      const counts: unknown[] = [];
      for (const reducedMotion of ["reduce", "no-preference"] as const) {
        const on = await opened({}, await ground().newPage({ reducedMotion }));
        await on.page.evaluate(`(() => {
          const { shadowRoot } = document.querySelector("latchkey-form");
          globalThis.hasMoved = false;
          for (const type of ["animationstart", "transitionrun"])
            shadowRoot.addEventListener(type, () => { globalThis.hasMoved = true; });
        })()`);
        await send(on, "hello");
        await on.form.locator(".invalid").waitFor();
        await on.page.evaluate(
          "new Promise((shown) => requestAnimationFrame(() => setTimeout(shown)))",
        );
        counts.push(await on.page.evaluate("hasMoved"));
      }
      expect(counts).toEqual([false, true]);
    });

    it("can be used by the keyboard alone, with names for who cannot see it", async () => {
      const on = await opened();
      const names = await on.form.ariaSnapshot();
      expect(names).toBe(
        [
          '- heading "Confirm your phone number" [level=1]',
          "- paragraph: We send you a code to see that the number is yours.",
          ...["- text: Mobile number", '- textbox "Mobile number"', "- alert"],
          ...['- button "Send code"', "- status"],
        ].join("\n"),
      );
      const { typed, number } = ground().newNumber();
      await on.page.keyboard.press("Tab");
      expect(await focusedId(on)).toBe("number");
      await on.page.keyboard.type(typed);
      await on.page.keyboard.press("Enter");
      await on.code.waitFor();
      expect(await focusedId(on)).toBe("code");
      await on.form
        .getByRole("status")
        .filter({ hasText: "Enter the code. Sent by text message to 07700" })
        .waitFor();
      const code = await ground().codeFor(number);
      await on.page.keyboard.type(another(code));
      await alert(on, "This is not the code. Tries left: 4.").waitFor();
      // The wrong code is selected, so that typing replaces it.
      await on.page.keyboard.type(code);
      await confirmed(on);
      expect(await focusedText(on.page)).toBe("Number confirmed");
    });
  });

  const focusedText = (page: Page) =>
    page.evaluate("document.activeElement.shadowRoot.activeElement?.textContent");
});
