import { beforeEach, describe, expect, it } from "vitest";
import {
  type ChannelSettings,
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
  someDeps,
} from "../../support/deps.ts";
import { aMac, aVerificationKey } from "../../support/items.ts";

const SMS_ONLY: ChannelSettings = {
  hasWhatsApp: false,
  voiceCountries: [],
  plan: [],
  isPlanAutomatic: false,
};

let deps: Deps;

function depsWith(channels: ChannelSettings): void {
  deps = { ...someDeps(), channels };
}
beforeEach(() => depsWith(everyChannel()));

async function started(channel?: Channel): Promise<VerificationId> {
  const outcome = await start(deps, aStart({ channel }));
  if (outcome.kind !== "started") throw new Error(outcome.why);
  return idIn(outcome.view.id);
}

/** What is told of a message: of the last one where no token is named. */
function tell(
  report: DeliveryReport,
  { token = deps.messages.at(-1)?.reportToken ?? "", messageId = "SM1", of = deps } = {},
) {
  return receiveReport(of, { token, provider: "twilio", messageId, report });
}

const fail = (reason: DeliveryReason) => tell({ delivery: "undelivered", reason });

/** The call that was answered asks on, after a key. */
const pressed = (token: string, of = deps) =>
  speak(of, { token, provider: "twilio", messageId: "CA1", hasPressed: true });

/** A message that failed under an automatic plan, and the step that was asked for then. */
async function failedStep(
  plan: readonly Channel[],
  reason: DeliveryReason = "not-on-whatsapp",
  channel?: Channel,
) {
  depsWith(everyChannel(plan, "automatic"));
  const id = await started(channel);
  await fail(reason);
  const [step] = deps.steps;
  if (step === undefined) throw new Error("no step");
  return { id, step };
}

const PSEUDONYM = expect.stringMatching(/^[\w-]{10,}$/);

describe("what became of a message", () => {
  it("is written down once, with its country and channel, and the number only as a pseudonym", async () => {
    await started();
    await fail("unreachable");
    await fail("unreachable");
    expect(deps.entries.filter(({ event }) => event === "delivery")).toEqual([
      {
        event: "delivery",
        delivery: "undelivered",
        reason: "unreachable",
        country: "GB",
        channel: "sms",
        number: PSEUDONYM,
      },
    ]);
  });
});

async function view(id: VerificationId) {
  const shown = await show(deps, { id });
  if (shown.kind !== "shown") throw new Error(shown.why);
  return shown.view;
}

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
    expect(firstChannel("GB", SMS_ONLY)).toBe("sms");
    expect(firstChannel("GB", everyChannel(["voice", "whatsapp", "sms"]))).toBe("voice");
    expect(firstChannel("FR", everyChannel(["voice", "whatsapp", "sms"]))).toBe("whatsapp");
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
    depsWith(SMS_ONLY);
    for (const channel of ["whatsapp", "voice"] as const)
      expect(await start(deps, aStart({ channel }))).toEqual({
        kind: "refused",
        why: "channel-not-available",
        channels: ["sms"],
      });
    const id = await started();
    deps.time.now += 30_000;
    expect(await resend(deps, { id, channel: "voice" })).toEqual({
      kind: "refused",
      why: "channel-not-available",
      channels: ["sms"],
    });
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
    ["sms", ["otp", "sms"]],
    ["whatsapp", ["otp", "whatsapp"]],
  ] as const)("names the way of the code that was typed: %s", async (channel, amr) => {
    const id = await started(channel);
    const code = newestCode(deps);
    deps.time.now += 30_000;
    await resend(deps, { id, channel: channel === "sms" ? "whatsapp" : "sms" });
    expect(await amrOf(id, code)).toEqual(amr);
  });

  it("of a code that was heard names the telephone", async () => {
    const id = await started("voice");
    const message = deps.messages.at(-1);
    const token = message?.channel === "voice" ? message.callToken : "";
    const speech = await pressed(token);
    const code = speech.kind === "spoken" ? speech.code : "";
    expect(await amrOf(id, code)).toEqual(["otp", "tel"]);
    expect((await view(id)).delivery).toBe("delivered");
  });
});

