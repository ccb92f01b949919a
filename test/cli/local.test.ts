import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Operator, operatorAt } from "../../cli/operator.ts";
import { LIMITS } from "../../functions/policy/limits.ts";
import { type System, startSystem } from "../../local/system.ts";
import { type Rig, rigged } from "../attacks/support/rig.ts";

/** The bundle that is deployed, with the rights and the environment of the template, reached as an operator reaches it. */
const PHONE = "+447700900321";
const folder = mkdtempSync(join(tmpdir(), "operator-"));
const localFile = join(folder, "local.json");

let rig: Rig;
let system: System;
let operate: Operator;

function announced(pid: number, names: readonly string[]): void {
  const { endpoint } = system.lambda;
  const found = {
    pid,
    url: system.url,
    lambda: endpoint,
    region: "eu-west-2",
    functionNames: names,
  };
  writeFileSync(localFile, JSON.stringify(found));
}

beforeAll(async () => {
  rig = await rigged();
  system = await startSystem({ port: 0, engine: "dynalite", assembly: rig.assembly });
  announced(process.pid, system.lambda.functionNames());
  operate = await operatorAt({ kind: "local" }, { localFile });
});
afterAll(async () => {
  await system.stop();
  rmSync(folder, { recursive: true });
});

async function start(to = PHONE) {
  const response = await fetch(`${system.url}/v1/verifications`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ to }),
  });
  return { status: response.status, body: await response.json() };
}

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

  it("an erased number is unknown", async () => {
    await start("+447700900322");
    expect(await operate({ command: "erase", target: "+447700900322" })).toMatchObject({
      wasKnown: true,
    });
    expect(await operate({ command: "who", target: "+447700900322" })).toMatchObject({
      isKnown: false,
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

  it("what is no operation is refused by the function, whoever sends it", async () => {
    expect(await operate({ command: "unlock", target: "07700900321" })).toMatchObject({
      kind: "refused",
    });
  });

  it("each call is in the log, and no number", async () => {
    const lines = system.logs.map(({ line }) => line).filter((line) => line.includes('"operat'));
    expect(lines.length).toBeGreaterThan(10);
    expect(lines.join("")).not.toContain(PHONE.slice(1));
    expect(lines.join("")).toContain('"command":"block"');
  });

  it("no route leads to the function", async () => {
    for (const path of ["/operate", "/v1/operate"])
      expect((await fetch(system.url + path, { method: "POST" })).status).toBe(404);
  });
});

describe("a local system that does not run", () => {
  const sentence = "The local system does not run. Start it: npm start.";

  it("is told from one that was killed, one without the function, and none", async () => {
    announced(2 ** 22 + 1, system.lambda.functionNames());
    await expect(operatorAt({ kind: "local" }, { localFile })).rejects.toThrow(sentence);
    announced(process.pid, []);
    await expect(operatorAt({ kind: "local" }, { localFile })).rejects.toThrow(sentence);
    const nowhere = join(folder, "none.json");
    await expect(operatorAt({ kind: "local" }, { localFile: nowhere })).rejects.toThrow(sentence);
  });
});
