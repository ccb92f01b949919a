import { IncomingMessage, ServerResponse } from "node:http";
import { Socket } from "node:net";
import * as v from "valibot";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { METRICS, metricsOf } from "../../functions/runtime/metrics.ts";
import { knownShareOf } from "../../infra/sending-terms.ts";
import { STAGES } from "../../infra/stages.ts";
import { createActivity } from "../../local/activity/activity.ts";
import { createMetrics } from "../../local/activity/metrics.ts";
import { activityRoutes } from "../../local/activity/routes.ts";
import { PLAYED, playAttack } from "../../local/attack.ts";
import { SIMULATED_SOURCE } from "../../local/gateway/events.ts";
import { stageFor } from "../../local/stage-here.ts";
import type { System } from "../../local/system.ts";
import { requestLine } from "../../local/terminal.ts";
import { startPatientSystem } from "../support/patient-system.ts";
import { leaksIn } from "./support/leaks.ts";

const MIDNIGHT = Date.UTC(2027, 0, 13);
const MINUTE = 60_000;

describe("the alarms of the activity page", () => {
  const request = {
    method: "POST",
    resource: "/v1/verifications",
    status: 403,
    milliseconds: 10,
    address: "203.0.113.7",
  };

  function aClock() {
    let now = MIDNIGHT + 7 * MINUTE;
    const metrics = createMetrics(STAGES.prod, () => now);
    const stateOf = (name: string) => metrics.alarms().find((alarm) => alarm.name === name)?.state;
    return {
      metrics,
      stateOf,
      minute: (requests: number) => {
        for (let count = 0; count < requests; count += 1) metrics.served(request);
        now += MINUTE;
      },
    };
  }

  it("ring after the third bad minute, as the row of CloudWatch sets, and are quiet again when the requests end", () => {
    const { minute, stateOf } = aClock();
    minute(121);
    minute(121);
    expect(stateOf("refusal-spike")).toBe("ok");
    minute(121);
    expect(stateOf("refusal-spike")).toBe("alarm");
    for (let quiet = 0; quiet < 5; quiet += 1) minute(0);
    expect(stateOf("refusal-spike")).toBe("ok");
  });

  it("count the largest client, number and guesser of five minutes on the clock", () => {
    const { metrics, minute, stateOf } = aClock();
    const write = (line: object, times: number) => {
      const written = JSON.stringify({ ...line, _aws: { CloudWatchMetrics: [] } });
      for (let count = 0; count < times; count += 1)
        metrics.wrote({ functionName: "any", line: written });
    };
    const statesAfter = (above: number) => {
      write({ event: "send", number: "one" }, 30 + above);
      write({ event: "check", result: "incorrect", client: "one" }, 50 + above);
      for (const requests of [200 + above, 0, 0, 0, 0]) minute(requests);
      return new Set(["hot-client", "hot-number", "guessing-client"].map(stateOf));
    };
    expect(statesAfter(0)).toEqual(new Set(["ok"]));
    expect(statesAfter(1)).toEqual(new Set(["alarm"]));
  });

  it("show dollars, shares and milliseconds with their units", () => {
    const { metrics } = aClock();
    const shown = metrics.alarms().map(({ name, threshold, unit }) => [name, threshold, unit]);
    const dollars = 0.9 * STAGES.prod.spend.dollarsPerHour * (1 - knownShareOf(STAGES.prod));
    expect(shown).toContainEqual(["spend-rate", expect.closeTo(dollars / 12, 5), "$"]);
    expect(shown).toContainEqual(["spend-half", 49, "%"]);
    expect(shown).toContainEqual(["provider-errors", 20, "%"]);
    expect(shown).toContainEqual(["latency", 4_000, "ms"]);
    expect(shown).toContainEqual(["hot-client", 200, ""]);
  });

  it("read the metrics out of the lines that functions write", () => {
    const { metrics, minute, stateOf } = aClock();
    const line = { event: "fault", what: "message-refused" } as const;
    const counted = { ...line, ...metricsOf(line, { deployment: "any", now: 0 }) };
    for (let count = 0; count < 3; count += 1)
      metrics.wrote({ functionName: "any-start-verification", line: JSON.stringify(counted) });
    for (let passed = 0; passed < 4; passed += 1) minute(0);
    expect(metrics.lastMinutes("Faults message-refused", 5)).toEqual([3, 0, 0, 0, 0]);
    // None was sent: three refusals of three.
    expect(stateOf("provider-errors")).toBe("alarm");
  });
});

