import { beforeEach, describe, expect, it } from "vitest";
import {
  channelSettings,
  channelsFor,
  channelsLeft,
  firstChannel,
  handsTurnOn,
} from "../../../functions/verification/channels.ts";
import { check } from "../../../functions/verification/check.ts";
import { keyOf, type VerificationId } from "../../../functions/verification/identifiers.ts";
import { takeNextStep } from "../../../functions/verification/next-step.ts";
import type { MessageOutcome } from "../../../functions/verification/ports.ts";
import { type DeliveryReport, receiveReport } from "../../../functions/verification/report.ts";
import { resend } from "../../../functions/verification/resend.ts";
import { seal } from "../../../functions/verification/seal.ts";
import { show } from "../../../functions/verification/show.ts";
import { speak } from "../../../functions/verification/speak.ts";
import { start } from "../../../functions/verification/start.ts";
import {
  CHANNELS,
  type Channel,
  type DeliveryReason,
} from "../../../functions/verification/verification.ts";
import { voiceScript } from "../../../functions/verification/voice-script.ts";
import {
  aStart,
  type Deps,
  everyChannel,
  idIn,
  NOON,
  newestCode,
  over,
  someDeps,
  started,
  throttled,
} from "../../support/deps.ts";
import { aMac, aVerificationKey } from "../../support/items.ts";

/** What a stage has that says nothing of channels. */
const SMS_ONLY = someDeps().channels;

let deps: Deps;
function depsWith(...[plan, steps]: Parameters<typeof everyChannel>): void {
  deps = { ...someDeps(), channels: everyChannel(plan, steps) };
}
beforeEach(() => depsWith());

/** What is told of a message: of the last one where no token is named. */
function tell(
  report: DeliveryReport,
  { token = deps.messages.at(-1)?.reportToken ?? "", messageId = "SM7", of = deps } = {},
) {
  return receiveReport(of, { token, provider: "twilio", messageId, report });
}

const fail = (reason: DeliveryReason) => tell({ delivery: "undelivered", reason });

/** A message on this channel, and how it failed. */
async function failed(channel: Channel, reason: DeliveryReason) {
  const begun = await started(deps, { channel });
  await fail(reason);
  return begun;
}

/** The call that was answered asks on, after a key. */
const pressed = (token: string, of = deps) =>
  speak(of, { token, provider: "twilio", messageId: "CA1", hasPressed: true });

/** A message that failed under an automatic plan, and the step that was asked for then. */
async function failedStep(
  plan: readonly Channel[],
  reason: DeliveryReason = "not-on-whatsapp",
  channel?: Channel,
) {
  depsWith(plan, "automatic");
  const { id } = await started(deps, { channel });
  await fail(reason);
  const [step] = deps.steps;
  if (step === undefined) throw new Error("no step");
  return { id, step };
}

async function view(id: VerificationId) {
  const shown = await show(deps, { id });
  if (shown.kind !== "shown") throw new Error(shown.why);
  return shown.view;
}

const news = () => deps.entries.filter(({ event }) => event === "delivery");
const NEWS = {
  event: "delivery",
  country: "GB",
  channel: "sms",
  number: expect.stringMatching(/^[\w-]{10,}$/),
  verification: expect.stringMatching(/^[\w-]{43}$/),
  reference: undefined,
};

