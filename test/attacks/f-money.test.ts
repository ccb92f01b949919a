import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { decodeJwt } from "jose";
import { getExpectedTwilioSignature } from "twilio/lib/webhooks/webhooks.js";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import { callRequest } from "../../functions/adapters/twilio/requests.ts";
import { LIMITS } from "../../functions/policy/limits.ts";
import { ENV } from "../../functions/runtime/environment.ts";
import { channelSettings, channelsFor } from "../../functions/verification/channels.ts";
import { start } from "../../functions/verification/start.ts";
import { CHANNELS, PURPOSES } from "../../functions/verification/verification.ts";
import { FUNCTION_NAMES } from "../../infra/by-function.ts";
import { environments } from "../../infra/environments.ts";
import { FUNCTIONS } from "../../infra/functions.ts";
import { STAGES } from "../../infra/stages.ts";
import { CALLBACK_PLANS } from "../../local/twilio/message-courses.ts";
import { parseTwiml } from "../../local/twilio/twiml.ts";
import { aStart, type Deps, everyChannel, someDeps } from "../support/deps.ts";
import { NOWHERE } from "../support/nowhere.ts";
import { callTo } from "./support/call-to.ts";
import { deployed } from "./support/deployed.ts";
import { eavesdropper, type Overheard } from "./support/eavesdropper.ts";
import { type Owned, pathOf, type Reply, targetOfFile } from "./support/target.ts";
import { untilRefused } from "./support/until-refused.ts";

const line = eavesdropper();
const target = await targetOfFile();
afterAll(() => line.stop());
afterEach(() => target.emulator.setCallbacks(undefined));

type Form = Readonly<Record<string, string>>;

/** Sends what Twilio would, signed with a token and over an address that may be wrong. */
function report(
  { url, form, signature }: Overheard,
  headers: Readonly<Record<string, string>> = {},
): Promise<Reply> {
  const { pathname, search } = new URL(url);
  return target.ask({
    path: pathname + search,
    headers: {
      "content-type": "application/x-www-form-urlencoded",
      "x-twilio-signature": signature,
      ...headers,
    },
    body: new URLSearchParams(form).toString(),
  });
}

function signed(url: string, form: Form, authToken = target.emulator.account.authToken): string {
  return getExpectedTwilioSignature(authToken, url, { ...form });
}

/** A request of Twilio's that says something else than the one that was heard, signed as only Twilio can. */
function genuine({ url, form }: Overheard, change: Form): Overheard {
  const changed = { ...form, ...change };
  return { url, form: changed, signature: signed(url, changed) };
}

/** A verification whose message has told nothing but that it is being sent, and how Twilio told it. */
async function heardOf(): Promise<Owned & { readonly heard: Overheard }> {
  target.emulator.setCallbacks([{ status: "sending", afterMilliseconds: 0 }]);
  const owned = await target.owned();
  const message = target.handset.messages().find(({ to }) => to === owned.to);
  return { ...owned, heard: await line.waitFor(message?.sid ?? "") };
}

/** The same with another letter at one place. */
function bent(text: string, at: number): string {
  const letter = text[at] === "A" ? "B" : "A";
  return text.slice(0, at) + letter + text.slice(at + 1);
}

describe("requests in Twilio's name", () => {
  it("F1: every letter of a signature, an address and a form counts: one that is another is refused, and nothing changes", async () => {
    const { heard, id } = await heardOf();
    const told = genuine(heard, { MessageStatus: "delivered", SmsStatus: "delivered" });
    const { url, form, signature } = told;
    const query = url.indexOf("message=") + "message=".length;
    const forged: Overheard[] = [
      ...[...signature].map((_, at) => ({ ...told, signature: bent(signature, at) })),
      ...Array.from({ length: 40 }, (_, index) => {
        const at = query + Math.floor((index * (url.length - query)) / 40);
        return { ...told, url: bent(url, at) };
      }),
      ...Object.entries(form).flatMap(([name, value]) => {
        const { [name]: _, ...without } = form;
        return [
          { ...told, form: without },
          { ...told, form: { ...without, [`${name}x`]: value } },
          { ...told, form: { ...form, [name]: `${value} ` } },
          { ...told, form: { ...form, [name]: bent(value, 0) } },
          { ...told, form: { ...form, [name]: bent(value, value.length - 1) } },
        ];
      }),
    ];
    expect(forged.length).toBeGreaterThan(100);
    const before = await target.state();
    for (const one of forged) {
      const { status, body } = await report(one);
      expect([one, status, body["code"]]).toEqual([one, 403, "signature-invalid"]);
    }
    expect(await target.state()).toEqual(before);
    expect(await target.show({ id })).toMatchObject({ delivery: "queued" });
    expect((await report(told)).status).toBe(204);
    expect(await target.show({ id })).toMatchObject({ delivery: "delivered" });
  });

  it("F2: a request that was overheard returns nothing new when it is sent again, even after the approval", async () => {
    target.emulator.setCallbacks(CALLBACK_PLANS.usual);
    const owned = await target.owned();
    const sid = target.handset.messages().find(({ to }) => to === owned.to)?.sid ?? "";
    await expect.poll(() => target.show(owned)).toMatchObject({ delivery: "delivered" });
    await target.check(owned.id, owned.code);
    await expect.poll(() => target.emulator.stored(sid)?.body).toBe("");
    const heard = await line.waitFor(sid);
    const before = await target.state();
    for (let again = 0; again < 5; again += 1) expect((await report(heard)).status).toBe(204);
    expect(await target.state()).toEqual(before);
  });
});

