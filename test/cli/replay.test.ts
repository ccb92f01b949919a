import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify, stripVTControlCharacters } from "node:util";
import { beforeAll, describe, expect, it } from "vitest";
import { parseOpsArguments } from "../../cli/ops-arguments.ts";
import { replayFile } from "../../cli/replay/command.ts";
import { eventsIn } from "../../cli/replay/events.ts";
import { asLogged, type Outcome, replay } from "../../cli/replay/replay.ts";
import { changedStage, changesIn, settingsOf } from "../../cli/replay/settings.ts";
import { SCENARIOS, type Scenario, withParameters } from "../../evidence/simulation/scenarios.ts";
import { simulate } from "../../evidence/simulation/simulate.ts";
import type { Logged } from "../../evidence/simulation/system.ts";
import { LIMITS } from "../../functions/policy/limits.ts";
import { journalLine } from "../../functions/runtime/journal-line.ts";
import { aFolder } from "../support/folder.ts";

const folder = aFolder();

function lineOf({ at, entry }: Logged): string {
  return JSON.stringify({ level: "info", at: new Date(at).toISOString(), ...journalLine(entry) });
}

/** A quarter of an hour of an attack, and of the people beside it. */
async function journalOf(id: string, tries: number): Promise<readonly string[]> {
  const scenario = SCENARIOS.find(({ name }) => name === id);
  if (scenario?.attack === undefined) throw new Error(`there is no attack ${id}`);
  const short: Scenario = { ...scenario, minutes: 35, attack: { ...scenario.attack, tries } };
  return (await simulate(withParameters(short, { challenge: "none" }), 1)).logged.map(lineOf);
}

const figures = ({ sends, micros, refusals, proven }: Outcome) => ({
  sends,
  micros,
  refusals: Object.fromEntries(refusals),
  proven: proven.size,
});

const settings = (changes: string) =>
  settingsOf(changedStage("prod", changes === "" ? [] : changesIn([changes])));

let pumping: readonly string[] = [];
let events: ReturnType<typeof eventsIn>["events"] = [];
const file = join(folder, "events.jsonl");
beforeAll(async () => {
  pumping = await journalOf("one-range", 1_500);
  ({ events } = eventsIn(text()));
  writeFileSync(file, text());
});
const text = () => pumping.join("\n");

describe("a replay under the settings of the time", () => {
  it("comes to what was written down, line by line of the table", () => {
    const logged = figures(asLogged(events));
    expect(logged.sends).toBeGreaterThan(50);
    expect(logged.refusals["range"]).toBeGreaterThan(1_000);
    expect(figures(replay(events, settings("")))).toEqual(logged);
  });

  it.each([
    ["ipv6-site", 1_500],
    ["window-edges", 1_200],
  ])("and does so for scenario %s", async (id, tries) => {
    const other = eventsIn((await journalOf(id, tries)).join("\n")).events;
    expect(figures(replay(other, settings("")))).toEqual(figures(asLogged(other)));
  });
});

describe("a replay under other settings", () => {
  it("refuses by a lower limit, sends less and spends less", () => {
    const [now, lower] = [replay(events, settings("")), replay(events, settings("range=5"))];
    expect(lower.sends).toBeLessThan(now.sends);
    expect(lower.micros).toBe(now.micros - (now.sends - lower.sends) * 60_000);
    expect(lower.refusals.get("range")).toBe(
      (now.refusals.get("range") ?? 0) + now.sends - lower.sends,
    );
  });

  it("lets through by a mode that only watches", () => {
    const watched = replay(events, settings("range=watch"));
    expect(watched.refusals.has("range")).toBe(false);
    expect(watched.refusals.get("home-country")).toBeGreaterThan(0);
  });

  it("lists the people who proved their number and would have been refused", () => {
    const logged = asLogged(events);
    const strict = replay(events, settings("spend-hour=1,spend-day=1"));
    // A dollar pays for 11 strangers and 5 people with a ticket at 6 cents.
    expect(strict.micros).toBeLessThanOrEqual(1_000_000);
    expect(strict.refusals.get("spend")).toBeGreaterThan(0);
    expect(strict.proven.size).toBeLessThan(logged.proven.size);
    for (const number of strict.proven) expect(logged.proven).toContain(number);
  });

  it("returns the turn of a ticket whose send no cap has room for", () => {
    const [send = ""] = pumping.filter((line) => line.includes('"outcome":"sent"'));
    const later = (minutes: number, priceMicros: number) => ({
      ...JSON.parse(send),
      at: new Date(Date.parse(JSON.parse(send).at) + minutes * 60_000).toISOString(),
      hasTicket: true,
      isCustomer: true,
      priceMicros,
    });
    const tooDear = Array.from({ length: LIMITS.ticketTurnsPerApproval }, (_, index) =>
      later(15 * index, 1e12),
    );
    const dear = eventsIn(JSON.stringify([...tooDear, later(60, 60_000)])).events;
    expect(figures(replay(dear, settings("")))).toMatchObject({
      sends: 1,
      refusals: { spend: LIMITS.ticketTurnsPerApproval },
    });
  });

  it("keeps what no limit decides", () => {
    const [send = ""] = pumping.filter((line) => line.includes('"outcome":"sent"'));
    const other = send.replace('"outcome":"sent"', '"outcome":"challenge-required"');
    expect(figures(replay(eventsIn(other).events, settings("range=watch")))).toMatchObject({
      sends: 0,
      refusals: { "anything else": 1 },
    });
  });
});