describe("the ways of a number", () => {
  it("go by SMS, WhatsApp or a call, and by nothing else", () => {
    expect(CHANNELS).toEqual(["sms", "whatsapp", "voice"]);
  });

  it("are SMS, and what the stage has set up for its country", () => {
    expect(channelsFor("GB", SMS_ONLY)).toEqual(["sms"]);
    expect(channelsFor("GB", everyChannel())).toEqual(["sms", "whatsapp", "voice"]);
    expect(channelsFor("FR", everyChannel())).toEqual(["sms", "whatsapp"]);
  });

  it("begin with the first of the plan that its country has", () => {
    const plan = everyChannel(["voice", "whatsapp", "sms"]);
    expect(firstChannel("GB", SMS_ONLY)).toBe("sms");
    expect(firstChannel("GB", plan)).toBe("voice");
    expect(firstChannel("FR", plan)).toBe("whatsapp");
  });

  it("are read from an environment, and nothing starts with a word that is none", () => {
    const texts = {
      WHATSAPP_FROM: "+447700900000",
      VOICE_COUNTRIES: "GB,FR",
      CHANNEL_PLAN: "whatsapp,sms",
      CHANNEL_PLAN_STEPS: "automatic",
    };
    expect(channelSettings(texts)).toEqual({
      hasWhatsApp: true,
      voiceCountries: ["GB", "FR"],
      plan: ["whatsapp", "sms"],
      isPlanAutomatic: true,
    });
    const nothing = { WHATSAPP_FROM: "", VOICE_COUNTRIES: "", CHANNEL_PLAN: "" };
    expect(channelSettings({ ...nothing, CHANNEL_PLAN_STEPS: "offered" })).toEqual(SMS_ONLY);
    expect(() => channelSettings({ ...texts, CHANNEL_PLAN: "fax" })).toThrow('"fax" is no channel');
    expect(() => channelSettings({ ...texts, CHANNEL_PLAN_STEPS: "" })).toThrow("offered or");
  });

  it("that are not there are refused before anything is spent", async () => {
    deps = someDeps();
    const refusal = { kind: "refused", why: "channel-not-available", channels: ["sms"] };
    for (const channel of ["whatsapp", "voice"] as const)
      expect(await start(deps, aStart({ channel }))).toEqual(refusal);
    const { id } = await started(deps);
    deps.time.now += 30_000;
    expect(await resend(deps, { id, channel: "voice" })).toEqual(refusal);
    expect(await resend(deps, { id })).toMatchObject({ kind: "resent" });
    expect(deps.messages).toHaveLength(2);
  });
});

describe("a proof", () => {
  async function amrOf(id: VerificationId, code: string): Promise<unknown> {
    const checked = await check(deps, { id, code });
    return JSON.parse(checked.kind === "checked" ? (checked.proof ?? "{}") : "{}").amr;
  }

  it.each([
    ["sms", "whatsapp"],
    ["whatsapp", "sms"],
  ] as const)("names the way of the code that was typed: %s", async (channel, other) => {
    const { id, code } = await started(deps, { channel });
    deps.time.now += 30_000;
    await resend(deps, { id, channel: other });
    expect(await amrOf(id, code)).toEqual(["otp", channel]);
  });

  it("of a spoken code names the telephone", async () => {
    const { id, callToken } = await started(deps, { channel: "voice" });
    const speech = await pressed(callToken);
    const code = speech.kind === "spoken" ? speech.code : "";
    expect(await amrOf(id, code)).toEqual(["otp", "tel"]);
    expect((await view(id)).delivery).toBe("delivered");
  });
});

