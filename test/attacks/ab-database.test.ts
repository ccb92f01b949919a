import { afterAll, beforeAll, expect, it } from "vitest";
import { LIMITS } from "../../functions/policy/limits.ts";
import { attackedSystem, type Started, wrongCodes } from "./support/attacked-system.ts";
import { startDatabaseBetween } from "./support/database-between.ts";
import { isWrong, newAddress, resultOf } from "./support/guessing.ts";
import type { Reply } from "./support/target.ts";

const target = attackedSystem();

let database: Awaited<ReturnType<typeof startDatabaseBetween>>;
beforeAll(async () => {
  database = await startDatabaseBetween(target.system().engineEndpoint);
  target.set({ AWS_ENDPOINT_URL_DYNAMODB: database.url });
});
afterAll(() => database.stop());

const CHECKS = LIMITS.checksPerVerification;

const show = ({ id }: Started) => target.ask({ method: "GET", path: `/v1/verifications/${id}` });

/** Does `work` while every item is read as it was when it was read first, which for these is at their start. */
async function withStaleReads(victims: readonly Started[], work: () => Promise<void>) {
  for (const victim of victims) await show(victim);
  database.readStale(true);
  try {
    await work();
  } finally {
    database.readStale(false);
  }
}

it("A21: stale reads decide nothing: five guesses are counted, and no approval follows", async () => {
  const victim = await target.aVictim();
  await withStaleReads([victim], async () => {
    const answers: Reply[] = [];
    for (const guess of wrongCodes(victim.code, 12))
      answers.push(await target.check(victim, guess));
    expect(answers.filter(isWrong)).toHaveLength(CHECKS);
    const right = await target.check(victim, victim.code);
    expect(right.text).not.toContain("proof");
    expect((await show(victim)).body).toMatchObject({ checksRemaining: CHECKS });
  });
  expect(await target.item(victim)).toMatchObject({ checks: CHECKS });
});

it("B7: new containers of every function share the limits of a verification and of a number", async () => {
  const victim = await target.aVictim();
  const guesses = wrongCodes(victim.code, CHECKS + 1);
  for (const guess of guesses.slice(0, 3)) await target.check(victim, guess);
  await target.system().reload();
  const answers: Reply[] = [];
  for (const guess of guesses.slice(3)) answers.push(await target.check(victim, guess));
  expect(answers.map(resultOf)).toEqual(["incorrect", "incorrect", "exhausted"]);
  const again = await target.tryStart({ ...victim, from: newAddress() });
  expect(resultOf(again)).toBe("too-many-sends");
});

it.each([
  ["what the client, the neighbours and the country owe", "scope#"],
  ["the turn of the number", "number#"],
  ["the money", "spend#"],
  ["the verification", "verification#"],
  ["the Idempotency-Key", "start#"],
])("B11: a limit that cannot be written lets nothing through: %s", async (_, keyStart) => {
  const who = target.person();
  database.throttleWritesTo(keyStart);
  const answer = await target.tryStart(who, {}, { "idempotency-key": `b11-${who.to}-key` });
  database.throttleWritesTo();
  expect([answer.status, resultOf(answer)]).toEqual([500, "internal-error"]);
  expect(target.sentTo(who)).toBe(0);
  // Whoever was refused is served once it is over, at the latest with the number's next turn.
  target.turn(30);
  expect((await target.tryStart(who)).status).toBe(201);
});
