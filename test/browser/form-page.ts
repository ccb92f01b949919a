import type { Page, Route } from "playwright-core";
import { afterEach, beforeAll, expect } from "vitest";
import type { System } from "../../local/system.ts";
import { startPatientSystem } from "../support/patient-system.ts";
import { pagesIn } from "./chromium.ts";
import { openWatched } from "./looks.ts";

/** As strict as a page can be: nothing inline, nothing evaluated, no markup out of strings. The form has to live with it. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

type Attributes = Readonly<Record<string, string>>;

export type FormPage = Awaited<ReturnType<typeof openForm>>;

type FormEvent = {
  readonly type: string;
  readonly detail: Readonly<Record<string, unknown>>;
};

export type Ground = Awaited<ReturnType<typeof formGround>>;

let shared: Promise<System> | undefined;

/** Of all files of this process whose tests look at their own numbers alone. It ends with the process. */
function sharedSystem(): Promise<System> {
  shared ??= startPatientSystem();
  return shared;
}

/** Pages of a system, and numbers that no other test uses. */
export async function formGround(firstNumber: number, started = sharedSystem()) {
  const system = await started;
  let last = firstNumber;
  const { newPage, closePages } = pagesIn(system.url);
  return {
    closePages,
    system,
    newPage,
    open: (page: Page, attributes: Attributes = {}) => openForm(system.url, page, attributes),
    /** A number of fiction that no other test asks for. */
    newNumber: () => {
      last += 1;
      return { typed: `07700 ${last}`, number: `+447700${last}` };
    },
    codeFor: async (number: string) =>
      /\d{6}/.exec((await system.handset.waitFor(number)).text)?.[0] ?? "",
  };
}

/** The ground of the tests of a file, and what a person does on a page with the form. */
export function formTests(firstNumber: number) {
  let ground: Ground;
  const pages: FormPage[] = [];
  beforeAll(async () => {
    const made = await formGround(firstNumber);
    const open: Ground["open"] = async (page, attributes) => {
      const on = await made.open(page, attributes);
      expect(on.faults).toEqual([]);
      pages.push(on);
      return on;
    };
    ground = { ...made, open };
  });
  // Nothing may go wrong behind the person's back, in any test.
  afterEach(async () => {
    for (const { faults } of pages.splice(0)) expect(faults).toEqual([]);
    await ground.closePages();
  });

  /** A page with the form for one test. */
  async function opened(attributes: Attributes = {}, page?: Page): Promise<FormPage> {
    return ground.open(page ?? (await ground.newPage()), attributes);
  }

  async function send({ number, primary }: FormPage, typed = "07700 900123"): Promise<void> {
    await number.fill(typed);
    await primary.click();
  }

  /** At the step of the code, with answers by script. */
  async function atCode(
    answers: Answers = {},
    attributes: Attributes = {},
    page?: Page,
  ): Promise<FormPage> {
    const on = await opened(attributes, page);
    await script(on.page, {
      start: () => ({ status: 201, body: verification() }),
      show: () => ({ status: 200, body: verification() }),
      cancel: () => ({ status: 204 }),
      ...answers,
    });
    await send(on);
    await on.code.waitFor();
    return on;
  }

  const messagesTo = (number: string) =>
    ground.system.handset.messages().filter(({ to }) => to === number).length;
  const confirmed = ({ form }: FormPage) =>
    form.getByRole("heading", { name: "Number confirmed" }).waitFor();
  const focusedId = ({ page }: FormPage) =>
    page.evaluate("document.activeElement?.shadowRoot?.activeElement?.id");
  return { ground: () => ground, opened, atCode, send, messagesTo, confirmed, focusedId };
}

export function another(code: string, by = 1): string {
  return String((Number(code) + by) % 1_000_000).padStart(6, "0");
}

/** A form on a page of its own, and what a person would not see of it. */
async function openForm(url: string, page: Page, attributes: Attributes) {
  await page.route("**/form-test", (route) => serveDocument(route, attributes));
  await page.route("**/form-test.js", (route) =>
    route.fulfill({ contentType: "text/javascript", body: LISTENING }),
  );
  const { faults } = await openWatched(page, `${url}/form-test`, true);
  const form = page.locator("latchkey-form");
  return {
    page,
    form,
    number: form.locator("#number"),
    code: form.locator("#code"),
    /** The button of the step that one is at. */
    primary: form.locator("section:not([hidden]) .primary"),
    /** Faults of scripts, of the policy, and requests to anybody else. */
    faults,
    /** What the form has told its page, oldest first. */
    events: (): Promise<readonly FormEvent[]> => page.evaluate("globalThis.told"),
    title: async () => (await form.locator("section:not([hidden]) .title").textContent()) ?? "",
  };
}