describe("the next channel", () => {
  type Told = DeliveryReason | "delivered" | "no reason" | "nothing";
  type Row = readonly [readonly Channel[], Channel, Told, number, Channel | undefined];
  const reportOf = (told: Told): DeliveryReport | undefined => {
    if (told === "nothing") return undefined;
    if (told === "delivered") return { delivery: told };
    return { delivery: "undelivered", reason: told === "no reason" ? undefined : told };
  };

  it.each<Row>([
    [[], "whatsapp", "not-on-whatsapp", 0, "sms"],
    [[], "whatsapp", "failed", 0, "sms"],
    [[], "sms", "unreachable", 0, "whatsapp"],
    [[], "sms", "landline", 0, "voice"],
    [[], "sms", "opted-out", 0, "whatsapp"],
    [[], "voice", "failed", 0, "sms"],
    // However long one waits.
    [[], "sms", "not-in-service", 0, undefined],
    [[], "sms", "not-in-service", 30, undefined],
    // A call that has rung, and a failure without a reason, keep the turn: the number waits for its next.
    [[], "voice", "no-answer", 0, undefined],
    [[], "voice", "busy", 0, undefined],
    [[], "sms", "no reason", 0, undefined],
    [[], "sms", "no reason", 30, "whatsapp"],
    // The verification has ended.
    [[], "whatsapp", "not-on-whatsapp", 300, undefined],
    // By the order of the plan, without a step that cannot work for the failure.
    [["voice", "whatsapp", "sms"], "sms", "unreachable", 0, "voice"],
    [["sms", "whatsapp", "voice"], "sms", "landline", 30, "voice"],
    // Where no failure is known, a plan alone leads on, once the number may be sent another code.
    [["whatsapp", "sms", "voice"], "whatsapp", "nothing", 0, undefined],
    [["whatsapp", "sms", "voice"], "whatsapp", "nothing", 30, "sms"],
    [[], "sms", "nothing", 30, undefined],
    [["sms", "whatsapp"], "sms", "delivered", 30, undefined],
    [["whatsapp", "voice"], "sms", "nothing", 30, undefined],
  ])("by the plan %j, after %s was reported as %s %i s ago, is %s", async (...row) => {
    const [plan, channel, told, seconds, next] = row;
    depsWith(plan);
    const { id } = await started(deps, { channel });
    const report = reportOf(told);
    if (report !== undefined) await tell(report);
    deps.time.now += seconds * 1_000;
    const { delivery, deliveryReason, nextChannel } = await view(id);
    const expected = [report?.delivery ?? "queued", report?.reason, next];
    expect([delivery, deliveryReason, nextChannel]).toEqual(expected);
    expect(deps.steps).toEqual([]);
  });
});

