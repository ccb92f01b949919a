import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { operatorStores } from "../../functions/adapters/dynamodb/operator-stores.ts";
import { operations } from "../../functions/operator/handler.ts";
import { LIMITS } from "../../functions/policy/limits.ts";
import { check } from "../../functions/verification/check.ts";
import { type StartRequest, start } from "../../functions/verification/start.ts";
import { aStart, type Deps, idIn, NOON, newestCode, otherThan, someDeps } from "../support/deps.ts";
import { engineStores } from "../support/engine-stores.ts";
import { type EngineTable, type RunningEngine, runEngine } from "../support/engine-tables.ts";
import { A_KEY } from "../support/key-maker.ts";

const PHONE = "+447700900123";
const CLIENT = "192.0.2.1";
const DAY_SECONDS = 86_400;
const WHO = { command: "who", target: PHONE };
const CONTEXT = { awsRequestId: "request-1" };

let engine: RunningEngine;
let ground: EngineTable;
let deps: Deps;
let operate: ReturnType<typeof operations>;
const lines: string[] = [];

beforeAll(async () => {
  engine = await runEngine();
});
afterAll(() => engine.stop());

beforeEach(async () => {
  ground = await engine.freshTable();
  const base = someDeps(engineStores(ground.table, () => base.time.now));
  deps = base;
  operate = operations({ ...deps, stores: operatorStores(ground.table) });
  lines.length = 0;
  vi.spyOn(process.stdout, "write").mockImplementation((line) => lines.push(String(line)) > 0);
});
afterEach(() => {
  vi.restoreAllMocks();
});

const ask = (operation: unknown) => operate(operation, CONTEXT);
/** Does the second command after each read and before each update of the first. */
const during = (second: object, first: object) => {
  const { table } = ground;
  const read = (pk: string) => table.read(pk).then((item) => ask(second).then(() => item));
  const update: typeof table.update = (write) => ask(second).then(() => table.update(write));
  const stores = operatorStores({ ...table, read, update });
  return operations({ ...deps, stores })(first, CONTEXT);
};
const startOf = (request: Partial<StartRequest> = {}) => start(deps, aStart(request));
const itemOf = async (kind: string) =>
  (await ground.items()).find(({ pk }) => String(pk).startsWith(`${kind}#`));

async function failOnce(): Promise<void> {
  const outcome = await startOf();
  if (outcome.kind !== "started") throw new Error(outcome.why);
  await check(deps, { id: idIn(outcome.view.id), code: otherThan(newestCode(deps)) });
}

describe("a blocked number", () => {
  const block = { command: "block", target: PHONE, seconds: DAY_SECONDS, reason: "a stalker" };

  it("is sent nothing until the block ends, for every client, and then again", async () => {
    expect(await ask(block)).toMatchObject({ kind: "blocked", until: NOON + DAY_SECONDS * 1_000 });
    const refusal = { kind: "refused", why: "number-locked", retryAt: NOON + DAY_SECONDS * 1_000 };
    expect(await startOf()).toEqual(refusal);
    expect(await startOf({ clientAddress: "198.51.100.9" })).toEqual(refusal);
    expect(deps.messages).toEqual([]);
    deps.time.now += DAY_SECONDS * 1_000;
    expect(await startOf()).toMatchObject({ kind: "started" });
  });

  it("is kept past its end, and past every write until then", async () => {
    await ask({ ...block, seconds: 30 * DAY_SECONDS });
    expect(Number((await itemOf("number"))?.["deleteAfter"])).toBe(NOON / 1_000 + 90 * DAY_SECONDS);
  });

  it.each([PHONE, CLIENT])(
    "keeps the longer of two blocks, and reports it (%s)",
    async (target) => {
      await ask({ ...block, target });
      expect(await ask({ ...block, target, seconds: 3_600, reason: "shorter" })).toMatchObject({
        kind: "blocked-longer",
        block: { until: NOON + DAY_SECONDS * 1_000, because: "a stalker" },
      });
      const longer = { ...block, target, seconds: 2 * DAY_SECONDS };
      expect(await ask(longer)).toMatchObject({ kind: "blocked" });
    },
  );

  it("keeps its history", async () => {
    await startOf();
    await ask(block);
    const { reason: because } = block;
    expect(await ask(WHO)).toMatchObject({ isKnown: true, turns: [NOON], block: { because } });
  });
});