function serveDocument(route: Route, attributes: Attributes): Promise<void> {
  const written = Object.entries(attributes).map(([name, value]) => `${name}="${value}"`);
  const direction = attributes["locale"] === "ar" ? "rtl" : "ltr";
  return route.fulfill({
    contentType: "text/html; charset=utf-8",
    headers: {
      "content-security-policy": POLICY,
      "cross-origin-opener-policy": "same-origin",
    },
    body: `<!doctype html>
      <html lang="${attributes["locale"] ?? "en-GB"}" dir="${direction}">
        <head>
          <meta name="viewport" content="width=device-width, initial-scale=1">
          <meta name="color-scheme" content="light dark">
          <title>A page with the form</title>
          <link rel="stylesheet" href="/pages/base.css">
          <link rel="stylesheet" href="/pages/sign-in.css">
          <script type="module" src="/form-test.js"></script>
          <script type="module" src="/pages/form.js"></script>
        </head>
        <body>
          <header></header>
          <main class="card"><form><latchkey-form heading-level="1" ${written.join(" ")}></latchkey-form></form></main>
        </body>
      </html>`,
  });
}

const LISTENING = `
  globalThis.told = [];
  globalThis.sent = () => [...new FormData(document.querySelector("form")).values()].join();
  for (const type of ["started", "step", "proof", "problem", "challenge"])
    document.addEventListener("latchkey-" + type, (event) => told.push({ type, detail: event.detail }));
`;

type Answer = { readonly status: number; readonly body?: object };
type Call = "start" | "show" | "check" | "resend" | "cancel";
type Answers = Partial<Record<Call, () => Answer>>;

/** The API as a script tells it: for what the real one does not do on demand. What is not told is left to the real one. */
export async function script(page: Page, answers: Answers): Promise<void> {
  await page.route(/\/v1\/verifications/, async (route) => {
    const answer = answers[callOf(route)]?.();
    if (answer === undefined) return route.fallback();
    const type = answer.status < 300 ? "application/json" : "application/problem+json";
    await route.fulfill({
      status: answer.status,
      contentType: type,
      ...(answer.body === undefined ? {} : { body: JSON.stringify(answer.body) }),
    });
  });
}

function callOf(route: Route): Call {
  const { pathname } = new URL(route.request().url());
  const method = route.request().method();
  if (method === "DELETE") return "cancel";
  if (method === "GET") return "show";
  if (pathname.endsWith("/check")) return "check";
  return pathname.endsWith("/resend") ? "resend" : "start";
}

/** The bodies that are posted to a path with this end from now on, oldest first. */
export function bodiesTo({ page }: FormPage, end: string): readonly unknown[] {
  const bodies: unknown[] = [];
  page.on("request", (request) => {
    if (request.method() === "POST" && request.url().endsWith(end))
      bodies.push(request.postDataJSON());
  });
  return bodies;
}

export const inSeconds = (seconds: number): string =>
  new Date(Date.now() + seconds * 1_000).toISOString();

/** A verification as the API shows it. */
export function verification(changes: object = {}): object {
  return {
    id: "v1-AAAAAAAAAAAAAAAAAAAAAAAA",
    status: "pending",
    channel: "sms",
    to: "+44•••••••123",
    codeLength: 6,
    expiresAt: inSeconds(300),
    resendAt: inSeconds(30),
    checksRemaining: 5,
    channels: ["sms", "whatsapp", "voice"],
    delivery: "queued",
    ...changes,
  };
}

export function checked(result: string, changes: object = {}): Answer {
  const status = result === "incorrect" || result === "code-expired" ? "pending" : result;
  return { status: 200, body: { id: "v1", status, result, checksRemaining: 3, ...changes } };
}

export function problem(code: string, status: number, members: object = {}): Answer {
  return {
    status,
    body: { type: `https://x.example/#${code}`, title: code, status, code, ...members },
  };
}