describe("a message that definitely failed", () => {
  it.each([
    ["unreachable", "whatsapp", "sms", "voice"],
    ["not-in-service"],
    ["landline", "voice"],
    ["filtered", "whatsapp", "voice", "sms"],
    ["opted-out", "whatsapp", "voice", "sms"],
    ["not-on-whatsapp", "sms", "voice"],
    ["no-answer", "sms", "whatsapp"],
    ["busy", "sms", "whatsapp"],
    ["failed", "sms", "whatsapp", "voice"],
  ] as const)("as %s may be tried again by: %s %s %s", (reason, ...ways) => {
    expect(channelsLeft(reason)).toEqual(ways);
  });

  it("hands its turn on at once, once, and to another channel", async () => {
    const { id } = await failed("whatsapp", "not-on-whatsapp");
    deps.time.now += 1_000;
    const again = await resend(deps, { id, channel: "whatsapp" });
    expect(again).toMatchObject({ why: "too-many-sends" });
    expect(await resend(deps, { id, channel: "sms" })).toMatchObject({
      kind: "resent",
      view: { channel: "sms", resendAt: deps.time.now + 30_000 },
    });
    await fail("unreachable");
    deps.time.now += 1_000;
    expect(await view(id)).not.toHaveProperty("nextChannel");
    expect(await resend(deps, { id, channel: "voice" })).toMatchObject({ why: "too-many-sends" });
    deps.time.now += 30_000;
    expect((await view(id)).nextChannel).toBe("voice");
  });

  it.each(["no-answer", "busy"] as const)(
    "as a call with %s has rung, so its turn stays spent and another way waits for the next",
    async (reason) => {
      depsWith(["voice", "sms"], "automatic");
      const { id } = await failed("voice", reason);
      const [step = { id, code: aMac("no step") }] = deps.steps;
      expect(await takeNextStep(deps, step)).toEqual({ kind: "nothing-to-do" });
      expect(await resend(deps, { id, channel: "sms" })).toMatchObject({ why: "too-many-sends" });
      deps.time.now += 30_000;
      expect((await view(id)).nextChannel).toBe("sms");
      expect((await resend(deps, { id, channel: "sms" })).kind).toBe("resent");
    },
  );

  it("ends its code where another message takes over its turn, so that one turn has one live code", async () => {
    const { id, code } = await failed("whatsapp", "not-on-whatsapp");
    await resend(deps, { id, channel: "sms" });
    const ended = { result: "code-expired", checksRemaining: 5 };
    expect(await check(deps, { id, code })).toMatchObject(ended);
    expect(await check(deps, { id, code: newestCode(deps) })).toMatchObject({ result: "approved" });
  });

  it("has its code back where the provider refuses the message in its stead", async () => {
    const { id, code } = await failed("whatsapp", "not-on-whatsapp");
    deps.provider.outcome = "refused";
    await resend(deps, { id, channel: "sms" });
    expect(await check(deps, { id, code })).toMatchObject({ result: "approved" });
  });

  it("whose turn another has taken over leaves the number a turn of its own", async () => {
    const { id } = await failed("whatsapp", "not-on-whatsapp");
    deps.time.now += 30_000;
    const replaceTurn = async () => ({ kind: "refused", item: undefined }) as const;
    const late = over(deps, "numbers", { replaceTurn });
    expect(await resend(late, { id, channel: "sms" })).toMatchObject({ kind: "resent" });
  });

  it("whose successor the provider refused keeps its turn: the number waits as before, and it is handed on again", async () => {
    const { id } = await failed("whatsapp", "not-on-whatsapp");
    deps.time.now += 1_000;
    deps.provider.outcome = "refused";
    expect(await resend(deps, { id, channel: "sms" })).toMatchObject({ kind: "refused" });
    deps.provider.outcome = "accepted";
    const waiting = { why: "too-many-sends", retryAt: deps.time.now + 29_000 };
    expect(await start(deps, aStart())).toMatchObject(waiting);
    expect(await view(id)).toMatchObject({ delivery: "undelivered", nextChannel: "sms" });
    expect(await resend(deps, { id, channel: "sms" })).toMatchObject({ kind: "resent" });
  });

  it("hands its turn on also where it was a resent one", async () => {
    const { id } = await started(deps);
    deps.time.now += 30_000;
    await resend(deps, { id });
    await fail("unreachable");
    expect((await view(id)).nextChannel).toBe("whatsapp");
    expect(await resend(deps, { id, channel: "whatsapp" })).toMatchObject({ kind: "resent" });
  });

  it("takes no place in any window of its number", async () => {
    for (let turn = 0; turn < 3; turn += 1) {
      const { id } = await failed("whatsapp", "not-on-whatsapp");
      expect(await resend(deps, { id, channel: "sms" })).toMatchObject({ kind: "resent" });
      deps.time.now += 31_000;
    }
    expect(await start(deps, aStart())).toMatchObject({ why: "too-many-sends" });
    expect(deps.messages).toHaveLength(6);
  });
});

describe("news of a message", () => {
  it("that failed is written down once, with its reason, and the number only as a pseudonym", async () => {
    await failed("sms", "unreachable");
    await fail("unreachable");
    expect(news()).toEqual([{ ...NEWS, delivery: "undelivered", reason: "unreachable" }]);
  });

  it("that is delivered is an end: written down once, and redacted each time it is reported", async () => {
    const { id } = await started(deps);
    expect(await tell({ delivery: "delivered" })).toEqual({ kind: "noted" });
    expect(await tell({ delivery: "delivered" })).toEqual({ kind: "known" });
    expect((await view(id)).delivery).toBe("delivered");
    expect(deps.redacted).toEqual(["SM7", "SM7"]);
    expect(news()).toStrictEqual([{ ...NEWS, delivery: "delivered" }]);
  });

  it("names the app of the message, and the stage's own where a stage has several", async () => {
    deps = { ...deps, app: "shop" };
    await started(deps);
    await tell({ delivery: "delivered" });
    expect(news()).toMatchObject([{ app: "shop" }]);
    depsWith(["sms", "whatsapp"], "offered");
    deps = { ...deps, ownApp: "main" };
    await started(deps);
    await tell({ delivery: "delivered" });
    expect(news()).toMatchObject([{ app: "main" }]);
  });

  it("of which no end user knows is redacted, and changes nothing", async () => {
    const { id } = await started(deps);
    const noteDelivery = () => expect.unreachable("it was noted");
    deps = over(deps, "verifications", { noteDelivery });
    expect(await tell({ delivery: "unsaid" })).toEqual({ kind: "known" });
    expect([(await view(id)).delivery, deps.redacted, news()]).toEqual(["queued", ["SM7"], []]);
  });

  it("that is an end is redacted with what its price is noted by", async () => {
    await started(deps);
    const redacted: MessageOutcome[] = [];
    const report = async (outcome: MessageOutcome) => void redacted.push(outcome);
    deps = { ...deps, outcomes: { report } };
    await fail("busy");
    expect(redacted).toEqual([
      { end: "final", provider: "twilio", messageId: "SM7", country: "GB", channel: "sms" },
    ]);
  });

  it("leads to a step only where the plan is automatic and the message failed", async () => {
    depsWith(["sms", "whatsapp"], "automatic");
    await started(deps);
    await tell({ delivery: "delivered" });
    expect(deps.steps).toEqual([]);
    depsWith(["sms", "whatsapp"], "offered");
    await started(deps);
    await fail("unreachable");
    expect(deps.steps).toEqual([]);
  });
});

