import { beforeAll, describe, expect, it } from "vitest";
import {
  type Parameters,
  type Scenario,
  scenarioNamed,
  withParameters,
} from "../../evidence/simulation/scenarios.ts";
import { type Report, simulate } from "../../evidence/simulation/simulate.ts";
import {
  expectedCodes,
  figuresOf,
  missed,
  served,
  shareOf,
  shares,
  TARGETS,
} from "../../evidence/simulation/table.ts";
import { LIMITS } from "../../functions/policy/limits.ts";

/** The first minutes of each scenario of `npm run simulate`: long enough for every limit to have spoken, short enough for every run of the tests. */
type Length = { readonly minutes: number; readonly tries?: number };
const SHORT: Readonly<Record<string, Length>> = {
  outage: { minutes: 540 },
  "one-range": { minutes: 28, tries: 1_500 },
  morocco: { minutes: 32, tries: 1_000 },
  calls: { minutes: 30, tries: 1_200 },
  "spread-guessing": { minutes: 40, tries: 3_000 },
  "ipv6-site": { minutes: 28, tries: 1_200 },
  "window-edges": { minutes: 40, tries: 1_800 },
  carrier: { minutes: 60 },
};
const SEED = 11;

function scenarioOf(id: string, length = SHORT[id]): Scenario {
  const scenario = scenarioNamed(id);
  const { minutes, tries }: Length = length ?? scenario;
  const { attack } = scenario;
  return {
    ...scenario,
    minutes,
    ...(attack === undefined || tries === undefined ? {} : { attack: { ...attack, tries } }),
  };
}

const without = new Map<string, Report>();
const under = new Map<string, Report>();
const reportIn = (reports: ReadonlyMap<string, Report>, id: string): Report => {
  const report = reports.get(id);
  if (report === undefined) throw new Error(`${id} was not played`);
  return report;
};

beforeAll(async () => {
  for (const id of Object.keys(SHORT)) {
    const played = (challenge: "none" | "pressure") =>
      simulate(withParameters(scenarioOf(id), { challenge }), SEED);
    without.set(id, await played("none"));
    if (scenarioOf(id).attack !== undefined) under.set(id, await played("pressure"));
  }
});

const ATTACKS = Object.keys(SHORT).filter((id) => scenarioOf(id).attack !== undefined);
/** Attacks that a scope tells apart: one range, one country, one site. */
const NARROW = ["one-range", "morocco", "calls", "ipv6-site"];
/** Those on the whole home country. */
const WIDE = ["spread-guessing", "window-edges"];

describe("honest people are served in the minutes of an attack", () => {
  it.each(Object.keys(SHORT))("with a ticket, in scenario %s", (id) => {
    expect(served(reportIn(without, id), "withTicket")).toBeGreaterThanOrEqual(TARGETS.withTicket);
  });

  it.each(["outage", "carrier", ...NARROW])(
    "without a ticket and without a challenge, in scenario %s",
    (id) => {
      expect(shares(reportIn(without, id)).withoutTicket.of).toBeGreaterThan(10);
      expect(missed(figuresOf(reportIn(without, id)))).toBe(false);
    },
  );

  it.each(ATTACKS)("with a challenge, ticket or not, in scenario %s", (id) => {
    expect(missed(figuresOf(reportIn(under, id)))).toBe(false);
  });
});

/** From eight to ten of the day. */
const morningOf = (name: string, parameters: Parameters) =>
  simulate(withParameters({ ...scenarioNamed(name), minutes: 600 }, parameters), SEED);

it("the shipped stage asks at most one in a hundred for a challenge on an ordinary day", async () => {
  const { visits } = await morningOf("ordinary-day", {});
  const asked = visits.filter(({ isAsked }) => isAsked).length;
  expect(asked / visits.length).toBeLessThanOrEqual(0.01);
});

describe("an attack comes to little", () => {
  it.each(ATTACKS)("in money: scenario %s stays below the cap of its hours", (id) => {
    for (const reports of [without, under]) {
      const { dollars, capDollars, messages, tries } = reportIn(reports, id);
      expect(dollars).toBeLessThanOrEqual(capDollars);
      expect(messages).toBeLessThan(tries);
    }
  });

  it.each(NARROW)("in messages: scenario %s gets a limit, and what honest neighbours pay", (id) => {
    const { messages } = reportIn(without, id);
    expect(messages).toBeLessThanOrEqual(
      id === "ipv6-site" ? 4 * LIMITS.unverifiedSends["ipv6-48"].max : 100,
    );
  });

  it.each(ATTACKS)("in codes: scenario %s is worth less than a hundredth of one", (id) => {
    for (const reports of [without, under]) {
      const report = reportIn(reports, id);
      expect(report.guesses).toBeLessThanOrEqual(LIMITS.checksPerVerification * report.messages);
      expect(expectedCodes(report)).toBeLessThan(0.01);
      expect(report.guessed).toBe(0);
    }
  });

  it.each(WIDE)(
    "in messages under a challenge: half of what it gets without, in scenario %s",
    (id) => {
      expect(reportIn(under, id).messages).toBeLessThan(reportIn(without, id).messages / 1.5);
    },
  );
});

describe("an attack is noticed", () => {
  it.each(ATTACKS)("scenario %s is refused something within its first ten minutes", (id) => {
    expect(reportIn(without, id).firstRefusal).toBeLessThan(10);
  });

  it("and the outage of the ordinary day within half an hour, which refuses nothing, and nothing before it does", () => {
    const { firstAlarm, logged, scenario } = reportIn(without, "outage");
    const { from = 0 } = scenario.crowd.outage ?? {};
    expect(firstAlarm?.minute).toBeGreaterThan(from);
    expect(firstAlarm?.minute).toBeLessThanOrEqual(from + 30);
    expect(
      logged.filter(({ entry }) => entry.event === "send" && entry.limited.length > 0),
    ).toEqual([]);
  });
});

it("a person whose turns a stranger uses up waits minutes with a ticket, and is not kept out by the guesses", async () => {
  const report = await simulate(
    {
      ...withParameters(scenarioOf("siege"), { challenge: "none" }),
      minutes: 1_440,
      siege: { owners: 4, days: 2 },
      crowd: { ...scenarioOf("siege").crowd, perMinute: () => 0 },
    },
    SEED,
  );
  const owner = report.attacked({ hasTicket: true });
  expect(owner.of).toBe(8);
  expect(owner.served).toBe(owner.of);
  expect(owner.longest).toBeLessThan(25);
  const stranger = report.attacked({ hasTicket: false });
  expect(shareOf(stranger)).toBeLessThan(0.5);
});

it("the simulation has people who prove nine in ten of their numbers where nothing is in their way", () => {
  const { visits } = reportIn(without, "carrier");
  const proven = visits.filter(({ isVerified }) => isVerified).length / visits.length;
  expect(proven).toBeGreaterThan(0.85);
  expect(proven).toBeLessThan(0.95);
});
