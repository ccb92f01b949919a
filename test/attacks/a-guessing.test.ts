import { describe, expect, it } from "vitest";
import { LIMITS } from "../../functions/policy/limits.ts";
import { attackedSystem, type Started, wrongCodes } from "./support/attacked-system.ts";
import { guessOn, isWrong, newAddress, resultOf, retryAfterSeconds } from "./support/guessing.ts";
import type { Reply } from "./support/target.ts";

const target = attackedSystem();

const CHECKS = LIMITS.checksPerVerification;
const GUESSES = 200;
const DAY_SECONDS = 86_400;

describe("A1: two hundred guesses at once are five guesses", () => {
  it("from two hundred addresses", async () => {
    const victim = await target.start();
    const code = await target.readCode(victim);
    const answers = await Promise.all(
      wrongCodes(code, GUESSES).map((guess) =>
        target.check({ ...victim, from: newAddress() }, guess),
      ),
    );
    expect(answers.filter(isWrong)).toHaveLength(CHECKS);
    await expectFiveGuesses(victim, code);
  });

  async function expectFiveGuesses(victim: Started, code: string): Promise<void> {
    const { checks, tried } = await target.item(victim);
    expect([checks, new Set(Object(tried)).size]).toEqual([CHECKS, CHECKS]);
    expect(await target.numberItem(victim)).toMatchObject({ failures: CHECKS });
    expect((await target.check(victim, code)).body).toMatchObject({ result: "exhausted" });
  }
});

it("A4: a resend gives no new guesses, and thirty rounds of four guesses and a resend lock the number", async () => {
  const owner = await target.start();
  const { body } = await target.check(owner, await target.readCode(owner));
  const { ticket } = body;
  let guesses = 0;
  let rounds = 0;
  let locked: Reply | undefined;
  while (locked === undefined && rounds < 30) {
    rounds += 1;
    const started = await startedInTime({ to: owner.to });
    if (!("id" in started)) locked = started;
    else guesses += await fourAndResend(started);
  }
  expect(locked?.body["code"]).toBe("number-locked");
  expect(retryAfterSeconds(locked ?? owner.answer)).toBeGreaterThan(29 * DAY_SECONDS);
  // A day on, when every row of the number has room again, it is the lock that refuses.
  target.turn(DAY_SECONDS);
  expect(resultOf(await target.tryStart({ to: owner.to, from: newAddress() }))).toBe(
    "number-locked",
  );
  expect(guesses).toBe(LIMITS.consecutiveFailures);
  // Whoever has proven the number is not kept out by what strangers guessed.
  const again = await target.tryStart(owner, { ticket });
  expect(again.status).toBe(201);
  const mine = { ...owner, id: String(again.body["id"]) };
  expect((await target.check(mine, await target.readCode(owner))).body["result"]).toBe("approved");
  expect(await target.numberItem(mine)).not.toHaveProperty("failures");
});

/** Four guesses, another code, and whatever guesses that brings. */
async function fourAndResend(started: Started): Promise<number> {
  const first = await target.readCode(started);
  for (const guess of wrongCodes(first, CHECKS - 1))
    expect(resultOf(await target.check(started, guess))).toBe("incorrect");
  target.turn(30);
  const resent = await target.resend({ ...started, from: newAddress() });
  if (resent.status === 202) {
    expect(resent.body["checksRemaining"]).toBe(1);
    const next = await target.readCode(started);
    return CHECKS - 1 + (await guessOn(target, started, next));
  }
  // No turn is left for hours, and the code ends in minutes.
  expect(resent.body["code"]).toBe("too-many-sends");
  const [, , , , fifth = ""] = wrongCodes(first, CHECKS);
  return CHECKS - 1 + Number(isWrong(await target.check(started, fifth)));
}

/** Starts from an address of its own, and waits as long as it is told to. Gives the refusal where waiting does not help. */
async function startedInTime(
  { to }: { readonly to: string },
  headers: Readonly<Record<string, string>> = {},
): Promise<Started | Reply> {
  for (;;) {
    const from = newAddress();
    const answer = await target.tryStart({ to, from }, {}, headers);
    if (answer.status === 201) return { to, from, id: String(answer.body["id"]), answer };
    if (answer.body["code"] !== "too-many-sends") return answer;
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
    if (!("id" in started)) throw new Error(started.text);
    if (target.now() - startedAt >= DAY_SECONDS * 1_000) break;
    guesses += await guessOn(target, started, await target.readCode(started));
  }
  const [, , { max: messages }] = LIMITS.sendsPerNumber;
  expect(guesses).toBe(messages * CHECKS);
  expect(target.sentTo({ to })).toBe(messages + 1);
});