describe("a step that was asked for", () => {
  const PLAN = ["whatsapp", "sms"] as const;
  const nothing = { kind: "nothing-to-do" };

  it.each<readonly [string, Partial<Deps["steps"][number]>, Partial<Deps>]>([
    ["of nothing that is there", { id: idIn(`v1-${"A".repeat(24)}`) }, {}],
    ["after another message than the newest", { code: aMac("an older code") }, {}],
    ["where the plan is only offered by now", {}, { channels: everyChannel(PLAN) }],
    [
      "to a way that is none of the plan's",
      {},
      { channels: { ...everyChannel(["whatsapp", "voice"], "automatic"), voiceCountries: [] } },
    ],
  ])("%s is not taken", async (_, change, more) => {
    const { step } = await failedStep(PLAN);
    expect(await takeNextStep({ ...deps, ...more }, { ...step, ...change })).toEqual(nothing);
    expect(deps.messages).toHaveLength(1);
  });

  it("is not taken where no way is left", async () => {
    const { step } = await failedStep(["sms", "whatsapp"], "not-in-service", "sms");
    expect(await takeNextStep(deps, step)).toEqual(nothing);
  });

  it("after a step that failed too is not taken: it would need a turn of its own", async () => {
    const { step: first } = await failedStep(["whatsapp", "sms", "voice"]);
    deps.time.now += 1_000;
    expect(await takeNextStep(deps, first)).toMatchObject({ kind: "resent" });
    await fail("unreachable");
    deps.time.now += 30_000;
    const second = deps.steps[1];
    expect(second && (await takeNextStep(deps, second))).toEqual(nothing);
  });
});