describe("a blocked client", () => {
  const block = { command: "block", target: CLIENT, seconds: DAY_SECONDS, reason: "pumping" };

  it("starts nothing until the block ends, in any window, and then again", async () => {
    expect(await ask(block)).toMatchObject({ kind: "blocked", until: NOON + DAY_SECONDS * 1_000 });
    for (const later of [0, 599_999, 600_000, 43_200_000, DAY_SECONDS * 1_000 - 1]) {
      deps.time.now = NOON + later;
      expect(await startOf()).toMatchObject({ kind: "refused", why: "too-many-requests" });
    }
    deps.time.now = NOON + DAY_SECONDS * 1_000;
    expect(await startOf()).toMatchObject({ kind: "started" });
  });

  it("starts nothing in a container that has just read the switch from ten seconds on", async () => {
    await startOf({ clientAddress: "192.0.2.9", to: numbers.next() });
    await ask(block);
    deps.time.now += LIMITS.switchCacheSeconds * 1_000;
    expect(await startOf()).toMatchObject({ why: "too-many-requests" });
  });

  it("of IPv6 is a household, or a site", async () => {
    await ask({ ...block, target: "2001:db8:0:1::1" });
    const from = (clientAddress: string) => startOf({ clientAddress, to: numbers.next() });
    expect(await from("2001:db8:0:1::2")).toMatchObject({ why: "too-many-requests" });
    expect(await from("2001:db8:0:2::2")).toMatchObject({ kind: "started" });
    await ask({ ...block, target: "2001:db8::/48" });
    deps.time.now += LIMITS.switchCacheSeconds * 1_000;
    expect(await from("2001:db8:0:2::2")).toMatchObject({ why: "too-many-requests" });
    expect(await from("2001:db8:1::2")).toMatchObject({ kind: "started" });
  });

  it("is blocked in one write, however long", async () => {
    await ask({ ...block, seconds: 30 * DAY_SECONDS });
    expect(await ground.items()).toHaveLength(1);
    const longer = { ...block, seconds: 30 * DAY_SECONDS + 1 };
    expect(await ask(longer)).toHaveProperty("kind", "refused");
  });

  it("has no number, failures or history of its own", async () => {
    await startOf();
    expect(await ask({ command: "who", target: CLIENT })).toMatchObject({
      kind: "scope",
      mode: "enforce",
      unverified: 1,
      max: LIMITS.unverifiedSends.ipv4.max,
      windowEndsAt: NOON + 600_000,
    });
  });
});

it.each([
  [PHONE, { to: "+447700900124" }],
  [CLIENT, { clientAddress: "192.0.2.2", to: "+447700900124" }],
])(
  "a block of %s leaves every other alone, and is opened again by unblock",
  async (target, other) => {
    await ask({ command: "block", target, seconds: DAY_SECONDS, reason: "a stalker" });
    expect(await startOf(other)).toMatchObject({ kind: "started" });
    const unblock = { command: "unblock", target };
    expect(await ask(unblock)).toMatchObject({ kind: "opened", block: { because: "a stalker" } });
    deps.time.now += LIMITS.switchCacheSeconds * 1_000;
    expect(await startOf()).toMatchObject({ kind: "started" });
    expect(await ask(unblock)).toMatchObject({ kind: "not-blocked" });
  },
);

const numbers = {
  last: 200,
  next(): string {
    numbers.last += 1;
    return `+447700900${numbers.last}`;
  },
};

describe("unlock", () => {
  it("clears the failures of a number and nothing else", async () => {
    await failOnce();
    expect(await ask({ command: "unlock", target: PHONE })).toMatchObject({ failures: 1 });
    expect(await ask(WHO)).toMatchObject({ failures: 0, turns: [NOON] });
  });

  it("leaves no item where there was none", async () => {
    expect(await ask({ command: "unlock", target: PHONE })).toMatchObject({ failures: 0 });
    expect(await ground.items()).toEqual([]);
  });

  it("opens a number that its failures have locked", async () => {
    await startOf();
    const item = await itemOf("number");
    await ground.put({ ...item, failures: LIMITS.consecutiveFailures, failedAt: NOON });
    deps.time.now += 60_000;
    expect(await startOf()).toMatchObject({ why: "number-locked" });
    await ask({ command: "unlock", target: PHONE });
    expect(await startOf()).toMatchObject({ kind: "started" });
  });
});

describe("sending", () => {
  const pause = { since: NOON, because: "Twilio is down" };

  it("stops within ten seconds of pause, and goes on after resume", async () => {
    await startOf({ to: numbers.next() });
    expect(await ask({ command: "pause", reason: "Twilio is down" })).toEqual({ kind: "paused" });
    deps.time.now += LIMITS.switchCacheSeconds * 1_000;
    expect(await startOf()).toMatchObject({ why: "sending-paused" });
    expect(await ask({ command: "resume" })).toEqual({ kind: "resumed", pause });
    deps.time.now += LIMITS.switchCacheSeconds * 1_000;
    expect(await startOf()).toMatchObject({ kind: "started" });
  });

  it("keeps the first of two pauses and its reason", async () => {
    await ask({ command: "pause", reason: "Twilio is down" });
    const again = await ask({ command: "pause", reason: "a test" });
    expect(again).toEqual({ kind: "paused-already", pause });
    expect(await ask({ command: "spend" })).toMatchObject({ pause });
  });

  it("that is not paused is not resumed", async () => {
    expect(await ask({ command: "resume" })).toEqual({ kind: "not-paused" });
    expect(await ground.items()).toEqual([]);
  });
});

