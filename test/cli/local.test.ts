import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { report, timelineWords, topWords } from "../../cli/activity/words.ts";
import { type Deployed, deployedAt, type Operator } from "../../cli/operator.ts";
import { LIMITS } from "../../functions/policy/limits.ts";
import { announce } from "../../local/running.ts";
import { type System, startSystem } from "../../local/system.ts";
import { type Rig, rigged } from "../attacks/support/rig.ts";
import { aFolder } from "../support/folder.ts";
import { startAt } from "../support/patient-system.ts";

/** The bundle that is deployed, with the rights and the environment of the template, reached as an operator reaches it. */
const PHONE = "+447700900321";
const folder = aFolder();

let rig: Rig;
let system: System;
let deployed: Deployed;
let operate: Operator;
let leave = (): void => undefined;

/** Writes down a system as `npm start` does, of the process with this id. */
function announced(pid: number, change: Readonly<Record<string, unknown>> = {}): void {
  const found = {
    pid,
    url: system.url,
    lambda: system.lambda.endpoint,
    region: "eu-west-2",
    functionNames: system.lambda.functionNames(),
    logFile: join(folder, "none.jsonl"),
    ...change,
  };
  writeFileSync(join(folder, `${pid}.json`), JSON.stringify(found));
}

beforeAll(async () => {
  rig = await rigged({ LIMITS: '{"sendsPerDay":6}' });
  const notes: ((line: string) => void)[] = [];
  system = await startSystem({
    port: 0,
    engine: "dynalite",
    assembly: rig.assembly,
    onLine: ({ line }) => notes.forEach((note) => void note(line)),
  });
  const place = announce(system, folder);
  notes.push(place.note);
  leave = place.leave;
  deployed = await deployedAt({ kind: "local" }, { localFolder: folder });
  operate = deployed.operate;
});
afterAll(async () => {
  leave();
  await system.stop();
});

const start = (to = PHONE) => startAt(system.url, to);

describe("on the local system", () => {
  it("a blocked number is refused, and taken again after unblock", async () => {
    const block = { command: "block", target: PHONE, seconds: 3_600, reason: "ticket 4711" };
    expect(await operate(block)).toMatchObject({ kind: "blocked" });
    expect(await start()).toMatchObject({ status: 429, body: { code: "number-locked" } });
    expect(await operate({ command: "unblock", target: PHONE })).toMatchObject({ kind: "opened" });
    expect(await start()).toMatchObject({ status: 201 });
    expect(await operate({ command: "who", target: PHONE })).toMatchObject({
      kind: "number",
      isKnown: true,
      turns: [expect.any(Number)],
    });
  });

  it("a blocked client starts nothing", async () => {
    const targets = ["127.0.0.1", "::1"];
    for (const target of targets)
      await operate({ command: "block", target, seconds: 600, reason: "pumping" });
    rig.turn(LIMITS.switchCacheSeconds);
    expect(await start("+447700900500")).toMatchObject({
      status: 429,
      body: { code: "too-many-requests" },
    });
    for (const target of targets) await operate({ command: "unblock", target });
    rig.turn(LIMITS.switchCacheSeconds);
    expect(await start("+447700900323")).toMatchObject({ status: 201 });
  });

  it("each call is in the log, and no number", async () => {
    const lines = system.logs.map(({ line }) => line).filter((line) => line.includes('"operat'));
    expect(lines.length).toBeGreaterThan(7);
    expect(lines.join("")).not.toContain(PHONE.slice(1));
    expect(lines.join("")).toContain('"command":"block"');
  });

  it("no route leads to the function", async () => {
    for (const path of ["/operate", "/v1/operate"])
      expect((await fetch(system.url + path, { method: "POST" })).status).toBe(404);
  });
});

describe("the logs of the local system", () => {
  // The clocks of the functions are turned ahead.
  const span = () => ({ from: Date.now() - 600_000, to: Date.now() + 3_600_000 });

  it("show the requesters and the timeline of a number and of a request, without the number", async () => {
    const to = "+447700900324";
    const { body } = await start(to);
    expect((await start(to)).body).toMatchObject({ code: "too-many-sends" });
    const top = await topWords(deployed, span());
    expect(top).toMatch(/ipv[46](-64)?:\S+ .* 30 in 10 min unverified/);
    const country = await operate({ command: "who", target: "GB" });
    expect(top).toMatch(/ 1 in 30 s, 3 in 10 min, 6 in 24 h\b/);
    expect(country).toMatchObject({
      max: Number(/GB .* (\d+) in 60 min unverified/.exec(top)?.[1]),
    });
    const who = await operate({ command: "who", target: to });
    const pseudonym = who.kind === "number" ? who.subject.pseudonym : "";
    const lines = await deployed.logs.linesWith(["number", "pseudonym"], pseudonym, span());
    const story = stripVTControlCharacters(timelineWords(lines));
    expect(story).toMatch(/✓ start sms GB login: sent/);
    expect(story).toMatch(/✗ start sms GB login: too-many-sends/);
    const [{ requestId } = { requestId: "" }] = lines.map((line) => Object(line));
    const ofRequest = await deployed.logs.linesWith(["requestId"], requestId, span());
    expect(timelineWords(ofRequest)).toContain("POST /v1/verifications 201");
    expect(top + story + JSON.stringify(body)).not.toContain(to.slice(3));
  });

  it("give conversion, delivery and cost by country and channel", async () => {
    const rows = await report(deployed.logs, span());
    expect(rows[0]).toMatchObject({ country: "GB", channel: "sms" });
    expect(Number(rows[0]?.["sent"])).toBeGreaterThan(2);
    expect(Number(rows[0]?.["dollars"])).toBeGreaterThan(0.1);
  });
});

describe("of several local systems", () => {
  const at = (port?: string) => deployedAt({ kind: "local", port }, { localFolder: folder });

  it("none is guessed, and one is meant by its port", async () => {
    announced(process.ppid, { url: "http://localhost:1" });
    await expect(at()).rejects.toThrow("Several local systems run: ");
    expect((await at(new URL(system.url).port)).title).toBe(`the local system at ${system.url}`);
    expect((await at("1")).title).toBe("the local system at http://localhost:1");
    await expect(at("2")).rejects.toThrow("No local system runs at port 2.");
    rmSync(join(folder, `${process.ppid}.json`));
  });

  it("one that was killed, one without the function and none are reported as not running", async () => {
    leave();
    const sentence = "The local system does not run. Start it: npm start.";
    announced(2 ** 22 + 1);
    await expect(at()).rejects.toThrow(sentence);
    announced(process.pid, { functionNames: [] });
    await expect(at()).rejects.toThrow("No local system");
    rmSync(join(folder, `${process.pid}.json`));
    await expect(at()).rejects.toThrow(sentence);
  });
});