describe("a plan", () => {
  const PLAN = ["whatsapp", "sms", "voice"] as const;

  it("that is automatic takes its next step when a message has failed, and once", async () => {
    const { id, step } = await failedStep(PLAN);
    // The repeat of a report that ended in a fault.
    await fail("not-on-whatsapp");
    expect(deps.steps).toEqual([step, step]);
    const [one, two] = await Promise.all([takeNextStep(deps, step), takeNextStep(deps, step)]);
    await takeNextStep(deps, step);
    expect([one.kind, two.kind]).toContain("resent");
    expect(deps.messages.map(({ channel }) => channel)).toEqual(["whatsapp", "sms"]);
    expect((await view(id)).channel).toBe("sms");
  });

  it("that is automatic loses no step where the message cannot be redacted", async () => {
    depsWith(PLAN, "automatic");
    await started(deps);
    const outcomes = { report: () => Promise.reject(new Error("no answer")) };
    const token = deps.messages[0]?.reportToken ?? "";
    const report = { delivery: "undelivered", reason: "not-on-whatsapp" } as const;
    await expect(tell(report, { token, of: { ...deps, outcomes } })).rejects.toThrow("no answer");
    expect(deps.steps).toHaveLength(1);
  });

  it.each([
    ["was approved", async (id: VerificationId) => check(deps, { id, code: newestCode(deps) })],
    [
      "went on by hand",
      async (id: VerificationId) => {
        deps.time.now += 30_000;
        return resend(deps, { id, channel: "sms" });
      },
    ],
    ["has ended", async () => Object.assign(deps.time, { now: deps.time.now + 300_000 })],
  ])("takes no step of what %s meanwhile", async (_, happen) => {
    const { id, step } = await failedStep(PLAN);
    await happen(id);
    const before = deps.messages.length;
    expect(await takeNextStep(deps, step)).toMatchObject({ kind: "nothing-to-do" });
    expect(deps.messages).toHaveLength(before);
  });

  it("takes the failed message's turn or none", async () => {
    const { step } = await failedStep(PLAN);
    deps.time.now += 31_000;
    await started(deps);
    deps.time.now += 31_000;
    expect(await takeNextStep(deps, step)).toMatchObject({ kind: "refused" });
    expect(deps.messages).toHaveLength(2);
  });
});

describe("a message of which no failure is known", () => {
  it("hands no turn on, whatever else is noted of it", async () => {
    const item = await deps.verifications.read(keyOf((await started(deps)).id));
    if (item === undefined) throw new Error("no verification");
    const failed = { ...item, delivery: "undelivered", deliveryReason: "unreachable" } as const;
    expect(handsTurnOn(failed, "whatsapp")).toBe(true);
    expect(handsTurnOn({ ...failed, delivery: "queued" }, "whatsapp")).toBe(false);
    expect(handsTurnOn({ ...failed, deliveryReason: undefined }, "whatsapp")).toBe(false);
    expect(handsTurnOn({ ...failed, turn: undefined }, "whatsapp")).toBe(false);
    expect(handsTurnOn(failed, "sms")).toBe(false);
    expect(handsTurnOn({ ...failed, deliveryReason: "not-in-service" }, "voice")).toBe(false);
  });
});

