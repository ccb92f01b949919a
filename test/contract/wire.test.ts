import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { expect, it } from "vitest";
import { USAGE } from "../../cli/usage.ts";
import { dynamoApiKeys } from "../../functions/adapters/dynamodb/api-keys.ts";
import { cachingSpend } from "../../functions/adapters/dynamodb/caching.ts";
import { LIMITS } from "../../functions/policy/limits.ts";
import { admitKey, drawKey } from "../../functions/verification/api-key.ts";
import { cancel } from "../../functions/verification/cancel.ts";
import { check } from "../../functions/verification/check.ts";
import type { MessageSender } from "../../functions/verification/ports.ts";
import { resend } from "../../functions/verification/resend.ts";
import { start } from "../../functions/verification/start.ts";
import { aBackEnd } from "../support/back-end.ts";
import {
  aStart,
  type Deps,
  fictionalNumber,
  NOON,
  newestCode,
  otherThan,
  someDeps,
  started,
} from "../support/deps.ts";
import { engineStores } from "../support/engine-stores.ts";
import { describeOnEngine } from "../support/engine-tables.ts";
import { onTheWire } from "../support/wire.ts";

type Exchange = { readonly startedAt: number; readonly endedAt: number };

/** Requests on the wire, retries included, and how many had to wait for another: a round begins where nothing of the last one is under way. */
type Traffic = { readonly requests: number; readonly rounds: number };

/** What `work` puts on the wire until it is done, or until the provider is asked. */
async function trafficOf(client: DynamoDBClient, work: () => Promise<unknown>): Promise<Traffic> {
  const exchanges: Exchange[] = [];
  const counting = async <Answer>(_: string, exchange: () => Promise<Answer>) => {
    const startedAt = performance.now();
    try {
      return await exchange();
    } finally {
      exchanges.push({ startedAt, endedAt: performance.now() });
    }
  };
  await onTheWire(client, counting, work);
  return { requests: exchanges.length, rounds: roundsOf(exchanges) };
}

function roundsOf(exchanges: readonly Exchange[]): number {
  let rounds = 0;
  let endsAt = Number.NEGATIVE_INFINITY;
  for (const { startedAt, endedAt } of exchanges.toSorted((a, b) => a.startedAt - b.startedAt)) {
    if (startedAt >= endsAt) rounds += 1;
    endsAt = Math.max(endsAt, endedAt);
  }
  return rounds;
}

const idempotencyKey = "5f0d2c1e-8f1a-4f7b-9c57-0d7c3f1f7f11";

/** Up to the provider, and no further: he never answers. */
async function untilAsked(work: (sender: MessageSender) => Promise<unknown>): Promise<void> {
  const asked = Promise.withResolvers<void>();
  void work({
    send: () => {
      asked.resolve();
      return new Promise(() => undefined);
    },
  });
  await asked.promise;
}