it("the activity shows the spend of an app against its cap, each send once, and a pause that is older than its log, where no counter can be read", async () => {
  const cap = { perHourMicros: 5e6, perDayMicros: 9e6 };
  const spent = { "app-shop": 2_000_000, total: 3_000_000 };
  const result = { kind: "spend", day: "2027-01-13", spent, total: cap } as const;
  const spend = { ...STAGES.prod.spend, apps: { shop: 4 } };
  const { state, stop, wrote } = createActivity({
    stage: { ...STAGES.prod, spend },
    now: () => MIDNIGHT,
    operate: async (wish) => {
      if (v.is(v.object({ command: v.literal("who") }), wish)) throw new Error("timed out");
      return { ...result, countries: {}, keptForTickets: 0, pause: { because: "" } };
    },
  });
  const { name: Name, unit: Unit, by: Dimensions } = METRICS.Sends;
  const _aws = { CloudWatchMetrics: [{ Dimensions, Metrics: [{ Name, Unit }] }] };
  const event = { event: "send", outcome: "sent", Sends: 1, country: "GB", channel: "sms", _aws };
  const line = JSON.stringify({ ...event, app: "shop" });
  wrote({ functionName: "any-start-verification", line });
  expect((await state()).minutes.at(-1)).toMatchObject({ sent: 1 });
  expect((await state()).isPaused).toBe(true);
  expect((await state()).spend.slice(1)).toEqual([
    { name: "All, today", dollars: 3, cap: 9 },
    { name: "shop, today", dollars: 2, cap: 4 },
  ]);
  await stop();
});