describe("a log is read", () => {
  const cloudWatch = () => pumping.map((message, index) => ({ timestamp: index, message }));
  it.each<readonly [string, () => string]>([
    [
      "as `aws logs filter-log-events` gives it",
      () => JSON.stringify({ events: cloudWatch() }, null, 2),
    ],
    [
      "as `aws logs tail` prints it",
      () => pumping.map((line) => `2027-01-13T08:00:00 2027/01/13/[$LATEST]abc ${line}`).join("\n"),
    ],
    [
      "as Logs Insights exports it",
      () => JSON.stringify(pumping.map((line) => ({ "@timestamp": "x", "@message": line }))),
    ],
    [
      "as Logs Insights exports it, with its messages opened",
      () => JSON.stringify(pumping.map((line) => ({ "@message": JSON.parse(line) }))),
    ],
    [
      "as `aws logs get-query-results` gives it",
      () =>
        JSON.stringify({
          results: pumping.map((value) => [{ field: "@message", value }]),
          status: "Complete",
        }),
    ],
    [
      "as Logs Insights exports it in CSV",
      () => pumping.map((line) => `x,"${line.replaceAll('"', '""')}",y`).join("\n"),
    ],
    [
      "among other lines, in any order",
      () =>
        [
          '{"event":"answered","status":201}',
          "START RequestId: 1",
          "",
          ...pumping.toReversed(),
        ].join("\n"),
    ],
  ])("%s", (_, exported) => {
    expect(events.length).toBe(pumping.length);
    const read = eventsIn(exported());
    expect(read.broken).toBe(0);
    expect(figures(replay(read.events, settings("range=5")))).toEqual(
      figures(replay(events, settings("range=5"))),
    );
  });

  it("and incomplete lines are reported, and left out", () => {
    const cut = [JSON.stringify(pumping[1]), `${pumping[2]}`].map((line) => line.slice(0, -9));
    const read = eventsIn([pumping[0], '{"event":"send","at":"now"}', ...cut].join("\n"));
    expect([read.events.length, read.broken]).toEqual([1, 3]);
  });
});

describe("npm run ops -- replay", () => {
  it("is asked for a file, a stage and changes", () => {
    const line = "replay a.jsonl --set ipv4=10,range=watch --set spend-hour=20";
    const changes = [
      { name: "ipv4", value: "10" },
      { name: "range", value: "watch" },
      { name: "spend-hour", value: "20" },
    ];
    const asked = { kind: "replay", file: "a.jsonl", stage: "prod", changes };
    expect(parseOpsArguments(line.split(" "))).toEqual(asked);
    const elsewhere = parseOpsArguments(["replay", "a.jsonl", "--stage", "dev"]);
    expect(elsewhere).toEqual({ ...asked, stage: "dev", changes: [] });
  });

  it.each([
    [["replay"], "replay takes one file"],
    [["replay", "a", "b"], "replay takes one file"],
    [["replay", "a", "--stage", "production"], "The stages: dev"],
    [["replay", "a", "--set", "ipv5=1"], "--set takes name=value"],
    [["replay", "a", "--set", "ipv4"], "--set takes name=value"],
  ])("does not understand %j", (args, words) => {
    expect(() => parseOpsArguments(args)).toThrow(words);
  });

  it.each([
    ["ipv4=0", "scopes must be"],
    ["ipv4=off", "scopes must be"],
    ["spend-hour=1000", "spend must be"],
  ])("does not play what could not be deployed: %s", (change, words) => {
    expect(() => changedStage("prod", changesIn([change]))).toThrow(words);
  });

  it("prints the ways side by side", async () => {
    const asked = parseOpsArguments(["replay", file, "--set", "range=5"]);
    if (asked.kind !== "replay") throw new Error("a replay was asked for");
    const printed = stripVTControlCharacters(await replayFile(asked));
    expect(printed).toMatch(/as logged +prod as it is +changed/);
    expect(printed).toMatch(/and who would have been refused +0 +0 +\d/);
  });

  it("reports what is wrong with a file", async () => {
    const empty = join(folder, "empty.jsonl");
    writeFileSync(empty, "nothing of ours\n");
    const play = (file: string) => replayFile({ kind: "replay", file, stage: "prod", changes: [] });
    await expect(play(empty)).rejects.toThrow("There is no send and no check in");
    await expect(play(join(folder, "none"))).rejects.toThrow("cannot be read");
    writeFileSync(empty, '{"event":"send","at":\n');
    await expect(play(empty)).rejects.toThrow("can be read, and 1 that cannot");
  });

  it("runs as a command, without AWS", async () => {
    const ops = join(import.meta.dirname, "../../cli/ops.ts");
    const { stdout } = await promisify(execFile)(process.execPath, [ops, "replay", file], {
      env: { PATH: process.env["PATH"], AWS_PROFILE: "nobody" },
    });
    expect(stdout).toContain("people who proved their number");
  });
});