describe("A6: limits are on where nothing is configured, and no stage can take them away", () => {
  it("in a system that was started without any setting", async () => {
    const victim = await target.start();
    expect(await guessOn(target, victim, await target.readCode(victim))).toBe(CHECKS);
    const again = await target.tryStart({ ...victim, from: newAddress() });
    expect([again.status, again.body["code"]]).toEqual([429, "too-many-sends"]);
  });
});

it("A7: each guess and each start from an address of its own are still those of one verification and one number", async () => {
  const victim = await target.start();
  const code = await target.readCode(victim);
  const answers: Reply[] = [];
  for (const guess of wrongCodes(code, 20))
    answers.push(await target.check({ ...victim, from: newAddress() }, guess));
  expect(answers.filter(isWrong)).toHaveLength(CHECKS);
  for (let index = 0; index < 20; index += 1)
    expect((await target.tryStart({ ...victim, from: newAddress() })).status).toBe(429);
  expect(target.sentTo(victim)).toBe(1);
});

describe("A8: every door, channel, purpose and language shares the limits of the number and of the verification", () => {
  it("five guesses by the public door and that of back ends together", async () => {
    const victim = await target.start();
    const code = await target.readCode(victim);
    const answers: Reply[] = [];
    for (const [index, guess] of wrongCodes(code, 10).entries()) {
      const path = `/v1/server/verifications/${victim.id}/check`;
      answers.push(
        index % 2 === 0
          ? await target.check(victim, guess)
          : await target.askSigned({ path, body: { code: guess, clientAddress: "203.0.113.8" } }),
      );
    }
    expect(answers.map(isWrong)).toEqual(answers.map((_, index) => index < CHECKS));
  });

  it("three messages in ten minutes, whichever way each is asked for", async () => {
    const { to } = target.person();
    const ways = ["sms", "whatsapp", "voice"].flatMap((channel) =>
      ["login", "change-number"].map((purpose) => ({ to, channel, purpose, locale: "cy" })),
    );
    const sendAny = async () => {
      const answers: Reply[] = [];
      for (const [index, body] of ways.entries()) {
        const path = "/v1/verifications";
        answers.push(
          index % 2 === 0
            ? await target.ask({ path, body, from: newAddress() })
            : await target.askSigned({
                path: "/v1/server/verifications",
                body: { ...body, clientAddress: `203.0.113.${index + 1}` },
              }),
        );
      }
      return answers.filter(({ status }) => status === 201).length;
    };
    const sent: number[] = [];
    for (let minute = 0; minute < 5; minute += 1) {
      sent.push(await sendAny());
      target.turn(60);
    }
    expect(sent).toEqual([1, 1, 1, 0, 0]);
    expect(target.sentTo({ to }) + callsTo(to)).toBe(3);
  });

  const callsTo = (number: string) =>
    target
      .system()
      .handset.calls()
      .filter((call) => call.view().to === number).length;
});

it("A9: the fifth check may be the right one, and the sixth may not", async () => {
  const [lucky, late] = [await target.start(), await target.start()];
  const codes = [await target.readCode(lucky), await target.readCode(late)];
  const [right = "", tooLate = ""] = codes;
  for (const guess of wrongCodes(right, CHECKS - 1)) await target.check(lucky, guess);
  expect((await target.check(lucky, right)).body).toMatchObject({
    result: "approved",
    proof: expect.any(String),
  });
  for (const guess of wrongCodes(tooLate, CHECKS)) await target.check(late, guess);
  const sixth = await target.check(late, tooLate);
  expect(sixth.body).toMatchObject({ result: "exhausted", checksRemaining: 0 });
  expect(sixth.body).not.toHaveProperty("proof");
});

describe("A10: one guess at each of many numbers is bought with sends, which run out", () => {
  it("three hundred numbers from two addresses are sixty guesses", async () => {
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
});

describe("A11: a stranger without the id spends nothing of the victim's", () => {
  it("neither by ids that he makes up nor by starts of his own", async () => {
    const victim = await target.start();
    const code = await target.readCode(victim);
    const stranger = newAddress();
    const last = victim.id.endsWith("A") ? "B" : "A";
    const ids = [`${victim.id.slice(0, -1)}${last}`, victim.id.toLowerCase(), "v1-", victim.to];
    for (const id of ids)
      expect((await target.check({ id, from: stranger }, code)).status).toBe(404);
    target.turn(30);
    const own = await target.start({ to: victim.to, from: stranger });
    expect(own.id).not.toBe(victim.id);
    expect(await guessOn(target, own, await target.readCode(own))).toBe(CHECKS);
    expect((await target.check(victim, code)).body).toMatchObject({ result: "approved" });
  });
});

describe("A12: an attacker who proves an own number", () => {
  it("has forgotten nothing of what he guessed at another", async () => {
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
});