describe("a message that definitely failed", () => {
  it.each([
    ["whatsapp", "not-on-whatsapp", "sms"],
    ["whatsapp", "failed", "sms"],
    ["sms", "unreachable", "whatsapp"],
    ["sms", "landline", "voice"],
    ["sms", "opted-out", "whatsapp"],
    ["sms", "not-in-service", undefined],
    ["voice", "failed", "sms"],
    ["voice", "no-answer", undefined],
    ["voice", "busy", undefined],
  ] as const)("on %s as %s leads to %s", async (channel, reason, next) => {
    const id = await started(channel);
    await fail(reason);
    const { delivery, deliveryReason, nextChannel } = await view(id);
    expect([delivery, deliveryReason, nextChannel]).toEqual(["undelivered", reason, next]);
  });

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
    const id = await started("whatsapp");
    await fail("not-on-whatsapp");
    deps.time.now += 1_000;
    expect(await resend(deps, { id, channel: "whatsapp" })).toMatchObject({
      why: "too-many-sends",
    });
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
      depsWith(everyChannel(["voice", "sms"], "automatic"));
      const id = await started("voice");
      await fail(reason);
      const [step = { id, code: aMac("no step") }] = deps.steps;
      expect(await takeNextStep(deps, step)).toEqual({ kind: "nothing-to-do" });
      expect(await resend(deps, { id, channel: "sms" })).toMatchObject({ why: "too-many-sends" });
      deps.time.now += 30_000;
      expect((await view(id)).nextChannel).toBe("sms");
      expect((await resend(deps, { id, channel: "sms" })).kind).toBe("resent");
    },
  );

  it("ends its code where another message takes over its turn, so that one turn has one live code", async () => {
    const id = await started("whatsapp");
    const failed = newestCode(deps);
    await fail("not-on-whatsapp");
    await resend(deps, { id, channel: "sms" });
    expect(await check(deps, { id, code: failed })).toMatchObject({
      result: "code-expired",
      checksRemaining: 5,
    });
    expect(await check(deps, { id, code: newestCode(deps) })).toMatchObject({ result: "approved" });
  });

  it("has its code back where the provider refuses the message in its stead", async () => {
    const id = await started("whatsapp");
    const failed = newestCode(deps);
    await fail("not-on-whatsapp");
    deps.provider.outcome = "refused";
    await resend(deps, { id, channel: "sms" });
    expect(await check(deps, { id, code: failed })).toMatchObject({ result: "approved" });
  });

  it("goes to the ways that are left by the order of the plan", async () => {
    depsWith(everyChannel(["voice", "whatsapp", "sms"]));
    const id = await started("sms");
    await fail("unreachable");
    expect((await view(id)).nextChannel).toBe("voice");
  });

  it("goes to no step of the plan that cannot work for this failure", async () => {
    depsWith(everyChannel(["sms", "whatsapp", "voice"]));
    const id = await started("sms");
    await fail("landline");
    deps.time.now += 30_000;
    expect((await view(id)).nextChannel).toBe("voice");
  });

  it("as not in service leads nowhere, however long one waits", async () => {
    const id = await started("sms");
    await fail("not-in-service");
    deps.time.now += 30_000;
    expect(await view(id)).not.toHaveProperty("nextChannel");
  });

  it("without a reason leads to another way once the number may be sent another code", async () => {
    const id = await started("sms");
    await tell({ delivery: "undelivered" });
    expect(await view(id)).not.toHaveProperty("nextChannel");
    deps.time.now += 30_000;
    expect((await view(id)).nextChannel).toBe("whatsapp");
  });

  it("whose turn another has taken over leaves the number a turn of its own", async () => {
    const id = await started("whatsapp");
    await fail("not-on-whatsapp");
    deps.time.now += 30_000;
    const replaceTurn = async () => ({ kind: "refused", item: undefined }) as const;
    const late = { ...deps, numbers: { ...deps.numbers, replaceTurn } };
    expect(await resend(late, { id, channel: "sms" })).toMatchObject({ kind: "resent" });
  });

  it("whose successor the provider refused keeps its turn: the number waits as before", async () => {
    const id = await started("whatsapp");
    await fail("not-on-whatsapp");
    deps.time.now += 1_000;
    deps.provider.outcome = "refused";
    await resend(deps, { id, channel: "sms" });
    deps.provider.outcome = "accepted";
    expect(await start(deps, aStart())).toMatchObject({
      why: "too-many-sends",
      retryAt: deps.time.now + 29_000,
    });
  });

  it("whose successor the provider refused hands its turn on again", async () => {
    const id = await started("whatsapp");
    await fail("not-on-whatsapp");
    deps.provider.outcome = "refused";
    expect(await resend(deps, { id, channel: "sms" })).toMatchObject({ kind: "refused" });
    expect(await view(id)).toMatchObject({ delivery: "undelivered", nextChannel: "sms" });
    deps.provider.outcome = "accepted";
    expect(await resend(deps, { id, channel: "sms" })).toMatchObject({ kind: "resent" });
  });

  it("takes no place in any window of its number", async () => {
    for (let turn = 0; turn < 3; turn += 1) {
      const id = await started("whatsapp");
      await fail("not-on-whatsapp");
      expect(await resend(deps, { id, channel: "sms" })).toMatchObject({ kind: "resent" });
      deps.time.now += 31_000;
    }
    expect(await start(deps, aStart())).toMatchObject({ why: "too-many-sends" });
    expect(deps.messages).toHaveLength(6);
  });

  it("of a verification that has ended offers nothing", async () => {
    const id = await started("whatsapp");
    await fail("not-on-whatsapp");
    deps.time.now += 300_000;
    expect(await view(id)).not.toHaveProperty("nextChannel");
  });
});

