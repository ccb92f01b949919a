import twilio from "twilio";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import { createHandset } from "../../local/handset.ts";
import { memoryJournal } from "../../local/persistence/journal.ts";
import { startEmulator } from "../../local/twilio/emulator.ts";
import type { CallView, LiveCall } from "../../local/twilio/live-call.ts";
import { isSigned, type Listener, startListener } from "./support/listener.ts";
import { liveClient } from "./support/twilio-clients.ts";

const FROM = "+15005550006";

const handset = createHandset(memoryJournal());
const emulator = await startEmulator(handset.deliver, memoryJournal(), {
  ring: handset.ring,
  secondMilliseconds: 10,
});
const listener = await startListener();
afterAll(() => Promise.all([emulator.stop(), listener.stop()]));
afterEach(() => {
  listener.reply = () => ({ status: 204 });
});

const live = () => liveClient(() => emulator);

let lastNumber = 900_100;
/** A number of its own for every test, and so callbacks of its own. */
function newNumber(): string {
  lastNumber += 1;
  return `+447700${lastNumber}`;
}

/** Whichever it is. */
const ONE_KEY = { numDigits: 1, finishOnKey: "", method: "POST" } as const;

const actionUrl = () => `${listener.url}/v1/calls/twilio/sealed?n=1`;

/** What a voice adapter sends: words, a question for a key, and good-bye. Written by Twilio's own SDK. */
function asking(action = actionUrl()): string {
  const response = new twilio.twiml.VoiceResponse();
  const gather = response.gather({ ...ONE_KEY, timeout: 8, action });
  gather.say({ language: "cy-GB", voice: "Polly.Gwyneth" }, "Pwyswch unrhyw fysell & gwrandewch");
  gather.pause({ length: 2 });
  response.say("Goodbye");
  return response.toString();
}

type Options = Partial<Parameters<ReturnType<typeof live>["calls"]["create"]>[0]>;

function call(to: string, options: Options = {}) {
  return live().calls.create({
    from: FROM,
    to,
    twiml: asking(),
    timeout: 20,
    statusCallback: `${listener.url}/status?to=${encodeURIComponent(to)}`,
    ...options,
  });
}

/** A call that rings at its phone. */
async function rung(to = newNumber(), options: Options = {}) {
  const { sid } = await call(to, options);
  return { to, sid, phone: await handset.waitForCall(to) };
}

async function answered(options: Options = {}) {
  const rings = await rung(newNumber(), options);
  rings.phone.answer();
  return rings;
}

async function declined(to?: string, options: Options = {}) {
  const rings = await rung(to, options);
  rings.phone.decline();
  return rings;
}

/** What is answered below this path; every report is taken. */
function reply(below: string, answer: Awaited<ReturnType<Listener["reply"]>>): void {
  listener.reply = ({ path }) => (path.startsWith(below) ? answer : { status: 204 });
}

const say = (words: string) => ({ status: 200, body: `<Response>${words}</Response>` });

const heardOf = (to: string, path: string) =>
  listener.heard.filter((one) => one.form["To"] === to && one.path.startsWith(path));
const eventsOf = (to: string) => heardOf(to, "/status").map(({ form }) => form["CallStatus"]);

/** Answers a call and resolves when the phone shows what is asked for. */
async function until(phone: LiveCall, isSo: (view: CallView) => boolean): Promise<CallView> {
  await expect.poll(() => isSo(phone.view())).toBe(true);
  return phone.view();
}
const ended = (phone: LiveCall) => until(phone, ({ state }) => state === "ended");
const texts = (view: CallView) => view.lines.map(({ text }) => text);