describeOnEngine("on the wire", ({ name, freshTable }) => {
  /** dynalite tells no item with a refusal, so a refusal costs one consistent read more. */
  const refusal = name === "dynalite" ? { requests: 2, rounds: 2 } : { requests: 1, rounds: 1 };

  async function freshDeps() {
    const { client, table } = await freshTable();
    const deps: Deps = someDeps(engineStores(table, () => deps.time.now));
    // The switch is read now, and kept for ten seconds.
    await deps.sendingSwitch.switchState();
    return { client, table, deps };
  }

  async function aVerification() {
    const { client, deps } = await freshDeps();
    return { deps, client, ...(await started(deps)) };
  }

  type World = Awaited<ReturnType<typeof aVerification>>;
  const other = aStart({ to: fictionalNumber(7) });
  it.each<readonly [string, Traffic, (world: World) => Promise<unknown>]>([
    [
      "a wrong check is one request, and one more that books the failure",
      { requests: 2, rounds: 2 },
      ({ deps, id, code }) => check(deps, { id, code: otherThan(code) }),
    ],
    [
      // The number's failures, client, and country and service in one.
      "an approving check is one request, and one round of bookkeeping beside the proof",
      { requests: 4, rounds: 2 },
      ({ deps, id, code }) => check(deps, { id, code }),
    ],
    [
      "a start without a key, from IPv4, makes six requests before the provider is asked",
      { requests: 6, rounds: 3 },
      ({ deps }) => untilAsked((sender) => start({ ...deps, sender }, other)),
    ],
    ["and notes its answer in one", { requests: 7, rounds: 4 }, ({ deps }) => start(deps, other)],
    [
      "a start that the phone policy refuses makes no request",
      { requests: 0, rounds: 0 },
      ({ deps }) =>
        Promise.all(
          ["+442071838750", "+33612345678", "nonsense"].map((to) => start(deps, aStart({ to }))),
        ),
    ],
    [
      "a start for a number without a turn makes two requests, side by side",
      { requests: 2, rounds: 1 },
      ({ deps }) => start(deps, aStart()),
    ],
    [
      // The item; the client and the number, with the switch beside them; range, the rest; turn; code.
      "a resend makes five round trips before the provider is asked",
      { requests: 8, rounds: 5 },
      ({ deps, id }) => {
        deps.time.now += 30_000;
        return untilAsked((sender) => resend({ ...deps, sender }, { id }));
      },
    ],
    ["a cancel is one request", { requests: 1, rounds: 1 }, ({ deps, id }) => cancel(deps, { id })],
  ])("%s", async (_, traffic, work) => {
    const world = await aVerification();
    expect(await trafficOf(world.client, () => work(world))).toEqual(traffic);
  });

  it("an approving check finds a counter at its minimum once in ten, by a write more", async () => {
    const { client, deps } = await freshDeps();
    const { limits } = deps.scopeTerms;
    const scopeTerms = {
      ...deps.scopeTerms,
      limits: { ...limits, service: { ...limits.service, max: 5 } },
    };
    const spend = cachingSpend(deps.spend, deps.clock);
    const requests: number[] = [];
    for (let index = 1; index <= 12; index += 1) {
      const request = { to: fictionalNumber(index), clientAddress: `192.0.2.${index}` };
      const made = await started({ ...deps, scopeTerms, spend }, request);
      requests.push((await trafficOf(client, () => check({ ...deps, spend }, made))).requests);
    }
    // The first is alone in its range, and the seventh finds the service at its minimum.
    expect(requests).toEqual([4, 5, 5, 5, 5, 5, 5 + refusal.requests, 5, 5, 5, 5, 5]);
  });

  it("a check that does not count is one request", async () => {
    const { deps, client, id, code } = await aVerification();
    await check(deps, { id, code });
    expect(await trafficOf(client, () => check(deps, { id, code }))).toEqual(refusal);
  });

  it("a start makes three round trips before the provider is asked, with the first read of the switch in the first", async () => {
    const { client, table } = await freshTable();
    const deps: Deps = someDeps(engineStores(table, () => deps.time.now));
    const request = aStart({ idempotencyKey, clientAddress: "2001:db8::1" });
    const traffic = await trafficOf(client, () =>
      untilAsked((sender) => start({ ...deps, sender }, request)),
    );
    // Claim, two scopes, number, switch; range, and country, service and price in one; turn and item.
    expect(traffic).toEqual({ requests: 9, rounds: 3 });
  });

  it("a limited client makes one request more than its refusal: the read of the number beside it", async () => {
    const { client, deps } = await freshDeps();
    for (let index = 0; index < LIMITS.unverifiedSends.ipv4.max; index++) {
      await start(deps, aStart({ to: fictionalNumber(index) }));
    }
    const { requests } = await trafficOf(client, () =>
      start(deps, aStart({ to: fictionalNumber(99) })),
    );
    expect(requests).toBe(1 + refusal.requests);
  });

  /** The dearest client there is: IPv6, with a key; and what a refusal of the last limits costs it. */
  const dearest = (changes: Partial<Parameters<typeof aStart>[0]> = {}) =>
    aStart({ idempotencyKey, clientAddress: "2001:db8::1", ...changes });

  it("a start that a limited range refuses makes eleven requests, and gives all back", async () => {
    const { client, deps } = await freshDeps();
    const { limits } = deps.scopeTerms;
    const limited = { ...limits, range: { ...limits.range, max: 1 } };
    const scopeTerms = { ...deps.scopeTerms, limits: limited };
    await start({ ...deps, scopeTerms }, aStart({ to: fictionalNumber(1) }));
    const { requests } = await trafficOf(client, () =>
      start({ ...deps, scopeTerms }, dearest({ to: fictionalNumber(2) })),
    );
    // Claim, two scopes, number; range, the rest; the price, country with service, two of the client and the claim back.
    expect(requests).toBe(11 + refusal.requests - 1);
  });

  async function aCountedBackEnd() {
    const { client, table } = await freshTable();
    const { deps, ask, askTwilio } = await aBackEnd(table);
    const counted =
      <Asked extends readonly unknown[]>(request: (...asked: Asked) => Promise<unknown>) =>
      async (...asked: Asked) =>
        (await trafficOf(client, () => request(...asked))).requests;
    return { deps, ask: counted(ask), askTwilio: counted(askTwilio) };
  }

  it("a route of API keys makes what the same route makes, one write for the key's day, and one read for a number", async () => {
    const { deps, ask } = await aCountedBackEnd();
    const to = fictionalNumber(1);
    const clientAddress = "192.0.2.1";
    // The read of the number beside the writes, and later that of the newest verification.
    expect(await ask("", { to, clientAddress })).toBe(
      USAGE.keyedStart.writes + USAGE.keyedStart.reads,
    );
    const code = newestCode(deps);
    expect(await ask("/check", { to, code: otherThan(code), clientAddress })).toBe(2 + 1);
    expect(await ask("/check", { to, code, clientAddress })).toBe(
      USAGE.keyedApproval.writes + USAGE.keyedApproval.reads,
    );
    expect(await ask("/check", { to: fictionalNumber(2), code })).toBe(1);
  });

  it("a route in Twilio's shape also looks for what is pending: once before a start, and at it before each check", async () => {
    const { deps, askTwilio } = await aCountedBackEnd();
    const form = { To: fictionalNumber(1), Channel: "sms", DeviceIp: "192.0.2.1" };
    expect(await askTwilio("Verifications", form)).toBe(7 + 1 + 1);
    deps.time.now += 30_000;
    // The item is read to know that it is pending, and again by the resend; the keys are read again after ten seconds.
    expect(await askTwilio("Verifications", form)).toBe(9 + 1 + 2 + 1);
    const code = newestCode(deps);
    const { To } = form;
    expect(await askTwilio("VerificationCheck", { To, Code: otherThan(code) })).toBe(2 + 2);
    expect(await askTwilio("VerificationCheck", { To, Code: code })).toBe(4 + 2);
  });

  it("a key that is mistyped costs no request, and one that is guessed none of its own", async () => {
    const { client, table, deps } = await freshDeps();
    const apiKeys = dynamoApiKeys(table, deps.clock);
    const use = { right: "send", address: undefined, now: NOON } as const;
    const guess = () => admitKey({ ...deps, apiKeys }, { ...use, text: drawKey(deps.random).text });
    expect((await trafficOf(client, guess)).requests).toBe(1);
    expect((await trafficOf(client, guess)).requests).toBe(0);
    const mistyped = () => admitKey({ ...deps, apiKeys }, { ...use, text: "latchkey_" });
    deps.time.now += 3_600_000;
    expect((await trafficOf(client, mistyped)).requests).toBe(0);
  });

  it("the switch is read once in ten seconds", async () => {
    const { client, deps } = await freshDeps();
    const readTwice = () =>
      Promise.all([deps.sendingSwitch.switchState(), deps.sendingSwitch.switchState()]);
    deps.time.now += LIMITS.switchCacheSeconds * 1_000 - 1;
    expect(await trafficOf(client, readTwice)).toEqual({ requests: 0, rounds: 0 });
    deps.time.now += 1;
    expect(await trafficOf(client, readTwice)).toEqual({ requests: 1, rounds: 1 });
  });
});