describe("a resent message that definitely failed", () => {
  it("hands its turn on as a first one does", async () => {
    const id = await started("sms");
    deps.time.now += 30_000;
    await resend(deps, { id });
    await fail("unreachable");
    expect((await view(id)).nextChannel).toBe("whatsapp");
    expect(await resend(deps, { id, channel: "whatsapp" })).toMatchObject({ kind: "resent" });
  });
});

describe("news of a message", () => {
  const receive = (delivery: DeliveryReport["delivery"], reason?: DeliveryReason) =>
    tell({ delivery, reason }, { messageId: "SM7" });
  const news = () => deps.entries.filter(({ event }) => event === "delivery");

  it.each(["queued", "sent"] as const)(
    "that is %s is no end, and is not written down",
    async (on) => {
      deps.provider.outcome = "unknown";
      const id = await started("sms");
      expect(await receive(on)).toEqual({ kind: "noted" });
      expect([(await view(id)).delivery, deps.redacted, news()]).toEqual([on, [], []]);
    },
  );

  it("that is delivered is an end: written down once, and redacted each time it is told", async () => {
    const id = await started("sms");
    expect(await receive("delivered")).toEqual({ kind: "noted" });
    expect(await receive("delivered")).toEqual({ kind: "known" });
    expect((await view(id)).delivery).toBe("delivered");
    expect(deps.redacted).toEqual(["SM7", "SM7"]);
    expect(news()).toStrictEqual([
      {
        event: "delivery",
        delivery: "delivered",
        country: "GB",
        channel: "sms",
        number: PSEUDONYM,
      },
    ]);
  });

  it("that nobody is told of is redacted, and changes nothing", async () => {
    const id = await started("sms");
    const noteDelivery = () => expect.unreachable("it was noted");
    deps = { ...deps, verifications: { ...deps.verifications, noteDelivery } };
    expect(await receive("unsaid")).toEqual({ kind: "known" });
    expect([(await view(id)).delivery, deps.redacted, news()]).toEqual(["queued", ["SM7"], []]);
  });

  it("that is an end is redacted with what its price is noted by", async () => {
    await started("sms");
    const redacted: MessageOutcome[] = [];
    const report = async (outcome: MessageOutcome) => void redacted.push(outcome);
    deps = { ...deps, outcomes: { report } };
    await receive("undelivered", "busy");
    expect(redacted).toEqual([
      { end: "final", provider: "twilio", messageId: "SM7", country: "GB", channel: "sms" },
    ]);
  });

  it("leads to a step only where the plan is automatic and the message failed", async () => {
    depsWith(everyChannel(["sms", "whatsapp"], "automatic"));
    await started("sms");
    await receive("sent");
    await receive("delivered");
    expect(deps.steps).toEqual([]);
    depsWith(everyChannel(["sms", "whatsapp"], "offered"));
    await started("sms");
    await receive("undelivered", "unreachable");
    expect(deps.steps).toEqual([]);
  });
});