describe("a call that is answered", () => {
  it("rings, speaks, receives a key, follows the response, and reports each step", async () => {
    const to = newNumber();
    reply("/v1/calls", {
      status: 200,
      body: '<?xml version="1.0"?><Response><Say language="en-GB">4, 9, 2</Say><Pause/><Say>4, 9, 2</Say></Response>',
    });
    const { sid, status, direction } = await call(to);
    expect({ status, direction }).toEqual({ status: "queued", direction: "outbound-api" });
    const phone = await handset.waitForCall(to);
    expect(phone.view()).toMatchObject({ sid, to, from: FROM, state: "ringing", lines: [] });
    phone.answer();
    const question = { text: "Pwyswch unrhyw fysell & gwrandewch", language: "cy-GB" };
    const listening = await until(phone, ({ isListening }) => isListening);
    expect(listening.lines).toEqual([question]);
    phone.press("1");
    expect(await ended(phone)).toMatchObject({
      end: "completed",
      keys: "1",
      lines: [
        question,
        { text: "4, 9, 2", language: "en-GB" },
        { text: "4, 9, 2", language: "en-US" },
      ],
    });
    await expect.poll(() => eventsOf(to)).toEqual(["completed"]);
    const [asked] = heardOf(to, "/v1/calls");
    expect(asked).toMatchObject({
      method: "POST",
      path: "/v1/calls/twilio/sealed?n=1",
      form: { CallSid: sid, CallStatus: "in-progress", Digits: "1", ToCity: "", Called: to },
    });
    const all = [...heardOf(to, "/status"), ...heardOf(to, "/v1/calls")];
    expect(all.every((one) => isSigned(emulator.account.authToken, listener, one))).toBe(true);
    expect(all.some((one) => isSigned("another", listener, one))).toBe(false);
    expect(emulator.storedCall(sid)).toMatchObject({ status: "completed" });
  });

  it("is reported at its end with the fields of Twilio", async () => {
    const { to, sid } = await declined();
    await expect.poll(() => eventsOf(to)).toEqual(["busy"]);
    expect(heardOf(to, "/status")[0]?.form).toMatchObject({
      CallSid: sid,
      AccountSid: emulator.account.accountSid,
      ApiVersion: "2010-04-01",
      CallbackSource: "call-progress-events",
      CallDuration: "0",
      Direction: "outbound-api",
      From: FROM,
      SipResponseCode: "603",
      Timestamp: expect.stringMatching(/ \+0000$/),
      To: to,
      ToCountry: "GB",
    });
  });

  it("goes on with what follows where no key comes, and sends nothing to the route", async () => {
    const { to, phone } = await answered();
    expect(texts(await ended(phone))).toEqual(["Pwyswch unrhyw fysell & gwrandewch", "Goodbye"]);
    expect(heardOf(to, "/v1/calls")).toEqual([]);
  });

  it("is interrupted by a key before it has spoken everything", async () => {
    reply("/v1/calls", say(""));
    const response = new twilio.twiml.VoiceResponse();
    const gather = response.gather({ ...ONE_KEY, timeout: 60, action: actionUrl() });
    gather.say("first");
    gather.pause({ length: 600 });
    gather.say("second");
    const twiml = response.toString();
    const { phone } = await answered({ twiml });
    await until(phone, ({ lines }) => lines.length === 1);
    phone.press("5");
    expect(texts(await ended(phone))).toEqual(["first"]);
  });

  it("ends when the person hangs up, and asks nothing more", async () => {
    const { to, phone } = await answered();
    await until(phone, ({ isListening }) => isListening);
    phone.hangUp();
    expect(texts(await ended(phone))).toEqual(["Pwyswch unrhyw fysell & gwrandewch"]);
    phone.press("1");
    await expect.poll(() => eventsOf(to).at(-1)).toBe("completed");
    expect(heardOf(to, "/v1/calls")).toEqual([]);
  });

  it.each([
    ["a fault", { status: 500 }, "answered with 500"],
    ["a refusal", { status: 403, body: "<Response/>" }, "answered with 403"],
    ["no XML", { status: 200, body: "Hello" }, "outside of root node"],
    ["another type", { status: 200, body: "<Response/>", type: "text/html" }, "text/xml"],
    ["an unknown verb", { status: 200, body: "<Response><Dial>1</Dial></Response>" }, "<Dial>"],
  ])("apologizes loudly where the next document is %s", async (_, document, words) => {
    reply("/v1/calls", document);
    const { to, sid, phone } = await answered();
    await until(phone, ({ isListening }) => isListening);
    phone.press("1");
    expect(texts(await ended(phone)).at(-1)).toContain("application error");
    expect(emulator.incidents().at(-1)).toMatchObject({ sid, channel: "voice" });
    expect(emulator.incidents().at(-1)?.what.join()).toMatch(new RegExp(words));
    await expect.poll(() => eventsOf(to).at(-1)).toBe("completed");
  });
});