describe("an address that the provider calls", () => {
  const forged = ["", "1", "1-", "x-y", "-1-AAAA", `1-${"A".repeat(80)}`, `9999-${"A".repeat(80)}`];

  it.each(forged)("that we never gave is about no message and no call: %s", async (token) => {
    await started(deps);
    const report = { delivery: "delivered" } as const;
    expect(await tell(report, { token })).toEqual({ kind: "foreign" });
    expect(await pressed(token)).toEqual({ kind: "foreign" });
    expect([deps.redacted, deps.entries.length]).toEqual([[], 1]);
  });

  it("is whole, with nothing before or behind it, whatever the epoch's digits", async () => {
    const later = { ...deps, keyEpoch: 12 };
    const parts = JSON.stringify([KEY, CODE, "sms", "GB", null]);
    const address = `12-${seal(await deps.keys.callback(12), "delivery", parts, deps.random)}`;
    const kindOf = async (token: string) =>
      (await tell({ delivery: "undelivered" }, { token, of: later })).kind;
    expect(await kindOf(address)).toBe("known");
    for (const token of [`/${address}`, `${address}/`, ` ${address}`])
      expect(await kindOf(token)).toBe("foreign");
  });

  const KEY = aVerificationKey();
  const CODE = aMac("code");
  const UNTIL = NOON + 60_000;
  async function addressOf(use: "delivery" | "call", parts: unknown): Promise<string> {
    return `1-${seal(await deps.keys.callback(1), use, JSON.stringify(parts), deps.random)}`;
  }

  it.each([
    ["delivery", [KEY, CODE, "sms", "GB", null], "known"],
    ["delivery", ["x", CODE, "sms", "GB", null], "foreign"],
    ["delivery", [[KEY], CODE, "sms", "GB", null], "foreign"],
    ["delivery", [KEY, "x", "sms", "GB", null], "foreign"],
    ["delivery", [KEY, [CODE], "sms", "GB", null], "foreign"],
    ["delivery", [KEY, CODE, "fax", "GB", null], "foreign"],
    ["delivery", [KEY, CODE, "sms", 44, null], "foreign"],
    ["delivery", [], "foreign"],
    ["delivery", "text", "foreign"],
    ["call", [KEY, CODE, "271828", "en-GB", UNTIL], "spoken"],
    ["call", ["x", CODE, "271828", "en-GB", UNTIL], "foreign"],
    ["call", [KEY, CODE, 271_828, "en-GB", UNTIL], "foreign"],
    ["call", [KEY, CODE, "271828", "tlh", UNTIL], "foreign"],
    ["call", [KEY, CODE, "271828", 7, UNTIL], "foreign"],
    ["call", [KEY, CODE, "271828", "en-GB", String(UNTIL)], "foreign"],
  ] as const)("of a %s holds all that it must, or is about none: %j is %s", async (...row) => {
    const [use, parts, kind] = row;
    const token = await addressOf(use, parts);
    const told = use === "call" ? pressed(token) : tell({ delivery: "undelivered" }, { token });
    expect((await told).kind).toBe(kind);
  });

  it("leads to a step only by an id as it was given", async () => {
    const { id } = await started(deps);
    const item = await deps.verifications.read(keyOf(id));
    const report = { delivery: "undelivered", reason: "failed" } as const;
    for (const given of [[id], "an id", 7]) {
      const name = [keyOf(id), item?.codes[0]?.mac, "sms", "GB", given];
      const token = await addressOf("delivery", name);
      await tell(report, { token });
    }
    expect([(await view(id)).delivery, deps.steps]).toEqual(["undelivered", []]);
  });

  it("is of its epoch or of the one beside it", async () => {
    const { id, reportToken: token } = await started(deps);
    const send = (keyEpoch: number) =>
      tell({ delivery: "delivered" }, { token, of: { ...deps, keyEpoch } });
    expect(await send(3)).toEqual({ kind: "foreign" });
    expect(await send(2)).toEqual({ kind: "noted" });
    expect(await send(0)).toEqual({ kind: "known" });
    expect((await view(id)).delivery).toBe("delivered");
  });

  it("of a message speaks no code, and that of a call reports no news", async () => {
    const { reportToken, callToken } = await started(deps, { channel: "voice" });
    expect(await pressed(reportToken)).toEqual({ kind: "foreign" });
    const report = { delivery: "undelivered", reason: "busy" } as const;
    const told = await tell(report, { token: callToken, messageId: "CA1" });
    expect(told).toEqual({ kind: "foreign" });
  });
});

describe("a call", () => {
  it("speaks no code without a key press", async () => {
    const { callToken: token, id } = await started(deps, { channel: "voice" });
    const call = { token, provider: "twilio", messageId: "CA1" } as const;
    const ended = { kind: "over", script: voiceScript("en-GB") };
    expect(await speak(deps, { ...call, hasPressed: false })).toEqual(ended);
    expect((await view(id)).delivery).toBe("queued");
  });

  it("speaks its code for two minutes, and none after", async () => {
    const { callToken: token } = await started(deps, { channel: "voice" });
    deps.time.now += 119_999;
    const code = expect.stringMatching(/^\d{6}$/);
    const spoken = { kind: "spoken", script: voiceScript("en-GB"), code };
    expect(await pressed(token)).toEqual(spoken);
    deps.time.now += 1;
    expect(await pressed(token)).toMatchObject({ kind: "over" });
  });

  it("speaks its code also where the note of it is lost", async () => {
    const { callToken: token } = await started(deps, { channel: "voice" });
    const forgetful = over(deps, "verifications", { noteDelivery: throttled });
    expect(await pressed(token, forgetful)).toMatchObject({ kind: "spoken" });
    expect(deps.faults).toEqual(["delivery-not-noted"]);
  });
});