describe("a step that was asked for", () => {
  const PLAN = ["whatsapp", "sms"] as const;
  const nothing = { kind: "nothing-to-do" };

  it("of nothing that is there is not taken", async () => {
    const { step } = await failedStep(PLAN);
    const id = idIn(`v1-${"A".repeat(24)}`);
    expect(await takeNextStep(deps, { ...step, id })).toEqual(nothing);
  });

  it("after another message than the newest is not taken", async () => {
    const { step } = await failedStep(PLAN);
    expect(await takeNextStep(deps, { ...step, code: aMac("an older code") })).toEqual(nothing);
  });

  it("is not taken any more where the stage's plan is only offered by now", async () => {
    const { step } = await failedStep(PLAN);
    const channels = everyChannel(PLAN, "offered");
    expect(await takeNextStep({ ...deps, channels }, step)).toEqual(nothing);
  });

  it("is not taken to a way that is none of the plan's", async () => {
    const { step } = await failedStep(PLAN);
    const channels = everyChannel(["whatsapp", "voice"], "automatic");
    const mute = { ...channels, voiceCountries: [] };
    expect(await takeNextStep({ ...deps, channels: mute }, step)).toEqual(nothing);
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

  it("offers its next step once the number may be sent another code", async () => {
    depsWith(everyChannel(PLAN));
    const id = await started();
    expect((await view(id)).channel).toBe("whatsapp");
    expect(await view(id)).not.toHaveProperty("nextChannel");
    deps.time.now += 30_000;
    expect((await view(id)).nextChannel).toBe("sms");
    expect(deps.steps).toEqual([]);
  });

  it("that is automatic takes its next step when a message has failed, and once", async () => {
    const { id, step } = await failedStep(PLAN);
    await fail("not-on-whatsapp");
    expect(deps.steps).toEqual([step]);
    const [one, two] = await Promise.all([takeNextStep(deps, step), takeNextStep(deps, step)]);
    await takeNextStep(deps, step);
    expect([one.kind, two.kind]).toContain("resent");
    expect(deps.messages.map(({ channel }) => channel)).toEqual(["whatsapp", "sms"]);
    expect((await view(id)).channel).toBe("sms");
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
    [
      "has ended",
      async () => {
        deps.time.now += 300_000;
      },
    ],
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
    await started("sms");
    deps.time.now += 31_000;
    expect(await takeNextStep(deps, step)).toMatchObject({ kind: "refused" });
    expect(deps.messages).toHaveLength(2);
  });
});

describe("a message of which no failure is known", () => {
  it("leads nowhere without a plan", async () => {
    const id = await started("sms");
    deps.time.now += 30_000;
    expect(await view(id)).not.toHaveProperty("nextChannel");
  });

  it("that was delivered leads nowhere, plan or not", async () => {
    depsWith(everyChannel(["sms", "whatsapp"]));
    const id = await started("sms");
    await tell({ delivery: "delivered" });
    deps.time.now += 30_000;
    expect(await view(id)).not.toHaveProperty("nextChannel");
  });

  it("on a way that is none of the plan's leads to no step of it", async () => {
    depsWith(everyChannel(["whatsapp", "voice"]));
    const id = await started("sms");
    deps.time.now += 30_000;
    expect(await view(id)).not.toHaveProperty("nextChannel");
  });

  it("hands no turn on, whatever else is noted of it", async () => {
    const item = await deps.verifications.read(keyOf(await started("sms")));
    if (item === undefined) throw new Error("no verification");
    const failed = { ...item, delivery: "undelivered", deliveryReason: "unreachable" } as const;
    expect(handsTurnOn(failed, "whatsapp")).toBe(true);
    expect(handsTurnOn({ ...failed, delivery: "sent" }, "whatsapp")).toBe(false);
    expect(handsTurnOn({ ...failed, deliveryReason: undefined }, "whatsapp")).toBe(false);
    expect(handsTurnOn({ ...failed, turn: undefined }, "whatsapp")).toBe(false);
    expect(handsTurnOn(failed, "sms")).toBe(false);
    expect(handsTurnOn({ ...failed, deliveryReason: "not-in-service" }, "voice")).toBe(false);
  });
});

describe("an address that the provider calls", () => {
  const forged = ["", "1", "1-", "x-y", "-1-AAAA", `1-${"A".repeat(80)}`, `9999-${"A".repeat(80)}`];

  it.each(forged)("that we never gave is about no message and no call: %s", async (token) => {
    await started();
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

  it("holds a message's name, way and country, or is about none", async () => {
    const kindOf = async (parts: unknown) => {
      const token = await addressOf("delivery", parts);
      return (await tell({ delivery: "undelivered" }, { token })).kind;
    };
    expect(await kindOf([KEY, CODE, "sms", "GB", null])).toBe("known");
    for (const parts of [
      ["x", CODE, "sms", "GB", null],
      [[KEY], CODE, "sms", "GB", null],
      [KEY, "x", "sms", "GB", null],
      [KEY, [CODE], "sms", "GB", null],
      [KEY, CODE, "fax", "GB", null],
      [KEY, CODE, "sms", 44, null],
      [],
      "text",
    ])
      expect([parts, await kindOf(parts)]).toEqual([parts, "foreign"]);
  });

  it("leads to a step only by an id as it was given", async () => {
    const id = await started("sms");
    const item = await deps.verifications.read(keyOf(id));
    const report = { delivery: "undelivered", reason: "failed" } as const;
    for (const given of [[id], "an id", 7]) {
      const name = [keyOf(id), item?.codes[0]?.mac, "sms", "GB", given];
      const token = await addressOf("delivery", name);
      await tell(report, { token });
    }
    expect([(await view(id)).delivery, deps.steps]).toEqual(["undelivered", []]);
  });

  it("holds what a call says and until when, or is about none", async () => {
    const kindOf = async (parts: unknown) => {
      const token = await addressOf("call", parts);
      return (await pressed(token)).kind;
    };
    expect(await kindOf([KEY, CODE, "271828", "en-GB", UNTIL])).toBe("spoken");
    for (const parts of [
      ["x", CODE, "271828", "en-GB", UNTIL],
      [KEY, CODE, 271_828, "en-GB", UNTIL],
      [KEY, CODE, "271828", "tlh", UNTIL],
      [KEY, CODE, "271828", 7, UNTIL],
      [KEY, CODE, "271828", "en-GB", String(UNTIL)],
    ])
      expect([parts, await kindOf(parts)]).toEqual([parts, "foreign"]);
  });

  it("is of its epoch or of the one beside it", async () => {
    const id = await started("sms");
    const token = deps.messages.at(-1)?.reportToken ?? "";
    const send = (keyEpoch: number, delivery: "sent" | "delivered") =>
      tell({ delivery }, { token, of: { ...deps, keyEpoch } });
    expect(await send(3, "sent")).toEqual({ kind: "foreign" });
    expect(await send(2, "sent")).toEqual({ kind: "noted" });
    expect(await send(0, "delivered")).toEqual({ kind: "noted" });
    expect((await view(id)).delivery).toBe("delivered");
  });

  it("of a message says no code, and that of a call tells no news", async () => {
    await started("voice");
    const message = deps.messages.at(-1);
    const { reportToken = "", callToken = "" } = message?.channel === "voice" ? message : {};
    expect(await pressed(reportToken)).toEqual({ kind: "foreign" });
    const report = { delivery: "undelivered", reason: "busy" } as const;
    expect(await tell(report, { token: callToken, messageId: "CA1" })).toEqual({
      kind: "foreign",
    });
  });
});

describe("a call", () => {
  async function called() {
    const id = await started("voice");
    const message = deps.messages.at(-1);
    return { id, token: message?.channel === "voice" ? message.callToken : "" };
  }

  it("says no code where nobody pressed a key", async () => {
    const { token, id } = await called();
    const speech = await speak(deps, {
      token,
      provider: "twilio",
      messageId: "CA1",
      hasPressed: false,
    });
    expect(speech).toEqual({ kind: "over", script: voiceScript("en-GB") });
    expect((await view(id)).delivery).toBe("queued");
  });

  it("says its code for two minutes, and none after", async () => {
    const { token } = await called();
    deps.time.now += 119_999;
    expect(await pressed(token)).toEqual({
      kind: "spoken",
      script: voiceScript("en-GB"),
      code: expect.stringMatching(/^\d{6}$/),
    });
    deps.time.now += 1;
    expect(await pressed(token)).toMatchObject({ kind: "over" });
  });

  it("says its code also where the note of it is lost", async () => {
    const { token } = await called();
    const noteDelivery = () => Promise.reject(new Error("throttled"));
    const forgetful = { ...deps, verifications: { ...deps.verifications, noteDelivery } };
    expect(await pressed(token, forgetful)).toMatchObject({ kind: "spoken" });
    expect(deps.faults).toEqual(["delivery-not-noted"]);
  });
});
