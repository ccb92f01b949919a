import { expect, it } from "vitest";
import { LIMITS } from "../../functions/policy/limits.ts";
import { attackedSystem, type Started, wrongCodes } from "./support/attacked-system.ts";
import { guessOn, isWrong, newAddress, resultOf, retryAfterSeconds } from "./support/guessing.ts";
import type { Reply } from "./support/target.ts";

const target = attackedSystem();

const CHECKS = LIMITS.checksPerVerification;
const GUESSES = 200;
const DAY_SECONDS = 86_400;

it("A1: two hundred guesses at once, each from an address of its own, are five guesses", async () => {
  const victim = await target.aVictim();
  const answers = await Promise.all(
    wrongCodes(victim.code, GUESSES).map((guess) =>
      target.check({ ...victim, from: newAddress() }, guess),
    ),
  );
  expect(answers.filter(isWrong)).toHaveLength(CHECKS);
  await expectFiveGuesses(victim);
});

async function expectFiveGuesses(victim: Started & { readonly code: string }): Promise<void> {
  const { checks, tried } = await target.item(victim);
  expect([checks, new Set(Object(tried)).size]).toEqual([CHECKS, CHECKS]);
  expect(await target.numberItem(victim)).toMatchObject({ failures: CHECKS });
  expect((await target.check(victim, victim.code)).body).toMatchObject({ result: "exhausted" });
}

it("A4: a resend gives no new guesses: four guesses and a resend leave one, counted on the number", async () => {
  const victim = await target.start();
  const first = await target.readCode(victim);
  for (const guess of wrongCodes(first, CHECKS - 1))
    expect(resultOf(await target.check(victim, guess))).toBe("incorrect");
  target.turn(30);
  const resent = await target.resend({ ...victim, from: newAddress() });
  expect([resent.status, resent.body["checksRemaining"]]).toEqual([202, 1]);
  expect(await guessOn(target, victim, await target.readCode(victim))).toBe(1);
  expect(await target.numberItem(victim)).toMatchObject({ failures: CHECKS });
});

/** Starts from an address of its own, and waits as long as it is told to. */
async function startedInTime(
  { to }: { readonly to: string },
  headers: Readonly<Record<string, string>>,
): Promise<Started> {
  for (;;) {
    const from = newAddress();
    const answer = await target.tryStart({ to, from }, {}, headers);
    if (answer.status === 201) return { to, from, id: String(answer.body["id"]), answer };
    expect(answer.body["code"]).toBe("too-many-sends");
    target.turn(retryAfterSeconds(answer));
  }
}

it("A5: a new session gives no new guesses: a day of sessions for one number is thirty-five", async () => {
  const { to } = target.person();
  const startedAt = target.now();
  let guesses = 0;
  for (let session = 1; ; session += 1) {
    const started = await startedInTime(
      { to },
      { cookie: `session=${session}`, "user-agent": `browser ${session}` },
    );
    if (target.now() - startedAt >= DAY_SECONDS * 1_000) break;
    guesses += await guessOn(target, started, await target.readCode(started));
  }
  const [, , { max: messages }] = LIMITS.sendsPerNumber;
  expect(guesses).toBe(messages * CHECKS);
  expect(target.sentTo({ to })).toBe(messages + 1);
});

it("A6: limits are on in a system that was started without any setting", async () => {
  const victim = await target.start();
  expect(await guessOn(target, victim, await target.readCode(victim))).toBe(CHECKS);
  const again = await target.tryStart({ ...victim, from: newAddress() });
  expect([again.status, again.body["code"]]).toEqual([429, "too-many-sends"]);
});

it("A7: each guess and each start from an address of its own are still those of one verification and one number", async () => {
  const victim = await target.aVictim();
  const answers: Reply[] = [];
  for (const guess of wrongCodes(victim.code, 20))
    answers.push(await target.check({ ...victim, from: newAddress() }, guess));
  expect(answers.filter(isWrong)).toHaveLength(CHECKS);
  for (let index = 0; index < 20; index += 1)
    expect((await target.tryStart({ ...victim, from: newAddress() })).status).toBe(429);
  expect(target.sentTo(victim)).toBe(1);
});