describe("money", () => {
  it("F3: one client gets a limit of messages that it proves none of, from outside too, and proving pays it back", async () => {
    const from = "127.8.8.8";
    target.emulator.setCallbacks([]);
    const { max } = LIMITS.unverifiedSends.ipv4;
    const first = await target.owned({}, { from });
    const refused = await untilRefused(() => target.start({}, { from }), { max: max - 1 });
    expect([refused.status, refused.body["code"]]).toEqual([429, "too-many-requests"]);
    expect(Number(refused.headers["retry-after"])).toBeGreaterThan(0);
    await target.check(first.id, first.code, { from });
    expect((await target.start({}, { from })).status).toBe(201);
  });

  /** What is called, and pays its caller: each of another kind. */
  const DEAR = [
    // Premium rate, personal numbers, shared cost, special services, freephone, for all of the country, corporate, over the internet.
    ...["+449098790000", "+449111234567", "+447012345678", "+448712345678", "+448441234567"],
    ...["+448991234567", "+448001111111", "+443001234567", "+445512345678", "+445612345678"],
    // A pager, a landline, a mobile that nobody holds; satellites and networks of no country; premium rate and freephone of the world.
    ...["+447600123456", "+442079460018", "+447200123456", "+881612345678", "+870773123456"],
    ...["+882123456789", "+883510012345", "+979123456789", "+80012345678", "+19005551234"],
    // Jamaica, Cuba, Somalia, Latvia, Tunisia, Maldives, Moldova; Jersey, Guernsey, the Isle of Man; a short number, emergency.
    ...["+18765551234", "+5351234567", "+252612345678", "+37121234567", "+21620123456"],
    ...["+9607712345", "+37369123456", "+447797712345", "+447781123456", "+447624123456"],
    ...["+44118118", "+44999"],
  ];

  it("F4: no kind of number that costs its caller or pays its owner is called or written to, by any channel", async () => {
    const before = await target.state();
    for (const to of DEAR)
      for (const channel of CHANNELS) {
        const { status, body } = await target.start({ to, channel });
        const code = expect.toBeOneOf([
          "phone-not-allowed",
          "country-not-enabled",
          "phone-invalid",
        ]);
        expect([to, channel, status, body["code"]]).toEqual([to, channel, 422, code]);
      }
    expect(await target.state()).toEqual(before);
  });

  it("F4: production places no call until a country is named, and what it calls then ends within a minute that was paid for before", async () => {
    const PROD = environments(STAGES.prod, NOWHERE);
    const channels = channelSettings(PROD["start-verification"]);
    expect(channelsFor("GB", channels)).toEqual(["sms"]);
    expect([channels.voiceCountries, channels.plan]).toEqual([[], []]);
    const call = callRequest(await aCall(someDeps()), {
      publicUrl: "https://verify.example.com",
      callbackPass: "pass",
      voiceFrom: "+442071838750",
    });
    expect([call.TimeLimit < 60, call.Timeout <= 20, call.Record]).toEqual([true, true, false]);
    const verbs = parseTwiml(call.Twiml).map(({ verb }) => verb);
    expect(verbs).toEqual(["Gather", "Gather"]);
  });

  it("F5: another channel is no other limit: where one has had its turn, none has another", async () => {
    target.emulator.setCallbacks([]);
    const sms = await target.owned();
    const whatsapp = await target.owned({ channel: "whatsapp" });
    // Answered, since a call that nobody answers hands its turn on, once.
    const { call, reply } = await callTo(target, { key: "7" });
    const voice = { to: call.to, id: String(reply.body["id"]) };
    for (const [first, { to, id }] of Object.entries({ sms, whatsapp, voice })) {
      const path = `${pathOf({ id })}/resend`;
      for (const channel of CHANNELS) {
        const again = await target.start({ to, channel });
        const resent = await target.ask({ path, body: { channel } });
        for (const reply of [again, resent])
          expect([first, channel, reply.body["code"]]).toEqual([first, channel, "too-many-sends"]);
      }
    }
  });

  it("F6: fifty clients who want one number's phone to ring at once get one message to it", async () => {
    const to = target.newNumber();
    const replies = await Promise.all(
      Array.from({ length: 50 }, (_, index) =>
        target.start({
          to,
          channel: CHANNELS[index % CHANNELS.length],
          purpose: PURPOSES[index % PURPOSES.length],
          nonce: `n-${index}`,
        }),
      ),
    );
    const statuses = replies.map(({ status }) => status).toSorted((a, b) => a - b);
    expect(statuses).toEqual([201, ...Array<number>(49).fill(429)]);
    for (const { status, body } of replies)
      if (status === 429) expect(body["code"]).toBe("too-many-sends");
    await delay(100);
    const arrived = target.handset.messages().filter((message) => message.to === to).length;
    const rang = target.handset.calls().filter((call) => call.view().to === to).length;
    expect(arrived + rang).toBe(1);
  });

  it("F7: production keeps a share of its money for people with a ticket", () => {
    expect(STAGES.prod.spend.keptForTickets).toBeGreaterThan(0.1);
  });
});

