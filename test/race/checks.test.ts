import { expect, it } from "vitest";
import { LIMITS } from "../../functions/policy/limits.ts";
import { cancel } from "../../functions/verification/cancel.ts";
import { check } from "../../functions/verification/check.ts";
import { keyOf, type VerificationId } from "../../functions/verification/identifiers.ts";
import { resend } from "../../functions/verification/resend.ts";
import { isApproved, type Verification } from "../../functions/verification/verification.ts";
import {
  carriedBy,
  type Deps,
  fictionalNumber,
  newestCode,
  otherThan,
  someDeps,
  started,
} from "../support/deps.ts";
import { engineStores } from "../support/engine-stores.ts";
import { describeOnEngine } from "../support/engine-tables.ts";

/** More than the sockets to the engine: the rest wait in the client, and meet no other check. */
const PARALLEL = 200;
const ROUNDS = 25;

type Outcome = Awaited<ReturnType<typeof check>>;
const isSuccess = (outcome: Outcome) => outcome.kind === "checked" && outcome.result === "approved";

/** `items` in a random order, by the sort of a random draw. */
function shuffled<Item>(items: readonly Item[]): Item[] {
  return items
    .map((item) => ({ item, draw: Math.random() }))
    .sort((a, b) => a.draw - b.draw)
    .map(({ item }) => item);
}

describeOnEngine("checks side by side", ({ freshTable }) => {
  async function aVerification(index = 123) {
    const { table } = await freshTable();
    const deps: Deps = someDeps(engineStores(table, () => deps.time.now));
    return { deps, ...(await startedIn(deps, index)) };
  }

  async function startedIn(deps: Deps, index: number) {
    const clientAddress = `198.51.100.${index % 250}`;
    return started(deps, { to: fictionalNumber(index), clientAddress });
  }

  async function stored(deps: Deps, id: VerificationId): Promise<Verification> {
    const item = await deps.verifications.read(keyOf(id));
    if (item === undefined) throw new Error("no item");
    return item;
  }

  it("200 with four wrong codes and the right one: the right one succeeds exactly once", async () => {
    const { deps, id, code } = await aVerification();
    const guesses = [code, ...[1, 2, 3, 4].map((step) => otherThan(code, step))];
    const outcomes = await Promise.all(
      shuffled(
        Array.from({ length: PARALLEL }, (_, index) => guesses[index % guesses.length] ?? code),
      ).map((guess) => check(deps, { id, code: guess })),
    );
    expect(outcomes.filter(isSuccess)).toHaveLength(1);
    expect((await stored(deps, id)).checks).toBeLessThanOrEqual(LIMITS.checksPerVerification);
  });

  it("200 with as many codes: five are counted, and at most one succeeds", async () => {
    const { deps, id, code } = await aVerification();
    const outcomes = await Promise.all(
      shuffled(Array.from({ length: PARALLEL }, (_, step) => otherThan(code, step))).map((guess) =>
        check(deps, { id, code: guess }),
      ),
    );
    const { checks, tried } = await stored(deps, id);
    const successes = outcomes.filter(isSuccess).length;
    expect(successes).toBeLessThanOrEqual(1);
    expect(tried.size).toBe(checks);
    if (successes === 0) expect(checks).toBe(LIMITS.checksPerVerification);
    const told = outcomes.filter(
      (outcome) => outcome.kind === "checked" && outcome.result === "incorrect",
    );
    expect(told.length + successes).toBe(checks);
  });

  it("200 with the right code under one idempotency key: all get the one proof", async () => {
    const { deps, id, code } = await aVerification();
    const idempotencyKey = "5f0d2c1e-8f1a-4f7b-9c57-0d7c3f1f7f11";
    const outcomes = await Promise.all(
      Array.from({ length: PARALLEL }, () => check(deps, { id, code, idempotencyKey })),
    );
    const proofs = outcomes.map((outcome) =>
      outcome.kind === "checked" ? outcome.proof : undefined,
    );
    expect(new Set(proofs).size).toBe(1);
    expect(JSON.parse(proofs[0] ?? "")).toMatchObject({ jti: keyOf(id) });
    expect((await stored(deps, id)).checks).toBe(1);
    expect(deps.approvedMessages).toHaveLength(1);
  });

  it("with resends and cancels among them: five counted at most, one success at most, and an end is an end", async () => {
    const { deps, id: firstId, code: firstCode } = await aVerification(0);
    let verification = { id: firstId, code: firstCode };
    for (let round = 1; round <= ROUNDS; round++) {
      const { id, code } = verification;
      deps.time.now += 30_000;
      const before = deps.messages.length;
      let successes = 0;
      const type = async (typed: string) => {
        const outcome = await check(deps, { id, code: typed });
        successes += Number(isSuccess(outcome));
        return outcome;
      };
      const outcomes = await Promise.all(
        shuffled<() => Promise<unknown>>([
          ...Array.from({ length: 12 }, (_, step) => () => type(otherThan(code, step % 7))),
          ...Array.from({ length: 3 }, () => () => resend(deps, { id })),
          ...(round % 2 === 0 ? [() => cancel(deps, { id })] : []),
        ]).map((act) => act()),
      );
      expect(outcomes).not.toContain(undefined);
      expect(deps.messages.length - before).toBeLessThanOrEqual(1);
      const newer = deps.messages.slice(before).map(carriedBy);
      for (const next of [...newer, code]) await type(next);
      expect(successes).toBeLessThanOrEqual(1);
      const item = await stored(deps, id);
      const hits = item.codes.filter(({ mac }) => item.tried.has(mac));
      expect(hits.length).toBeLessThanOrEqual(1);
      expect(item.checks).toBeLessThanOrEqual(LIMITS.checksPerVerification);
      expect(item.tried.size).toBe(item.checks);
      expect(isApproved(item) && item.canceledAt !== undefined).toBe(false);
      verification = await startedIn(deps, round);
    }
  });

  it("with resends that the provider refuses: what was sent stays good", async () => {
    const { deps } = await aVerification();
    for (let round = 1; round <= ROUNDS; round++) {
      deps.provider.outcome = "accepted";
      const { id, code } = await startedIn(deps, round);
      deps.time.now += 30_000;
      deps.provider.outcome = "refused";
      await Promise.all(
        shuffled<() => Promise<unknown>>([
          ...[1, 2, 3].map((step) => () => check(deps, { id, code: otherThan(code, step) })),
          ...Array.from({ length: 5 }, () => () => resend(deps, { id })),
        ]).map((act) => act()),
      );
      const item = await stored(deps, id);
      expect(item.codes).toHaveLength(1);
      expect(item.expiresAt).toBe(deps.time.now + 270_000);
      expect(isSuccess(await check(deps, { id, code }))).toBe(true);
    }
  });
});

it("a resend that comes as another one gives up finds everything as it was, and so does the next", async () => {
  const deps = someDeps();
  const { id } = await started(deps);
  const before = await deps.verifications.read(keyOf(id));
  deps.time.now += 30_000;
  deps.provider.outcome = "refused";
  let others = 3;
  const numbers: typeof deps.numbers = {
    ...deps.numbers,
    async returnTurn(...turn) {
      await deps.numbers.returnTurn(...turn);
      others -= 1;
      if (others > 0) await resend({ ...deps, numbers }, { id });
    },
  };
  await resend({ ...deps, numbers }, { id });
  expect(others).toBe(0);
  expect(await deps.verifications.read(keyOf(id))).toEqual(before);
  expect(await check(deps, { id, code: newestCode(deps) })).toMatchObject({ result: "approved" });
});