describe("the activity of a running system", () => {
  const terminal: string[] = [];
  let system: System;
  beforeAll(async () => {
    const stage = stageFor({ attack: undefined, throttled: true });
    system = await startPatientSystem({
      stage,
      onServed: (served) => terminal.push(requestLine(served)),
    });
  });
  afterAll(() => system.stop());

  const post = (path: string, body: unknown, address = "203.0.113.7") =>
    fetch(`${system.url}/v1/verifications${path}`, {
      method: "POST",
      headers: { "content-type": "application/json", [SIMULATED_SOURCE]: address },
      body: JSON.stringify(body),
    });

  it("shows a start, a wrong code and an approval by client, range, country and masked number, and no code or number", async () => {
    const number = "+447700900741";
    const started: unknown = await (await post("", { to: number })).json();
    const { id } = v.parse(v.object({ id: v.string() }), started);
    const code = /\d{6}/.exec((await system.handset.waitFor(number)).text)?.[0] ?? "";
    const wrong = code === "123456" ? "654321" : "123456";
    await post(`/${id}/check`, { code: wrong });
    await post(`/${id}/check`, { code });
    // A mistyped number, and one of seven digits: neither has a range of ten thousand.
    for (const to of ["+44770090074", "+448001111"]) await post("", { to }, "203.0.113.8");
    const text = await (await fetch(`${system.url}/activity/state`)).text();
    const facts = { asked: 1, sent: 1, approved: 1, wrong: 1 };
    const { top, minutes, spend } = JSON.parse(text);
    expect(top.clients[0]).toMatchObject({ label: "203.0.113.7", ...facts });
    expect(top.ranges).toMatchObject([{ label: "+44770090••••", ...facts }]);
    expect(top.countries[0]).toMatchObject({ label: "GB", ...facts });
    expect(top.numbers).toMatchObject([
      { label: "+44•••••••741", ...facts },
      { label: "+44••••111", asked: 1, sent: 0 },
    ]);
    expect(top.apps).toEqual([]);
    expect(top.clients[0].counters).toMatchObject({ used: 0, max: 300 });
    expect(top.numbers[0].counters).toMatchObject({ used: 1, max: 3 });
    expect(minutes.reduce((sum: number, { sent }: { sent: number }) => sum + sent, 0)).toBe(1);
    expect(spend).toMatchObject([{ name: "All, this hour" }, { name: "All, today" }]);
    expect(spend[0].dollars).toBeGreaterThan(0);
    const places = [
      { where: "the page", text },
      ...terminal.map((line) => ({ where: "the terminal", text: line })),
    ];
    expect(leaksIn(places, { codes: [code], numbers: [number] })).toEqual([]);
    expect(terminal.join("\n")).toMatch(/201.* pending {2}\+44•{7}741/);
    expect(terminal.join("\n")).toMatch(/200.* incorrect {2}\+44•{7}741/);
  });

  it.each([{}, { command: "erase", ref: "clients-1" }, { command: "block" }, "block"])(
    "refuses %j, which is no operation of the page",
    async (wish) => {
      const asked = { method: "PUT", body: JSON.stringify(wish) };
      expect((await fetch(`${system.url}/activity/operation`, asked)).status).toBe(400);
    },
  );

  it("answers no other machine", async () => {
    const statuses = Object.values(activityRoutes(system.activity, {})).map(async (route) => {
      // A connection that comes from nowhere.
      const request = new IncomingMessage(new Socket());
      const response = new ServerResponse(request);
      await route(request, response);
      return response.statusCode;
    });
    expect(await Promise.all(statuses)).toEqual([403, 403]);
  });

  it("lets one developer abandon thirty starts and more", async () => {
    const abandoned = async (_: unknown, index: number) =>
      (await post("", { to: `+${447_700_900_100 + index}` }, "203.0.113.99")).status;
    const statuses = await Promise.all(Array.from({ length: 35 }, abandoned));
    expect(new Set(statuses)).toEqual(new Set([201]));
  });
});

it("--unthrottled leaves no limit of unverified sends", () => {
  const { scopes = {} } = stageFor({ attack: undefined, throttled: false });
  expect(new Set(Object.values(scopes).map(({ mode }) => mode))).toEqual(new Set(["off"]));
  expect(Object.keys(scopes)).toHaveLength(8);
});

it("--attack plays each with the limits of production and in whole, such as starts from many addresses, of which the running system refuses all but a few", async () => {
  expect(PLAYED.filter(({ stage, siege }) => !stage.production || siege !== undefined)).toEqual([]);
  const [oneRange] = PLAYED;
  if (oneRange?.attack === undefined) throw new Error("there is no attack");
  const system = await startPatientSystem({ stage: oneRange.stage });
  // A second of it, at once and without its people.
  const scenario = {
    ...oneRange,
    crowd: { ...oneRange.crowd, perMinute: () => 0 },
    attack: { ...oneRange.attack, tries: 60, pace: { perMinute: 6_000 } },
  };
  const { progress, stop } = playAttack(scenario, system, 0);
  await expect.poll(() => progress().isOver).toBe(true);
  const { tries, messages } = progress();
  expect(tries).toBe(60);
  expect(messages).toBeGreaterThan(0);
  expect(messages).toBeLessThanOrEqual(20);
  const { reasons, top } = await system.activity.state();
  expect(reasons[0]?.reason).toBe("challenge-required");
  expect(top["ranges"]?.[0]?.asked).toBe(60);
  expect(top["clients"]?.length).toBe(5);
  await stop();
  await system.stop();
});