/** The message of a call, as the one that places it is given it. */
async function aCall(deps: Deps) {
  await start({ ...deps, channels: everyChannel() }, aStart({ channel: "voice" }));
  const message = deps.messages.at(-1);
  if (message?.channel !== "voice") throw new Error("that was to be a call");
  return message;
}

describe("calls", () => {
  const digits = /\d(?:\W{0,3}\d){5}/;

  it("F8: a voicemail records the greeting and never a code", async () => {
    const to = "+447700900999";
    expect((await target.start({ to, channel: "voice" })).status).toBe(201);
    const call = await target.handset.waitForCall(to);
    await expect.poll(() => call.view().state).toBe("ended");
    const { isVoicemail, lines, keys } = call.view();
    expect([isVoicemail, keys, lines.length]).toEqual([true, "", 2]);
    expect(lines.map(({ text }) => text).join(" ")).not.toMatch(digits);
    // Once it has ended nothing is kept of it, or it is about to go.
    expect(JSON.stringify([target.emulator.storedCall(call.view().sid)])).not.toMatch(/Say|Gather/);
  });

  it("F8: a person who answers and presses no key receives no code; after a key press the code is spoken", async () => {
    const silent = await callTo(target);
    expect(silent.call.lines.length).toBeGreaterThan(0);
    expect(JSON.stringify(silent.call.lines)).not.toMatch(digits);
    const id = String(silent.reply.body["id"]);
    expect(await target.show({ id })).not.toMatchObject({ delivery: "delivered" });
    const { code, beforeTheKey } = await callTo(target, { key: "7" });
    expect(code).toMatch(/^\d{6}$/);
    expect(beforeTheKey).toMatch(/key/);
    expect(beforeTheKey).not.toMatch(digits);
  });
});

const ROOT = join(import.meta.dirname, "../..");
const read = (path: string): string => readFileSync(join(ROOT, path), "utf8");