it("A8: five guesses by the public routes and those of back ends together", async () => {
  const victim = await target.aVictim();
  const answers: Reply[] = [];
  for (const [index, guess] of wrongCodes(victim.code, 10).entries()) {
    const path = `/v1/server/verifications/${victim.id}/check`;
    answers.push(
      index % 2 === 0
        ? await target.check(victim, guess)
        : await target.askSigned({ path, body: { code: guess, clientAddress: "203.0.113.8" } }),
    );
  }
  expect(answers.map(isWrong)).toEqual(answers.map((_, index) => index < CHECKS));
});

it("A9: the fifth check may be the right one, and the sixth may not", async () => {
  const [lucky, late] = [await target.aVictim(), await target.aVictim()];
  for (const guess of wrongCodes(lucky.code, CHECKS - 1)) await target.check(lucky, guess);
  expect((await target.check(lucky, lucky.code)).body).toMatchObject({
    result: "approved",
    proof: expect.any(String),
  });
  for (const guess of wrongCodes(late.code, CHECKS)) await target.check(late, guess);
  const sixth = await target.check(late, late.code);
  expect(sixth.body).toMatchObject({ result: "exhausted", checksRemaining: 0 });
  expect(sixth.body).not.toHaveProperty("proof");
});

it("A10: one guess at each of three hundred numbers from two addresses is sixty guesses: each costs a send", async () => {
  target.turnToNextHour();
  const { max } = LIMITS.unverifiedSends.ipv4;
  const addresses = [newAddress(), newAddress()];
  const victims = Array.from({ length: 300 }, (_, index) => ({
    ...target.person(),
    from: addresses[index % addresses.length] ?? "",
  }));
  const answers = await Promise.all(victims.map((victim) => target.tryStart(victim)));
  const started = answers.filter(({ status }) => status === 201);
  // The same guess everywhere, as whoever plays for one hit among many would.
  const checks = await Promise.all(
    started.map(({ body }) =>
      target.check({ id: String(body["id"]), from: newAddress() }, "748291"),
    ),
  );
  expect(checks.map(resultOf).filter((result) => result === "incorrect")).toHaveLength(
    addresses.length * max,
  );
  const refused = answers.filter(({ status }) => status !== 201);
  expect(new Set(refused.map(resultOf))).toEqual(new Set(["too-many-requests"]));
});

it("A11: a stranger without the id spends nothing of the victim's, by made-up ids or by starts of the same number", async () => {
  const victim = await target.aVictim();
  const stranger = newAddress();
  const last = victim.id.endsWith("A") ? "B" : "A";
  const ids = [`${victim.id.slice(0, -1)}${last}`, victim.id.toLowerCase(), "v1-", victim.to];
  for (const id of ids)
    expect((await target.check({ id, from: stranger }, victim.code)).status).toBe(404);
  target.turn(30);
  const own = await target.start({ to: victim.to, from: stranger });
  expect(own.id).not.toBe(victim.id);
  expect(await guessOn(target, own, await target.readCode(own))).toBe(CHECKS);
  expect((await target.check(victim, victim.code)).body).toMatchObject({ result: "approved" });
});

it("A12: an own number that is proven clears no failure of another number", async () => {
  const { from } = target.person();
  const victim = await target.start({ ...target.person(), from });
  const code = await target.readCode(victim);
  for (const guess of wrongCodes(code, CHECKS)) {
    const own = await target.start({ ...target.person(), from });
    expect(resultOf(await target.check(own, await target.readCode(own)))).toBe("approved");
    expect(resultOf(await target.check(victim, guess))).toBe("incorrect");
  }
  expect(await target.numberItem(victim)).toMatchObject({ failures: CHECKS });
  expect(resultOf(await target.check(victim, code))).toBe("exhausted");
});