describe("a call that is not answered", () => {
  const completed = (to: string) => heardOf(to, "/status").at(-1)?.form;

  it("is no answer after its time, and its phone is silent again", async () => {
    const { to, phone } = await rung();
    expect(await ended(phone)).toMatchObject({ end: "missed", lines: [] });
    phone.answer();
    expect(phone.view()).toMatchObject({ state: "ended" });
    await expect.poll(() => eventsOf(to)).toEqual(["no-answer"]);
    expect(completed(to)).toMatchObject({ CallDuration: "0", SipResponseCode: "487" });
  });

  it.each([
    ["+447700900985", "no-answer", "487"],
    ["+447700900986", "busy", "486"],
    ["+447700900982", "failed", "404"],
  ])("%s is %s, and rings nowhere", async (to, status, sipCode) => {
    const before = handset.calls().length;
    const { sid } = await call(to);
    await expect.poll(() => eventsOf(to)).toEqual([status]);
    expect(completed(to)).toMatchObject({ SipResponseCode: sipCode });
    expect(emulator.storedCall(sid)).toMatchObject({ status, durationSeconds: 0 });
    expect(handset.calls()).toHaveLength(before);
    expect(emulator.incidents().at(-1)).toMatchObject({ sid });
  });

  it("a voicemail answers, records everything, and presses no key", async () => {
    const { to, phone } = await rung("+447700900999");
    await until(phone, ({ isVoicemail }) => isVoicemail);
    phone.press("1");
    expect(await ended(phone)).toMatchObject({ isVoicemail: true, keys: "" });
    expect(heardOf(to, "/v1/calls")).toEqual([]);
    await expect.poll(() => eventsOf(to)).toEqual(["completed"]);
  });

  it("can be fetched, and deleted when it is over and not before", async () => {
    const { sid, phone } = await rung();
    await expect(live().calls(sid).remove()).rejects.toMatchObject({ status: 409 });
    phone.decline();
    await ended(phone);
    expect(await live().calls(sid).fetch()).toMatchObject({ sid, status: "busy", duration: "0" });
    expect(await live().calls(sid).remove()).toBe(true);
    await expect(live().calls(sid).fetch()).rejects.toMatchObject({ code: 20404 });
  });
});

it("the report of a call comes twice for a number that is so", async () => {
  await declined("+447700900988");
  await expect.poll(() => eventsOf("+447700900988")).toEqual(["busy", "busy"]);
  expect(emulator.incidents().at(-1)?.what).toEqual(["each callback twice"]);
});

it("on a bad network, each call that is placed ends, and a report that never came is named", async () => {
  const before = emulator.incidents().length;
  emulator.setNetwork("bad", 2);
  const taken: { readonly to: string; readonly sid: string }[] = [];
  let refused = 0;
  const place = (to: string): Promise<unknown> =>
    call(to, { timeout: 5 }).then(
      ({ sid }) => taken.push({ to, sid }),
      () => {
        refused += 1;
      },
    );
  for (let count = 0; count < 30; count += 1) void place(newNumber());
  const news = () => emulator.incidents().slice(before);
  const isSilence = (words: string) => words.startsWith("Twilio gave no answer");
  const unanswered = () => news().filter(({ what }) => what.some(isSilence)).length;
  await expect.poll(() => taken.length + refused + unanswered()).toBe(30);
  emulator.setNetwork("good", 1);
  expect(taken.length).toBeGreaterThan(20);
  for (const { sid } of taken)
    await expect.poll(() => emulator.storedCall(sid)?.status).toBe("no-answer");
  for (const { to, sid } of taken) {
    const words = () => news().flatMap((one) => (one.sid === sid ? one.what : []));
    const named = () => words().filter((word) => word.startsWith("no callback"));
    // The last reports may still be on their way.
    await expect.poll(() => eventsOf(to).length + named().length).toBeGreaterThan(0);
    expect(named()).toEqual(
      eventsOf(to).includes("no-answer") ? [] : ['no callback for "no-answer"'],
    );
  }
});

describe("a request for a call", () => {
  it.each([
    ["no recipient", { to: "" }, 21201],
    ["no sender", { from: "" }, 21213],
    ["no text to speak", { twiml: "" }, 21205],
    ["an address for its TwiML", { url: "https://example.com/" }, 20001],
    ["a number that is not ours", { from: "+447700900001" }, 21210],
    ["no number", { to: "123" }, 21217],
    ["a country without permission", { to: "+447700900993" }, 21215],
    ["too much TwiML", { twiml: "x".repeat(4_001) }, 21205],
    ["no XML", { twiml: "Hello" }, 12100],
    ["a verb that this emulator does not play", { twiml: "<Response><Dial/></Response>" }, 12100],
    ["reports of more than its end", { statusCallbackEvent: ["ringing"] }, 20001],
    ["more ringing than there is", { timeout: 601 }, 20001],
    ["a number that finds Twilio broken", { to: "+447700900995" }, 20500],
  ])("with %s is refused, and nothing rings", async (_, options, code) => {
    const before = handset.calls().length;
    const making = call(newNumber(), { ...options });
    await expect(making).rejects.toMatchObject({ status: code === 20500 ? 500 : 400, code });
    expect(handset.calls()).toHaveLength(before);
  });

  it("that is answered by a broken connection rings all the same", async () => {
    await expect(call("+447700900998")).rejects.toThrow();
    (await handset.waitForCall("+447700900998")).decline();
    await expect.poll(() => eventsOf("+447700900998").at(-1)).toBe("busy");
  });
});