describe("people", () => {
  it("F9: a thief of a number is proven like its owner: a proof names the channel, no more, and the documents state it", async () => {
    const amr = [];
    for (const channel of ["sms", "whatsapp"]) {
      const { id, code } = await target.owned({ channel });
      const { body } = await target.check(id, code);
      amr.push(decodeJwt(String(body["proof"]))["amr"]);
    }
    expect(amr).toEqual([
      ["otp", "sms"],
      ["otp", "whatsapp"],
    ]);
    expect(read("docs/explain/what-a-proof-does-not-prove.md")).toMatch(
      /It does not state who read it[\s\S]*ported, recycled and taken over \(SIM swap\)[\s\S]*restricted channel/,
    );
    expect(read("docs/start/your-own-ui.md")).toContain("what-a-proof-does-not-prove.md");
    // Nobody is asked about swaps, and nothing pretends to be.
    expect(JSON.stringify(ENV)).not.toMatch(/SIM|SWAP|LOOKUP/);
  });

  it("F10: a code fills itself in on the stage's own page alone, and no other page is ever named in a message", async () => {
    const own = await target.owned({ platform: "web" }, { headers: { origin: target.url } });
    const [text = ""] = target.textsTo(own.to);
    const { hostname, port } = new URL(target.url);
    // A port has no place in that line, so the local page has none; a page without one has it as the last.
    expect(port).not.toBe("");
    expect(text).not.toContain(`@${hostname}`);
    const host = "app.example";
    const deps = { ...someDeps(), locales: ["en-GB"] as const };
    await start(deps, aStart({ platform: "web", originHost: host }));
    const sms = deps.messages[0];
    expect(sms?.channel === "sms" && sms.text).toMatch(/\n@app\.example #\d{6}$/);
    // A relay that names no page, or an app that the stage has not, gets the line all the same.
    const pages = { hasApps: false, host };
    await start({ ...deps, pages }, aStart({ to: "+447700900007", platform: "ios" }));
    const relayed = deps.messages[1];
    expect(relayed?.channel === "sms" && relayed.text).toMatch(/\n@app\.example #\d{6}$/);
    const lookAlike = `http://${hostname}.phish.example:${port}`;
    for (const origin of ["https://phish.example", lookAlike, "null"]) {
      const to = target.newNumber();
      const { status } = await target.start({ to, platform: "web" }, { headers: { origin } });
      expect([origin, status, target.textsTo(to)]).toEqual([origin, 403, []]);
    }
    for (const said of target.handset.messages().map((message) => message.text))
      expect(said).not.toMatch(/phish|https?:/);
  });
});

describe("the provider", () => {
  it("F11: Twilio receives each approval once, no failure, and sends nothing by itself", async () => {
    const { to, id, code } = await target.owned();
    const sid = target.handset.messages().find((message) => message.to === to)?.sid ?? "";
    await target.check(id, code === "000000" ? "000001" : "000000");
    expect(target.emulator.feedback(sid)).toEqual([]);
    await target.check(id, code);
    await target.check(id, code);
    await expect.poll(() => target.emulator.feedback(sid)).toEqual(["confirmed"]);
    expect(target.textsTo(to)).toHaveLength(1);
  });

  it("F12: Twilio's credentials are read by the functions that talk to it, and lie in no template, bundle, item, line or answer", async () => {
    const readers = (on: string) =>
      FUNCTION_NAMES.filter((name) => FUNCTIONS[name].grants.some((grant) => grant.on === on));
    expect(readers("twilioSecret").toSorted()).toEqual([
      ...["report-outcome", "resend-code", "serve-keyed", "serve-twilio-verify"],
      ...["start-verification", "take-next-step"],
    ]);
    // What proves Twilio to us is apart from what proves us to Twilio: no function reads both.
    expect(readers("twilioAuthSecret").toSorted()).toEqual(["receive-delivery", "speak-code"]);
    const { accountSid, apiKeySid, apiKeySecret, authToken } = target.emulator.account;
    const { template, bundles } = await deployed();
    const { answers, lines, items } = await target.written();
    const everything = [
      template,
      ...bundles,
      ...[...answers, ...lines, ...items].map(({ text }) => text),
    ].join("\n");
    for (const [name, secret] of Object.entries({ accountSid, apiKeySid, apiKeySecret, authToken }))
      expect([name, everything.includes(secret)]).toEqual([name, false]);
    expect(template).not.toMatch(/"SecretString":/);
  });

  it("F12: no file of the repository holds anything that looks like a key", () => {
    const files = execFileSync("git", ["ls-files"], { cwd: ROOT, encoding: "utf8" });
    const texts = files
      .split("\n")
      .filter((file) => /\.(ts|js|json|md|html|ya?ml|py|go|tsx|npmrc)$/.test(file));
    expect(texts.length).toBeGreaterThan(300);
    const found = texts.flatMap((file) =>
      keysIn(read(file)).map((key) => `${file}: ${key.slice(0, 6)}…`),
    );
    expect(found).toEqual([]);
  });

  it("F12: and a key would be found, in each of its shapes", () => {
    const random = createHash("sha256").update("a key").digest("hex");
    const sid = random.slice(0, 32);
    const planted = [`SK${sid}`, `AC${sid}`, `AKIA${"QWERTYUIOPASDFGH"}`];
    for (const key of planted) expect(keysIn(`const key = "${key}";`)).toEqual([key]);
    expect(keysIn(`AC${"0".repeat(32)}`)).toEqual([]);
  });
});

/** Identifiers of Twilio's keys and accounts, and keys of AWS, that are no placeholder: those repeat a few letters. */
function keysIn(text: string): readonly string[] {
  const found = text.match(/\b(?:AC|SK)[0-9a-f]{32}\b|\bAKIA[A-Z0-9]{16}\b/g) ?? [];
  return found.filter((key) => new Set(key).size > 9 && !/EXAMPLE|0123456789/.test(key));
}