it.each([
  [{ command: "resume" }, { kind: "not-paused" }],
  [{ command: "unblock", target: PHONE }, { kind: "not-blocked" }],
  [{ command: "unblock", target: CLIENT }, { kind: "not-blocked" }],
  [{ command: "unlock", target: PHONE }, { failures: 0 }],
])("%j does not report what another operator removed before its write", async (command, report) => {
  await failOnce();
  const block = { command: "block", seconds: 60, reason: "spam" };
  await ask({ command: "pause", reason: "a test" });
  for (const target of [PHONE, CLIENT]) await ask({ ...block, target });
  expect(await during(command, command)).toMatchObject(report);
});

describe("erase", () => {
  it("leaves no item under the number's pseudonym, and lists what it deleted", async () => {
    await startOf();
    await ask({ command: "block", target: PHONE, seconds: 3_600, reason: "spam" });
    expect(await ask({ command: "erase", target: PHONE })).toMatchObject({
      kind: "erased",
      wasKnown: true,
      block: { because: "spam" },
    });
    expect(await itemOf("number")).toBeUndefined();
    expect(await ask({ command: "erase", target: PHONE })).toMatchObject({ wasKnown: false });
  });

  it("keeps the moment of a revocation and nothing else, or stolen tickets would be good again", async () => {
    await startOf();
    const revoke = { command: "revoke", target: PHONE };
    await ask(revoke);
    deps.time.now += 1;
    const erased = await during(revoke, { command: "erase", target: PHONE });
    expect(erased).toMatchObject({ ticketsFrom: NOON });
    const left = (await itemOf("number")) ?? {};
    expect(Object.keys(left).sort()).toEqual(["deleteAfter", "pk", "ticketsFrom", "writtenBy"]);
    expect(await ask(WHO)).toMatchObject({ ticketsFrom: NOON + 1, turns: [] });
  });
});

it("a key that is revoked in its rotation stays revoked", async () => {
  const made = await ask(A_KEY);
  const id = made.kind === "key-created" ? made.id : "";
  const rotate = { command: "keys-rotate", id, seconds: 3_600, overlapSeconds: 600 };
  await during({ command: "keys-revoke", id }, rotate);
  const keys = expect.arrayContaining([expect.objectContaining({ id, revokedAt: NOON })]);
  expect(await ask({ command: "keys-list" })).toMatchObject({ keys });
});

it("a block that is renewed while expired ones are deleted stays", async () => {
  const block = { command: "block", target: CLIENT, seconds: 60, reason: "pumping" };
  await ask(block);
  deps.time.now += 60_000;
  await during(block, { ...block, target: "192.0.2.2" });
  const who = await ask({ command: "who", target: CLIENT });
  expect(who).toHaveProperty("block.until", NOON + 120_000);
});

describe("every call", () => {
  it("is logged before it is done and after, under the pseudonym that it answers with", async () => {
    const block = { command: "block", reason: "ticket 4711" };
    const result = await ask({ ...block, target: PHONE, seconds: 3_600 });
    const pseudonym = result.kind === "blocked" ? result.subject.pseudonym : "";
    const line = { level: "info", requestId: "request-1", subject: "number", pseudonym, ...block };
    expect(lines.map((text) => JSON.parse(text))).toEqual([
      expect.objectContaining({ event: "operating", ...line }),
      expect.objectContaining({ event: "operated", outcome: "blocked", ...line }),
    ]);
    expect((await itemOf("number"))?.["pk"]).toBe(`number#${pseudonym}`);
  });

  it("that is none is logged too", async () => {
    expect(await ask({ command: "reveal", target: PHONE })).toMatchObject({ kind: "refused" });
    expect(lines.map((text) => JSON.parse(text))).toEqual([
      expect.objectContaining({ event: "operated", command: "unknown", outcome: "refused" }),
    ]);
  });

  it("leaves no number and no address in a line, an answer or an item", async () => {
    const answers = [];
    for (const target of [PHONE, CLIENT]) {
      answers.push(await ask({ command: "who", target }));
      answers.push(await ask({ command: "block", target, seconds: 3_600, reason: "spam" }));
      answers.push(await ask({ command: "unblock", target }));
    }
    for (const command of ["unlock", "erase"]) answers.push(await ask({ command, target: PHONE }));
    const told = JSON.stringify([lines, answers, await ground.items()]);
    for (const secret of [PHONE.slice(1), CLIENT]) expect(told).not.toContain(secret);
  });

  it("that fails is logged with its cause, and the caller receives none", async () => {
    const read = async () => {
      throw new Error(`no answer about ${PHONE}`);
    };
    const failing = operations({ ...deps, stores: operatorStores({ ...ground.table, read }) });
    await expect(failing(WHO, CONTEXT)).rejects.toThrow(
      /^the operation failed; its log has the cause$/,
    );
    expect(lines.join("")).toContain("no answer about •••");
    expect(lines.join("")).not.toContain(PHONE.slice(1));
  });
});
